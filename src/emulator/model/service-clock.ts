// The service's clock. It may run faster than the caller's clock, and can be moved forward.

/** The last time that the clock shows: after the year 9999, ISO 8601 needs more than four digits for a year. */
export const latestTime = Date.UTC(9999, 11, 31);

/** The highest speed: a year passes in half a minute. */
export const highestSpeed = 1_000_000;

/** The emulator's time. */
export interface ServiceClock {
  readonly speed: number;
  /** Milliseconds since 1970. It stands still at `latestTime`. */
  now(): number;
  /** @throws RangeError for a negative distance, or one that leads beyond `latestTime` */
  advance(ms: number): void;
}

/** The time of an earlier clock. */
export interface EarlierTime {
  /** The service's time. */
  readonly time: number;
  /** The caller's time then, or undefined if the service's time has stood still since. */
  readonly savedAt?: number | undefined;
}

/** Creates a clock that runs `speed` times as fast as `now`, continues an earlier one and is never behind `now`. */
export function createServiceClock(options: {
  readonly now: () => number;
  readonly speed: number;
  readonly earlier: EarlierTime;
}): ServiceClock {
  const { now, speed, earlier } = options;
  const created = now();
  // Responses sent after the last save used times after `savedAt`: time must not go back when the process restarts.
  const passed = Math.max(0, created - (earlier.savedAt ?? created)) * speed;
  const start = Math.max(earlier.time + passed, created);
  let advanced = 0;
  const current = () => Math.min(latestTime, Math.round(start + (now() - created) * speed + advanced));
  return {
    speed,
    now: current,
    advance: (ms) => {
      if (typeof ms !== 'number' || !(ms >= 0) || current() + ms > latestTime) {
        throw new RangeError(`the clock cannot be moved by ${ms} ms`);
      }
      advanced += ms;
    },
  };
}
