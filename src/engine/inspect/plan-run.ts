// A plan over every place of a run: each is read and planned for itself, all at once, and the plans are made into one.

import type { ApplyOptions } from '../../appconfig/apply/apply-options.ts';
import type { Connection } from '../../appconfig/client/connection.ts';
import { readLiveState, readRolledBackChanges } from '../../appconfig/read/read-live-state.ts';
import { resourcesOf } from '../../appconfig/read/resource-ids.ts';
import { countsOf } from '../../core/guards/quota.ts';
import type { LiveState } from '../../core/live/live-state.ts';
import type { CountsOfPlaces } from '../../core/model/service-limits.ts';
import { type AccountRegionPlan, mergePlans } from '../../core/plan/merge-plans.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { unreachablePlan } from '../../core/plan/unreachable-plan.ts';
import { planSync } from '../../core/planners/plan-sync.ts';
import type { Policy } from '../../core/settings/policy.ts';
import type { ReachedAccountRegion, UnreachedAccountRegion } from '../connect/reach.ts';
import { inAccountRegions, isOneOfSeveral, reachedAccountRegions, type Session } from '../connect/session.ts';
import type { Context } from '../context.ts';
import { type PolicyOptions, type Prepared, policyOf } from '../load-project.ts';

export interface PlannedRun {
  readonly plan: Plan;
  readonly counts: CountsOfPlaces;
  readonly apply: Pick<ApplyOptions, 'policy' | 'reaches' | 'readAt'>;
  /** To the run's own account and Region, or the first that could be reached. */
  readonly connection: Connection;
}

interface About {
  readonly prepared: Prepared;
  readonly options: PolicyOptions;
  readonly context: Context;
}

/** What a sync would do in all places. */
export async function planRun(session: Session, about: About): Promise<PlannedRun> {
  const { prepared, context } = about;
  const startedAt = context.clock.now();
  const { read, unread } = await withPutBack(await readAccountRegions(session, about), session, about);
  const parts = [
    ...read.map(({ at, live, policy }) => ({ isOwn: at.isOwn, plan: planSync(at.desired, live, policy) })),
    ...unread.map(({ isOwn, desired, problem, accountRegion }) => ({
      isOwn,
      plan: unreachablePlan(desired, problem, { project: prepared.project, kind: 'sync', accountRegion }),
    })),
  ];
  const [first] = read;
  const reaches = read.map(
    ({ at, live }) =>
      [at.accountRegion.id, { connection: at.connection, resources: resourcesOf(live, prepared.project) }] as const,
  );
  const [own] = reaches;
  const [part, ...others] = ownFirst(parts);
  if (first === undefined || own === undefined || part === undefined) throw new Error('a run without places');
  const { serviceClock } = first.at.connection;
  // Its clock is known by its answers.
  const readAt = serviceClock.now() - (context.clock.now() - startedAt) * serviceClock.speed;
  return {
    plan: mergePlans([part, ...others], prepared.desired),
    counts: new Map(read.map(({ at, live }) => [at.accountRegion.id, countsOf(live)])),
    apply: { policy: first.policy, readAt, reaches: new Map(reaches) },
    connection: own[1].connection,
  };
}

export interface ReadAccountRegion {
  readonly at: ReachedAccountRegion;
  readonly live: LiveState;
  readonly policy: Policy;
}

interface ReadPlaces {
  readonly read: readonly [ReadAccountRegion, ...ReadAccountRegion[]];
  readonly unread: readonly UnreachedAccountRegion[];
}

/** Reads all places at once. @throws CallFailure, AppcfgError */
export async function readAccountRegions(session: Session, about: About): Promise<ReadPlaces> {
  const { prepared, options, context } = about;
  const { relationTo } = prepared;
  const { signal } = session;
  const elsewhere = isOneOfSeveral(session) && prepared.desired.length > 0;
  const progress = new ReadingProgress(context);
  const { done, failed } = await inAccountRegions(
    session,
    reachedAccountRegions(session),
    async ({ at }): Promise<ReadAccountRegion> => {
      const policy = { ...policyOf(prepared, at.accountRegion, options), ...(elsewhere ? { elsewhere } : {}) };
      const onProgress = progress.of(at.desired.length);
      const live = await readLiveState(at.connection, at.desired, { policy, relationTo, signal, onProgress });
      return { at, policy, live };
    },
  );
  return { read: done, unread: [...failed, ...session.unreached] };
}

/** Reads on, once all places told what changes: what was put back in each, of the profiles that change in any of them. */
async function withPutBack({ read, unread }: ReadPlaces, session: Session, about: About): Promise<ReadPlaces> {
  const { relationTo } = about.prepared;
  const { signal } = session;
  const changing = new Set(read.flatMap(({ live }) => [...live.changingProfiles]));
  const { done, failed } = await inAccountRegions(session, read, async (place): Promise<ReadAccountRegion> => {
    const { at, live, policy } = place;
    const options = { policy, relationTo, signal };
    const putBack = await readRolledBackChanges(at.connection, live, { desired: at.desired, changing, options });
    return { ...place, live: { ...live, rolledBackChanges: putBack } };
  });
  return { read: done, unread: [...failed, ...unread] };
}

function ownFirst(parts: readonly AccountRegionPlan[]): readonly AccountRegionPlan[] {
  return parts.toSorted((a, b) => Number(b.isOwn) - Number(a.isOwn));
}

/** How far reading has come, over all places. */
class ReadingProgress {
  readonly #context: Context;
  #applications = 0;
  #of = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  of(applications: number): () => void {
    this.#of += applications;
    return () => {
      this.#applications += 1;
      this.#context.emit({ type: 'reading-progressed', applications: this.#applications, of: this.#of });
    };
  }
}
