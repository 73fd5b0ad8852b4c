// What clients receive of a configuration that is told by ids or names.
import { noteRead } from '../model/deletion-protection.ts';
import { deploymentFor } from '../model/live-deployment.ts';
import { featureFlags } from '../model/profile-types.ts';
import {
  type Application,
  type Deployment,
  type Environment,
  named,
  type Place,
  type Profile,
} from '../model/store.ts';
import { retrievalForm } from '../rules/flatten-flags.ts';
import { ServiceError } from '../wire/service-error.ts';

/** A configuration that a client is to receive. */
export interface Configuration {
  readonly version: string;
  readonly label: string | undefined;
  readonly contentType: string;
  readonly content: Buffer;
}

/** Where a configuration is, told by ids or names. */
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

/** What a client gets. @throws ServiceError */
export function readConfiguration(
  place: Place,
  address: ConfigurationAddress,
  asking: { readonly client: string; readonly now: number },
): Configuration {
  return configurationFor(targetOf(place, address), asking);
}

/** What ids or names tell. @throws ServiceError */
export function targetOf(place: Place, address: ConfigurationAddress): Target {
  const application = named(place.applications, address.application);
  if (application === undefined) throw missing('Application', `application ${address.application}`, {});
  const referencedBy = { ApplicationIdentifier: address.application };
  const environment = named(application.environments, address.environment);
  if (environment === undefined) throw missing('Environment', `environment ${address.environment}`, referencedBy);
  const profile = named(application.profiles, address.profile);
  if (profile === undefined) {
    throw missing('ConfigurationProfile', `configuration profile ${address.profile}`, referencedBy);
  }
  return { application, environment, profile };
}

/** What a client receives. @throws ServiceError */
export function configurationFor(
  target: Target,
  asking: { readonly client: string; readonly now: number },
): Configuration {
  const deployment = deploymentFor(target, asking);
  if (deployment === undefined) throw noDeployment(target);
  const { served } = deployment;
  if (served === undefined) throw notHere(target, deployment);
  const { profile } = target;
  noteRead(target, asking.now);
  const content =
    profile.type === featureFlags
      ? Buffer.from(JSON.stringify(retrievalForm(served.content)))
      : Buffer.from(served.content);
  return { version: deployment.version, label: deployment.label, contentType: served.contentType, content };
}

function noDeployment({ application, environment, profile }: Target): ServiceError {
  const where = `configuration profile ${profile.id} in environment ${environment.id}`;
  return missing(
    'Deployment',
    `deployment of ${where} for this client`,
    referencesOf(application, environment, profile),
  );
}

/** The configuration is in some other service. */
function notHere({ application, environment, profile }: Target, deployment: Deployment): ServiceError {
  return new ServiceError(
    404,
    'ResourceNotFoundException',
    `The embedded AppConfig has hosted configurations only: it cannot read version ${deployment.version} of ${profile.locationUri}`,
    { ResourceType: 'Configuration', ReferencedBy: referencesOf(application, environment, profile) },
  );
}

function referencesOf(application: Application, environment: Environment, profile: Profile): Record<string, string> {
  return {
    ApplicationIdentifier: application.id,
    EnvironmentIdentifier: environment.id,
    ConfigurationProfileIdentifier: profile.id,
  };
}

function missing(type: string, what: string, referencedBy: Readonly<Record<string, string>>): ServiceError {
  return new ServiceError(404, 'ResourceNotFoundException', `There is no ${what}`, {
    ResourceType: type,
    ReferencedBy: referencedBy,
  });
}
