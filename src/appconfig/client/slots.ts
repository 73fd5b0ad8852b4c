export interface Turn {
  readonly begin: () => void;
}

/** Requests in flight: so many at most, of everybody who shares it. */
export class Slots {
  readonly most: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(most: number) {
    this.most = most;
    this.#free = most;
  }

  /** @returns whether a place was free. */
  tryEnter(): boolean {
    if (this.#free === 0) return false;
    this.#free -= 1;
    return true;
  }

  async enter(): Promise<void> {
    if (!this.tryEnter()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Hands the place to the next in line, or back. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
