// Reads the configuration that a client receives: for sessions of the data plane and for the Agent's local path.
import { recordRead } from '../model/deletion-protection.ts';
import { liveDeployment, type Poll } from '../model/live-deployment.ts';
import { featureFlags } from '../model/profile-types.ts';
import {
  type AccountRegion,
  type Application,
  type Environment,
  findByIdOrName,
  type Profile,
} from '../model/resources.ts';
import { flattenFlags } from '../rules/flatten-flags.ts';
import { canonicalJson } from '../wire/canonical-json.ts';
import { ServiceError } from '../wire/service-error.ts';

/** A configuration as a client receives it. */
export interface Configuration {
  readonly version: string;
  readonly label: string | undefined;
  readonly contentType: string;
  readonly content: Buffer;
}

/** Which configuration to read, by ids or names. */
export interface ConfigurationAddress {
  readonly application: string;
  readonly environment: string;
  readonly profile: string;
}

interface Target {
  readonly application: Application;
  readonly environment: Environment;
  readonly profile: Profile;
}

/** The configuration that a client receives, in the form for clients. @throws ServiceError */
export function readConfiguration(
  accountRegion: AccountRegion,
  address: ConfigurationAddress,
  poll: Poll,
): Configuration {
  const target = findTarget(accountRegion, address);
  const { application, environment, profile } = target;
  const references = {
    ApplicationIdentifier: application.id,
    EnvironmentIdentifier: environment.id,
    ConfigurationProfileIdentifier: profile.id,
  };
  const deployment = liveDeployment(target, poll);
  if (deployment === undefined) {
    const where = `configuration profile ${profile.id} in environment ${environment.id}`;
    throw notFound('Deployment', `There is no deployment of ${where} for this client`, references);
  }
  const { version, label, served } = deployment;
  if (served === undefined) {
    throw notFound(
      'Configuration',
      `The local AppConfig has hosted configurations only: it cannot read version ${version} of ${profile.locationUri}`,
      references,
    );
  }
  recordRead(target, poll.now);
  const content =
    profile.type === featureFlags
      ? Buffer.from(canonicalJson(flattenFlags(served.content)))
      : Buffer.from(served.content);
  return { version, label, contentType: served.contentType, content };
}

/** The resources that ids or names refer to. @throws ServiceError if one does not exist */
export function findTarget(accountRegion: AccountRegion, address: ConfigurationAddress): Target {
  const application = findByIdOrName(accountRegion.applications, address.application);
  if (application === undefined) {
    throw notFound('Application', `There is no application ${address.application}`, {});
  }
  const references = { ApplicationIdentifier: address.application };
  const environment = findByIdOrName(application.environments, address.environment);
  if (environment === undefined) {
    throw notFound('Environment', `There is no environment ${address.environment}`, references);
  }
  const profile = findByIdOrName(application.profiles, address.profile);
  if (profile === undefined) {
    throw notFound('ConfigurationProfile', `There is no configuration profile ${address.profile}`, references);
  }
  return { application, environment, profile };
}

function notFound(type: string, message: string, references: Readonly<Record<string, string>>): ServiceError {
  return new ServiceError(404, 'ResourceNotFoundException', message, {
    ResourceType: type,
    ReferencedBy: references,
  });
}
