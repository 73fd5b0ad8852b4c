// What a plan comes to, in numbers: for the summary line, the JSON document and GitLab's widget.
import type { AddressAction, Plan } from '../core/plan/plan.ts';
import type { Operation } from '../core/plan/step.ts';

export interface PlanSummary {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  readonly unchanged: number;
  readonly blocked: number;
  readonly deployments: number;
  readonly expectedMinutes: number | undefined;
}

export function summaryOf(plan: Plan): PlanSummary {
  const actions = (...wanted: AddressAction[]) =>
    plan.addresses.filter((address) => wanted.includes(address.action)).length;
  return {
    create: actions('create'),
    update: actions('update'),
    delete: actions('delete'),
    unchanged: actions('unchanged', 'adopt'),
    blocked: actions('blocked'),
    deployments: operationsOf(plan, 'StartDeployment'),
    expectedMinutes: plan.expectedMinutes,
  };
}

export function operationsOf(plan: Plan, operation: Operation): number {
  return plan.steps.filter((step) => step.operation === operation).length;
}
