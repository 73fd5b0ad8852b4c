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
    if (!this.#buckets.has(key) && this.#buckets.size >= manyBuckets) this.#forgetFull(now);
    this.#buckets.set(key, bucket);
    bucket.tokens = Math.min(rate, bucket.tokens + (Math.max(0, now - bucket.at) * rate) / 1000);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** Requests may name any Region. A second after its last call a bucket is as good as new. */
  #forgetFull(now: number): void {
    for (const [key, { at }] of this.#buckets) if (now - at >= 1000) this.#buckets.delete(key);
  }
}

function perSecond(operation: string): number {
  if (operation === 'GetLatestConfiguration') return 1000;
  if (operation === 'StartConfigurationSession' || operation === 'GetConfiguration') return 500;
  if (operation.startsWith('Get')) return 100;
  return operation === 'TagResource' || operation === 'UntagResource' ? 20 : 10;
}
