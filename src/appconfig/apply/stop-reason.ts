// Why steps are stopped before their own end, and which steps.

import type { AccountRegionId } from '../../core/model/account-region.ts';
import { quotaKeyOf } from '../../core/plan/operations.ts';
import type { Step, StepId } from '../../core/plan/step.ts';
import type { Refusal } from '../../core/rollout/wave-gate.ts';

export type StopReason =
  | { readonly kind: 'interrupted' | 'timeout' | 'fail-fast' }
  /** `by`: the step that failed; or `wave <name>` where reading a wave's environments did. */
  | { readonly kind: 'quota-used-up' | 'credentials-ended' | 'internal-error'; readonly by: StepId }
  /** The wave gate refuses a step that it had allowed to begin. */
  | { readonly kind: Refusal['because']; readonly refusal: Refusal }
  /** The wave gate makes a step wait that it had allowed to begin. */
  | { readonly kind: 'must-wait' };

/** The steps that a stop is for; `{}`: all steps of the run. */
export interface StopScope {
  readonly accountRegion?: AccountRegionId;
  readonly quota?: string;
}

export function isInScope(step: Step, scope: StopScope): boolean {
  return (
    (scope.accountRegion === undefined || scope.accountRegion === step.accountRegion) &&
    (scope.quota === undefined || scope.quota === quotaKeyOf(step))
  );
}

/** Whether deployments in flight are left to AppConfig. Otherwise the run follows them to their end. */
const abandonsDeployments: Readonly<Record<StopReason['kind'], boolean>> = {
  interrupted: true,
  timeout: true,
  'credentials-ended': true,
  'fail-fast': false,
  'quota-used-up': false,
  'internal-error': false,
  'wave-blocked': false,
  'change-rolled-back': false,
  'must-wait': false,
};

export function isAbandoning({ kind }: StopReason): boolean {
  return abandonsDeployments[kind];
}

/** What the result of a stopped step names as `blockedBy`. */
export function blockedByOf(reason: StopReason): StepId {
  if ('by' in reason) return reason.by;
  return 'refusal' in reason ? reason.refusal.blockedBy : reason.kind;
}
