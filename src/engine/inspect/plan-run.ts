// The plan of a sync: every account and Region is read and planned by itself, and their plans become one, which is refined.
// Sync applies this plan, diff shows it; seeding and tests plan here too.
import type { Connection } from '../../appconfig/client/connection.ts';
import { readRolledBackChanges } from '../../appconfig/read/read-live-state.ts';
import { type Resources, resourcesOf } from '../../appconfig/read/resource-ids.ts';
import { liveContentLearner } from '../../core/events/learn-contents.ts';
import type { AccountRegionId } from '../../core/model/account-region.ts';
import { type AccountRegionPlan, mergePlans } from '../../core/plan/merge-plans.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { basisOf } from '../../core/plan/plan-basis.ts';
import { unreachablePlan } from '../../core/plan/unreachable-plan.ts';
import { planSync } from '../../core/planners/plan-sync.ts';
import { countsOf } from '../../core/planners/within-quotas.ts';
import { finalizePlan } from '../../core/rollout/finalize-plan.ts';
import { inAccountRegions } from '../connect/each-account-region.ts';
import type { Session } from '../connect/session.ts';
import {
  type ReadAccountRegion,
  type ReadAccountRegions,
  type Run,
  readAccountRegions,
} from './read-account-regions.ts';

/** A plan as it is shown and applied, and what applying it needs. */
export interface PlannedRun {
  readonly plan: Plan;
  readonly reaches: ReadonlyMap<AccountRegionId, { readonly connection: Connection; readonly resources: Resources }>;
  /** To the run's own account and Region, or the first that could be reached. */
  readonly connection: Connection;
}

/**
 * @param check adds what is wrong with the changes of the plan, and blocks addresses
 * @throws CallFailure, AppcfgError where no account and Region can be read
 */
export async function planRun(
  session: Session,
  run: Run,
  check: (plan: Plan) => Promise<Plan> = async (plan) => plan,
): Promise<PlannedRun> {
  const { project, options, context } = run;
  const startedAt = context.clock.now();
  const all = await withRolledBackChanges(await readAccountRegions(session, run), session, run);
  const [first] = all.read;
  const { connection } = first.at;
  const { serviceClock } = connection;
  const now = serviceClock.now();
  // The service's clock is only known from its responses, that is, after the first of them.
  const readAt = new Date(now - (context.clock.now() - startedAt) * serviceClock.speed).toISOString();
  const merged = await check(mergePlans(planEach(all, project.project), project.desired));
  const plan = finalizePlan(
    { ...merged, basis: { ...basisOf(first.policy), readAt } },
    {
      settings: project.settings,
      only: options.only,
      retryRolledBack: options.retryRolledBack ?? false,
      wave: options.wave,
      selection: options.selection,
      isRestricted: session.isRestricted,
      desired: project.desired,
      approval: options.approval,
      counts: new Map(all.read.map(({ at, live }) => [at.accountRegion.id, countsOf(live)])),
      now,
    },
  );
  return {
    plan,
    reaches: new Map(
      all.read.map(({ at, live }) => [
        at.accountRegion.id,
        { connection: at.connection, resources: resourcesOf(live, project.project) },
      ]),
    ),
    connection,
  };
}

/** Reads what was rolled back, in each account and Region for the profiles that change in any of them. */
async function withRolledBackChanges(
  { read, unread }: ReadAccountRegions,
  session: Session,
  { project: { relationTo, settings }, context: { scrubber } }: Run,
): Promise<ReadAccountRegions> {
  const { signal } = session;
  const onContent = liveContentLearner(scrubber, settings);
  const changing = new Set(read.flatMap(({ live }) => [...live.changingProfiles]));
  const { done, failed } = await inAccountRegions(session, read, async (each): Promise<ReadAccountRegion> => {
    const { at, live, policy } = each;
    const options = { policy, relationTo, signal, onContent };
    const rolledBackChanges = await readRolledBackChanges(at.connection, live, {
      desired: at.desired,
      changing,
      options,
    });
    return { ...each, live: { ...live, rolledBackChanges } };
  });
  return { read: done, unread: [...failed, ...unread] };
}

/** The run's own account and Region comes first. */
function planEach({ read, unread }: ReadAccountRegions, project: string): [AccountRegionPlan, ...AccountRegionPlan[]] {
  const plans: AccountRegionPlan[] = [
    ...read.map(({ at, live, policy }) => ({ isOwn: at.isOwn, plan: planSync(at.desired, live, policy) })),
    ...unread.map(({ isOwn, desired, problem, accountRegion }) => ({
      isOwn,
      plan: unreachablePlan(desired, problem, { project, accountRegion }),
    })),
  ];
  const [first, ...others] = plans.toSorted((a, b) => Number(b.isOwn) - Number(a.isOwn));
  if (first === undefined) throw new Error('a run without accounts and Regions');
  return [first, ...others];
}
