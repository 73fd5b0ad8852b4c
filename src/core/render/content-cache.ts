import type { Content } from '../model/content.ts';

/** Characters of the texts that are remembered. */
const most = 32_000_000;

/**
 * Makes equal contents one object, from the second on, so that a fleet's contents take the memory of the different ones.
 * What was not seen for long is forgotten, and what comes once is not held for the sake of it.
 */
export class SharedContents {
  readonly #repeated = new Repeated<Content>(most, (content) => content.text.length);

  /** The content, or one like it that was seen before. */
  share(content: Content): Content {
    const known = this.#repeated.get(content.digest);
    // Equal meaning is not equal text: the order of keys may differ.
    if (known?.text === content.text) return known;
    this.#repeated.add(content.digest, content);
    return content;
  }
}

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

/** What was added or asked for lately, by a text. Half of what it may hold is there for certain. */
export class RecentCache<Thing> {
  readonly #most: number;
  readonly #weigh: (thing: Thing) => number;
  #newer = new Map<string, Thing>();
  #older = new Map<string, Thing>();
  /** Of the newer ones. */
  #weight = 0;

  /** @param most that all of it may weigh. */
  constructor(most: number, weigh: (thing: Thing) => number) {
    this.#most = most;
    this.#weigh = weigh;
  }

  get(key: string): Thing | undefined {
    const newer = this.#newer.get(key);
    if (newer !== undefined) return newer;
    const older = this.#older.get(key);
    if (older !== undefined) this.add(key, older);
    return older;
  }

  /** In the place of what has that key. */
  add(key: string, thing: Thing): void {
    const replaced = this.#newer.get(key);
    this.#weight += this.#weigh(thing) - (replaced === undefined ? 0 : this.#weigh(replaced));
    this.#newer.set(key, thing);
    if (2 * this.#weight <= this.#most) return;
    this.#older = this.#newer;
    this.#newer = new Map();
    this.#weight = 0;
  }
}
