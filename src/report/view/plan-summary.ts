// What a plan amounts to, in numbers: for the summary line, the JSON document and GitLab's widget.
import type { AddressAction, Plan, PlannedAddress } from '../../core/plan/plan.ts';
import type { Operation, Step } from '../../core/plan/step.ts';

export interface PlanSummary {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  readonly adopt: number;
  readonly unchanged: number;
  readonly drifted: number;
  readonly blocked: number;
  readonly deployments: number;
  readonly expectedMinutes: number | undefined;
}

export function summaryOf(plan: Plan): PlanSummary {
  return {
    create: addressesWith(plan, 'create').length,
    update: addressesWith(plan, 'update').length,
    delete: addressesWith(plan, 'delete').length,
    adopt: addressesWith(plan, 'adopt').length,
    unchanged: addressesWith(plan, 'unchanged').length,
    drifted: addressesWith(plan, 'drifted').length,
    blocked: addressesWith(plan, 'blocked').length,
    deployments: countOf(plan.steps, 'StartDeployment'),
    expectedMinutes: plan.expectedMinutes,
  };
}

export function addressesWith(plan: Plan, ...actions: readonly AddressAction[]): readonly PlannedAddress[] {
  return plan.addresses.filter(({ action }) => actions.includes(action));
}

export function countOf(steps: readonly Step[], operation: Operation): number {
  return steps.filter((step) => step.operation === operation).length;
}
