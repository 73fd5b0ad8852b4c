// The report of a run, and its exit code.
import { expect, test } from 'vitest';
import type { Event } from '../../../src/core/events/event.ts';
import { createReportFold, exitCodeOfReport, type Report } from '../../../src/core/events/report.ts';
import type { Plan } from '../../../src/core/plan/plan.ts';
import type { ProblemCode } from '../../../src/core/problem/problem-codes.ts';

const plan = {
  steps: [{ id: 'one' }, { id: 'two' }],
  addresses: [],
  settingsChanges: [],
} as unknown as Plan;

function reportOf(...events: readonly Event[]): Report {
  const fold = createReportFold();
  for (const event of events) fold.add(event);
  return fold.report();
}

const error = (code: ProblemCode): Event => ({
  type: 'problem-found',
  problem: { code, severity: 'error', message: '', hint: { text: '' } },
});
const exitOf = (...events: readonly Event[]) => exitCodeOfReport(reportOf(...events), { detailed: true });

test('every step of a plan has a result: not applied, or an internal error once the plan is applied', () => {
  const blockedBy = (...events: readonly Event[]) =>
    reportOf({ type: 'plan-made', plan }, ...events).results.map((result) =>
      result.status === 'skipped' ? result.blockedBy : result.status,
    );
  expect(blockedBy()).toEqual(['not-applied', 'not-applied']);
  expect(
    blockedBy(
      { type: 'phase-started', phase: 'applying-plan' },
      { type: 'step-finished', step: 'two', status: 'succeeded' },
    ),
  ).toEqual(['internal-error', 'succeeded']);
});

test('a failed step is also a problem', () => {
  const problem = { code: 'quota-exceeded', severity: 'error', message: 'used up', hint: { text: 'h' } } as const;
  expect(reportOf({ type: 'step-finished', step: 'one', status: 'failed', problem }).problems).toEqual([problem]);
});

test('the most serious problem decides the exit code', () => {
  expect(exitOf()).toBe(0);
  expect(exitOf({ type: 'plan-made', plan })).toBe(2);
  expect(exitOf({ type: 'plan-made', plan }, error('guard-newer'))).toBe(5);
  expect(exitOf(error('deployment-rolled-back'), error('guard-newer'))).toBe(4);
  expect(exitOf(error('deployment-rolled-back'), error('credentials-expired'))).toBe(6);
});

test('an interrupt counts more than failed deployments, and less than invalid input', () => {
  expect(exitOf({ type: 'interrupted', signal: 'SIGTERM' }, error('deployment-rolled-back'))).toBe(143);
  expect(exitOf({ type: 'interrupted', signal: 'SIGINT' }, error('usage-invalid'))).toBe(3);
});

test('a blocked address is a difference to diff', () => {
  const run: Event = { type: 'run-started', command: 'diff', targets: [] };
  expect(exitOf(run, { type: 'plan-made', plan }, error('guard-newer'))).toBe(2);
});
