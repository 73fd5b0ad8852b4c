// The values of the template and its environments with which all files together have the fewest leaves.

import { groupsBy } from '../model/groups-by.ts';
import { PatchFinder, type Wanted } from './common-patch.ts';
import type { Interruptible } from './interruptible.ts';
import { impossible, isEmptyMap, type LayerName, leafCosts, type Merging, OverrideCosts } from './override-cost.ts';
import type { Part, Parts } from './part.ts';

/** The values of a tenant, by the number of the environment. `free`: there is none, or it does not matter. */
export interface Row {
  readonly cells: readonly (Part | undefined | typeof free)[];
  /** Whether the tenant's own layer for all environments may be used. */
  readonly hasOwnLayer: boolean;
  /** How many tenants have these values. */
  readonly weight: number;
}

export const free = Symbol('free');

type Cell = Row['cells'][number];

/** The values that tenants inherit, by the number of the environment. Undefined: absent. */
export type Shared = readonly (Part | undefined)[];

/** What is decided for parts in the same way. */
export interface SharingOptions {
  readonly parts: Parts;
  readonly merging: Merging;
  /** The layer of the least specific files: the template only where it may have one for all environments. */
  readonly base: LayerName;
}

/** Combinations of values that are compared; beyond, each environment's value is improved in turn. */
const mostCombinations = 300;

/** Leaves of which the cost is worked out before a break. */
const mostAtOnce = 10_000;

/** Values of one key that are tried in each environment, besides absent. */
const mostCandidates = 5;

/** Choices of environments for a map that some tenants lack, and for a map inside of one: each decides all members anew. */
const mostMixed = [32, 8];

export class SharedValues {
  readonly #options: SharingOptions;
  readonly #template: PatchFinder;
  readonly #tenant: PatchFinder;
  readonly #environment: OverrideCosts;

  constructor(options: SharingOptions) {
    this.#options = options;
    const { merging, base } = options;
    this.#template = new PatchFinder(merging, { base, own: 'template', rest: 'environment' });
    this.#tenant = new PatchFinder(merging, { base, own: 'tenant', rest: 'leaf' });
    this.#environment = new OverrideCosts(merging, 'environment', base);
  }

  /** @param open whether an environment may have a shared value */
  find(rows: readonly Row[], open: readonly boolean[]): Interruptible<Shared> {
    return this.#find(rows, { open, mixed: 0 });
  }

  /** Of all files, with these shared values. */
  *#costOf(shared: Shared, rows: readonly Row[]): Interruptible<number> {
    let cost = this.#sharedCost(shared);
    let leaves = 0;
    for (const row of rows) {
      if (cost === impossible) break;
      cost += row.weight * this.#rowCost(shared, row);
      for (const cell of row.cells) if (typeof cell === 'object') leaves += cell.leaves;
      if (leaves < mostAtOnce) continue;
      leaves = 0;
      yield;
    }
    return cost;
  }

  #sharedCost(shared: Shared): number {
    const rows = shared.map((wanted): Wanted => ({ inherited: undefined, wanted }));
    return this.#options.base === 'template'
      ? this.#template.best(rows).cost
      : rows.reduce((cost, { wanted }) => cost + this.#environment.between(undefined, wanted), 0);
  }

  #rowCost(shared: Shared, { cells, hasOwnLayer }: Row): number {
    const wanted = wantedOf(cells, shared);
    return hasOwnLayer ? this.#tenant.best(wanted).cost : this.#tenant.costWithout(wanted);
  }

  *#find(rows: readonly Row[], at: Position): Interruptible<Shared> {
    yield;
    const cells = rows.flatMap((row) => row.cells.filter((cell) => cell !== free));
    const nowhere = at.open.map(() => undefined);
    if (cells.length === 0 || !at.open.includes(true)) return nowhere;
    const shareable = rows.flatMap((row) => row.cells.filter((cell, index) => cell !== free && at.open[index]));
    if (!shareable.some((cell) => isMapPart(cell))) return yield* this.#bestLeaves(rows, at);
    if (shareable.every((cell) => isMapPart(cell))) return yield* this.#members(rows, at);
    return yield* this.#mixed(rows, at);
  }

  /** Maps, of which each member is decided by itself. */
  *#members(rows: readonly Row[], at: Position): Interruptible<Shared> {
    const members = at.open.map((): [string, Part][] => []);
    for (const key of keysOf(rows)) {
      const own = merged(rows.map((row) => ({ ...row, cells: row.cells.map((cell) => memberOf(cell, key)) })));
      for (const [index, part] of (yield* this.#find(own, at)).entries()) {
        if (part !== undefined) members[index]?.push([key, part]);
      }
    }
    return members.map((each) => this.#options.parts.mapIfAny(each));
  }

  /** A map that some lack, or have another value for: for each environment the map, or one of these values. */
  *#mixed(rows: readonly Row[], at: Position): Interruptible<Shared> {
    const kinds = at.open.map((isOpen, index): readonly Kind[] => {
      if (!isOpen) return [undefined];
      const others = columnOf(
        rows.filter(({ cells }) => !isMapPart(cells[index])),
        index,
      );
      return [
        ...(mapsIn(rows, index) > 0 ? ['map' as const] : []),
        ...new Set([...others.slice(0, 2).map(({ part }) => part), undefined]),
      ];
    });
    const maps: SharedMaps = { rows: merged(rows.map(onlyMaps)), mixed: at.mixed + 1, known: new Map() };
    const choices = 2 ** kinds.filter((options) => options.includes('map')).length;
    const isSmall = choices <= (mostMixed[at.mixed] ?? 0) && combinationsOf(kinds) <= mostCombinations;
    let best: readonly (readonly Kind[])[] = isSmall ? [...combinations(kinds)] : fewOf(rows, kinds);
    for (;;) {
      const shared = new Map<Shared, readonly Kind[]>();
      for (const each of best) shared.set(yield* this.#sharedBy(each, maps), each);
      const cheapest = yield* this.#cheapest([...shared.keys()], rows);
      if (isSmall) return cheapest;
      const kind = shared.get(cheapest);
      if (kind === undefined || at.mixed > 0 || kind === best[0]) return cheapest;
      best = [kind, ...kinds.flatMap((options, index) => options.map((option) => kind.with(index, option)))];
    }
  }

  /** What is shared, if some environments have the map. Its members are decided once for the same environments. */
  *#sharedBy(kind: readonly Kind[], { rows, mixed, known }: SharedMaps): Interruptible<Shared> {
    const open = kind.map((each) => each === 'map');
    if (!open.includes(true)) return kind.map((each) => (each === 'map' ? undefined : each));
    const key = open.join();
    const members = known.get(key) ?? (yield* this.#members(rows, { open, mixed }));
    known.set(key, members);
    return kind.map((each, index) => (each === 'map' ? members[index] : each));
  }

  /** No value that can be shared is a map. */
  *#bestLeaves(rows: readonly Row[], { open }: Position): Interruptible<Shared> {
    const { candidates, isOfOne } = candidatesOf(rows, open);
    const similarRows = merged(rows, new Set(candidates));
    const columns = open.map((isOpen) => (isOpen ? candidates : [undefined]));
    if (combinationsOf(columns) <= mostCombinations)
      return yield* this.#cheapest([...combinations(columns)], similarRows, isOfOne);
    const starts = [
      ...candidates.map((candidate) => open.map((isOpen) => (isOpen ? candidate : undefined))),
      open.map((isOpen, index) => (isOpen ? columnOf(rows, index)[0]?.part : undefined)),
    ];
    const found: Shared[] = [];
    for (const start of starts) found.push(yield* this.#improved(start, similarRows, columns, isOfOne));
    return yield* this.#cheapest(found, similarRows, isOfOne);
  }

  /** One environment's value is changed after the other, as long as that makes it cheaper. */
  *#improved(start: Shared, rows: readonly Row[], columns: readonly Shared[], isOfOne: IsOfOne): Interruptible<Shared> {
    let best = start;
    for (;;) {
      const next = yield* this.#cheapest(
        [best, ...columns.flatMap((column, index) => column.map((part) => best.with(index, part)))],
        rows,
        isOfOne,
      );
      if (next === best) return best;
      best = next;
    }
  }

  /** The first of the cheapest. A value of one tenant is shared only if that makes all files smaller. */
  *#cheapest(all: readonly Shared[], rows: readonly Row[], isOfOne: IsOfOne = () => false): Interruptible<Shared> {
    let best: { readonly shared: Shared; readonly cost: number } | undefined;
    for (const shared of all) {
      const cost = (yield* this.#costOf(shared, rows)) + (shared.some(isOfOne) ? leafCosts.template / 2 : 0);
      if (best === undefined || cost < best.cost) best = { shared, cost };
    }
    if (best === undefined) throw new Error('nothing to choose from');
    return best.shared;
  }
}

/** Whether a value is that of one tenant among several: a new tenant must not inherit it. */
type IsOfOne = (part: Part | undefined) => boolean;

interface Position {
  /** Whether an environment may have a shared value. */
  readonly open: readonly boolean[];
  /** Maps around it that some lack. */
  readonly mixed: number;
}

type Kind = 'map' | Part | undefined;

/** Rows of which only the maps matter, and what they share, by the environments that have the map. */
interface SharedMaps {
  readonly rows: readonly Row[];
  readonly mixed: number;
  readonly known: Map<string, Shared>;
}

/** The cells that matter, each with what it inherits. */
export function wantedOf(cells: readonly Cell[], shared: Shared): readonly Wanted[] {
  const wanted: Wanted[] = [];
  cells.forEach((cell, index) => {
    if (cell !== free) wanted.push({ inherited: shared[index], wanted: cell });
  });
  return wanted;
}

/**
 * Rows with the same values as one.
 * @param named values that count as different from each other; absent: all. Other leaves stand for each other: each is equal to
 * nothing that is shared
 */
export function merged(rows: readonly Row[], named?: ReadonlySet<Part | undefined>): readonly Row[] {
  const relevant = rows.filter(({ cells }) => cells.some((cell) => cell !== free));
  const keyOf = ({ cells, hasOwnLayer }: Row) =>
    [hasOwnLayer, ...cells.map((cell) => nameOfCell(cell, cells, named))].join(' ');
  return groupsBy(relevant, keyOf).map((same) => ({
    ...same[0],
    weight: same.reduce((sum, { weight }) => sum + weight, 0),
  }));
}

function nameOfCell(cell: Cell, cells: readonly Cell[], named: ReadonlySet<Part | undefined> | undefined): string {
  if (cell === free) return '*';
  if (cell === undefined) return '-';
  const isNamed = named === undefined || named.has(cell) || cell.members !== undefined || cell.hasNull;
  return isNamed ? String(cell.order) : `${cell.leaves}=${cells.indexOf(cell)}`;
}

function isMapPart(cell: Cell): boolean {
  return typeof cell === 'object' && cell.members !== undefined;
}

/** A member of a map. What is no map has none to decide. */
function memberOf(cell: Cell, key: string): Cell {
  return isMapLike(cell) ? cell.members?.get(key) : free;
}

/** The values that an inherited map with members need not be deleted for. */
function onlyMaps(row: Row): Row {
  return { ...row, cells: row.cells.map((cell) => (isMapLike(cell) ? cell : free)) };
}

function isMapLike(cell: Cell): cell is Part {
  return typeof cell === 'object' && (cell.members !== undefined || isEmptyMap(cell));
}

/** In the order in which they come first. */
function keysOf(rows: readonly Row[]): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { cells } of rows) {
    for (const cell of cells) if (typeof cell === 'object') for (const key of cell.members?.keys() ?? []) keys.add(key);
  }
  return keys;
}

interface Counted {
  readonly part: Part | undefined;
  readonly weight: number;
}

/** The values of an environment, the most frequent first, then in canonical order. */
function columnOf(rows: readonly Row[], index: number): readonly Counted[] {
  return counted(
    rows.flatMap(({ cells, weight }) => {
      const cell = cells[index];
      return cell === free ? [] : [{ part: cell, weight }];
    }),
  );
}

/** How many tenants have a map in an environment. */
function mapsIn(rows: readonly Row[], index: number): number {
  return rows.reduce((sum, { cells, weight }) => sum + (isMapPart(cells[index]) ? weight : 0), 0);
}

function counted(cells: readonly Counted[]): readonly Counted[] {
  const weights = new Map<Part | undefined, number>();
  for (const { part, weight } of cells) weights.set(part, (weights.get(part) ?? 0) + weight);
  return [...weights]
    .map(([part, weight]) => ({ part, weight }))
    .sort((a, b) => b.weight - a.weight || canonicalOrder(a.part, b.part));
}

/** Absent is last. */
function canonicalOrder(a: Part | undefined, b: Part | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return a.canonical < b.canonical ? -1 : Number(a.canonical > b.canonical);
}

/** The values that are worth sharing, in canonical order; absent is one of them. */
function candidatesOf(
  rows: readonly Row[],
  open: readonly boolean[],
): { readonly candidates: Shared; readonly isOfOne: IsOfOne } {
  const ofTenants = rows.flatMap(({ cells, weight }) => {
    const shareable = cells.filter((cell, index) => cell !== free && cell !== undefined && open[index] === true);
    return [...new Set(shareable as readonly Part[])].map((part) => ({ part, weight }));
  });
  const values = counted(ofTenants);
  const frequent = values.filter(({ weight }) => weight > 1).map(({ part }) => part);
  // What costs the same in a tenant's file as in a less specific one belongs there.
  const first = open.flatMap((isOpen, index) => (isOpen ? [columnOf(rows, index)[0]?.part] : []));
  const chosen = [...new Set([...frequent, ...first])].filter((part) => part !== undefined).slice(0, mostCandidates);
  const tenants = rows.reduce((sum, { weight }) => sum + weight, 0);
  const isOfOne: IsOfOne = (part) => part !== undefined && tenants > 1 && !frequent.includes(part);
  return { candidates: [...chosen.sort(canonicalOrder), undefined], isOfOne };
}

function combinationsOf(columns: readonly (readonly unknown[])[]): number {
  return columns.reduce((product, { length }) => product * length, 1);
}

/** One of each column, in all ways. */
function* combinations<Of>(columns: readonly (readonly Of[])[]): Generator<readonly Of[]> {
  const [first, ...others] = columns;
  if (first === undefined) yield [];
  else for (const one of first) for (const rest of combinations(others)) yield [one, ...rest];
}

/** The map wherever there is one; what is most frequent in each environment; and nothing. */
function fewOf(rows: readonly Row[], kinds: readonly (readonly Kind[])[]): readonly (readonly Kind[])[] {
  const frequent = kinds.map((options, index): Kind => {
    const [other] = columnOf(
      rows.filter(({ cells }) => !isMapPart(cells[index])),
      index,
    );
    return options[0] === 'map' && mapsIn(rows, index) >= (other?.weight ?? 0) ? 'map' : other?.part;
  });
  return [
    kinds.map(([first]) => first),
    frequent.map((kind, index) => (kinds[index]?.includes(kind) ? kind : undefined)),
    kinds.map(() => undefined),
  ];
}
