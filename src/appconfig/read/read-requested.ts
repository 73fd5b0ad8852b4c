// Reads what AppConfig has of the addresses that a command names, whatever the tree has.
import pLimit from 'p-limit';
import {
  type FoundApplication,
  namesTenant,
  type RequestedAddresses,
  requestsAddress,
  requestsEnvironment,
  requestsTenant,
} from '../../core/assess/requested-addresses.ts';
import type { ListedApplication, LiveProfile } from '../../core/live/live-state.ts';
import { describedProject, isDescribedAsManaged, isManaged } from '../../core/live/ownership.ts';
import type { Monitor, Tags } from '../../core/model/resource.ts';
import { type ApplicationNames, tenantNaming } from '../../core/settings/application-name.ts';
import type { Connection } from '../client/connection.ts';
import {
  applicationsAtOnce,
  listApplications,
  listEnvironments,
  listProfiles,
  liveEnvironment,
} from './list-resources.ts';
import { DeploymentReader } from './read-deployments.ts';
import { readTags } from './read-facts.ts';

export interface RequestedOptions {
  readonly targets: RequestedAddresses;
  readonly names: ApplicationNames;
  readonly project: string;
  readonly signal: AbortSignal;
  /** Whether an environment of a tenant is in this account and Region. */
  readonly isThere: (tenant: string, environment: string) => boolean;
}

export interface RequestedState {
  readonly targets: readonly RequestedApplication[];
  /** What the applications have, to report what is missing. */
  readonly found: readonly FoundApplication[];
  /** Tenants of all applications whose description has the project's name. */
  readonly tenants: readonly string[];
}

/** An application with requested addresses. */
export interface RequestedApplication {
  readonly tenant: string;
  readonly application: ListedApplication;
  /** They name its owner. */
  readonly tags: Tags;
  readonly environments: readonly RequestedEnvironment[];
  readonly configurationProfiles: readonly LiveProfile[];
}

export interface RequestedEnvironment {
  readonly id: string;
  readonly name: string;
  readonly monitors: readonly Monitor[];
  /** Those whose addresses are requested. */
  readonly configurationProfiles: readonly LiveProfile[];
  readonly deployments: DeploymentReader;
}

/**
 * The requested applications with their environments and profiles; their deployments are not read yet. An application that
 * only globs match must be managed.
 * @throws CallFailure
 */
export async function readRequested(connection: Connection, options: RequestedOptions): Promise<RequestedState> {
  const { project, signal } = options;
  const tenantOf = tenantNaming(options.names);
  const listed = await listApplications(connection, signal);
  const applications = await readRequestedApplications(connection, listed, options);
  return {
    targets: applications
      .toSorted(byString(({ tenant }) => tenant))
      .map((application) => requestedApplication(connection, application, options)),
    found: applications.map(({ tenant, application, environments, configurationProfiles }) => ({
      tenant,
      application: application.name,
      environments: environments.map(({ name }) => name),
      configurationProfiles: configurationProfiles.map(({ name }) => name),
    })),
    tenants: listed.flatMap(({ name, description }) =>
      isDescribedAsManaged(description, project) ? [tenantOf(name) ?? name] : [],
    ),
  };
}

interface ReadApplication {
  readonly tenant: string;
  readonly application: ListedApplication;
  readonly tags: Tags;
  /** Those in this account and Region. */
  readonly environments: readonly ReturnType<typeof liveEnvironment>[];
  readonly configurationProfiles: readonly LiveProfile[];
}

async function readRequestedApplications(
  connection: Connection,
  listed: readonly ListedApplication[],
  options: RequestedOptions,
): Promise<readonly ReadApplication[]> {
  const { targets, project, signal, isThere } = options;
  const tenantOf = tenantNaming(options.names);
  const limit = pLimit(applicationsAtOnce);
  const read = await Promise.all(
    listed.map((application) =>
      limit(async (): Promise<ReadApplication | undefined> => {
        const tenant = tenantOf(application.name);
        if (tenant === undefined || !requestsTenant(tenant, targets)) return undefined;
        const isNamed = namesTenant(tenant, targets);
        if (!isNamed && isDescribedAsOfOthers(application, project)) return undefined;
        const tags = await readTags(connection, { application, signal });
        if (!isNamed && !isManaged(tags, project)) return undefined;
        const [environments, configurationProfiles] = await Promise.all([
          listEnvironments(connection, application, signal),
          listProfiles(connection, application, signal),
        ]);
        const here = environments.map(liveEnvironment).filter(({ name }) => isThere(tenant, name));
        return { tenant, application, tags, environments: here, configurationProfiles };
      }),
    ),
  );
  return read.filter((application) => application !== undefined);
}

function requestedApplication(
  connection: Connection,
  { tenant, application, tags, environments, configurationProfiles }: ReadApplication,
  { targets, signal }: RequestedOptions,
): RequestedApplication {
  const requestedEnvironment = ({ id, name, monitors }: ReadApplication['environments'][number]) => ({
    id,
    name,
    monitors,
    configurationProfiles: configurationProfiles
      .filter((profile) => requestsAddress({ tenant, environment: name, configurationProfile: profile.name }, targets))
      .sort(byString((profile) => profile.name)),
    deployments: new DeploymentReader(connection, {
      application,
      environmentId: id,
      profiles: configurationProfiles,
      signal,
    }),
  });
  return {
    tenant,
    application,
    tags,
    configurationProfiles,
    environments: environments
      .filter(({ name }) => requestsEnvironment(name, targets))
      .map(requestedEnvironment)
      .filter((environment) => environment.configurationProfiles.length > 0)
      .sort(byString(({ name }) => name)),
  };
}

/** Saves the call for its tags where a glob matches an application of another project. */
function isDescribedAsOfOthers({ description }: ListedApplication, project: string): boolean {
  return !isDescribedAsManaged(description, project) && describedProject(description) !== undefined;
}

function byString<T>(of: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (of(a) < of(b) ? -1 : 1);
}
