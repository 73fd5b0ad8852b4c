// The scheduler of a plan's steps beside the rules, whatever ends in whatever order.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from '../../../src/core/plan/step.ts';
import { StepScheduler } from '../../../src/core/rollout/step-scheduler.ts';
import { WaveGate } from '../../../src/core/rollout/wave-gate.ts';
import { holds } from '../../support/properties.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const operationsAtOnce = 3;

interface Shape {
  readonly lane: number;
  readonly after: readonly number[];
  readonly wave: number;
}

const waves = ['first', 'second'];
const shapes = fc.array(
  fc.record({
    /** 0: a step that is not a deployment. */
    lane: fc.nat(3),
    after: fc.uniqueArray(fc.nat(), { maxLength: 3 }),
    wave: fc.nat(1),
  }),
  { minLength: 1, maxLength: 30 },
);

function stepsOf(all: readonly Shape[]): readonly Step[] {
  return all.map(({ lane, after, wave }, index) => {
    const before = index === 0 ? [] : [...new Set(after.map((each) => `step ${each % index}`))];
    const isStart = lane > 0;
    return {
      id: `step ${index}`,
      after: before,
      reason: '',
      address: `a/e${lane}/P${index}`,
      application: 'a',
      operation: isStart ? 'StartDeployment' : 'CreateConfigurationProfile',
      ...(isStart ? { lane: `a/e${lane}`, wave: waves[wave] } : {}),
    } as unknown as Step;
  });
}

function gateOf(steps: readonly Step[]): WaveGate {
  const plan = waves.map((name) => ({
    name,
    soakMinutes: 0,
    maxFailures: 100,
    addresses: 100,
    environments: 100,
    live: 0,
    blocked: 0,
    liveSince: undefined,
  }));
  return new WaveGate({ steps, waves: plan }, now);
}

test('every step begins once, after what it comes after, alone in its environment, and in its wave', async () => {
  await holds(
    fc.property(shapes, fc.array(fc.nat(), { minLength: 60, maxLength: 60 }), (all, ends) => {
      // What comes after a later wave never begins before an earlier one has ended: such plans are not made.
      const steps = stepsOf(all).filter((step) => step.lane === undefined || step.after.length === 0);
      const ids = new Set(steps.map(({ id }) => id));
      const kept = steps.map((step) => ({ ...step, after: step.after.filter((id) => ids.has(id)) }) as Step);
      const gate = gateOf(kept);
      const scheduler = new StepScheduler({ steps: kept }, gate, { operationsAtOnce });
      const running: Step[] = [];
      const begun = new Set<string>();
      const ended = new Set<string>();
      for (const end of ends) {
        const due = gate.dueVerification(now);
        if (due !== undefined) {
          gate.verified(due, { waves: new Map(), liveSince: undefined, mayPass: false, at: now });
        }
        for (let next = scheduler.next(now); next !== undefined; next = scheduler.next(now)) {
          const { step } = next;
          expect(next.decision.may).toBe('start');
          expect(begun.has(step.id)).toBe(false);
          expect(step.after.every((id) => ended.has(id))).toBe(true);
          expect(running.filter(({ lane }) => lane !== undefined && lane === step.lane)).toEqual([]);
          if (step.wave === 'second') {
            expect(kept.filter(({ wave, id }) => wave === 'first' && !ended.has(id))).toEqual([]);
          }
          begun.add(step.id);
          running.push(step);
          gate.started(step);
          expect(running.filter(({ lane }) => lane === undefined).length).toBeLessThanOrEqual(operationsAtOnce);
        }
        const [done] = running.splice(end % Math.max(1, running.length), 1);
        if (done === undefined) break;
        ended.add(done.id);
        gate.ended(done, { how: 'live', at: now });
        scheduler.release(done);
        scheduler.succeeded(done);
      }
      expect(ended.size).toBe(kept.length);
    }),
    300,
  );
});

test('a step that begins again queues behind the steps that became ready meanwhile', () => {
  const steps = stepsOf([
    { lane: 1, after: [], wave: 0 },
    { lane: 1, after: [], wave: 0 },
  ]);
  const scheduler = new StepScheduler({ steps }, gateOf(steps), { operationsAtOnce });
  const [first, second] = steps;
  expect(scheduler.next(now)?.step).toBe(first);
  expect(scheduler.next(now)).toBeUndefined();
  if (first === undefined) throw new Error('no step');
  scheduler.release(first);
  scheduler.makeReady(first);
  expect(scheduler.next(now)?.step).toBe(second);
});
