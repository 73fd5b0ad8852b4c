// How often progress is printed. A run of hours prints hardly more than a run of one hour.

/** A summary of a fleet, at most this often. */
export const summaryMs = 10_000;
/** A sign of life in a log. */
export const heartbeatMs = 30_000;

const rarestMs = 5 * 60_000;
const partOfRun = 1 / 60;

/** Lets one line pass, and the next after a pause. */
export class Throttle {
  readonly #now: () => number;
  readonly #startedAt: number;
  #lastAt: number;

  /** @param lastAt when the pause began; at first there is none */
  constructor(now: () => number, lastAt = Number.NEGATIVE_INFINITY) {
    this.#now = now;
    this.#startedAt = now();
    this.#lastAt = lastAt;
  }

  /** Whether `distanceMs`, or more in a long run, have passed. If so, the next pause begins. */
  passes(distanceMs: number): boolean {
    const now = this.#now();
    const pause = Math.max(distanceMs, Math.min(rarestMs, (now - this.#startedAt) * partOfRun));
    if (now - this.#lastAt < pause) return false;
    this.#lastAt = now;
    return true;
  }

  /** Something else was printed: the pause begins again. */
  restart(): void {
    this.#lastAt = this.#now();
  }
}
