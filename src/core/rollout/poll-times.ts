// When to poll a deployment in flight, by its strategy. All times are milliseconds since 1970 by the service's clock.
import type { StrategyNumbers } from '../model/resource.ts';

const minute = 60_000;

const firstPollAfter = 2_000;

const firstInterval = 15_000;

const longestInterval = 60_000;

/** AppConfig changes a deployment's state a little later than its strategy implies. */
const slack = 1_000;

/** When growth ends and when baking ends, by the strategy. */
export function expectedEnds(startedAt: number, numbers: StrategyNumbers) {
  const growthEndsAt = startedAt + numbers.durationMinutes * minute;
  return { growthEndsAt, bakeEndsAt: growthEndsAt + numbers.bakeMinutes * minute };
}

/** When to give up waiting for a deployment: its strategy's time and half as much again, at least five minutes more. */
export function deploymentTimeout(startedAt: number, numbers: StrategyNumbers): number {
  const { bakeEndsAt } = expectedEnds(startedAt, numbers);
  return bakeEndsAt + Math.max(5 * minute, (bakeEndsAt - startedAt) / 2);
}

/**
 * When to poll next: within two seconds of the start, then at growing intervals, at the expected end of growth and of
 * baking, and after that soon again. `polls` counts those since the start.
 */
export function nextPollAt(deployment: {
  readonly startedAt: number;
  readonly numbers: StrategyNumbers;
  readonly now: number;
  readonly polls: number;
}): number {
  const { startedAt, numbers, now, polls } = deployment;
  const { growthEndsAt, bakeEndsAt } = expectedEnds(startedAt, numbers);
  const end = bakeEndsAt + slack;
  if (now >= end) return now + Math.min(longestInterval, Math.max(2_000, (now - end) * 1.5));
  if (polls === 0 && now < startedAt + firstPollAfter) return Math.min(startedAt + firstPollAfter, end);
  const interval = Math.min(longestInterval, firstInterval * 2 ** Math.max(0, polls - 1));
  const milestone = now < growthEndsAt + slack ? growthEndsAt + slack : end;
  // A poll shortly before a milestone would show nothing new.
  return now + interval * 1.5 >= milestone ? milestone : now + interval;
}
