// Calls at the rate that AppConfig takes them, one budget for each operation; slower after a throttling, then recovering.
import type { Clock } from '../core/clock.ts';

/**
 * Calls a second for each control-plane operation; not adjustable. Source: AWS General Reference, "AWS AppConfig
 * endpoints and quotas": 10 for each but Get* (100) and tagging (20). ListTagsForResource is not named; it counts as a list.
 */
export function publishedRate(operation: string): number {
  if (operation.startsWith('Get')) return 100;
  if (operation === 'TagResource' || operation === 'UntagResource') return 20;
  return 10;
}

/** Spaces the calls of one operation; shared by everything in the process that calls it. */
class Spacing {
  readonly #clock: Clock;
  /** Undefined: no limit until the service throttles. */
  readonly #ceiling: number | undefined;
  #rate: number | undefined;
  #next = 0;

  constructor(clock: Clock, ceiling: number | undefined) {
    this.#clock = clock;
    this.#ceiling = ceiling;
    this.#rate = ceiling;
  }

  async take(signal: AbortSignal | undefined): Promise<void> {
    if (this.#rate === undefined) return;
    const now = this.#clock.now();
    const at = Math.max(now, this.#next);
    this.#next = at + 1000 / this.#rate;
    if (at > now) await this.#clock.sleep(at - now, signal);
  }

  /** Halves the rate, down to one call in two seconds. Calls that wait already keep their turn. */
  throttled(): void {
    const now = this.#clock.now();
    this.#rate = Math.max(0.5, (this.#rate ?? 20) / 2);
    this.#next = Math.max(this.#next, now + 1000 / this.#rate);
  }

  succeeded(): void {
    if (this.#rate === undefined || this.#rate === this.#ceiling) return;
    this.#rate += Math.max(0.05, this.#rate * 0.02);
    if (this.#ceiling !== undefined) this.#rate = Math.min(this.#rate, this.#ceiling);
    else if (this.#rate > 1000) this.#rate = undefined;
  }
}

export class Limiter {
  readonly #clock: Clock;
  readonly #published: boolean;
  readonly #spacings = new Map<string, Spacing>();
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param options.published keep to the published rates; else only throttling slows down. @param options.concurrency requests in flight at most. */
  constructor(clock: Clock, options: { readonly published: boolean; readonly concurrency: number }) {
    this.#clock = clock;
    this.#published = options.published;
    this.#free = options.concurrency;
  }

  /** Runs one call when its turn has come. */
  async run<T>(operation: string, signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
    await this.#spacing(operation).take(signal);
    await this.#enter();
    try {
      signal?.throwIfAborted();
      const answer = await call();
      this.#spacing(operation).succeeded();
      return answer;
    } finally {
      this.#leave();
    }
  }

  throttled(operation: string): void {
    this.#spacing(operation).throttled();
  }

  #spacing(operation: string): Spacing {
    let spacing = this.#spacings.get(operation);
    if (spacing === undefined) {
      spacing = new Spacing(this.#clock, this.#published ? publishedRate(operation) : undefined);
      this.#spacings.set(operation, spacing);
    }
    return spacing;
  }

  async #enter(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Hands the place to the next in line, or back. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
