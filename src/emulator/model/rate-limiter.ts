// The published call rates, for each operation of an account in a Region.

const manyBuckets = 2_000;

/** Says whether a call is within AWS's published rates. */
export class Rates {
  readonly #now: () => number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  /** @param now the caller's clock: rates are not faster where the service's time is. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes note of a call; false if it is one too many. */
  allow(operation: string, place: string): boolean {
    const rate = perSecond(operation);
    const now = this.#now();
    const key = `${operation} ${place}`;
    const bucket = this.#buckets.get(key) ?? { tokens: rate, at: now };
    // Those that were used last come last.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    this.#forgetOldest();
    bucket.tokens = Math.min(rate, bucket.tokens + (Math.max(0, now - bucket.at) * rate) / 1000);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** How many operations of how many places it has in mind. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Requests may name any Region. */
  #forgetOldest(): void {
    if (this.#buckets.size <= manyBuckets) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}

function perSecond(operation: string): number {
  if (operation === 'GetLatestConfiguration') return 1000;
  if (operation === 'StartConfigurationSession' || operation === 'GetConfiguration') return 500;
  if (operation.startsWith('Get')) return 100;
  return operation === 'TagResource' || operation === 'UntagResource' ? 20 : 10;
}
