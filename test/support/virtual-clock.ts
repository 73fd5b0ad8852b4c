// A clock that jumps to the next sleeper as soon as no other work is pending: an hour of waiting takes milliseconds.
import type { Clock } from '../../src/core/model/clock.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export class VirtualClock implements Clock {
  #now: number;
  readonly #sleepers: Sleeper[] = [];
  /** Run on the way to the next sleeper: time does not move because of them. */
  readonly #timers: Sleeper[] = [];
  /** Calls in flight; while there are any, the clock stands still. */
  #calls = 0;
  #quiet = 0;
  #ticking = false;

  constructor(start = Date.parse('2026-03-01T12:00:00Z')) {
    this.#now = start;
  }

  now = (): number => this.#now;

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const sleeper: Sleeper = {
        at: this.#now + Math.max(0, ms),
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const onAbort = () => {
        this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#sleepers.push(sleeper);
      this.#tick();
    });
  }

  /** A timer that keeps no process running. */
  after = (ms: number, act: () => void): (() => void) => {
    const timer = { at: this.#now + ms, wake: act };
    this.#timers.push(timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index !== -1) this.#timers.splice(index, 1);
    };
  };

  /** Moves time by hand. */
  advance(ms: number): void {
    const now = this.#now + ms;
    this.#runTimers(now);
    this.#now = now;
  }

  /** The clock stands still while the call runs. */
  async during<T>(call: () => Promise<T>): Promise<T> {
    this.#calls += 1;
    try {
      return await call();
    } finally {
      this.#calls -= 1;
      this.#quiet = 0;
      this.#tick();
    }
  }

  /** Within a call that takes time: the clock continues meanwhile. */
  async meanwhile<T>(act: () => Promise<T>): Promise<T> {
    this.#calls -= 1;
    this.#tick();
    try {
      return await act();
    } finally {
      this.#calls += 1;
    }
  }

  /** A wait of the service inside a call. */
  sleepDuring = (ms: number, signal?: AbortSignal): Promise<void> => this.meanwhile(() => this.sleep(ms, signal));

  #runTimers(until: number): void {
    for (;;) {
      const [timer] = this.#timers.toSorted((a, b) => a.at - b.at);
      if (timer === undefined || timer.at > until) return;
      this.#timers.splice(this.#timers.indexOf(timer), 1);
      this.#now = Math.max(this.#now, timer.at);
      timer.wake();
    }
  }

  #tick(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    this.#quiet = 0;
    setImmediate(() => this.#turn());
  }

  /** After a few turns of the event loop in which nothing happened, the next sleeper is due. */
  #turn(): void {
    if (this.#calls > 0 || this.#sleepers.length === 0) {
      this.#ticking = false;
      return;
    }
    this.#quiet += 1;
    if (this.#quiet < 4) {
      setImmediate(() => this.#turn());
      return;
    }
    this.#quiet = 0;
    const next = Math.min(...this.#sleepers.map((sleeper) => sleeper.at));
    this.#runTimers(next);
    this.#now = Math.max(this.#now, next);
    for (const sleeper of this.#sleepers.filter((s) => s.at <= this.#now)) {
      this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
      sleeper.wake();
    }
    setImmediate(() => this.#turn());
  }
}
