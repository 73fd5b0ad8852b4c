// Calls at the rate that AppConfig takes them, one budget for each operation; slower after a throttling, then recovering.
import type { Clock } from '../../core/model/clock.ts';
import { publishedRate } from '../../core/model/service-limits.ts';
import { Slots, type Turn } from './slots.ts';

/** How much slower after a throttling. */
const slowdown = 0.7;

/** Slowest rate that throttling leads to, in calls a second. */
const slowest = 0.5;

/**
 * Growth with each call that succeeds: elsewhere fast, near the rate that was throttled last with care. Care is by the
 * second, not by the call: a rate that is slow already would hardly grow.
 */
const growth = { careful: 0.02, fast: 0.05 };

/** What counts as near: within a tenth. */
const near = 0.1;

/** Moments that a timer came late are made up for up to this, in milliseconds: the rate holds on average. */
const slack = 100;

/** Spaces the calls of one operation; shared by everything in the process that calls it. */
class Spacing {
  readonly #clock: Clock;
  readonly #operation: string;
  /** Undefined: no limit until the service throttles. */
  readonly #ceiling: number | undefined;
  #rate: number | undefined;
  /** The rate at which the service throttled last. */
  #throttledAt = 0;
  /** Calls that were sent before this moment say nothing about the rate that holds since. */
  #changedAt = Number.NEGATIVE_INFINITY;
  #next = 0;
  readonly #queue: Turn[] = [];
  #isServing = false;
  /** Ends the wait for the next turn, when nobody is in the queue any more. */
  #waiting: AbortController | undefined;
  readonly #slots: Slots;

  constructor(clock: Clock, operation: string, about: { readonly published: boolean; readonly slots: Slots }) {
    this.#clock = clock;
    this.#slots = about.slots;
    this.#operation = operation;
    this.#ceiling = about.published ? publishedRate(operation) : undefined;
    this.#rate = this.#ceiling;
  }

  /**
   * Waits for a turn and a place in flight, which the caller has to leave.
   * @param again a call that was throttled goes before those that were not sent yet.
   */
  async take(signal: AbortSignal | undefined, again: boolean): Promise<void> {
    signal?.throwIfAborted();
    if (this.#rate === undefined) {
      await this.#slots.enter();
      if (this.#rate === undefined) return;
      // The service began to throttle while this call waited for its place: it has had no turn yet.
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

  /** Slows down, once for all calls that were under way together. @param sentAt when the throttled call was sent */
  throttled(sentAt: number): void {
    if (sentAt < this.#changedAt) return;
    const now = this.#clock.now();
    this.#throttledAt = this.#rate ?? publishedRate(this.#operation);
    this.#rate = Math.max(slowest, this.#throttledAt * slowdown);
    this.#changedAt = now;
    this.#next = Math.max(this.#next, now + 1000 / this.#rate);
  }

  /** Goes faster again. */
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
      // A turn is given with a place in flight: turns that wait for places would be used all at once.
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

  /** @param options.published keep to the published rates; else only throttling slows down. */
  constructor(clock: Clock, options: { readonly published: boolean; readonly concurrency: number | Slots }) {
    this.#clock = clock;
    this.#published = options.published;
    const { concurrency } = options;
    this.#slots = typeof concurrency === 'number' ? new Slots(concurrency) : concurrency;
  }

  /** Runs one call when its turn has come. @param about.isThrottling tells of an error whether the service asks for fewer calls */
  async run<T>(
    operation: string,
    call: () => Promise<T>,
    about: {
      readonly signal?: AbortSignal | undefined;
      /** The call was throttled before. */
      readonly again?: boolean;
      readonly isThrottling?: (error: unknown) => boolean;
    } = {},
  ): Promise<T> {
    const { signal, again = false, isThrottling } = about;
    const spacing = this.#spacing(operation);
    await spacing.take(signal, again);
    const sentAt = this.#clock.now();
    try {
      signal?.throwIfAborted();
      const answer = await call();
      spacing.succeeded();
      return answer;
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
