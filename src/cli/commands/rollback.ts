import { applyPlan } from '../../appconfig/apply-plan.ts';
import { readTargets, type TargetApplication } from '../../appconfig/read-histories.ts';
import { readRollbackState, resourcesOfRollback } from '../../appconfig/read-rollback-state.ts';
import type { RollbackRequest } from '../../core/assess-rollback.ts';
import { failure } from '../../core/errors.ts';
import { planRollback } from '../../core/plan-rollback.ts';
import type { Settings } from '../../core/settings.ts';
import { strategyHint } from '../../tree/settings-cross-checks.ts';
import type { Context } from '../context.ts';
import type { RollbackOptions } from '../options.ts';
import { policyOf, prepareSettings, readingProgress } from '../prepare.ts';
import { withSession } from '../session.ts';
import { tellPlan } from './emit-plan.ts';

/** Takes deployments back. What AppConfig has is looked at: whatever state the tree is in, the way back is open. */
export async function rollback(options: RollbackOptions, context: Context): Promise<void> {
  const prepared = await prepareSettings(context);
  if (prepared === undefined) return;
  const { settings, project, relationTo } = prepared;
  refuseUnknownStrategy(options.deploymentStrategy, settings);
  await withSession({ options, settings, project, access: 'write', context }, async ({ connection, place, signal }) => {
    context.emit({ type: 'run-started', command: 'rollback', place });
    context.emit({ type: 'phase-started', phase: 'reading-live-state' });
    const { addresses, selection, deploymentStrategy } = options;
    const targets = await readTargets(connection, {
      targets: { addresses, selection },
      applicationName: settings.applicationName,
      project,
      signal,
    });
    if (options.to !== undefined) refuseAmbiguousNumber(options.to, targets);
    const policy = policyOf(prepared, place, options);
    const request = requestOf(options);
    const planning = { request, policy, deploymentStrategy, now: connection.serviceClock.now() };
    const state = await readRollbackState(connection, targets, {
      ...planning,
      relationTo,
      signal,
      onProgress: readingProgress(context),
    });
    const plan = planRollback(state, planning);
    tellPlan(plan, context);
    if (options.dryRun || plan.steps.length === 0) return;
    context.emit({ type: 'phase-started', phase: 'applying-plan' });
    await applyPlan(plan, connection, {
      policy,
      resources: resourcesOfRollback(state, plan),
      relationTo,
      emit: context.emit,
      signal,
      wait: true,
      laneWaitMs: options.laneWaitMs,
      failFast: false,
      bypassDeletionProtection: false,
    });
  });
}

function requestOf({ commit, to }: RollbackOptions): RollbackRequest {
  if (commit !== undefined) return { kind: 'commit', commit };
  return to === undefined ? { kind: 'newest' } : { kind: 'version', version: to };
}

/** @throws AppcfgError */
function refuseUnknownStrategy(name: string | undefined, settings: Settings): void {
  const hint = name === undefined ? undefined : strategyHint(name, [...settings.deploymentStrategies.keys()]);
  if (hint === undefined) return;
  throw failure('usage-wrong', `"${name}" is not a deployment strategy`, { hint });
}

/** Each profile counts its versions for itself. @throws AppcfgError */
function refuseAmbiguousNumber(to: string, targets: readonly TargetApplication[]): void {
  if (!/^[0-9]+$/.test(to)) return;
  const profiles = new Set(
    targets.flatMap(({ environments }) =>
      environments.flatMap(({ configurationProfiles }) => configurationProfiles.map(({ id }) => id)),
    ),
  );
  if (profiles.size < 2) return;
  throw failure(
    'usage-wrong',
    `--to ${to} is a number, and ${profiles.size} configuration profiles are selected: each counts for itself`,
    {
      hint: 'name one profile of one tenant, or give a version label: equal contents have equal ones',
    },
  );
}
