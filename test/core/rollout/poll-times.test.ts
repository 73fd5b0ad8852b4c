import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deploymentTimeout, expectedEnds, nextPollAt } from '../../../src/core/rollout/poll-times.ts';

const seconds = 1000;
const minutes = 60 * seconds;

function pollsOf(durationMinutes: number, bakeMinutes: number): number[] {
  const numbers = { durationMinutes, bakeMinutes, growthFactor: 50, growthType: 'LINEAR' as const };
  const { bakeEndsAt } = expectedEnds(0, numbers);
  const polls: number[] = [];
  for (let now = 0; now < bakeEndsAt + seconds; ) {
    now = nextPollAt({ startedAt: 0, numbers, now, polls: polls.length });
    polls.push(now);
  }
  return polls;
}

test('a two-minute deployment is polled four times, at its milestones among others', () => {
  expect(pollsOf(1, 1)).toEqual([2 * seconds, 17 * seconds, 61 * seconds, 121 * seconds]);
});

test('a deployment that takes no time is polled within two seconds', () => {
  expect(pollsOf(0, 0)).toEqual([1 * seconds]);
});

test('a deployment of an hour is polled about once a minute', () => {
  expect(pollsOf(30, 30).length).toBeLessThan(65);
});

test('every strategy is polled at when growth ends and when baking ends, and time always moves on', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1440 }), fc.integer({ min: 0, max: 1440 }), (duration, bake) => {
      const polls = pollsOf(duration, bake);
      expect(polls).toContain((duration + bake) * minutes + seconds);
      if (duration > 0 && bake > 0) expect(polls).toContain(duration * minutes + seconds);
      expect(polls.every((poll, index) => index === 0 || poll > (polls[index - 1] ?? 0))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('the timeout is longer than the strategy by five minutes at least', () => {
  const quick = { durationMinutes: 0, bakeMinutes: 0, growthFactor: 100, growthType: 'LINEAR' as const };
  expect(deploymentTimeout(0, quick)).toBe(5 * minutes);
  expect(deploymentTimeout(0, { ...quick, durationMinutes: 30, bakeMinutes: 30 })).toBe(90 * minutes);
});
