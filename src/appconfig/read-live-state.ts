// Reads what AppConfig has: the lists, all pages, for the applications the tree names; single facts only where a decision needs them.
import {
  type DeploymentSummary,
  type Environment,
  GetDeploymentCommand,
  type GetDeploymentCommandOutput,
  GetDeploymentStrategyCommand,
  GetHostedConfigurationVersionCommand,
  ListApplicationsCommand,
  ListConfigurationProfilesCommand,
  ListDeploymentStrategiesCommand,
  ListDeploymentsCommand,
  ListEnvironmentsCommand,
  ListHostedConfigurationVersionsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-appconfig';
import pLimit from 'p-limit';
import { assessApplication } from '../core/assess.ts';
import { isStrategyId, strategyFor } from '../core/deployment-strategies.ts';
import type {
  CommitRelation,
  Fact,
  FactAnswers,
  ListedApplication,
  LiveApplication,
  LiveDeployment,
  LiveEnvironment,
  LiveProfile,
  LiveState,
  LiveStrategy,
  ProfileHistory,
} from '../core/live.ts';
import { Facts } from '../core/live.ts';
import type { DeploymentState, DesiredApplication, StrategyNumbers } from '../core/model.ts';
import { isAppcfgLabel, isInFlight, isRolledBack } from '../core/model.ts';
import { isDescribedAsManaged, ownerOf } from '../core/owner.ts';
import type { RolledBackChange, Tags } from '../core/plan.ts';
import type { Policy } from '../core/policy.ts';
import { rolledBackChangesIn } from '../core/put-back.ts';
import { arnOf } from './arn.ts';
import type { Connection } from './client.ts';
import { CallFailure } from './failure.ts';
import { numbersFromWire } from './strategy-numbers.ts';

/** AppConfig's largest page. */
const pageSize = 50;
/** Applications that are read at the same time; the limiter decides how fast. */
const applicationsAtOnce = 32;

export interface ReadOptions {
  readonly policy: Policy;
  /** How a commit that AppConfig remembers stands to ours in Git's history. */
  readonly relationTo: (commit: string) => Promise<CommitRelation>;
  readonly onProgress?: (applications: number, of: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Reads until every question of the assessment is answered; what was put back is asked apart (`readPutBack`).
 * @throws CallFailure when a read fails for good.
 */
export async function readLiveState(
  connection: Connection,
  desired: readonly DesiredApplication[],
  options: ReadOptions,
): Promise<LiveState> {
  const { policy, signal } = options;
  const listed = await listApplications(connection, signal);
  const byName = new Map(listed.map((application) => [application.name, application]));
  const limit = pLimit(applicationsAtOnce);
  const applications: [string, { application: LiveApplication; facts: Facts }][] = [];
  const needed = new Set<string>();
  const changingProfiles = new Set<string>();
  let read = 0;
  await Promise.all(
    desired.map((wanted) =>
      limit(async () => {
        const found = byName.get(wanted.name);
        const live = found === undefined ? undefined : await readApplication(connection, found, { wanted, signal });
        const facts = new Facts();
        const assessed = await answerFacts(connection, { wanted, live, facts, options });
        for (const { action, desired: each } of assessed.verdicts) {
          if (action === 'create' || action === 'update') {
            needed.add(strategyFor(policy.settings, each.address));
            changingProfiles.add(each.address.configurationProfile);
          }
        }
        if (live !== undefined) applications.push([wanted.name, { application: live, facts }]);
        read += 1;
        options.onProgress?.(read, desired.length);
      }),
    ),
  );
  return {
    applications: new Map(applications),
    applicationCount: listed.length,
    orphanedApplications: policy.selective ? [] : await orphaned(connection, { listed, desired, policy, signal }),
    deploymentStrategies: [...needed].some((name) => policy.settings.deploymentStrategies.has(name))
      ? await readStrategies(connection, ({ name }) => policy.settings.deploymentStrategies.has(name), signal)
      : undefined,
    strategyNumbers: await readStrategyNumbers(
      connection,
      [...needed].filter((strategy) => isStrategyId(policy.settings, strategy)),
      signal,
    ),
    changingProfiles,
  };
}

/**
 * What was rolled back, by the addresses that went back to their old content.
 * @param about.changing names of the profiles that change anywhere, be that in another place: it matters for these alone
 * @throws CallFailure when a read fails for good.
 */
export async function readRolledBackChanges(
  connection: Connection,
  { applications }: LiveState,
  about: {
    readonly desired: readonly DesiredApplication[];
    readonly changing: ReadonlySet<string>;
    readonly options: ReadOptions;
  },
): Promise<ReadonlyMap<string, RolledBackChange>> {
  const { desired, changing, options } = about;
  const { policy } = options;
  const limit = pLimit(applicationsAtOnce);
  const read = await Promise.all(
    desired.map((wanted) =>
      limit(async () => {
        const found = applications.get(wanted.name);
        if (found === undefined) return [];
        const { application: live, facts } = found;
        const ask = () => rolledBackChangesIn(wanted, found, { policy, changing });
        return [...(await untilAnswered(ask, connection, { live, facts, options }))];
      }),
    ),
  );
  return new Map(read.flat());
}

/** Numbers of strategies by their ids; those that AppConfig does not have are left out. */
export async function readStrategyNumbers(
  connection: Connection,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, StrategyNumbers>> {
  const read = await Promise.all(
    ids.map(async (id): Promise<[string, StrategyNumbers] | undefined> => {
      const command = new GetDeploymentStrategyCommand({ DeploymentStrategyId: id });
      const answer = await unlessMissing(() => connection.repeatable(command, id, signal));
      return answer === 'missing' ? undefined : [id, numbersFromWire(answer)];
    }),
  );
  return new Map(read.filter((entry) => entry !== undefined));
}

/** Every application of the account and Region. */
export async function listApplications(
  connection: Connection,
  signal?: AbortSignal,
): Promise<readonly ListedApplication[]> {
  const items = await allPages((page) => connection.repeatable(new ListApplicationsCommand(page), '', signal));
  return items.map((item) => ({ id: item.Id ?? '', name: item.Name ?? '', description: item.Description }));
}

/** Asks for facts until the assessment wants none. */
export async function answerFacts(
  connection: Connection,
  about: {
    readonly wanted: DesiredApplication;
    readonly live: LiveApplication | undefined;
    readonly facts: Facts;
    readonly options: ReadOptions;
  },
) {
  const { wanted, live, facts, options } = about;
  const found = live === undefined ? undefined : { application: live, facts };
  return untilAnswered(() => assessApplication(wanted, found, options.policy), connection, about);
}

/** What a question comes to once every fact that it asks for is known. */
async function untilAnswered<Answer>(
  ask: () => Answer,
  connection: Connection,
  about: {
    readonly live: LiveApplication | undefined;
    readonly facts: Facts;
    readonly options: ReadOptions;
  },
): Promise<Answer> {
  const { live, facts, options } = about;
  for (;;) {
    const answer = ask();
    const questions = facts.takeWanted();
    if (questions.length === 0 || live === undefined) return answer;
    await Promise.all(
      questions.map(async (fact) =>
        facts.learn(fact, await readFact(connection, { application: live, fact, options })),
      ),
    );
  }
}

/** Lists of one application: environments, profiles, and each wanted environment's deployments. */
async function readApplication(
  connection: Connection,
  listed: ListedApplication,
  about: { readonly wanted: DesiredApplication; readonly signal: AbortSignal | undefined },
): Promise<LiveApplication> {
  const { wanted, signal } = about;
  const [environments, profiles] = await Promise.all([
    listEnvironments(connection, listed, signal),
    listProfiles(connection, listed, signal),
  ]);
  const configurationProfiles = new Map(profiles.map((profile) => [profile.name, profile]));
  const read = await Promise.all(
    environments.map(async (environment): Promise<[string, LiveEnvironment]> => {
      const desired = wanted.environments.find((e) => e.name === environment.Name);
      const profileIds = (desired?.configurations ?? [])
        .map((c) => configurationProfiles.get(c.address.configurationProfile)?.id)
        .filter((id) => id !== undefined);
      const id = environment.Id ?? '';
      const histories =
        desired === undefined || desired.configurations.length === 0
          ? noDeployments
          : await readHistories(connection, { application: listed, environmentId: id, profiles, profileIds, signal });
      return [environment.Name ?? '', { ...liveEnvironment(environment), ...histories }];
    }),
  );
  return { ...listed, environments: new Map(read), configurationProfiles };
}

const noDeployments = {
  latestDeploymentNumber: undefined,
  inFlight: undefined,
  histories: new Map(),
  deployedByUs: new Set<string>(),
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

/** Deployments of an environment, newest first, only until each of the profiles is settled; one page at least, which tells what is running. */
async function readHistories(
  connection: Connection,
  about: {
    readonly application: ListedApplication;
    readonly environmentId: string;
    readonly profiles: readonly LiveProfile[];
    readonly profileIds: readonly string[];
    readonly signal: AbortSignal | undefined;
  },
): Promise<Omit<LiveEnvironment, 'id' | 'name' | 'description' | 'monitors'>> {
  const idsByName = new Map(about.profiles.map((profile) => [profile.name, profile.id]));
  const unsettled = new Set(about.profileIds);
  const rows: LiveDeployment[] = [];
  for await (const page of deploymentPages(connection, about)) {
    const deployments = page.map((row) => liveDeployment(row, idsByName));
    rows.push(...deployments);
    for (const { state, profileId } of deployments) {
      if (state === 'COMPLETE' && profileId !== undefined) unsettled.delete(profileId);
    }
    if (unsettled.size === 0) break;
  }
  return {
    latestDeploymentNumber: rows[0]?.number,
    inFlight: rows.find((row) => isInFlight(row.state)),
    histories: new Map(
      about.profileIds.flatMap((id) => {
        const history = historyOf(rows.filter((row) => row.profileId === id));
        return history === undefined ? [] : [[id, history]];
      }),
    ),
    deployedByUs: new Set(
      rows
        .filter((row) => isAppcfgLabel(row.versionLabel))
        .map((row) => row.profileId)
        .filter((id) => id !== undefined),
    ),
  };
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

/** Finds one fact out. */
export async function readFact(
  connection: Connection,
  about: { readonly application: ListedApplication; readonly fact: Fact; readonly options: ReadOptions },
): Promise<FactAnswers[Fact['kind']]> {
  const { application, fact, options } = about;
  const { signal } = options;
  switch (fact.kind) {
    case 'tags':
      return readTags(connection, tagPath(application, fact), { what: application.name, signal });
    case 'version':
      return readVersion(connection, { application, ...fact, signal });
    case 'label': {
      const page = await connection.repeatable(
        new ListHostedConfigurationVersionsCommand({
          ApplicationId: application.id,
          ConfigurationProfileId: fact.profileId,
          VersionLabel: fact.versionLabel,
        }),
        application.name,
        signal,
      );
      return page.Items?.find((item) => item.VersionLabel === fact.versionLabel)?.VersionNumber ?? 'missing';
    }
    case 'deployment':
      return unlessMissing(async () => {
        const answer = await connection.repeatable(
          new GetDeploymentCommand({
            ApplicationId: application.id,
            EnvironmentId: fact.environmentId,
            DeploymentNumber: fact.deploymentNumber,
          }),
          application.name,
          signal,
        );
        return deploymentFact(answer);
      });
    case 'commit':
      return options.relationTo(fact.commit);
    default:
      return fact satisfies never;
  }
}

export function deploymentFact(answer: GetDeploymentCommandOutput): Exclude<FactAnswers['deployment'], 'missing'> {
  const rollback = answer.EventLog?.find((event) => event.EventType === 'ROLLBACK_STARTED');
  return {
    description: answer.Description ?? '',
    rollbackReason: rollback?.Description ?? answer.EventLog?.[0]?.Description,
  };
}

function tagPath(application: ListedApplication, fact: Extract<Fact, { kind: 'tags' }>): string {
  const path = `application/${application.id}`;
  if (fact.environmentId !== undefined) return `${path}/environment/${fact.environmentId}`;
  if (fact.profileId !== undefined) return `${path}/configurationprofile/${fact.profileId}`;
  return path;
}

/** @param path the resource part of the ARN. Tag calls take whole ARNs, which AppConfig's other answers do not carry. */
export async function readTags(
  connection: Connection,
  path: string,
  about: { readonly what: string; readonly signal?: AbortSignal | undefined },
): Promise<Tags> {
  const answer = await connection.repeatable(
    new ListTagsForResourceCommand({ ResourceArn: await arnOf(connection, path) }),
    about.what,
    about.signal,
  );
  return answer.Tags ?? {};
}

/** A version's content as text; bytes that are not UTF-8 become replacement characters and equal nothing we render. */
export async function readVersion(
  connection: Connection,
  about: {
    readonly application: ListedApplication;
    readonly profileId: string;
    readonly versionNumber: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<FactAnswers['version']> {
  return unlessMissing(async () => {
    const answer = await connection.repeatable(
      new GetHostedConfigurationVersionCommand({
        ApplicationId: about.application.id,
        ConfigurationProfileId: about.profileId,
        VersionNumber: about.versionNumber,
      }),
      about.application.name,
      about.signal,
    );
    return {
      text: new TextDecoder().decode(answer.Content),
      contentType: answer.ContentType ?? '',
      versionLabel: answer.VersionLabel,
    };
  });
}

async function unlessMissing<T>(read: () => Promise<T>): Promise<T | 'missing'> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CallFailure && error.kind === 'not-found') return 'missing';
    throw error;
  }
}

/**
 * Applications of ours that the tree does not name: candidates by their description, confirmed by their tags. A tree
 * without tenants is worth a look at every tag: not to take the whole fleet for deleted.
 */
async function orphaned(
  connection: Connection,
  about: {
    readonly listed: readonly ListedApplication[];
    readonly desired: readonly DesiredApplication[];
    readonly policy: Policy;
    readonly signal: AbortSignal | undefined;
  },
): Promise<readonly ListedApplication[]> {
  const wanted = new Set(about.desired.map((application) => application.name));
  const candidates = about.listed.filter(
    ({ name, description }) =>
      !wanted.has(name) &&
      ((wanted.size === 0 && !about.policy.elsewhere) || isDescribedAsManaged(description, about.policy.project)),
  );
  const confirmed = await Promise.all(
    candidates.map(async (application) => {
      const tags = await readTags(connection, `application/${application.id}`, {
        what: application.name,
        signal: about.signal,
      });
      return ownerOf(tags, about.policy.project).kind === 'ours';
    }),
  );
  return candidates.filter((_, index) => confirmed[index]);
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
