// The service's clock: it may run faster than the caller's, and can be moved forward by hand.

/** The emulator's time. */
export interface ServiceClock {
  readonly speed: number;
  /** Milliseconds since 1970, by the service. */
  now(): number;
  advance(ms: number): void;
}

/** A clock that starts at `since` (or at the caller's time, if that is later) and runs `speed` times as fast as `now`. */
export function createServiceClock(options: {
  readonly now: () => number;
  readonly speed: number;
  readonly since: number;
}): ServiceClock {
  const { now, speed, since } = options;
  const created = now();
  const start = Math.max(since, created);
  let advanced = 0;
  return {
    speed,
    now: () => Math.round(start + (now() - created) * speed + advanced),
    advance: (ms) => {
      advanced += ms;
    },
  };
}
