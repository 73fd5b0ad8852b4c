// Reads what a sync must know: the lists of the applications that the tree has, and single facts where a decision needs them.
import pLimit from 'p-limit';
import { factsOf } from '../../core/assess/assess-application.ts';
import { rolledBackChangesIn } from '../../core/assess/rolled-back-changes.ts';
import type { Facts } from '../../core/live/facts.ts';
import type { ListedApplication, LiveApplication, LiveState, RolledBackChange } from '../../core/live/live-state.ts';
import { isDescribedAsManaged, isManaged } from '../../core/live/ownership.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import { isChanged } from '../../core/plan/plan.ts';
import { strategyFor } from '../../core/settings/deployment-strategies.ts';
import type { Connection } from '../client/connection.ts';
import { applicationsAtOnce, listApplications, readNeededStrategies } from './list-resources.ts';
import { desiredProfiles, readApplication } from './read-application.ts';
import { answerFacts, type ReadOptions, readTags, untilAnswered } from './read-facts.ts';

/**
 * Reads until no verdict of the assessment needs another fact. Rolled-back changes are read apart, by
 * `readRolledBackChanges`.
 * @throws CallFailure
 */
export async function readLiveState(
  connection: Connection,
  desired: readonly DesiredApplication[],
  options: ReadOptions,
): Promise<LiveState> {
  const { policy, signal } = options;
  const { settings } = policy;
  const listed = await listApplications(connection, signal);
  const byName = new Map(listed.map((application) => [application.name, application]));
  const limit = pLimit(applicationsAtOnce);
  const applications: [string, { application: LiveApplication; facts: Facts }][] = [];
  const strategies = new Set<string>();
  const changingProfiles = new Set<string>();
  let read = 0;
  await Promise.all(
    desired.map((each) =>
      limit(async () => {
        const found = byName.get(each.name);
        const profilesToRead = desiredProfiles(each);
        const live =
          found === undefined ? undefined : await readApplication(connection, found, { profilesToRead, signal });
        const facts = factsOf(each, policy);
        const { verdicts } = await answerFacts(connection, { wanted: each, live, facts, options });
        for (const { address } of verdicts.filter(isChanged).map((verdict) => verdict.desired)) {
          strategies.add(strategyFor(settings, address));
          changingProfiles.add(address.configurationProfile);
        }
        if (live !== undefined) applications.push([each.name, { application: live, facts }]);
        read += 1;
        options.onProgress?.(read, desired.length);
      }),
    ),
  );
  return {
    applications: new Map(applications),
    applicationCount: listed.length,
    orphanedApplications: policy.selective ? [] : await readOrphans(connection, { listed, desired, options }),
    ...(await readNeededStrategies(connection, strategies, { settings, signal })),
    changingProfiles,
  };
}

/**
 * Rolled-back changes, by the addresses that have their old content again.
 * @param request.changing profiles that change in any account and Region of the run: no others are read
 * @throws CallFailure
 */
export async function readRolledBackChanges(
  connection: Connection,
  { applications }: LiveState,
  request: {
    readonly desired: readonly DesiredApplication[];
    readonly changing: ReadonlySet<string>;
    readonly options: ReadOptions;
  },
): Promise<ReadonlyMap<string, RolledBackChange>> {
  const { desired, changing, options } = request;
  const { policy } = options;
  const limit = pLimit(applicationsAtOnce);
  const read = await Promise.all(
    desired.map((each) =>
      limit(async () => {
        const found = applications.get(each.name);
        if (found === undefined) return [];
        const { application, facts } = found;
        const assess = () => rolledBackChangesIn(each, found, { policy, changing });
        return [...(await untilAnswered(assess, connection, { application, facts, options }))];
      }),
    ),
  );
  return new Map(read.flat());
}

/**
 * Managed applications that the tree does not have: candidates by their description, confirmed by their tags. For a tree
 * without tenants every application is a candidate: the guard against an empty tree must see all that are managed.
 */
async function readOrphans(
  connection: Connection,
  request: {
    readonly listed: readonly ListedApplication[];
    readonly desired: readonly DesiredApplication[];
    readonly options: ReadOptions;
  },
): Promise<readonly ListedApplication[]> {
  const { signal, policy } = request.options;
  const desired = new Set(request.desired.map(({ name }) => name));
  const isEmptyTree = desired.size === 0 && !policy.elsewhere;
  const candidates = request.listed.filter(
    ({ name, description }) => !desired.has(name) && (isEmptyTree || isDescribedAsManaged(description, policy.project)),
  );
  const confirmed = await Promise.all(
    candidates.map(async (application) =>
      isManaged(await readTags(connection, { application, signal }), policy.project),
    ),
  );
  return candidates.filter((_, index) => confirmed[index]);
}
