import type { Clock } from '../core/model/clock.ts';

/** A clock that jumps to the next awaited time as soon as no other work is pending. */
export class PastClock implements Clock {
  #now: number;
  #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now = (): number => this.#now;

  goBack(ms: number): void {
    this.#now -= ms;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => {
      this.#sleepers.push({ at: this.#now + Math.max(0, ms), wake });
      if (this.#sleepers.length === 1) this.#turn(4);
    });
  }

  /** A call to an AppConfig in this process takes a few turns of the event loop; the clock stands still meanwhile. */
  #turn(left: number): void {
    setImmediate(() => {
      if (left > 0) {
        this.#turn(left - 1);
        return;
      }
      this.#now = Math.max(this.#now, Math.min(...this.#sleepers.map(({ at }) => at)));
      const due = this.#sleepers.filter(({ at }) => at <= this.#now);
      this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now);
      for (const { wake } of due) wake();
      if (this.#sleepers.length > 0) this.#turn(4);
    });
  }
}
