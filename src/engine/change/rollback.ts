import { applyPlan } from '../../appconfig/apply/apply-plan.ts';
import { readRollbackState, resourcesOfRollback } from '../../appconfig/read/read-rollback-state.ts';
import type { RollbackRequest } from '../../core/assess/rollback-verdict.ts';
import { mergePlans } from '../../core/plan/merge-plans.ts';
import { planRollback } from '../../core/planners/plan-rollback.ts';
import { failure } from '../../core/problem/problem.ts';
import { timed } from '../../core/rollout/simulate-plan.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { strategyHint } from '../../core/settings/settings-rules.ts';
import { warnOfTime } from '../connect/job-limits.ts';
import { type Session, withSession } from '../connect/session.ts';
import type { Context } from '../context.ts';
import {
  accountRegionsOfRequest,
  inRequestedAccountRegions,
  type RequestedOfAccountRegion,
  readRequestedEverywhere,
} from '../inspect/read-requested.ts';
import { emitStart, type Prepared, prepareSettings } from '../load-project.ts';
import type { RollbackOptions } from '../options.ts';
import { emitPlanEvents } from '../show-plan.ts';

/** Takes deployments back. What AppConfig has is looked at: whatever state the tree is in, the way back is open. */
export async function rollback(options: RollbackOptions, context: Context): Promise<void> {
  const prepared = await prepareSettings(context);
  if (prepared === undefined) return;
  refuseUnknownStrategy(options.deploymentStrategy, prepared.settings);
  await withSession(accountRegionsOfRequest(prepared, { options, access: 'write', context }), async (session) => {
    emitStart('rollback', session, context);
    const read = await readRequestedEverywhere(session, { prepared, options, context });
    if (options.to !== undefined) refuseAmbiguousNumber(options.to, read);
    const { plan, apply, connection } = await planPlaces(read, { session, prepared, options, context });
    emitPlanEvents(plan, context);
    warnOfTime(plan, connection, { options, context });
    if (options.dryRun || plan.steps.length === 0) return;
    context.emit({ type: 'phase-started', phase: 'applying-plan', serviceNow: connection.serviceClock.now() });
    await applyPlan(plan, connection, {
      ...apply,
      relationTo: prepared.relationTo,
      emit: context.emit,
      signal: session.signal,
      wait: true,
      busyTimeoutMs: options.busyTimeoutMs,
      failFast: false,
      bypassDeletionProtection: false,
    });
  });
}

/** Each place's plan, and all of them as one. */
async function planPlaces(
  read: readonly [RequestedOfAccountRegion, ...RequestedOfAccountRegion[]],
  about: {
    readonly session: Session;
    readonly prepared: Prepared;
    readonly options: RollbackOptions;
    readonly context: Context;
  },
) {
  const { session, prepared, options, context } = about;
  const { relationTo } = prepared;
  const request = requestOf(options);
  const { deploymentStrategy } = options;
  const of = read.reduce((sum, { targets }) => sum + targets.length, 0);
  let applications = 0;
  const onProgress = () => {
    applications += 1;
    context.emit({ type: 'reading-progressed', applications, of });
  };
  const { signal } = session;
  const work = async ({ at, policy, targets }: RequestedOfAccountRegion) => {
    const { connection, accountRegion, isOwn } = at;
    const planning = { request, policy, deploymentStrategy, now: connection.serviceClock.now() };
    const state = await readRollbackState(connection, targets, { ...planning, relationTo, signal, onProgress });
    const plan = planRollback(state, planning);
    return {
      id: accountRegion.id,
      isOwn,
      plan,
      reach: { connection, resources: resourcesOfRollback(state, plan) },
    };
  };
  const planned = await inRequestedAccountRegions(session, read, { work, context });
  const [first] = planned;
  const { connection } = first.reach;
  return {
    plan: timed(mergePlans(planned, []), connection.serviceClock.now()),
    apply: { reaches: new Map(planned.map(({ id, reach }) => [id, reach])) },
    connection,
  };
}

function requestOf({ commit, to }: RollbackOptions): RollbackRequest {
  if (commit !== undefined) return { kind: 'commit', commit };
  return to === undefined ? { kind: 'newest' } : { kind: 'version', version: to };
}

/** @throws AppcfgError */
function refuseUnknownStrategy(name: string | undefined, settings: Settings): void {
  const hint = name === undefined ? undefined : strategyHint(name, [...settings.deploymentStrategies.keys()]);
  if (hint === undefined) return;
  throw failure('usage-invalid', `"${name}" is not a deployment strategy`, { hint: { text: hint } });
}

/** Each profile counts its versions for itself. @throws AppcfgError */
function refuseAmbiguousNumber(to: string, read: readonly RequestedOfAccountRegion[]): void {
  if (!/^[0-9]+$/.test(to)) return;
  const profiles = new Set(
    read.flatMap(({ at, targets }) =>
      targets.flatMap(({ environments }) =>
        environments.flatMap((each) => each.configurationProfiles.map(({ id }) => `${at.accountRegion.id} ${id}`)),
      ),
    ),
  );
  if (profiles.size < 2) return;
  throw failure(
    'usage-invalid',
    `--to ${to} is a number, and ${profiles.size} configuration profiles are selected: each counts for itself`,
    { hint: { text: 'name one profile of one tenant, or give a version label: equal contents have equal ones' } },
  );
}
