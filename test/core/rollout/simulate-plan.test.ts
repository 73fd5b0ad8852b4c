// How long a plan takes where a deployment is in flight when it begins.
import { expect, test } from 'vitest';
import type { Step } from '../../../src/core/plan/step.ts';
import { expectedMinutes } from '../../../src/core/rollout/simulate-plan.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
const numbers = { durationMinutes: 50, bakeMinutes: 10, growthFactor: 20, growthType: 'LINEAR' };

const step = (operation: 'StartDeployment' | 'AwaitDeployment', more: object) =>
  ({ id: operation, after: [], address: 'one/dev/A', lane: 'one/dev', operation, numbers, ...more }) as unknown as Step;

const minutesOf = (...steps: readonly Step[]) => expectedMinutes({ steps, waves: [] }, now);

test('a deployment in flight takes what is left of it', () => {
  expect(minutesOf(step('AwaitDeployment', { startedAt: ago(55) }))).toBe(5);
  expect(minutesOf(step('AwaitDeployment', { startedAt: ago(90) }))).toBeLessThan(0.1);
  expect(minutesOf(step('AwaitDeployment', { startedAt: undefined }))).toBe(60);
  // The clocks disagree: it takes no longer than its strategy.
  expect(minutesOf(step('AwaitDeployment', { startedAt: ago(-30) }))).toBe(60);
});

test('a busy environment begins when its deployment in flight should end', () => {
  expect(minutesOf(step('StartDeployment', { environmentBusyUntil: ago(-20) }))).toBe(80);
  expect(minutesOf(step('StartDeployment', { environmentBusyUntil: ago(20) }))).toBe(60);
  expect(minutesOf(step('StartDeployment', {}))).toBe(60);
});
