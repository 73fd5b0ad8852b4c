// One override for several values that inherit different ones: what is cheaper to write once than for each of them.
import { mapOf, type Value } from '../model/value.ts';
import { impossible, isEmptyMap, type LayerName, type Merging, OverrideCosts } from './override-cost.ts';
import type { Part } from './part.ts';

/** A value that is wanted, and the one that it inherits. Undefined: absent. */
export interface Wanted {
  readonly inherited: Part | undefined;
  readonly wanted: Part | undefined;
}

export interface CommonPatch {
  /** Of the patch, and of the overrides that are still needed in the next layer. */
  readonly cost: number;
  /** Undefined: nothing is overridden. */
  readonly patch: Value | undefined;
}

/** Finds the overrides of one layer. */
export class PatchFinder {
  readonly #own: OverrideCosts;
  readonly #rest: OverrideCosts;

  /** @param layers the layer of the patch, and the next one, which has the overrides that are still needed */
  constructor(
    merging: Merging,
    layers: { readonly base: LayerName; readonly own: LayerName; readonly rest: LayerName },
  ) {
    this.#own = new OverrideCosts(merging, layers.own, layers.base);
    this.#rest = new OverrideCosts(merging, layers.rest, layers.base);
  }

  /** The cheapest patch; of equally cheap ones that with fewer leaves in the next layer. */
  best(rows: readonly Wanted[]): CommonPatch {
    let best: CommonPatch = { cost: this.costWithout(rows), patch: undefined };
    if (best.cost === 0) return best;
    if (rows.some(isPatchable)) {
      const members = this.#members(rows);
      if (members.patch !== undefined && members.cost < best.cost) best = members;
    }
    if (rows.some(({ wanted }) => wanted !== undefined && isEmptyMap(wanted))) {
      const cost = this.#costOfEmptyMap(rows);
      if (cost < best.cost) best = { cost, patch: mapOf([]) };
    }
    for (const value of new Set(rows.map(({ wanted }) => wanted))) {
      const own = this.#costOfSetting(value, rows);
      if (own >= best.cost) continue;
      const cost = rows.reduce((sum, { wanted }) => sum + this.#rest.between(value, wanted), own);
      if (cost < best.cost) best = { cost, patch: value === undefined ? null : value.value };
    }
    return best;
  }

  /** Of the overrides in the next layer, where this one has none. */
  costWithout(rows: readonly Wanted[]): number {
    let cost = 0;
    for (const { inherited, wanted } of rows) cost += this.#rest.between(inherited, wanted);
    return cost;
  }

  /** It makes a map of what is none, and changes no other. */
  #costOfEmptyMap(rows: readonly Wanted[]): number {
    return rows.reduce((cost, { inherited, wanted }) => {
      if (inherited !== undefined && (inherited.members !== undefined || isEmptyMap(inherited))) {
        return cost + this.#rest.between(inherited, wanted);
      }
      if (wanted === undefined) return cost + this.#rest.deletion;
      return isEmptyMap(wanted) ? cost : cost + this.#rest.addition(wanted);
    }, this.#own.leaf);
  }

  /** A value for all, whatever they inherit. Maps are set by their members. */
  #costOfSetting(value: Part | undefined, rows: readonly Wanted[]): number {
    if (value === undefined) return this.#own.deletion;
    if (value.members !== undefined) return impossible;
    // An empty map deletes nothing.
    if (isEmptyMap(value) && rows.some(({ inherited }) => inherited?.members !== undefined)) return impossible;
    return this.#own.addition(value);
  }

  /** The cheapest patch that is a map. Values that are none then override it. */
  #members(rows: readonly Wanted[]): CommonPatch {
    const maps = rows.filter(isPatchable);
    const patches: [string, Value][] = [];
    let cost = 0;
    for (const key of keysOf(maps)) {
      const best = this.best(
        maps.map(({ inherited, wanted }) => ({
          inherited: inherited?.members?.get(key),
          wanted: wanted?.members?.get(key),
        })),
      );
      cost += best.cost;
      if (best.patch !== undefined) patches.push([key, best.patch]);
    }
    if (patches.length === 0) return { cost: impossible, patch: undefined };
    for (const row of rows) {
      const { wanted } = row;
      if (isPatchable(row)) continue;
      if (wanted === undefined) cost += this.#rest.deletion;
      else cost += isEmptyMap(wanted) ? patches.length * this.#rest.deletion : this.#rest.addition(wanted);
    }
    return { cost, patch: mapOf(patches) };
  }
}

/** Whether a map of members makes one of the other. */
function isPatchable({ inherited, wanted }: Wanted): boolean {
  if (wanted === undefined) return false;
  return wanted.members !== undefined || (isEmptyMap(wanted) && inherited?.members !== undefined);
}

/** In the order in which they are first wanted. */
function keysOf(rows: readonly Wanted[]): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { wanted } of rows) for (const key of wanted?.members?.keys() ?? []) keys.add(key);
  for (const { inherited } of rows) for (const key of inherited?.members?.keys() ?? []) keys.add(key);
  return keys;
}
