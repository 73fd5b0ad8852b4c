import { RecentCache } from './recent.ts';

/** Characters of the keys that are remembered. */
const mostKeys = 4_000_000;

/**
 * What comes again and again, by a text. It is kept from the second time on: of what comes once, as most does in a fleet
 * whose tenants all differ, nothing is held but its key.
 */
export class Repeated<Thing> {
  readonly #seen = new RecentCache<string>(mostKeys, (key) => key.length);
  readonly #kept: RecentCache<Thing>;

  /** @param most that what is kept may weigh. */
  constructor(most: number, weigh: (thing: Thing) => number) {
    this.#kept = new RecentCache(most, weigh);
  }

  get(key: string): Thing | undefined {
    return this.#kept.get(key);
  }

  add(key: string, thing: Thing): void {
    if (this.#seen.get(key) === undefined) this.#seen.add(key, key);
    else this.#kept.add(key, thing);
  }
}
