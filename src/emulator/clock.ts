// The service's clock: it may run faster than the caller's, and can be moved forward by hand.

/** The emulator's time. */
export interface ServiceClock {
  readonly speed: number;
  /** Milliseconds since 1970, by the service. */
  now(): number;
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
  return {
    speed,
    now: () => Math.round(start + (now() - created) * speed + advanced),
    advance: (ms) => {
      advanced += ms;
    },
  };
}
