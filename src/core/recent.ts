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
