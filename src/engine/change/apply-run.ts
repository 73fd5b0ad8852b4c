// Applies a plan that was shown.
import type { ApplyOptions } from '../../appconfig/apply/apply-options.ts';
import { applyPlan } from '../../appconfig/apply/apply-plan.ts';
import type { Connection } from '../../appconfig/client/connection.ts';
import type { Plan } from '../../core/plan/plan.ts';

/** What a planned run leaves for applying its plan. */
export interface ApplyInput extends Pick<ApplyOptions, 'reaches' | 'relationTo' | 'locate' | 'emit' | 'signal'> {
  readonly connection: Connection;
}

/** By default a run waits for its deployments, but not for those of others, and continues after a failure. */
export type ApplyRunOptions = Partial<
  Pick<ApplyOptions, 'wait' | 'busyTimeoutMs' | 'failFast' | 'bypassDeletionProtection'>
>;

/** Whether guards let the plan pass, and it has something to apply. */
export function isAppliable(plan: Plan): boolean {
  return plan.refusals.length === 0 && plan.steps.length > 0;
}

/** Applies the plan that was shown. Each step ends in one `step-finished` event. */
export async function applyRun(plan: Plan, run: ApplyInput, options: ApplyRunOptions = {}): Promise<void> {
  const { connection, reaches, relationTo, locate, emit, signal } = run;
  const { wait = true, busyTimeoutMs = 0, failFast = false, bypassDeletionProtection = false } = options;
  emit({ type: 'phase-started', phase: 'applying-plan', serviceNow: connection.serviceClock.now() });
  await applyPlan(plan, connection, {
    reaches,
    relationTo,
    ...(locate === undefined ? {} : { locate }),
    emit,
    signal,
    wait,
    busyTimeoutMs,
    failFast,
    bypassDeletionProtection,
  });
}
