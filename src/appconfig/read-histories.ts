// Reads deployments of what AppConfig has, whatever the tree says: newest first, page by page, as far as somebody asks.
import pLimit from 'p-limit';
import { tenantNaming } from '../core/application-names.ts';
import { type AddressHistory, type DeploymentDetail, recordOf } from '../core/history.ts';
import type { ListedApplication, LiveDeployment, LiveProfile } from '../core/live.ts';
import { formatAddress } from '../core/model.ts';
import { describedProject, isDescribedAsManaged, ownerOf } from '../core/owner.ts';
import type { Monitor } from '../core/plan.ts';
import {
  type Held,
  namesTenant,
  type RequestedAddresses,
  requestsAddress,
  requestsEnvironment,
  requestsTenant,
} from '../core/targets.ts';
import { type DeploymentAnswer, pollIfReachable } from './await-deployment.ts';
import type { Connection } from './client.ts';
import {
  deploymentPage,
  listApplications,
  listEnvironments,
  listProfiles,
  liveDeployment,
  liveEnvironment,
  readTags,
} from './read-live-state.ts';

const applicationsAtOnce = 32;

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
  return ownerOf(tags, project).kind === 'ours';
}

/** Deployments of one environment over all its profiles, newest first, as far as they were asked for. */
export class DeploymentReader {
  readonly #rows: LiveDeployment[] = [];
  readonly #readPage: (token: string | undefined) => ReturnType<typeof deploymentPage>;
  readonly #idsByName: ReadonlyMap<string, string>;
  #next: string | undefined;
  #complete = false;

  constructor(
    connection: Connection,
    about: Parameters<typeof deploymentPage>[1] & { readonly profiles: readonly LiveProfile[] },
  ) {
    this.#readPage = (token) => deploymentPage(connection, about, token);
    this.#idsByName = new Map(about.profiles.map((profile) => [profile.name, profile.id]));
  }

  get rows(): readonly LiveDeployment[] {
    return this.#rows;
  }

  /** There are no older ones. */
  get complete(): boolean {
    return this.#complete;
  }

  /** One page more. */
  async readOlder(): Promise<void> {
    if (this.#complete) return;
    const page = await this.#readPage(this.#next);
    this.#rows.push(...(page.Items ?? []).map((row) => liveDeployment(row, this.#idsByName)));
    this.#next = page.NextToken;
    this.#complete = page.NextToken === undefined;
  }
}

/** The newest deployments of each address that is meant, at most `limit`, with what they are for. @throws CallFailure */
export async function readHistories(
  connection: Connection,
  targets: readonly RequestedApplication[],
  options: { readonly limit: number; readonly signal: AbortSignal; readonly named: (address: string) => boolean },
): Promise<readonly AddressHistory[]> {
  const atOnce = pLimit(applicationsAtOnce);
  const lanes = targets.flatMap((target) => target.environments.map((environment) => ({ target, environment })));
  const read = await Promise.all(
    lanes.map(({ target, environment }) => atOnce(() => readHistoriesOfLane(connection, target, environment, options))),
  );
  // A profile has an address in every environment of its application, deployed there or not.
  return read.flat().filter(({ address, deployments }) => deployments.length > 0 || options.named(address));
}

async function readHistoriesOfLane(
  connection: Connection,
  target: RequestedApplication,
  environment: RequestedEnvironment,
  options: { readonly limit: number; readonly signal: AbortSignal },
): Promise<readonly AddressHistory[]> {
  const { limit, signal } = options;
  const { deployments, configurationProfiles } = environment;
  const rowsOf = (profile: LiveProfile) => deployments.rows.filter((row) => row.profileId === profile.id);
  const isEnough = () => configurationProfiles.every((profile) => rowsOf(profile).length > limit);
  do await deployments.readOlder();
  while (!deployments.complete && !isEnough());
  return Promise.all(
    configurationProfiles.map(async (profile): Promise<AddressHistory> => {
      const rows = rowsOf(profile);
      const live = rows.find(({ state }) => state === 'COMPLETE');
      return {
        address: formatAddress({
          tenant: target.tenant,
          environment: environment.name,
          configurationProfile: profile.name,
        }),
        deployments: await Promise.all(
          rows.slice(0, limit).map(async (row) => {
            const answer = await pollIfReachable(
              connection,
              {
                applicationId: target.application.id,
                environmentId: environment.id,
                deploymentNumber: row.number,
                what: target.application.name,
              },
              signal,
            );
            return recordOf(row, detailOf(answer), row === live);
          }),
        ),
        truncated: rows.length > limit,
      };
    }),
  );
}

function detailOf(answer: DeploymentAnswer | undefined): DeploymentDetail {
  return {
    description: answer?.Description ?? '',
    strategyId: answer?.DeploymentStrategyId,
    events: (answer?.EventLog ?? []).map((event) => ({
      type: event.EventType ?? '',
      by: event.TriggeredBy,
      text: event.Description,
      at: event.OccurredAt?.toISOString(),
    })),
  };
}
