// Layers to one value: JSON Merge Patch (RFC 7396) by deepmerge, with what the settings say about lists and nulls.
import deepmerge from 'deepmerge';
import { canonicalText, lineText } from './content.ts';
import { pointerTo, stepsOf } from './pointer.ts';
import type { ListStrategy, ProfileSettings } from './settings.ts';
import { entriesOf, isList, isMap, marked, memberOf, type Value, type ValueMap } from './value.ts';

export interface MergeMismatch {
  readonly pointer: string;
  /** Which is wrong: what was merged before, or this layer. */
  readonly layer: 'weaker' | 'this';
  readonly message: string;
}

/**
 * Merges one layer onto what the weaker ones gave. Neither argument is changed.
 * @param inherited undefined: this is the weakest layer, which is taken as it is, nulls and all.
 */
export function mergeLayer(
  inherited: Value | undefined,
  override: Value,
  profile: Pick<ProfileSettings, 'lists' | 'merge' | 'null'>,
  onMismatch: (mismatch: MergeMismatch) => void = () => {},
): Value {
  if (inherited === undefined || profile.merge === 'replace') return override;
  const patch = combineLists(inherited, override, profile, onMismatch);
  // RFC 7396: a patch that is no map replaces, and a map patches even what is no map.
  if (!isMap(patch)) return patch;
  const target = isMap(inherited) ? inherited : {};
  const marking = profile.null === 'keep' ? patch : withDeletions(patch);
  const merged = deepmerge<Record<string, unknown>, Record<string, unknown>>(target, marking, {
    arrayMerge: (_target, source) => source,
    clone: false,
    isMergeableObject: (value) => isMap(value as Value),
  });
  return marking === patch ? (merged as ValueMap) : withoutDeleted(merged);
}

/** Stands for a key to delete while deepmerge works; it takes it for a value. */
const deleted = Symbol('deleted');

/** The patch with its nulls, outside of lists, replaced by the mark of deletion. Parts without nulls are shared. */
function withDeletions(patch: ValueMap): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const [property, value] of Object.entries(patch)) {
    const changed = value === null ? deleted : isMap(value) ? withDeletions(value) : value;
    if (changed !== value) {
      copy ??= { ...patch };
      copy[property] = changed;
    }
  }
  return copy ?? (patch as Record<string, unknown>);
}

function withoutDeleted(value: Record<string, unknown>): ValueMap {
  let copy: Record<string, unknown> | undefined;
  for (const [property, member] of Object.entries(value)) {
    if (member === deleted) {
      copy ??= { ...value };
      delete copy[property];
    } else if (isMap(member as Value)) {
      const cleaned = withoutDeleted(member as Record<string, unknown>);
      if (cleaned !== member) {
        copy ??= { ...value };
        copy[property] = cleaned;
      }
    }
  }
  // Without the mark of deletion only values are left.
  return (copy ?? value) as ValueMap;
}

/** The override with the lists at the settings' paths combined with the inherited ones beforehand. */
function combineLists(
  inherited: Value,
  override: Value,
  profile: Pick<ProfileSettings, 'lists' | 'null'>,
  onMismatch: (mismatch: MergeMismatch) => void,
): Value {
  let result = override;
  for (const [pointer, strategy] of profile.lists) {
    result = combineAt(inherited, result, { pointer, strategy, profile, onMismatch });
  }
  return result;
}

interface Combining {
  /** Where the lists stand. */
  readonly pointer: string;
  readonly strategy: ListStrategy;
  readonly profile: Pick<ProfileSettings, 'null'>;
  readonly onMismatch: (mismatch: MergeMismatch) => void;
}

function combineAt(inherited: Value, override: Value, combining: Combining): Value {
  const above: { readonly map: ValueMap; readonly step: string }[] = [];
  let weaker: Value | undefined = inherited;
  let own = override;
  for (const step of stepsOf(combining.pointer)) {
    const member = isMap(own) ? memberOf(own, step) : undefined;
    if (!isMap(own) || member === undefined) return override;
    above.push({ map: own, step });
    own = member;
    weaker = isMap(weaker) ? memberOf(weaker, step) : undefined;
  }
  let result = combinedValue(weaker, own, combining);
  if (result === own) return override;
  for (const { map, step } of above.toReversed()) result = { ...map, [marked(step)]: result };
  return result;
}

function combinedValue(inherited: Value | undefined, override: Value, combining: Combining): Value {
  // A null deletes the inherited list; a null that was kept is none.
  if (override === null || inherited === undefined || inherited === null) return override;
  if (isList(override) && isList(inherited)) return combined(inherited, override, combining);
  const { pointer, onMismatch } = combining;
  const layer = isList(override) ? 'weaker' : 'this';
  onMismatch({
    pointer,
    layer,
    message: `the settings combine lists at ${pointer || '/'}, and there is no list in ${layerNames[layer]}`,
  });
  return override;
}

const layerNames = { weaker: 'a weaker layer', this: 'this file' } as const;

function combined(inherited: readonly Value[], override: readonly Value[], combining: Combining): readonly Value[] {
  const { strategy } = combining;
  if (strategy === 'append') return [...inherited, ...override];
  if (strategy === 'prepend') return [...override, ...inherited];
  if (strategy === 'union') {
    const seen = new Set(inherited.map(canonicalText));
    const added = override.filter((item) => {
      const known = seen.size;
      return seen.add(canonicalText(item)).size > known;
    });
    return [...inherited, ...added];
  }
  return combinedByKey(inherited, override, { ...combining, key: strategy.by });
}

/** Items with one value under the key are one item: the override's are merged onto the inherited ones. */
function combinedByKey(
  inherited: readonly Value[],
  override: readonly Value[],
  combining: Combining & { readonly key: string },
): readonly Value[] {
  const { key, pointer, profile, onMismatch } = combining;
  const idsOf = (items: readonly Value[], layer: 'weaker' | 'this'): readonly string[] => {
    const ids = items.map((item) => {
      const id = isMap(item) ? memberOf(item, key) : undefined;
      return id === undefined ? undefined : canonicalText(id);
    });
    const seen = new Set<string>();
    return ids.map((id, index) => {
      if (id !== undefined && !seen.has(id)) {
        seen.add(id);
        return id;
      }
      const mistake = id === undefined ? 'has no' : "repeats another's";
      onMismatch({
        pointer: pointerTo(pointer, index),
        layer,
        message: `the settings combine the list ${pointer} by "${key}", and item ${index} of ${layerNames[layer]} ${mistake} "${key}"`,
      });
      return `${layer} ${index}`;
    });
  };
  const weakerIds = idsOf(inherited, 'weaker');
  const items = new Map(inherited.map((item, index) => [weakerIds[index], item]));
  const ids = idsOf(override, 'this');
  for (const [index, item] of override.entries()) {
    const known = items.get(ids[index]);
    const plain = { lists: new Map(), merge: 'merge', null: profile.null } as const;
    items.set(ids[index], known === undefined ? item : mergeLayer(known, item, plain));
  }
  return [...items.values()];
}

/** What of an override changes nothing: pointers of the topmost dead parts. */
export function redundantOverrides(
  inherited: Value | undefined,
  override: Value,
  profile: Pick<ProfileSettings, 'lists' | 'merge' | 'null'>,
): RedundantOverride[] {
  if (inherited === undefined || profile.merge === 'replace') return [];
  const dead: RedundantOverride[] = [];
  collectDead(inherited, override, { pointer: '', dead, profile });
  return dead;
}

export interface RedundantOverride {
  readonly pointer: string;
  readonly message: string;
}

interface CollectingDead {
  readonly pointer: string;
  readonly dead: RedundantOverride[];
  readonly profile: Pick<ProfileSettings, 'lists' | 'null'>;
}

/** True when all of the override at this pointer is dead; then nothing below it is named. */
function collectDead(inherited: Value | undefined, override: Value, into: CollectingDead): boolean {
  const { pointer, dead } = into;
  const start = dead.length;
  const message = deadMessage(inherited, override, into);
  if (message === undefined) return false;
  dead.length = start;
  dead.push({ pointer, message });
  return true;
}

/** Why all of an override is dead; undefined where something of it lives, and what of it is dead is named. */
function deadMessage(inherited: Value | undefined, override: Value, into: CollectingDead): string | undefined {
  const { pointer, dead, profile } = into;
  if (override === null && profile.null === 'delete') {
    return inherited === undefined ? `null at ${pointer} deletes nothing: no weaker layer has it` : undefined;
  }
  if (isMap(override)) {
    // Onto no map the map is new; nulls in it still delete nothing.
    const below = isMap(inherited) ? inherited : undefined;
    let living = below === undefined;
    for (const [key, member] of entriesOf(override)) {
      const at = { pointer: pointerTo(pointer, key), dead, profile };
      if (!collectDead(below && memberOf(below, key), member, at)) living = true;
    }
    return living ? undefined : same(pointer);
  }
  if (inherited === undefined) return undefined;
  const strategy = profile.lists.get(pointer);
  if (strategy !== undefined && isList(override) && isList(inherited)) {
    const result = combined(inherited, override, { pointer, strategy, profile, onMismatch: () => {} });
    return result.length === inherited.length && lineText(result) === lineText(inherited)
      ? `${pointer} adds nothing to the list of the weaker layers`
      : undefined;
  }
  return isSame(inherited, override) ? same(pointer) : undefined;
}

/** Only objects can be the same without being identical: two forms of a number are one of them. */
function isSame(a: Value, b: Value): boolean {
  return a === b || ((typeof a === 'object' || typeof b === 'object') && canonicalText(a) === canonicalText(b));
}

function same(pointer: string): string {
  return pointer === ''
    ? 'the whole file says what the weaker layers say'
    : `${pointer} says what the weaker layers say`;
}
