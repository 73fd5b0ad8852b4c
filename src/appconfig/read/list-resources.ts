import {
  type DeploymentSummary,
  type Environment,
  ListApplicationsCommand,
  ListConfigurationProfilesCommand,
  ListDeploymentStrategiesCommand,
  ListDeploymentsCommand,
  ListEnvironmentsCommand,
} from '@aws-sdk/client-appconfig';
import type {
  ListedApplication,
  LiveDeployment,
  LiveEnvironment,
  LiveProfile,
  LiveStrategy,
  ProfileHistory,
} from '../../core/live/live-state.ts';
import { type DeploymentState, isRolledBack } from '../../core/model/resource.ts';
import type { Connection } from '../client/connection.ts';
import { numbersFromWire } from '../client/strategy-fields.ts';
import { readTags } from './read-facts.ts';

/** AppConfig's largest page. */
const pageSize = 50;

/** Every application of the account and Region. */
export async function listApplications(
  connection: Connection,
  signal?: AbortSignal,
): Promise<readonly ListedApplication[]> {
  const items = await allPages((page) => connection.repeatable(new ListApplicationsCommand(page), '', signal));
  return items.map((item) => ({ id: item.Id ?? '', name: item.Name ?? '', description: item.Description }));
}

export const noDeployments = {
  latestDeploymentNumber: undefined,
  inFlight: undefined,
  histories: new Map(),
  deployedByAppcfg: new Set<string>(),
};

export function liveEnvironment(
  environment: Environment,
): Pick<LiveEnvironment, 'id' | 'name' | 'description' | 'monitors'> {
  return {
    id: environment.Id ?? '',
    name: environment.Name ?? '',
    description: environment.Description,
    monitors: (environment.Monitors ?? []).map((monitor) => ({
      alarmArn: monitor.AlarmArn ?? '',
      alarmRoleArn: monitor.AlarmRoleArn ?? '',
    })),
  };
}

export function listEnvironments(connection: Connection, application: ListedApplication, signal?: AbortSignal) {
  return allPages((page) =>
    connection.repeatable(
      new ListEnvironmentsCommand({ ApplicationId: application.id, ...page }),
      application.name,
      signal,
    ),
  );
}

export async function listProfiles(
  connection: Connection,
  application: ListedApplication,
  signal?: AbortSignal,
): Promise<readonly LiveProfile[]> {
  const items = await allPages((page) =>
    connection.repeatable(
      new ListConfigurationProfilesCommand({ ApplicationId: application.id, ...page }),
      application.name,
      signal,
    ),
  );
  return items.map((item) => ({
    id: item.Id ?? '',
    name: item.Name ?? '',
    type: item.Type ?? 'AWS.Freeform',
    locationUri: item.LocationUri ?? '',
  }));
}

interface Lane {
  readonly application: ListedApplication;
  readonly environmentId: string;
  readonly signal: AbortSignal | undefined;
}

/** Deployments of an environment, newest first; a page is read when it is asked for. */
export async function* deploymentPages(
  connection: Connection,
  lane: Lane,
): AsyncGenerator<readonly DeploymentSummary[]> {
  let token: string | undefined;
  do {
    const page = await deploymentPage(connection, lane, token);
    yield page.Items ?? [];
    token = page.NextToken;
  } while (token !== undefined);
}

/** @param token of the page before; undefined: the newest deployments. */
export function deploymentPage(connection: Connection, lane: Lane, token: string | undefined) {
  return connection.repeatable(
    new ListDeploymentsCommand({
      ApplicationId: lane.application.id,
      EnvironmentId: lane.environmentId,
      MaxResults: pageSize,
      ...(token === undefined ? {} : { NextToken: token }),
    }),
    lane.application.name,
    lane.signal,
  );
}

/** A row of ListDeployments. Older rows may lack the profile's id; its name stands in for it then. */
export function liveDeployment(row: DeploymentSummary, idsByName: ReadonlyMap<string, string>): LiveDeployment {
  return {
    number: row.DeploymentNumber ?? 0,
    profileId:
      row.ConfigurationProfileId ??
      (row.ConfigurationName === undefined ? undefined : idsByName.get(row.ConfigurationName)),
    versionNumber: Number(row.ConfigurationVersion),
    versionLabel: row.VersionLabel,
    state: (row.State ?? 'COMPLETE') as DeploymentState,
    strategy: numbersFromWire(row),
    startedAt: row.StartedAt?.toISOString(),
    completedAt: row.CompletedAt?.toISOString(),
  };
}

/** @param rows of one profile, newest first. */
export function historyOf(rows: readonly LiveDeployment[]): ProfileHistory | undefined {
  const newest = rows[0];
  if (newest === undefined) return undefined;
  const seen = new Set<number>();
  const rolledBack: LiveDeployment[] = [];
  for (const row of rows) {
    if (seen.has(row.versionNumber)) continue;
    seen.add(row.versionNumber);
    if (isRolledBack(row.state)) rolledBack.push(row);
  }
  return { newest, completed: rows.find((row) => row.state === 'COMPLETE'), rolledBack };
}

/** All deployment strategies; tags of those that may be ours. */
export async function readStrategies(
  connection: Connection,
  mayBeOurs: (strategy: { readonly id: string; readonly name: string }) => boolean,
  signal?: AbortSignal,
): Promise<readonly LiveStrategy[]> {
  const items = await allPages((page) => connection.repeatable(new ListDeploymentStrategiesCommand(page), '', signal));
  return Promise.all(
    items.map(async (item) => ({
      id: item.Id ?? '',
      name: item.Name ?? '',
      numbers: numbersFromWire(item),
      tags: mayBeOurs({ id: item.Id ?? '', name: item.Name ?? '' })
        ? await readTags(connection, `deploymentstrategy/${item.Id}`, { what: item.Name ?? '', signal })
        : undefined,
    })),
  );
}

/** Every item of a paged list. */
export async function allPages<Item>(
  read: (page: { readonly MaxResults: number; readonly NextToken?: string }) => Promise<{
    readonly Items?: Item[] | undefined;
    readonly NextToken?: string | undefined;
  }>,
): Promise<Item[]> {
  const items: Item[] = [];
  let token: string | undefined;
  do {
    const page = await read({ MaxResults: pageSize, ...(token === undefined ? {} : { NextToken: token }) });
    items.push(...(page.Items ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return items;
}
