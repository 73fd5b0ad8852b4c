// Combines the lists of two layers by the settings of a profile.
import { identityOf } from '../document/equality.ts';
import { pointerTo, stepsOf } from '../document/json-pointer.ts';
import { isList, isMap, memberOf, propertyOfKey, type Value, type ValueMap } from '../model/value.ts';
import type { ListStrategy, ProfileSettings } from '../settings/settings.ts';
import { type MergeMismatch, type MergeOptions, mergeLayer } from './merge-layers.ts';

/** The override with each list of the settings replaced by its combination with the inherited list. */
export function combineLists(inherited: Value, override: Value, options: MergeOptions): Value {
  const { onMismatch = () => {} } = options;
  let result = override;
  for (const [pointer, strategy] of options.lists) {
    result = combineAt(inherited, result, { pointer, strategy, null: options.null, onMismatch });
  }
  return result;
}

interface Combining {
  /** Of the lists. */
  readonly pointer: string;
  readonly strategy: ListStrategy;
  readonly null: ProfileSettings['null'];
  readonly onMismatch: (mismatch: MergeMismatch) => void;
}

function combineAt(inherited: Value, override: Value, combining: Combining): Value {
  const above: { readonly map: ValueMap; readonly step: string }[] = [];
  let inheritedList: Value | undefined = inherited;
  let list = override;
  for (const step of stepsOf(combining.pointer)) {
    const member = isMap(list) ? memberOf(list, step) : undefined;
    if (!isMap(list) || member === undefined) return override;
    above.push({ map: list, step });
    list = member;
    inheritedList = isMap(inheritedList) ? memberOf(inheritedList, step) : undefined;
  }
  let result = combineValues(inheritedList, list, combining);
  if (result === list) return override;
  for (const { map, step } of above.toReversed()) result = { ...map, [propertyOfKey(step)]: result };
  return result;
}

function combineValues(inherited: Value | undefined, override: Value, combining: Combining): Value {
  // Null deletes the inherited list. A null that was kept is not a list.
  if (override === null || inherited === undefined || inherited === null) return override;
  if (isList(override) && isList(inherited)) return combineTwoLists(inherited, override, combining);
  const { pointer, onMismatch } = combining;
  const layer = isList(override) ? 'inherited' : 'override';
  onMismatch({
    pointer,
    list: pointer,
    layer,
    message: `the settings combine lists at ${pointer || '/'}, but the value in ${layerNames[layer]} is not a list`,
  });
  return override;
}

const layerNames = { inherited: 'a less specific layer', override: 'this file' } as const;

function combineTwoLists(
  inherited: readonly Value[],
  override: readonly Value[],
  combining: Combining,
): readonly Value[] {
  const { strategy } = combining;
  if (strategy === 'append') return [...inherited, ...override];
  if (strategy === 'prepend') return [...override, ...inherited];
  if (strategy === 'union') return unionOf(inherited, override);
  return combineByKey(inherited, override, { ...combining, key: strategy.by });
}

/** Most overrides are shorter than what they inherit: the items of the override are remembered, and the others looked up. */
function unionOf(inherited: readonly Value[], override: readonly Value[]): readonly Value[] {
  const added = new Map<string, Value>();
  for (const item of override) {
    const id = identityOf(item);
    if (!added.has(id)) added.set(id, item);
  }
  for (const item of inherited) added.delete(identityOf(item));
  return added.size === 0 ? inherited : [...inherited, ...added.values()];
}

/** Two items with the same value of the key are one item: the override's item is merged onto the inherited one. */
function combineByKey(
  inherited: readonly Value[],
  override: readonly Value[],
  combining: Combining & { readonly key: string },
): readonly Value[] {
  const { key, pointer, onMismatch } = combining;
  const byId = (items: readonly Value[], layer: MergeMismatch['layer']): Map<string, Value> => {
    const found = new Map<string, Value>();
    for (const [index, item] of items.entries()) {
      const value = isMap(item) ? memberOf(item, key) : undefined;
      const id = value === undefined ? undefined : identityOf(value);
      if (id !== undefined && !found.has(id)) {
        found.set(id, item);
        continue;
      }
      const mistake = id === undefined ? `has no "${key}"` : `repeats the "${key}" of another item`;
      onMismatch({
        pointer: pointerTo(pointer, index),
        list: pointer,
        layer,
        message: `the settings combine the list ${pointer} by "${key}", but item ${index} of ${layerNames[layer]} ${mistake}`,
      });
      found.set(`\0${layer} ${index}`, item);
    }
    return found;
  };
  const items = byId(inherited, 'inherited');
  const itemOptions = { lists: new Map(), merge: 'merge', null: combining.null } as const;
  for (const [id, item] of byId(override, 'override')) {
    const known = items.get(id);
    items.set(id, known === undefined ? item : mergeLayer(known, item, itemOptions));
  }
  return [...items.values()];
}
