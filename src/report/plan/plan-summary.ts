// The line that sums a plan up.
import { isRecord } from '../../core/plan/operations.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { count, number } from '../../core/problem/quantity.ts';
import { operationParts } from '../style/operation-words.ts';
import { minutes } from '../style/quantities.ts';
import { summaryOf } from '../view/plan-summary.ts';
import { leftForNextStage, type Verdict, verdictOf } from '../view/plan-view.ts';

/** `Plan: 1 version to create, 1 deployment to start, 11 addresses unchanged. About 2 min.` */
export function summaryLine(plan: Plan): string {
  return [lines[verdictOf(plan)](plan), ...acknowledgedText(plan)].join(' ');
}

/** `Acknowledged: change-factor at 12 addresses.` Nothing where no check had something to report. */
export function acknowledgedText({ acknowledged }: Plan): readonly string[] {
  if (acknowledged.length === 0) return [];
  const parts = acknowledged.map(({ code, addresses }) => `${code} at ${count(addresses, 'address', 'addresses')}`);
  return [`Acknowledged: ${parts.join(', ')}.`];
}

const lines = {
  comparison: (plan) => `Compared with the base: ${comparedParts(plan).join(', ') || 'no addresses'}.`,
  rollback: (plan) => `Rollback: ${summaryParts(plan).join(', ')}.${timeText(plan)}`,
  'nothing-to-roll-back': (plan) =>
    `Nothing to roll back: ${summaryParts(plan).join(', ') || 'nothing from this commit is live or in flight'}.`,
  refused: () => 'Refused by a guard: nothing will be changed.',
  'nothing-in-stage': (plan) =>
    `Nothing to do in this stage: ${count(leftForNextStage(plan), 'address', 'addresses')} to deploy in the next stage.`,
  'nothing-to-do': (plan) => {
    const { adopt, unchanged } = summaryOf(plan);
    return `Nothing to do: ${count(adopt + unchanged, 'address matches', 'addresses match')} the tree.`;
  },
  'nothing-to-delete': () => 'Nothing to delete.',
  plan: (plan) => `Plan: ${summaryParts(plan).join(', ')}.${timeText(plan)}`,
} as const satisfies Record<Verdict, (plan: Plan) => string>;

/** The same in one line of a narrow terminal, as far as it goes. */
export function shortSummary(plan: Plan): string {
  if (verdictOf(plan) !== 'plan') return summaryLine(plan);
  const { deployments, blocked } = summaryOf(plan);
  const steps = plan.steps.filter((step) => !isRecord(step)).length - deployments;
  const parts = [
    ...(deployments === 0 ? [] : [count(deployments, 'deployment')]),
    ...(steps === 0 ? [] : [`${number(steps)} other ${steps === 1 ? 'step' : 'steps'}`]),
    ...(blocked === 0 ? [] : [`${number(blocked)} blocked`]),
  ];
  return `Plan: ${parts.join(', ')}.${timeText(plan)}`;
}

/** What is to be done, is blocked and stays as it is. */
export function summaryParts(plan: Plan): readonly string[] {
  const { adopt, unchanged, drifted, blocked } = summaryOf(plan);
  return [
    ...operationParts(
      plan.kind,
      plan.steps.filter((step) => !isRecord(step)).map((step) => ({ step, ending: 'planned' })),
    ),
    ...part(adopt, 'to adopt'),
    ...part(drifted, 'drifted'),
    ...part(blocked, 'blocked'),
    ...(plan.kind === 'cleanup' ? [] : part(unchanged, 'unchanged')),
  ];
}

/** Of a comparison, in numbers. */
export function comparedParts(plan: Plan): readonly string[] {
  const { create, update, delete: removed, blocked, unchanged } = summaryOf(plan);
  return [
    ...part(update, 'changed'),
    ...part(blocked, 'blocked'),
    ...part(create, 'new'),
    ...part(removed, 'removed'),
    ...part(unchanged, 'unchanged'),
  ];
}

function part(addresses: number, how: string): readonly string[] {
  return addresses === 0 ? [] : [`${count(addresses, 'address', 'addresses')} ${how}`];
}

function timeText({ expectedMinutes }: Plan): string {
  return expectedMinutes === undefined || expectedMinutes < 0.5 ? '' : ` About ${minutes(expectedMinutes)}.`;
}
