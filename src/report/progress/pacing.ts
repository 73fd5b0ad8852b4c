// How often progress is printed. A run of hours prints hardly more than a run of one hour.

/** A summary of a fleet, at most this often. */
export const summaryMs = 10_000;
/** A sign of life in a log. */
export const heartbeatMs = 30_000;

const rarestMs = 5 * 60_000;
/** 30 s in the first quarter of an hour, 2 min after one hour. */
const partOfRun = 1 / 30;

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
    if (this.msUntilNext(distanceMs) > 0) return false;
    this.restart();
    return true;
  }

  /** Milliseconds until it lets a line pass. The pause grows with the run, and with this wait, too. */
  msUntilNext(distanceMs: number): number {
    const now = this.#now();
    const pause = Math.max(distanceMs, Math.min(rarestMs, (now - this.#startedAt) * partOfRun));
    return Math.max(0, this.#lastAt + pause - now);
  }

  /** Something else was printed: the pause begins again. */
  restart(): void {
    this.#lastAt = this.#now();
  }
}
