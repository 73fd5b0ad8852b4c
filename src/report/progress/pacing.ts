// How often progress is printed. A run of hours prints hardly more than a run of one hour.

/** A summary of a fleet, at most this often. */
export const summaryMs = 10_000;
/** A sign of life in a log. */
export const heartbeatMs = 30_000;

const rarestMs = 5 * 60_000;
const partOfRun = 1 / 60;

/** The pause between two lines: at least `distanceMs`, longer in a long run. */
export function pauseMs(distanceMs: number, sinceStartMs: number): number {
  return Math.max(distanceMs, Math.min(rarestMs, sinceStartMs * partOfRun));
}

/** Lets one event pass in each pause. */
export class Throttle {
  readonly #now: () => number;
  readonly #startedAt: number;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(now: () => number) {
    this.#now = now;
    this.#startedAt = now();
  }

  /** Whether the pause is over. */
  isDue(distanceMs: number): boolean {
    const now = this.#now();
    return now - this.#lastAt >= pauseMs(distanceMs, now - this.#startedAt);
  }

  /** Starts the next pause. */
  passed(): void {
    this.#lastAt = this.#now();
  }
}
