/** Limits the requests in flight, over all connections that share it. */
export class Slots {
  /** How many there may be. */
  readonly most: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(most: number) {
    this.most = most;
    this.#free = most;
  }

  /** @returns whether a slot was free; it is taken then */
  tryEnter(): boolean {
    if (this.#free === 0) return false;
    this.#free -= 1;
    return true;
  }

  async enter(): Promise<void> {
    if (!this.tryEnter()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Passes the slot to the next in the queue, or frees it. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
