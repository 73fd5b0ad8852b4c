// List rules that make the files of a profile smaller. What each file overrides stays; its lists have only what they add or change.
import { identityOf, isSameContent } from '../document/equality.ts';
import { pointerTo, stepsOf, valueAt } from '../document/json-pointer.ts';
import { withValue } from '../edit/place-value.ts';
import { smallestOverride } from '../edit/smallest-override.ts';
import { longestGlob, mostGlobs } from '../model/globs.ts';
import { entriesOf, isList, isMap, mapOf, memberOf, type Value } from '../model/value.ts';
import { mergeLayer } from '../render/merge-layers.ts';
import { defaultProfileSettings, type ProfileSettings } from '../settings/settings.ts';
import { type FactoredProfile, mergeSettings, type ProfileOfTenant, type TenantFiles } from './factor-profile.ts';
import type { Interruptible } from './interruptible.ts';

/** The files of a profile, and the rules for its lists by JSON Pointer. */
export interface RuledProfile extends FactoredProfile {
  readonly lists: ReadonlyMap<string, ListRule>;
}

interface ListRule {
  readonly by: string;
}

/** Scalars that a rule has to save: it is a setting to read. */
const leastSaved = 3;

/** Files that a rule has to make smaller: a single list may be like the one that it inherits by chance. */
const leastFiles = 2;

/** Keys that are tried first. */
const usualKeys = ['name', 'id', 'key'];

/** A rule is made only where it fits every list at its pointer: each address keeps its value, with the items in their order. */
export function* withListRules(
  files: FactoredProfile,
  tenants: readonly ProfileOfTenant[],
): Interruptible<RuledProfile> {
  const plain: RuledProfile = { ...files, lists: new Map() };
  if (files.merging === 'replace') return plain;
  let ruled = plain;
  for (const pointer of overriddenLists(files)) {
    for (const by of keysOf(pointer, tenants)) {
      yield;
      const shorter = yield* shortened(ruled, { pointer, strategy: { by } }, tenants);
      if (shorter === undefined) continue;
      ruled = shorter;
      break;
    }
  }
  return ruled === plain || (yield* isExact(ruled, '', tenants)) ? ruled : plain;
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

/** The keys that have another scalar in each item of each list: the usual ones, then the others by name. */
function* keysOf(pointer: string, tenants: readonly ProfileOfTenant[]): Iterable<string> {
  const lists = tenants.flatMap(({ values }) => [...values.values()].map((value) => valueAt(value, pointer)));
  const items = lists.filter((list) => list !== undefined && isList(list));
  const first = items.find((list) => list.length > 0)?.[0];
  const keys = isMap(first) ? entriesOf(first).map(([key]) => key) : [];
  for (const key of new Set([...usualKeys.filter((usual) => keys.includes(usual)), ...keys.sort()])) {
    if (key !== '' && items.every((list) => isKeyOf(list, key))) yield key;
  }
}

function isKeyOf(list: readonly Value[], key: string): boolean {
  const ids = list.map((item) => (isMap(item) ? memberOf(item, key) : undefined));
  const isScalar = ids.every((id) => id !== undefined && id !== null && !isMap(id) && !isList(id));
  return isScalar && new Set(ids.map((id) => identityOf(id as Value))).size === ids.length;
}

interface Rule {
  readonly pointer: string;
  readonly strategy: ListRule;
}

/**
 * The files with the rule; undefined where it does not fit, or saves too little. Rules do not change each other's lists, so that
 * only what is at the pointer is merged and compared.
 */
function* shortened(
  files: RuledProfile,
  rule: Rule,
  tenants: readonly ProfileOfTenant[],
): Interruptible<RuledProfile | undefined> {
  const steps = stepsOf(rule.pointer);
  const before = settingsOf({ merging: files.merging, lists: new Map() });
  const saved: number[] = [];
  const shorten = (file: Value | undefined, above: readonly (Value | undefined)[]): Value | undefined => {
    const list = file && valueAt(wayTo(file, steps), rule.pointer);
    if (file === undefined || list === undefined || !isList(list)) return file;
    const short = shortList(list, above, { ...rule, settings: before });
    if (short === list) return file;
    saved.push(scalarsIn(list) - scalarsIn(short));
    return withValue(file, steps, short);
  };
  const merge = (inherited: Value | undefined, override: Value | undefined) =>
    override === undefined ? inherited : mergeLayer(inherited, wayTo(override, steps), before);
  const template = merge(undefined, files.template);
  const shared = (environment: string) => merge(template, files.environments.get(environment));
  const environments = [...files.environments].map(([environment, file]): [string, Value] => [
    environment,
    shorten(file, [template]) as Value,
  ]);
  const ofTenants = new Map<string, TenantFiles>();
  for (const { tenant, environments: names } of tenants) {
    const found = files.tenants.get(tenant);
    if (found === undefined) continue;
    const leaves = [...found.environments].map(([environment, file]): [string, Value] => [
      environment,
      shorten(file, [merge(shared(environment), found.own)]) as Value,
    ]);
    ofTenants.set(tenant, { own: shorten(found.own, names.map(shared)), environments: new Map(leaves) });
    yield;
  }
  if (saved.length < leastFiles || saved.reduce((sum, each) => sum + each, 0) < leastSaved) return undefined;
  const ruled = {
    ...files,
    environments: new Map(environments),
    tenants: ofTenants,
    lists: new Map([...files.lists, [rule.pointer, rule.strategy]]),
  };
  return (yield* isExact(ruled, rule.pointer, tenants)) ? ruled : undefined;
}

/** A value with nothing beside the way to a pointer. */
function wayTo(value: Value, [key, ...rest]: readonly string[]): Value {
  if (key === undefined) return value;
  if (!isMap(value)) return isList(value) ? [] : value;
  const member = memberOf(value, key);
  return mapOf(member === undefined ? [] : [[key, wayTo(member, rest)]]);
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

/** Whether each address has its value at the pointer. */
function* isExact(files: RuledProfile, pointer: string, tenants: readonly ProfileOfTenant[]): Interruptible<boolean> {
  const steps = stepsOf(pointer);
  const lists = new Map([...files.lists].filter(([at]) => pointer === '' || at === pointer));
  let hasMismatch = false;
  const onMismatch = () => {
    hasMismatch = true;
  };
  const settings = { ...settingsOf({ merging: files.merging, lists }), onMismatch };
  const merge = (above: Value | undefined, layer: Value | undefined) =>
    layer === undefined ? above : mergeLayer(above, wayTo(layer, steps), settings);
  for (const { tenant, values } of tenants) {
    const own = files.tenants.get(tenant);
    const isSame = [...values].every(([environment, value]) => {
      const layers = [
        files.template,
        files.environments.get(environment),
        own?.own,
        own?.environments.get(environment),
      ];
      const merged = layers.reduce<Value | undefined>(merge, undefined);
      return isSameContent(valueAt(merged, pointer), valueAt(wayTo(value, steps), pointer));
    });
    if (!isSame) return false;
    yield;
  }
  return !hasMismatch;
}

function settingsOf({ merging, lists }: Pick<RuledProfile, 'merging' | 'lists'>): ProfileSettings {
  return { ...defaultProfileSettings, ...mergeSettings[merging], lists };
}

function scalarsIn(value: Value): number {
  const parts = isList(value) ? value : isMap(value) ? entriesOf(value).map(([, member]) => member) : undefined;
  return parts === undefined ? 1 : parts.reduce<number>((sum, part) => sum + scalarsIn(part), 0);
}
