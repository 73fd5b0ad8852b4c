// Finds many secrets in a text at once, by the algorithm of Aho and Corasick: own code, because a regular expression with
// thousands of alternatives tries each of them at each character. Here the time is linear in the text, whatever the secrets are.

/** Of a text, from the first character to the one after the last. */
export interface Found {
  readonly from: number;
  readonly to: number;
}

/** Keeps an edge's node and UTF-16 unit in one number. */
const units = 0x10000;

export class SecretFinder {
  readonly #edges = new Map<number, number>();
  /** By node: where to continue if a text does not follow the edges. */
  readonly #fallbacks: number[] = [0];
  /** By node: length of the longest secret that ends there; 0 where none does. */
  readonly #lengths: number[] = [0];
  readonly #shortest: number;

  constructor(secrets: Iterable<string>) {
    let shortest = Number.POSITIVE_INFINITY;
    for (const secret of secrets) {
      if (secret === '') continue;
      shortest = Math.min(shortest, secret.length);
      this.#add(secret);
    }
    this.#shortest = shortest;
    this.#link();
  }

  /** Where secrets are, in the order of their ends; of those that end together the longest. */
  *find(text: string): Iterable<Found> {
    if (text.length < this.#shortest) return;
    let node = 0;
    for (let index = 0; index < text.length; index += 1) {
      node = this.#next(node, text.charCodeAt(index));
      const length = this.#lengths[node] ?? 0;
      if (length > 0) yield { from: index + 1 - length, to: index + 1 };
    }
  }

  #add(secret: string): void {
    let node = 0;
    for (let index = 0; index < secret.length; index += 1) {
      const edge = node * units + secret.charCodeAt(index);
      let next = this.#edges.get(edge);
      if (next === undefined) {
        next = this.#lengths.length;
        this.#edges.set(edge, next);
        this.#lengths.push(0);
        this.#fallbacks.push(0);
      }
      node = next;
    }
    this.#lengths[node] = secret.length;
  }

  /** Fallbacks lead to nodes that are less deep, so the edges are taken by depth: each is known when it is needed. */
  #link(): void {
    const edgesOf = this.#grouped();
    let level = [0];
    while (level.length > 0) {
      const deeper: number[] = [];
      for (const node of level) {
        for (const [unit, next] of edgesOf.get(node) ?? []) {
          const fallback = node === 0 ? 0 : this.#next(this.#fallbacks[node] ?? 0, unit);
          this.#fallbacks[next] = fallback;
          this.#lengths[next] ||= this.#lengths[fallback] ?? 0;
          deeper.push(next);
        }
      }
      level = deeper;
    }
  }

  #grouped(): ReadonlyMap<number, readonly (readonly [unit: number, next: number])[]> {
    const grouped = new Map<number, (readonly [number, number])[]>();
    for (const [edge, next] of this.#edges) {
      const node = Math.floor(edge / units);
      const edges = grouped.get(node);
      if (edges === undefined) grouped.set(node, [[edge % units, next]]);
      else edges.push([edge % units, next]);
    }
    return grouped;
  }

  #next(from: number, unit: number): number {
    for (let node = from; ; node = this.#fallbacks[node] ?? 0) {
      const next = this.#edges.get(node * units + unit);
      if (next !== undefined) return next;
      if (node === 0) return 0;
    }
  }
}
