// Values that most addresses of a layer have, moved into it from more specific files. A move is made only where fewer leaves are
// left and every address is merged to the same text; whoever has another value keeps it by an override of its own.
import { isSameContent } from '../document/equality.ts';
import { pointerTo, stepsOf, valueAt } from '../document/json-pointer.ts';
import { canonicalText } from '../document/write-json.ts';
import { overrideFor, withoutValue, withValue } from '../edit/place-value.ts';
import { leavesOf } from '../factor/part.ts';
import { entriesOf, isMap, type Value } from '../model/value.ts';
import { isSameText, type LayerValues } from './layer-values.ts';
import type { ProfileTree, TidyTenant } from './profile-tree.ts';

export interface Move {
  readonly pointer: string;
  readonly to: string;
  /** Files that repeated the value. */
  readonly from: readonly string[];
  /** Files that get an override, so that their addresses keep another value. */
  readonly kept: readonly string[];
}

/** A layer, and what is below it. */
interface Target {
  readonly file: string;
  readonly layer: 'template' | 'environment' | 'tenant';
  readonly tenants: readonly TidyTenant[];
  /** Those that it applies to. */
  readonly environments: readonly string[];
}

interface Candidate {
  readonly pointer: string;
  /** Null: the key is deleted. */
  readonly value: Value;
  readonly files: number;
}

/** A way to write a file, and how many leaves more it has than before. */
interface Fit {
  readonly files: readonly (readonly [file: string, value: Value | undefined])[];
  readonly cost: number;
}

const unchanged: Fit = { files: [], cost: 0 };

export class Lifting {
  readonly #tree: ProfileTree;
  readonly #layers: LayerValues;
  readonly #targets: readonly Target[];
  /** What each address is merged to, by its most specific file. */
  readonly #wanted = new Map<string, Value | undefined>();

  constructor(tree: ProfileTree, layers: LayerValues) {
    this.#tree = tree;
    this.#layers = layers;
    this.#targets = targetsOf(tree);
    for (const { file, environments } of tree.tenants) {
      for (const [environment, leaf] of environments) {
        const inherited = layers.merge(layers.shared(environment), layers.get(file));
        this.#wanted.set(leaf, layers.merge(inherited, layers.get(leaf)));
      }
    }
  }

  /** Tries every layer once, the least specific first. */
  pass(): readonly Move[] {
    return this.#targets.flatMap((target) => this.#into(target));
  }

  #into(target: Target): readonly Move[] {
    return this.#candidates(target).flatMap((candidate): readonly Move[] => {
      const fit = this.#isWantedByMost(target, candidate) ? this.#fit(target, candidate) : undefined;
      if (fit === undefined) return [];
      const below = fit.files.filter(([file]) => file !== target.file);
      const { pointer } = candidate;
      const hasLess = ([file, value]: (typeof below)[number]) => leaves(value) < leaves(this.#layers.get(file));
      const from = below.filter(hasLess).map(([file]) => file);
      if (from.length < 2) return [];
      const kept = below.filter((each) => !hasLess(each)).map(([file]) => file);
      for (const [file, value] of fit.files) this.#layers.set(file, value);
      return [{ pointer, to: target.file, from, kept }];
    });
  }

  /** What at least two files below have; of what most have first. */
  #candidates(target: Target): readonly Candidate[] {
    if (this.#tree.files.get(target.file)?.edits !== 'all') return [];
    const found = new Map<string, Candidate>();
    for (const file of this.#filesBelow(target)) {
      const value = this.#layers.get(file);
      if (value === undefined || this.#tree.files.get(file)?.edits !== 'all') continue;
      for (const [pointer, leaf] of this.#leavesIn(value)) {
        const key = `${pointer} ${canonicalText(leaf)}`;
        found.set(key, { pointer, value: leaf, files: (found.get(key)?.files ?? 0) + 1 });
      }
    }
    return [...found.values()]
      .filter(({ files, pointer }) => files > 1 && !this.#tree.settings.lists.has(pointer))
      .filter(({ pointer }) => this.#layers.mayMove(target.file, pointer))
      .sort((one, other) => other.files - one.files);
  }

  /** The parts that are moved by themselves. */
  #leavesIn(value: Value): Iterable<readonly [pointer: string, value: Value]> {
    return this.#tree.settings.merge === 'replace' ? [['', value]] : leavesAt(value, '');
  }

  *#filesBelow({ layer, tenants, environments }: Target): Iterable<string> {
    if (layer === 'template') yield* this.#tree.environments.values();
    for (const tenant of tenants) {
      if (layer === 'template') yield tenant.file;
      for (const leaf of leafFiles(tenant, environments)) yield leaf[1];
    }
  }

  #isWantedByMost({ tenants, environments }: Target, { pointer, value }: Candidate): boolean {
    let all = 0;
    let same = 0;
    const wanted = value === null && this.#tree.settings.null === 'delete' ? undefined : value;
    for (const tenant of tenants) {
      for (const [, leaf] of leafFiles(tenant, environments)) {
        const merged = this.#wanted.get(leaf);
        if (merged === undefined) continue;
        all += 1;
        if (isSameContent(valueAt(merged, pointer), wanted)) same += 1;
      }
    }
    return same * 2 > all;
  }

  /** All files with the value moved; undefined where a rendered text would change, or leaves would not be fewer. */
  #fit(target: Target, candidate: Candidate): Fit | undefined {
    const own = this.#layers.get(target.file);
    for (const value of this.#placed(target, own, candidate)) {
      const ownCost = leaves(value) - leaves(own);
      const fit = this.#fitBelow(target, { value, ownCost }, candidate);
      if (fit === undefined) continue;
      const cost = fit.cost + ownCost;
      if (cost >= 0) continue;
      const files = isSameText(value, own) ? [] : [[target.file, value] as const];
      return { files: [...files, ...fit.files], cost };
    }
    return undefined;
  }

  /** The target's file with the value. In the template a null would be a value: the key is removed. */
  #placed({ layer }: Target, own: Value | undefined, { pointer, value }: Candidate): readonly (Value | undefined)[] {
    const steps = stepsOf(pointer);
    if (value !== null || layer !== 'template' || this.#tree.settings.null === 'keep') {
      const placed = withValue(own, steps, value);
      return placed === undefined ? [] : [placed];
    }
    return own === undefined ? [] : [withoutValue(own, steps, 'stay'), withoutValue(own, steps, 'go')];
  }

  #fitBelow(
    target: Target,
    { value, ownCost }: { readonly value: Value | undefined; readonly ownCost: number },
    { pointer, files: most, value: moved }: Candidate,
  ): Fit | undefined {
    const { layer, tenants, environments } = target;
    const shared = new Map<string, Value | undefined>();
    const files: (readonly [string, Value | undefined])[] = [];
    let cost = 0;
    for (const environment of environments) {
      if (layer === 'tenant') shared.set(environment, this.#layers.shared(environment));
      else if (layer === 'environment') {
        shared.set(environment, this.#layers.merge(this.#layers.get(this.#tree.template), value));
      } else {
        const fit = this.#fitEnvironment(environment, value, { pointer, tenants });
        cost += fit.cost;
        files.push(...fit.files);
        shared.set(environment, fit.shared);
      }
    }
    // Nothing is saved but the value in the files that have it.
    let having = most;
    for (const tenant of tenants) {
      const own = layer === 'tenant' ? { file: tenant.file, value } : undefined;
      const fit = this.#fitTenant(tenant, { shared, pointer, own, mayChange: layer === 'template' });
      if (fit === undefined) return undefined;
      cost += fit.cost;
      files.push(...fit.files);
      if (fit.cost < 0) having -= 1;
      if (ownCost + cost - having * leavesOf(moved) >= 0) return undefined;
    }
    return { files, cost };
  }

  /** The template's file of an environment: what it repeats goes; what most there have otherwise is kept by it. */
  #fitEnvironment(
    environment: string,
    template: Value | undefined,
    { pointer, tenants }: { readonly pointer: string; readonly tenants: readonly TidyTenant[] },
  ): Fit & { readonly shared: Value | undefined } {
    const layers = this.#layers;
    const file = this.#tree.environments.get(environment) ?? '';
    const own = layers.get(file);
    const before = layers.shared(environment);
    const shared = layers.merge(template, own);
    const stays = { ...unchanged, shared };
    if (!layers.mayMove(file, pointer)) return stays;
    if (layers.has(file, pointer)) {
      const left = withoutValue(own, stepsOf(pointer), 'go');
      if (!isSameText(layers.merge(template, left), shared)) return stays;
      return { files: [[file, left]], cost: leaves(left) - leaves(own), shared };
    }
    const [had, has] = [valueAt(before, pointer), valueAt(shared, pointer)];
    if (before === undefined || isSameContent(had, has)) return stays;
    const wanted = tenants.flatMap((tenant) =>
      leafFiles(tenant, [environment]).map(([, leaf]) => this.#wanted.get(leaf)),
    );
    const countOf = (value: Value | undefined) =>
      wanted.filter((each) => isSameContent(valueAt(each, pointer), value)).length;
    const override = countOf(had) > countOf(has) ? overrideFor(before, pointer) : undefined;
    const kept =
      override && layers.mayMove(file, override.pointer) && withValue(own, stepsOf(override.pointer), override.value);
    if (!kept) return stays;
    return { files: [[file, kept]], cost: leaves(kept) - leaves(own), shared: layers.merge(template, kept) };
  }

  #fitTenant(
    tenant: TidyTenant,
    at: {
      /** By environment. */
      readonly shared: ReadonlyMap<string, Value | undefined>;
      readonly pointer: string;
      /** Its file, where that is the target. */
      readonly own: { readonly value: Value | undefined } | undefined;
      readonly mayChange: boolean;
    },
  ): Fit | undefined {
    const { file } = tenant;
    const { shared, pointer } = at;
    const before = this.#layers.get(file);
    const leafs = leafFiles(tenant, [...shared.keys()]);
    if (at.own !== undefined) return this.#fitLeaves(leafs, { shared, pointer, own: at.own.value });
    let best: Fit | undefined;
    for (const own of at.mayChange ? this.#ways(file, pointer, this.#wanted.get(leafs[0]?.[1] ?? '')) : [before]) {
      const below = this.#fitLeaves(leafs, { shared, pointer, own });
      if (below === undefined) continue;
      const isChanged = own !== before;
      const cost = below.cost + (isChanged ? leaves(own) - leaves(before) : 0);
      if (best === undefined || cost < best.cost) {
        best = { files: isChanged ? [[file, own], ...below.files] : below.files, cost };
      }
      if (best.files.length === 0) break;
    }
    return best;
  }

  #fitLeaves(
    leafs: readonly LeafFile[],
    at: {
      readonly shared: ReadonlyMap<string, Value | undefined>;
      readonly pointer: string;
      readonly own: Value | undefined;
    },
  ): Fit | undefined {
    const files: (readonly [string, Value | undefined])[] = [];
    let cost = 0;
    for (const [environment, leaf] of leafs) {
      const inherited = this.#layers.merge(at.shared.get(environment), at.own);
      const wanted = this.#wanted.get(leaf);
      const before = this.#layers.get(leaf);
      const ways = this.#ways(leaf, at.pointer, wanted);
      const index = ways.findIndex((each) => isSameText(this.#layers.merge(inherited, each), wanted));
      if (index < 0) return undefined;
      const way = ways[index];
      if (way === before) continue;
      files.push([leaf, way]);
      cost += leaves(way) - leaves(before);
    }
    return { files, cost };
  }

  /** The values that a file can have: without the pointer, as it is, with what is wanted there. */
  #ways(file: string, pointer: string, wanted: Value | undefined): readonly (Value | undefined)[] {
    const value = this.#layers.get(file);
    if (!this.#layers.mayMove(file, pointer)) return [value];
    const override = wanted === undefined ? undefined : overrideFor(wanted, pointer);
    const isFree = override !== undefined && this.#layers.mayMove(file, override.pointer);
    const kept = isFree ? withValue(value, stepsOf(override.pointer), override.value) : undefined;
    const less = this.#layers.has(file, pointer) ? [withoutValue(value, stepsOf(pointer), 'go')] : [];
    return [...less, value, ...(kept === undefined ? [] : [kept])];
  }
}

type LeafFile = readonly [environment: string, file: string];

function leafFiles(tenant: TidyTenant, environments: readonly string[]): readonly LeafFile[] {
  return environments.flatMap((environment) => {
    const leaf = tenant.environments.get(environment);
    return leaf === undefined ? [] : [[environment, leaf] as const];
  });
}

function targetsOf({ template, environments, tenants }: ProfileTree): readonly Target[] {
  return [
    { file: template, layer: 'template', tenants, environments: [...environments.keys()] },
    ...[...environments].map(([environment, file]): Target => {
      const having = tenants.filter((tenant) => tenant.environments.has(environment));
      return { file, layer: 'environment', tenants: having, environments: [environment] };
    }),
    ...tenants.map((tenant): Target => {
      return { file: tenant.file, layer: 'tenant', tenants: [tenant], environments: [...tenant.environments.keys()] };
    }),
  ];
}

function leaves(value: Value | undefined): number {
  return value === undefined ? 0 : leavesOf(value);
}

function* leavesAt(value: Value, pointer: string): Iterable<readonly [string, Value]> {
  const members = isMap(value) ? entriesOf(value) : [];
  if (members.length === 0) yield [pointer, value];
  for (const [key, member] of members) yield* leavesAt(member, pointerTo(pointer, key));
}
