// The smallest override that makes a given value of what the less specific layers give.

import { isSameContent } from '../document/equality.ts';
import { pointerTo } from '../document/json-pointer.ts';
import { canonicalText } from '../document/write-json.ts';
import { entriesOf, isList, isMap, mapOf, memberOf, type Value, type ValueMap } from '../model/value.ts';
import type { ListStrategy, ProfileSettings } from '../settings/settings.ts';

type MergeSettings = Pick<ProfileSettings, 'lists' | 'merge' | 'null'>;

/**
 * A value that, merged onto the inherited one, is as wanted; undefined where nothing needs to be overridden. What no override
 * can express comes out differently: the caller merges and compares.
 * @param inherited undefined: there is no less specific layer
 */
export function smallestOverride(
  inherited: Value | undefined,
  wanted: Value,
  settings: MergeSettings,
): Value | undefined {
  if (inherited === undefined) return wanted;
  if (isSameContent(inherited, wanted)) return undefined;
  return settings.merge === 'replace' ? wanted : overrideAt('', { inherited, wanted, settings });
}

interface Difference {
  readonly inherited: Value;
  readonly wanted: Value;
  readonly settings: MergeSettings;
}

/** Of two values that are not equal. */
function overrideAt(pointer: string, { inherited, wanted, settings }: Difference): Value {
  const strategy = settings.lists.get(pointer);
  if (strategy !== undefined && isList(inherited) && isList(wanted)) {
    return listOverride(strategy, { inherited, wanted, settings });
  }
  if (!isMap(inherited) || !isMap(wanted)) return wanted;
  return mapOf([...changedMembers(pointer, { inherited, wanted, settings }), ...deletedMembers(inherited, wanted)]);
}

function changedMembers(
  pointer: string,
  of: { readonly inherited: ValueMap; readonly wanted: ValueMap; readonly settings: MergeSettings },
): readonly [string, Value][] {
  return entriesOf(of.wanted).flatMap(([key, wanted]): readonly [string, Value][] => {
    const inherited = memberOf(of.inherited, key);
    if (inherited === undefined) return [[key, wanted]];
    if (isSameContent(inherited, wanted)) return [];
    return [[key, overrideAt(pointerTo(pointer, key), { ...of, inherited, wanted })]];
  });
}

function deletedMembers(inherited: ValueMap, wanted: ValueMap): readonly [string, Value][] {
  return entriesOf(inherited).flatMap(([key]): readonly [string, Value][] =>
    memberOf(wanted, key) === undefined ? [[key, null]] : [],
  );
}

function listOverride(
  strategy: ListStrategy,
  {
    inherited,
    wanted,
    settings,
  }: { readonly inherited: readonly Value[]; readonly wanted: readonly Value[]; readonly settings: MergeSettings },
): readonly Value[] {
  if (strategy === 'prepend') return wanted.slice(0, wanted.length - inherited.length);
  if (strategy === 'append' || strategy === 'union') return wanted.slice(inherited.length);
  const idOf = (item: Value) => {
    const id = isMap(item) ? memberOf(item, strategy.by) : undefined;
    return id === undefined ? undefined : canonicalText(id);
  };
  const known = new Map(inherited.map((item) => [idOf(item), item]));
  // Lists inside of the items are not combined.
  const itemSettings: MergeSettings = { ...settings, lists: new Map() };
  return wanted.flatMap((item): readonly Value[] => {
    const before = known.get(idOf(item));
    if (before === undefined) return [item];
    const override = smallestOverride(before, item, itemSettings);
    if (override === undefined) return [];
    const id = isMap(item) ? memberOf(item, strategy.by) : undefined;
    return [isMap(override) && id !== undefined ? { ...mapOf([[strategy.by, id]]), ...override } : override];
  });
}
