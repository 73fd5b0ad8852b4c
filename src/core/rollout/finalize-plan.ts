// The last steps of planning a sync: from what differs to what this run does, and how long it takes.

import { type ApprovableChange, approvableChanges, approvalDigests } from '../approval/approvable-changes.ts';
import type { Approval } from '../approval/approval.ts';
import { expect } from '../guards/expect.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import { type Selection, selectsAll } from '../model/selection.ts';
import type { CountsByAccountRegion } from '../model/service-limits.ts';
import type { Plan } from '../plan/plan.ts';
import { restrictToStage } from '../plan/restrict-to-stage.ts';
import { partialRollbackCheck } from '../planners/block-same-changes.ts';
import { withinQuotas } from '../planners/within-quotas.ts';
import type { Policy } from '../settings/policy.ts';
import { planWaves } from './assign-waves.ts';
import { withExpectedMinutes } from './simulate-plan.ts';

/**
 * Blocks changes that were rolled back elsewhere, assigns waves, judges the quotas, and keeps the steps of the wanted stage.
 * The expected minutes are those of the steps that remain.
 * @param options.counts what each account and Region has
 * @param options.now milliseconds since 1970, by the service's clock
 */
export function finalizePlan(
  plan: Plan,
  options: Pick<Policy, 'settings' | 'only' | 'retryRolledBack'> & {
    readonly wave: string | undefined;
    readonly selection: Selection;
    /** Whether addresses in other accounts and Regions are left out. */
    readonly isRestricted: boolean;
    /** What the plan was made for. */
    readonly desired: readonly DesiredApplication[];
    /** With it, what was not approved refuses the run. */
    readonly approval: Approval | undefined;
    readonly counts: CountsByAccountRegion;
    readonly now: number;
  },
): Plan {
  const { settings, only, retryRolledBack, selection, counts, now } = options;
  const whole = planWaves(plan, options);
  // The whole plan: what refuses the first stage refuses the second one.
  const staged = restrictToStage(withinQuotas(whole, counts, settings), only);
  const final = withApproval(staged, approvableChanges(whole, options), options);
  // The same change is always of one profile: a selection of whole profiles sees all of its addresses.
  const seesAll = retryRolledBack || (selectsAll({ ...selection, configurationProfiles: [] }) && !options.isRestricted);
  return withExpectedMinutes(
    seesAll ? final : { ...final, problems: [...final.problems, ...partialRollbackCheck(final)] },
    now,
  );
}

/** The plan with its changes as they are approved; without an approval of them, the run is refused. */
function withApproval(
  plan: Plan,
  changes: readonly ApprovableChange[],
  { only, approval }: Pick<Parameters<typeof finalizePlan>[1], 'only' | 'approval'>,
): Plan {
  const steps = new Set(plan.steps.map(({ id }) => id));
  const own = changes.filter(({ step }) => steps.has(step));
  const planned = { ...plan, expect: [...new Set(own.flatMap(approvalDigests))] };
  if (approval === undefined) return planned;
  // What is created in advance is approved with the deployments that it is created for.
  const judged = only === 'update' ? changes.filter(({ step, deployment }) => deployment ?? steps.has(step)) : own;
  const refusals = judged
    .filter(({ deployment }) => only !== 'deploy' || deployment !== undefined)
    .flatMap((change) => expect.check({ change, approval }) ?? []);
  return { ...planned, refusals: [...plan.refusals, ...refusals] };
}
