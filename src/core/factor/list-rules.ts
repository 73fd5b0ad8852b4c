// List rules that make the files of a profile smaller. What each file overrides stays; its lists have only what they add or change.
import { identityOf, isSameContent } from '../document/equality.ts';
import { pointerTo, stepsOf, valueAt } from '../document/json-pointer.ts';
import { withValue } from '../edit/place-value.ts';
import { smallestOverride } from '../edit/smallest-override.ts';
import { longestGlob, mostGlobs } from '../model/globs.ts';
import { entriesOf, isList, isMap, memberOf, type Value } from '../model/value.ts';
import { mergeLayer } from '../render/merge-layers.ts';
import { defaultProfileSettings, type ListStrategy, type ProfileSettings } from '../settings/settings.ts';
import { type FactoredProfile, mergeSettings, type ProfileOfTenant, type TenantFiles } from './factor-profile.ts';

/** The files of a profile, and the rules for its lists by JSON Pointer. */
export interface RuledProfile extends FactoredProfile {
  readonly lists: ReadonlyMap<string, ListStrategy>;
}

/** Scalars that a rule has to save: it is a setting to read. */
const leastSaved = 3;

/** Files that a rule has to make smaller: a single list may be like the one that it inherits by chance. */
const leastFiles = 2;

/** Keys that are tried first. */
const usualKeys = ['name', 'id', 'key'];

/** A rule is made only where it fits every list at its pointer: each address keeps its value, with the items in their order. */
export function withListRules(files: FactoredProfile, tenants: readonly ProfileOfTenant[]): RuledProfile {
  let ruled: RuledProfile = { ...files, lists: new Map() };
  if (files.merging === 'replace') return ruled;
  for (const pointer of overriddenLists(files)) {
    for (const strategy of strategiesFor(pointer, tenants)) {
      const shorter = shortened(ruled, { pointer, strategy }, tenants);
      if (shorter === undefined) continue;
      ruled = shorter;
      break;
    }
  }
  return ruled;
}

/** Pointers of lists that at least two files override, as settings can have them. */
function overriddenLists({ environments, tenants }: FactoredProfile): readonly string[] {
  const overrides = [
    ...environments.values(),
    ...[...tenants.values()].flatMap(({ own, environments: leaves }) => [own, ...leaves.values()]),
  ];
  const counts = new Map<string, number>();
  for (const override of overrides) {
    for (const pointer of override === undefined ? [] : listsIn(override, '')) {
      counts.set(pointer, (counts.get(pointer) ?? 0) + 1);
    }
  }
  const isUsable = ([pointer, count]: readonly [string, number]) =>
    count >= leastFiles && pointer !== '' && pointer.length <= longestGlob && !pointer.includes('*');
  return [...counts]
    .filter(isUsable)
    .map(([pointer]) => pointer)
    .sort()
    .slice(0, mostGlobs);
}

function* listsIn(value: Value, pointer: string): Iterable<string> {
  if (isList(value)) yield pointer;
  else if (isMap(value)) for (const [key, member] of entriesOf(value)) yield* listsIn(member, pointerTo(pointer, key));
}

/** The keys that have another scalar in each item of each list. */
function strategiesFor(pointer: string, tenants: readonly ProfileOfTenant[]): readonly ListStrategy[] {
  const lists = tenants.flatMap(({ values }) => [...values.values()].map((value) => valueAt(value, pointer)));
  const items = lists.filter((list) => list !== undefined && isList(list));
  const first = items.find((list) => list.length > 0)?.[0];
  const keys = isMap(first) ? entriesOf(first).map(([key]) => key) : [];
  const order = (key: string) => usualKeys.indexOf(key) >>> 0;
  return keys
    .sort((a, b) => order(a) - order(b) || (a < b ? -1 : 1))
    .filter((key) => key !== '' && items.every((list) => isKeyOf(list, key)))
    .map((by) => ({ by }));
}

function isKeyOf(list: readonly Value[], key: string): boolean {
  const ids = list.map((item) => (isMap(item) ? memberOf(item, key) : undefined));
  const isScalar = ids.every((id) => id !== undefined && id !== null && !isMap(id) && !isList(id));
  return isScalar && new Set(ids.map((id) => identityOf(id as Value))).size === ids.length;
}

interface Rule {
  readonly pointer: string;
  readonly strategy: ListStrategy;
}

/** The files with the rule; undefined where it does not fit, or saves too little. */
function shortened(files: RuledProfile, rule: Rule, tenants: readonly ProfileOfTenant[]): RuledProfile | undefined {
  const before = settingsOf(files);
  const saved: number[] = [];
  const shorten = (file: Value | undefined, above: readonly (Value | undefined)[]): Value | undefined => {
    const list = file && valueAt(file, rule.pointer);
    if (file === undefined || list === undefined || !isList(list)) return file;
    const short = shortList(list, above, { ...rule, settings: before });
    if (short === list) return file;
    saved.push(scalarsIn(list) - scalarsIn(short));
    return withValue(file, stepsOf(rule.pointer), short);
  };
  const merge = (inherited: Value | undefined, override: Value | undefined) =>
    override === undefined ? inherited : mergeLayer(inherited, override, before);
  const shared = (environment: string) => merge(files.template, files.environments.get(environment));
  const environments = [...files.environments].map(([environment, file]): [string, Value] => [
    environment,
    shorten(file, [files.template]) as Value,
  ]);
  const ofTenants = tenants.flatMap(({ tenant, environments: names }): [string, TenantFiles][] => {
    const found = files.tenants.get(tenant);
    if (found === undefined) return [];
    const leaves = [...found.environments].map(([environment, file]): [string, Value] => [
      environment,
      shorten(file, [merge(shared(environment), found.own)]) as Value,
    ]);
    return [[tenant, { own: shorten(found.own, names.map(shared)), environments: new Map(leaves) }]];
  });
  if (saved.length < leastFiles || saved.reduce((sum, each) => sum + each, 0) < leastSaved) return undefined;
  const ruled = {
    ...files,
    environments: new Map(environments),
    tenants: new Map(ofTenants),
    lists: new Map([...files.lists, [rule.pointer, rule.strategy]]),
  };
  return tenants.every((tenant) => isExact(ruled, tenant)) ? ruled : undefined;
}

/** What a list adds to the one that it inherits; itself where it inherits none. */
function shortList(
  list: readonly Value[],
  above: readonly (Value | undefined)[],
  { pointer, strategy, settings }: Rule & { readonly settings: ProfileSettings },
): readonly Value[] {
  const inherited = above.map((value) => valueAt(value, pointer)).find((value) => value !== undefined && isList(value));
  if (inherited === undefined) return list;
  const short = smallestOverride(inherited, list, { ...settings, lists: new Map([['', strategy]]) });
  return short !== undefined && isList(short) ? short : list;
}

function isExact(files: RuledProfile, { tenant, values }: ProfileOfTenant): boolean {
  let hasMismatch = false;
  const onMismatch = () => {
    hasMismatch = true;
  };
  const settings = { ...settingsOf(files), onMismatch };
  const own = files.tenants.get(tenant);
  const isSame = [...values].every(([environment, value]) => {
    const layers = [files.template, files.environments.get(environment), own?.own, own?.environments.get(environment)];
    const merged = layers.reduce<Value | undefined>(
      (above, layer) => (layer === undefined ? above : mergeLayer(above, layer, settings)),
      undefined,
    );
    return isSameContent(merged, value);
  });
  return isSame && !hasMismatch;
}

function settingsOf({ merging, lists }: RuledProfile): ProfileSettings {
  return { ...defaultProfileSettings, ...mergeSettings[merging], lists };
}

function scalarsIn(value: Value): number {
  const parts = isList(value) ? value : isMap(value) ? entriesOf(value).map(([, member]) => member) : undefined;
  return parts === undefined ? 1 : parts.reduce<number>((sum, part) => sum + scalarsIn(part), 0);
}
