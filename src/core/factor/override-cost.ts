// What an override costs: its leaves, and among overrides with the same number of leaves those in the more specific layer cost more.
import { isMap } from '../model/value.ts';
import type { Part } from './part.ts';

/**
 * How the layers of a profile merge: member by member, and a null deletes what is inherited, or is a value; or the most specific
 * file replaces the others.
 */
export type Merging = 'delete' | 'keep' | 'replace';

/** Layers in which a value can be placed, least specific first. */
export const layerNames = ['template', 'environment', 'tenant', 'leaf'] as const;

export type LayerName = (typeof layerNames)[number];

/** Far more than the leaves of all files: one leaf more costs more than any number of leaves in more specific layers. */
const leaf = 2 ** 26;

export const leafCosts = {
  template: leaf,
  environment: leaf + 1,
  tenant: leaf + 2,
  leaf: leaf + 3,
} as const satisfies Record<LayerName, number>;

/** What no override can express. */
export const impossible = Number.POSITIVE_INFINITY;

/** For a null, which only the least specific file of an address can express: leaves that it is worth to avoid it. */
const avoided = 1000;

/** The number of leaves of a cost. */
export function leavesOfCost(cost: number): number {
  return Math.floor(cost / leaf);
}

/** Costs of the smallest overrides of one layer. */
export class OverrideCosts {
  readonly #merging: Merging;
  /** Of one leaf. */
  readonly leaf: number;
  readonly #isBase: boolean;
  readonly #known = new Map<Part, Map<Part, number>>();

  /** @param base the layer with the least specific files: there a null is a value */
  constructor(merging: Merging, layer: LayerName, base: LayerName) {
    this.#merging = merging;
    this.leaf = leafCosts[layer];
    this.#isBase = layer === base;
  }

  /** Of a key. */
  get deletion(): number {
    return this.#merging === 'delete' ? this.leaf : impossible;
  }

  /** Of a value where nothing is inherited. */
  addition({ leaves, hasNull }: Part): number {
    const isAvoided = hasNull && this.#merging === 'delete' && !this.#isBase;
    return (isAvoided ? leaves + avoided : leaves) * this.leaf;
  }

  /** Of the smallest override that makes one of the other. Undefined: absent. */
  between(inherited: Part | undefined, wanted: Part | undefined): number {
    if (inherited === wanted) return 0;
    if (wanted === undefined) return this.deletion;
    if (inherited?.members === undefined) return this.addition(wanted);
    // An empty map deletes nothing.
    if (wanted.members === undefined)
      return isEmptyMap(wanted) ? inherited.members.size * this.deletion : this.addition(wanted);
    const known = this.#known.get(inherited);
    const found = known?.get(wanted);
    if (found !== undefined) return found;
    const cost = this.#betweenMaps(inherited.members, wanted.members);
    if (known === undefined) this.#known.set(inherited, new Map([[wanted, cost]]));
    else known.set(wanted, cost);
    return cost;
  }

  #betweenMaps(inherited: ReadonlyMap<string, Part>, wanted: ReadonlyMap<string, Part>): number {
    let cost = 0;
    for (const [key, member] of wanted) cost += this.between(inherited.get(key), member);
    for (const key of inherited.keys()) if (!wanted.has(key)) cost += this.deletion;
    return cost;
  }
}

export function isEmptyMap({ value }: Part): boolean {
  return isMap(value) && Object.keys(value).length === 0;
}
