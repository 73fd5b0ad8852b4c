// The service's clock: it may run faster than the caller's, and can be moved forward by hand.

/** The last moment that the clock shows: the end of the year 9999, after which ISO 8601 has more than four digits for years. */
export const latestTime = Date.UTC(9999, 11, 31);

/** The highest speed: a year passes in half a minute. */
export const highestSpeed = 1_000_000;

/** The emulator's time. */
export interface ServiceClock {
  readonly speed: number;
  /** Milliseconds since 1970, by the service; it stands still at `latestTime`. */
  now(): number;
  /** @throws RangeError for a distance that leads back, or to where dates end */
  advance(ms: number): void;
}

/** What an earlier clock showed. */
export interface EarlierTime {
  /** The service's time. */
  readonly time: number;
  /** The caller's time then; undefined if the service's time stood still since. */
  readonly savedAt?: number | undefined;
}

/** A clock that runs `speed` times as fast as `now`, goes on from an earlier one, and is never behind the caller's. */
export function createServiceClock(options: {
  readonly now: () => number;
  readonly speed: number;
  readonly earlier: EarlierTime;
}): ServiceClock {
  const { now, speed, earlier } = options;
  const created = now();
  // What was answered after the last save went by this clock: it must not go back where the process just ended.
  const passed = Math.max(0, created - (earlier.savedAt ?? created)) * speed;
  const start = Math.max(earlier.time + passed, created);
  let advanced = 0;
  const current = () => Math.min(latestTime, Math.round(start + (now() - created) * speed + advanced));
  return {
    speed,
    now: current,
    advance: (ms) => {
      if (typeof ms !== 'number' || !(ms >= 0) || current() + ms > latestTime)
        throw new RangeError(`the clock cannot be moved by ${ms} ms`);
      advanced += ms;
    },
  };
}
