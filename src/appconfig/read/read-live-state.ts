// Reads what AppConfig has: the lists, all pages, for the applications the tree names; single facts only where a decision needs them.
import pLimit from 'p-limit';
import { rolledBackChangesIn } from '../../core/assess/rolled-back-changes.ts';
import { Facts } from '../../core/live/facts.ts';
import type {
  ListedApplication,
  LiveApplication,
  LiveDeployment,
  LiveEnvironment,
  LiveProfile,
  LiveState,
  RolledBackChange,
} from '../../core/live/live-state.ts';
import { isDescribedAsManaged, isManaged } from '../../core/live/ownership.ts';
import { isAppcfgLabel } from '../../core/model/content.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import type { CommitRelation } from '../../core/model/origin.ts';
import { isInFlight } from '../../core/model/resource.ts';
import { isStrategyId, strategyFor } from '../../core/settings/deployment-strategies.ts';
import type { Policy } from '../../core/settings/policy.ts';
import type { Connection } from '../client/connection.ts';
import {
  deploymentPages,
  historyOf,
  listApplications,
  listEnvironments,
  listProfiles,
  liveDeployment,
  liveEnvironment,
  noDeployments,
  readStrategies,
} from './list-resources.ts';
import { answerFacts, readFact, readStrategyNumbers, readTags } from './read-facts.ts';

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

/** What a question comes to once every fact that it asks for is known. */
export async function untilAnswered<Answer>(
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
    deployedByAppcfg: new Set(
      rows
        .filter((row) => isAppcfgLabel(row.versionLabel))
        .map((row) => row.profileId)
        .filter((id) => id !== undefined),
    ),
  };
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
      return isManaged(tags, about.policy.project);
    }),
  );
  return candidates.filter((_, index) => confirmed[index]);
}
