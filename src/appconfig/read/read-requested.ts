import pLimit from 'p-limit';
import {
  type Held,
  namesTenant,
  type RequestedAddresses,
  requestsAddress,
  requestsEnvironment,
  requestsTenant,
} from '../../core/assess/requested-addresses.ts';
import type { ListedApplication, LiveProfile } from '../../core/live/live-state.ts';
import { describedProject, isDescribedAsManaged, isManaged } from '../../core/live/ownership.ts';
import { tenantNaming } from '../../core/model/application-name.ts';
import type { Monitor } from '../../core/model/resource.ts';
import type { Connection } from '../client/connection.ts';
import { listApplications, listEnvironments, listProfiles, liveEnvironment } from './list-resources.ts';
import { readTags } from './read-facts.ts';
import { applicationsAtOnce, DeploymentReader } from './read-history.ts';

export interface RequestedOptions {
  readonly targets: RequestedAddresses;
  /** Pattern with `{tenant}`. */
  readonly applicationName: string;
  readonly project: string;
  readonly signal: AbortSignal;
  /** Whether an environment of a tenant is in this place. */
  readonly isThere: (tenant: string, environment: string) => boolean;
}

export interface RequestedState {
  readonly targets: readonly RequestedApplication[];
  /** What there is, for looking up what is not. */
  readonly held: readonly Held[];
  /** Of all applications that are described as ours. */
  readonly tenants: readonly string[];
}

/** An application with addresses that are meant. */
export interface RequestedApplication {
  readonly tenant: string;
  readonly application: ListedApplication;
  readonly environments: readonly RequestedEnvironment[];
  readonly configurationProfiles: readonly LiveProfile[];
}

export interface RequestedEnvironment {
  readonly id: string;
  readonly name: string;
  readonly monitors: readonly Monitor[];
  /** Those whose addresses are meant. */
  readonly configurationProfiles: readonly LiveProfile[];
  readonly deployments: DeploymentReader;
}

/**
 * The applications that are meant, with their environments and profiles, and nothing of their deployments yet. Of those
 * that only globs match, ours. @throws CallFailure
 */
export async function readRequested(connection: Connection, options: RequestedOptions): Promise<RequestedState> {
  const { targets, project, signal } = options;
  const tenantOf = tenantNaming(options.applicationName);
  const listed = await listApplications(connection, signal);
  const limit = pLimit(applicationsAtOnce);
  const meant = listed.flatMap((application) => {
    const tenant = tenantOf(application.name);
    return tenant === undefined || !requestsTenant(tenant, targets) ? [] : [{ tenant, application }];
  });
  const isCandidate = await Promise.all(
    meant.map(({ tenant, application }) =>
      limit(async () => namesTenant(tenant, targets) || (await isOurs(connection, application, options))),
    ),
  );
  const candidates = meant.filter((_, index) => isCandidate[index]);
  const found = await Promise.all(
    candidates.map(({ tenant, application }) =>
      limit(async () => {
        const [environments, configurationProfiles] = await Promise.all([
          listEnvironments(connection, application, signal),
          listProfiles(connection, application, signal),
        ]);
        return { tenant, application, environments: environments.map(liveEnvironment), configurationProfiles };
      }),
    ),
  );
  const here = found.map(({ environments, ...application }) => ({
    ...application,
    environments: environments.filter(({ name }) => options.isThere(application.tenant, name)),
  }));
  const held = here.map(({ tenant, application, environments, configurationProfiles }) => ({
    tenant,
    application: application.name,
    environments: environments.map(({ name }) => name),
    configurationProfiles: configurationProfiles.map(({ name }) => name),
  }));
  const tenants = listed.flatMap(({ name, description }) =>
    isDescribedAsManaged(description, project) ? [tenantOf(name) ?? name] : [],
  );
  const targeted = here
    .sort((a, b) => (a.tenant < b.tenant ? -1 : 1))
    .map(({ tenant, application, environments, configurationProfiles }) => ({
      tenant,
      application,
      configurationProfiles,
      environments: environments
        .filter(({ name }) => requestsEnvironment(name, targets))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ id, name, monitors }) => ({
          id,
          name,
          monitors,
          configurationProfiles: configurationProfiles
            .filter((profile) =>
              requestsAddress({ tenant, environment: name, configurationProfile: profile.name }, targets),
            )
            .sort((a, b) => (a.name < b.name ? -1 : 1)),
          deployments: new DeploymentReader(connection, {
            application,
            environmentId: id,
            profiles: configurationProfiles,
            signal,
          }),
        }))
        .filter((environment) => environment.configurationProfiles.length > 0),
    }));
  return { targets: targeted, held, tenants };
}

/** Most are described as ours; an adopted one may have had no room for that. */
async function isOurs(
  connection: Connection,
  application: ListedApplication,
  { project, signal }: RequestedOptions,
): Promise<boolean> {
  if (isDescribedAsManaged(application.description, project)) return true;
  if (describedProject(application.description) !== undefined) return false;
  const tags = await readTags(connection, `application/${application.id}`, { what: application.name, signal });
  return isManaged(tags, project);
}
