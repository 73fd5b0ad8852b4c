// Calls at the rate that AppConfig accepts, one rate for each operation: lower after a throttling, then recovering. Own code,
// because no library takes a clock, which `--local` and the tests replace, or adapts its rate to throttling.
import type { Clock } from '../../core/model/clock.ts';
import { publishedRate } from '../../core/model/service-limits.ts';
import { Slots } from './slots.ts';

/** What a rate is multiplied by after a throttling. */
const slowdown = 0.7;

/** The lowest rate, in calls per second. */
const slowest = 0.5;

/**
 * How a rate grows with each call that succeeds: slowly near the rate that was throttled last, fast elsewhere. The slow
 * growth is per second, not per call: a low rate would hardly grow otherwise.
 */
const growth = { careful: 0.02, fast: 0.05 };

/** How near, as a share of that rate. */
const near = 0.1;

/** A timer that is late by up to this many milliseconds is made up for, so that the rate holds on average. */
const slack = 100;

/** A call that waits for its turn. */
interface Turn {
  readonly begin: () => void;
}

/** Spaces the calls of one operation. */
class Spacing {
  readonly #clock: Clock;
  readonly #operation: string;
  /** The highest rate; undefined: none until AppConfig throttles. */
  readonly #ceiling: number | undefined;
  #rate: number | undefined;
  /** The rate at the last throttling. */
  #throttledAt = 0;
  /** When the rate was last lowered. Throttled calls that were sent before do not lower it again. */
  #changedAt = Number.NEGATIVE_INFINITY;
  /** When the next call may be sent. */
  #next = 0;
  readonly #queue: Turn[] = [];
  #isServing = false;
  /** Ends the wait for the next turn when the queue has become empty. */
  #waiting: AbortController | undefined;
  readonly #slots: Slots;

  constructor(clock: Clock, operation: string, options: { readonly published: boolean; readonly slots: Slots }) {
    this.#clock = clock;
    this.#slots = options.slots;
    this.#operation = operation;
    this.#ceiling = options.published ? publishedRate(operation) : undefined;
    this.#rate = this.#ceiling;
  }

  /**
   * Waits for a turn and a slot. The caller must leave the slot.
   * @param again for a call that was throttled: it goes before those that were not sent yet
   */
  async take(signal: AbortSignal | undefined, again: boolean): Promise<void> {
    signal?.throwIfAborted();
    if (this.#rate === undefined) {
      await this.#slots.enter();
      if (this.#rate === undefined) return;
      // AppConfig began to throttle while this call waited for its slot: it has had no turn yet.
      this.#slots.leave();
      signal?.throwIfAborted();
    }
    if (!this.#isServing && this.#clock.now() >= this.#next && this.#slots.tryEnter()) {
      this.#next = this.#clock.now() + 1000 / this.#rate;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        this.#queue.splice(this.#queue.indexOf(turn), 1);
        if (this.#queue.length === 0) this.#waiting?.abort();
        reject(signal?.reason);
      };
      const turn: Turn = {
        begin: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      if (again) this.#queue.unshift(turn);
      else this.#queue.push(turn);
      if (!this.#isServing) void this.#serve();
    });
  }

  /** Lowers the rate, once for all calls that were in flight together. @param sentAt when the throttled call was sent */
  throttled(sentAt: number): void {
    if (sentAt < this.#changedAt) return;
    const now = this.#clock.now();
    this.#throttledAt = this.#rate ?? publishedRate(this.#operation);
    this.#rate = Math.max(slowest, this.#throttledAt * slowdown);
    this.#changedAt = now;
    this.#next = Math.max(this.#next, now + 1000 / this.#rate);
  }

  /** Raises the rate after a call that was not throttled. */
  succeeded(): void {
    if (this.#rate === undefined || this.#rate === this.#ceiling) return;
    const isNear = Math.abs(this.#rate - this.#throttledAt) < this.#throttledAt * near;
    this.#rate *= 1 + (isNear ? growth.careful / this.#rate : growth.fast);
    if (this.#ceiling !== undefined) this.#rate = Math.min(this.#rate, this.#ceiling);
    else if (this.#rate > 1000) this.#rate = undefined;
  }

  async #serve(): Promise<void> {
    this.#isServing = true;
    while (this.#queue.length > 0) {
      if (this.#early() > 0) {
        this.#waiting = new AbortController();
        await this.#clock.sleep(this.#early(), this.#waiting.signal).catch(() => {});
        continue;
      }
      // A turn begins with a slot in hand: turns that still wait for slots would all be used at once.
      if (!this.#slots.tryEnter()) {
        await this.#slots.enter();
        if (this.#queue.length === 0 || this.#early() > 0) {
          this.#slots.leave();
          continue;
        }
        this.#next = Math.max(this.#next, this.#clock.now());
      }
      if (this.#rate !== undefined) this.#next = Math.max(this.#next, this.#clock.now() - slack) + 1000 / this.#rate;
      this.#queue.shift()?.begin();
    }
    this.#isServing = false;
  }

  /** Milliseconds until the next turn. */
  #early(): number {
    return this.#rate === undefined ? 0 : this.#next - this.#clock.now();
  }
}

/** The calls to one account and Region. */
export class Limiter {
  readonly #clock: Clock;
  readonly #published: boolean;
  readonly #spacings = new Map<string, Spacing>();
  readonly #slots: Slots;

  /** @param options.published keep to AWS's published rates; otherwise only throttling lowers a rate */
  constructor(clock: Clock, options: { readonly published: boolean; readonly concurrency: number | Slots }) {
    this.#clock = clock;
    this.#published = options.published;
    const { concurrency } = options;
    this.#slots = typeof concurrency === 'number' ? new Slots(concurrency) : concurrency;
  }

  /** Runs one call when its turn has come. @param options.isThrottling whether an error of the call is a throttling */
  async run<T>(
    operation: string,
    call: () => Promise<T>,
    options: {
      readonly signal?: AbortSignal | undefined;
      /** The call was throttled before. */
      readonly again?: boolean;
      readonly isThrottling?: (error: unknown) => boolean;
    } = {},
  ): Promise<T> {
    const { signal, again = false, isThrottling } = options;
    const spacing = this.#spacing(operation);
    await spacing.take(signal, again);
    const sentAt = this.#clock.now();
    try {
      signal?.throwIfAborted();
      const response = await call();
      spacing.succeeded();
      return response;
    } catch (error) {
      if (isThrottling?.(error)) spacing.throttled(sentAt);
      throw error;
    } finally {
      this.#slots.leave();
    }
  }

  #spacing(operation: string): Spacing {
    let spacing = this.#spacings.get(operation);
    if (spacing === undefined) {
      spacing = new Spacing(this.#clock, operation, { published: this.#published, slots: this.#slots });
      this.#spacings.set(operation, spacing);
    }
    return spacing;
  }
}
