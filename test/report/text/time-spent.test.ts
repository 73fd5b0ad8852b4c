import { expect, test } from 'vitest';
import type { Event } from '../../../src/core/events/event.ts';
import { TimeSpent } from '../../../src/report/text/time-spent.ts';

const second = 1_000;

test('the time of a wave ends with the last of its deployments, also where more failed before than it allows', () => {
  let now = 0;
  const time = new TimeSpent(() => now);
  const at = (seconds: number, event: unknown) => {
    now = seconds * second;
    time.handle(event as Event);
  };
  const steps = ['a', 'b', 'c'].map((id) => ({ id, operation: 'StartDeployment', wave: 'canary', subject: {} }));
  at(0, { type: 'plan-made', plan: { steps } });
  at(10, { type: 'wave-begun', wave: 'canary' });
  at(20, { type: 'step-finished', step: 'a', status: 'failed' });
  at(20, { type: 'wave-changed', wave: 'canary', state: { is: 'blocked', note: '1 failed; 0 allowed' } });
  at(70, { type: 'step-finished', step: 'b', status: 'succeeded' });
  at(90, { type: 'step-finished', step: 'c', status: 'skipped', blockedBy: 'a' });
  now = 500 * second;
  expect(time.waves).toEqual(new Map([['canary', 60 * second]]));
});
