// The files of one configuration profile, with as few leaves as were found, that give each address its value.
import { isSameContent } from '../document/equality.ts';
import { smallestOverride } from '../edit/smallest-override.ts';
import { isList, isMap, mapOf, type Value } from '../model/value.ts';
import { mergeLayer } from '../render/merge-layers.ts';
import { defaultProfileSettings, type ProfileSettings } from '../settings/settings.ts';
import { PatchFinder } from './common-patch.ts';
import type { Interruptible } from './interruptible.ts';
import type { LayerName, Merging } from './override-cost.ts';
import { leavesOf, type Part, Parts } from './part.ts';
import { free, merged, type Row, type Shared, SharedValues, wantedOf } from './shared-values.ts';

/** A tenant, and its values of a profile. */
export interface ProfileOfTenant {
  readonly tenant: string;
  /** All that the tenant has. */
  readonly environments: readonly string[];
  /** By environment, of those that have the profile. */
  readonly values: ReadonlyMap<string, Value>;
}

/** The files of a profile. */
export interface FactoredProfile {
  readonly merging: Merging;
  readonly template: Value | undefined;
  /** The template's, by environment. */
  readonly environments: ReadonlyMap<string, Value>;
  readonly tenants: ReadonlyMap<string, TenantFiles>;
  /** Tenants that must not have the profile, although the template has it. */
  readonly excluded: readonly string[];
  /** Of all files. */
  readonly leaves: number;
}

export interface TenantFiles {
  readonly own: Value | undefined;
  readonly environments: ReadonlyMap<string, Value>;
}

/** @param tenants in the order of their names; at least one has a value */
export function* factorProfile(tenants: readonly ProfileOfTenant[]): Interruptible<FactoredProfile> {
  const plain = yield* withFewestLeaves(tenants);
  const excluded = tenants.filter(({ values }) => values.size === 0).map(({ tenant }) => tenant);
  if (excluded.length === 0) return plain;
  const excluding = yield* withFewestLeaves(tenants.filter(({ values }) => values.size > 0));
  // An exclusion is a value of the settings.
  return excluding.leaves + excluded.length < plain.leaves ? { ...excluding, excluded } : plain;
}

/** As the settings of the profile have it. */
export const mergeSettings = {
  delete: { merge: 'merge', null: 'delete' },
  keep: { merge: 'merge', null: 'keep' },
  replace: { merge: 'replace', null: 'delete' },
} as const satisfies Record<Merging, Pick<ProfileSettings, 'merge' | 'null'>>;

function* withFewestLeaves(tenants: readonly ProfileOfTenant[]): Interruptible<FactoredProfile> {
  let hasNulls = false;
  for (const { values } of tenants) {
    hasNulls ||= [...values.values()].some(hasNull);
    yield;
  }
  let best: FactoredProfile | undefined;
  for (const way of hasNulls ? waysWithNulls : ways) {
    const files = yield* new Factoring(way, tenants).files();
    if (files !== undefined && files.leaves < (best?.leaves ?? Number.POSITIVE_INFINITY)) best = files;
  }
  if (best === undefined) throw new Error('no files give the addresses their values');
  return best;
}

/** How files are sought. */
interface Way {
  readonly merging: Merging;
  /** The least specific layer that is used. */
  readonly base: LayerName;
}

/** Of several with the same number of leaves the first is taken. */
const ways: readonly Way[] = [
  { merging: 'delete', base: 'template' },
  { merging: 'replace', base: 'template' },
];

/** A null is a value in the least specific file of an address. */
const waysWithNulls: readonly Way[] = [
  { merging: 'delete', base: 'template' },
  { merging: 'keep', base: 'template' },
  { merging: 'delete', base: 'environment' },
  { merging: 'delete', base: 'tenant' },
  { merging: 'replace', base: 'template' },
];

/** Whether it is a map with a null, at any depth. In lists a null is always a value. */
function hasNull(value: Value): boolean {
  return isMap(value) && Object.values(value).some((member) => member === null || hasNull(member));
}

class Factoring {
  readonly #way: Way;
  readonly #settings: ProfileSettings;
  readonly #finder: PatchFinder;
  readonly #tenants: readonly ProfileOfTenant[];
  readonly #environments: readonly string[];
  readonly #parts = new Parts();

  constructor(way: Way, tenants: readonly ProfileOfTenant[]) {
    this.#way = way;
    const { merging, base } = way;
    this.#settings = { ...defaultProfileSettings, ...mergeSettings[merging] };
    this.#finder = new PatchFinder(merging, { base, own: 'tenant', rest: 'leaf' });
    this.#tenants = tenants;
    this.#environments = [...new Set(tenants.flatMap(({ environments }) => environments))].sort();
  }

  /** Undefined where files that merge like this cannot express the values. */
  *files(): Interruptible<FactoredProfile | undefined> {
    const rows: Row[] = [];
    for (const tenant of this.#tenants) {
      rows.push(this.#row(tenant));
      yield;
    }
    const shared = yield* this.#shared(rows);
    const inherited = this.#environments.map((environment) =>
      this.#merge(shared.template, shared.environments.get(environment)),
    );
    const parts = inherited.map((value) => (value === undefined ? undefined : this.#part(value)));
    const tenants = new Map<string, TenantFiles>();
    let leaves = leavesOfAll([shared.template, ...shared.environments.values()]);
    for (const [index, tenant] of this.#tenants.entries()) {
      const files = this.#tenantFiles(tenant, rows[index] as Row, { values: inherited, parts });
      if (!this.#isExact(tenant, files, inherited)) return undefined;
      tenants.set(tenant.tenant, files);
      leaves += leavesOfAll([files.own, ...files.environments.values()]);
      yield;
    }
    return { merging: this.#way.merging, ...shared, tenants, excluded: [], leaves };
  }

  /** A file of a tenant applies to all its environments; and what is of another kind cannot be overridden as a whole. */
  #row({ environments, values }: ProfileOfTenant): Row {
    const cells = this.#environments.map((environment) => {
      const value = values.get(environment);
      return value === undefined ? free : this.#part(value);
    });
    const hasOwnLayer = environments.every((environment) => values.has(environment)) && isOfOneKind(values.values());
    return { cells, hasOwnLayer, weight: 1 };
  }

  *#shared(rows: readonly Row[]): Interruptible<Pick<FactoredProfile, 'template' | 'environments'>> {
    const columns = this.#environments.map((environment) =>
      this.#tenants
        .filter(({ environments }) => environments.includes(environment))
        .map(({ values }) => values.get(environment)),
    );
    const isShareable = (values: readonly (Value | undefined)[]) => {
      const present = values.filter((value) => value !== undefined);
      return present.length === values.length && isOfOneKind(present);
    };
    const { merging, base } = this.#way;
    const open = columns.map((column) => base !== 'tenant' && isShareable(column));
    const hasTemplate = base === 'template' && isShareable(columns.flat());
    const layers = { merging, base: base === 'template' && !hasTemplate ? 'environment' : base } as const;
    const found = yield* new SharedValues({ ...layers, parts: this.#parts }).find(merged(rows), open);
    const finder = new PatchFinder(merging, { ...layers, own: 'template', rest: 'environment' });
    // A whole configuration cannot be deleted: without members it is an empty map.
    const isMaps = found.some((part) => part?.members !== undefined);
    const wanted = found.map((part) => part ?? (isMaps ? this.#parts.of(mapOf([])) : undefined));
    const rowsOf = (parts: Shared) =>
      parts.flatMap((part) => (part === undefined ? [] : [{ inherited: undefined, wanted: part }]));
    const best = finder.best(rowsOf(wanted));
    // Without a template's file for all, nothing has to be an empty map.
    const isWorthIt = hasTemplate && best.cost < finder.costWithout(rowsOf(found));
    const template = isWorthIt ? best.patch : undefined;
    const environments = this.#environments.flatMap((environment, index): [string, Value][] => {
      const part = template === undefined ? found[index] : wanted[index];
      const own = part && smallestOverride(template, part.value, this.#settings);
      return own === undefined ? [] : [[environment, own]];
    });
    return { template, environments: new Map(environments) };
  }

  #tenantFiles(
    { environments, values }: ProfileOfTenant,
    row: Row,
    { values: inherited, parts }: { readonly values: readonly Inherited[]; readonly parts: Shared },
  ): TenantFiles {
    const own = row.hasOwnLayer ? this.#finder.best(wantedOf(row.cells, parts)).patch : undefined;
    const files = environments.flatMap((environment): [string, Value][] => {
      const value = values.get(environment);
      if (value === undefined) return [];
      const above = this.#merge(inherited[this.#environments.indexOf(environment)], own);
      const override = smallestOverride(above, value, this.#settings);
      return override === undefined ? [] : [[environment, override]];
    });
    return { own, environments: new Map(files) };
  }

  #isExact({ values }: ProfileOfTenant, files: TenantFiles, inherited: readonly Inherited[]): boolean {
    return [...values].every(([environment, value]) => {
      const above = this.#merge(inherited[this.#environments.indexOf(environment)], files.own);
      return isSameContent(this.#merge(above, files.environments.get(environment)), value);
    });
  }

  #part(value: Value): Part {
    return this.#way.merging === 'replace' ? this.#parts.whole(value) : this.#parts.of(value);
  }

  #merge(inherited: Inherited, override: Value | undefined): Inherited {
    return override === undefined ? inherited : mergeLayer(inherited, override, this.#settings);
  }
}

type Inherited = Value | undefined;

function leavesOfAll(values: readonly (Value | undefined)[]): number {
  return values.reduce<number>((sum, value) => sum + (value === undefined ? 0 : leavesOf(value)), 0);
}

/** A layer must not make of a whole configuration another kind of value. */
function isOfOneKind(values: Iterable<Value>): boolean {
  const kinds = new Set([...values].map((value) => (isMap(value) ? 'map' : isList(value) ? 'list' : typeof value)));
  return kinds.size <= 1;
}
