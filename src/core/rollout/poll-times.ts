// When to look at a running deployment: moments that come from its strategy. All times are the service's, in milliseconds.
import type { StrategyNumbers } from '../model/resource.ts';

const minute = 60_000;

const firstLook = 2_000;

const firstDistance = 15_000;

const longestDistance = 60_000;

/** AppConfig's own steps come a little after the strategy's moments. */
const slack = 1_000;

/** When growth ends and when baking ends, by the strategy. */
export function expectedEnds(startedAt: number, numbers: StrategyNumbers) {
  const growthEndsAt = startedAt + numbers.durationMinutes * minute;
  return { growthEndsAt, bakeEndsAt: growthEndsAt + numbers.bakeMinutes * minute };
}

/** How long to wait for a deployment: the strategy's time and half as much again, at least five minutes more. */
export function deploymentTimeout(startedAt: number, numbers: StrategyNumbers): number {
  const { bakeEndsAt } = expectedEnds(startedAt, numbers);
  return bakeEndsAt + Math.max(5 * minute, (bakeEndsAt - startedAt) / 2);
}

/**
 * The moment of the next look: within two seconds of the start, then at growing distances, at the expected end of
 * growth and of baking, and after that soon again. `looks` counts those since the start.
 */
export function nextPollAt(deployment: {
  readonly startedAt: number;
  readonly numbers: StrategyNumbers;
  readonly now: number;
  readonly looks: number;
}): number {
  const { startedAt, numbers, now, looks } = deployment;
  const { growthEndsAt, bakeEndsAt } = expectedEnds(startedAt, numbers);
  const end = bakeEndsAt + slack;
  if (now >= end) return now + Math.min(longestDistance, Math.max(2_000, (now - end) * 1.5));
  if (looks === 0 && now < startedAt + firstLook) return Math.min(startedAt + firstLook, end);
  const distance = Math.min(longestDistance, firstDistance * 2 ** Math.max(0, looks - 1));
  const milestone = now < growthEndsAt + slack ? growthEndsAt + slack : end;
  // A look shortly before a milestone tells nothing that the one at the milestone does not.
  return now + distance * 1.5 >= milestone ? milestone : now + distance;
}
