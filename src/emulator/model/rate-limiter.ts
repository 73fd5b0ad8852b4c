// AWS's published call rates, per operation, account and Region.
import type { AccountRegion } from './resources.ts';

const maxBuckets = 2_000;

/** A token bucket for each operation in each account and Region. */
export class RateLimiter {
  readonly #now: () => number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  /** @param now the caller's clock: a faster service clock does not raise the rates */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts a call. @param rate calls per second @returns false if it exceeds the rate */
  allow(operation: string, rate: number, { account, region }: Pick<AccountRegion, 'account' | 'region'>): boolean {
    const now = this.#now();
    const key = `${operation} ${account} ${region}`;
    const bucket = this.#buckets.get(key) ?? { tokens: rate, at: now };
    // Set again, so that the map is in the order of last use.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    this.#dropOldest();
    bucket.tokens = Math.min(rate, bucket.tokens + (Math.max(0, now - bucket.at) * rate) / 1000);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** How many buckets it holds. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Requests may name any Region, so the number of buckets is bounded. */
  #dropOldest(): void {
    if (this.#buckets.size <= maxBuckets) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}

/** The rate of most operations, in calls per second. */
export function usualRate(operation: string): number {
  return operation.startsWith('Get') ? 100 : 10;
}
