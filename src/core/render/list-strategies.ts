import { pointerTo, stepsOf } from '../document/json-pointer.ts';
import { canonicalText } from '../document/write-json.ts';
import { isList, isMap, marked, memberOf, type Value, type ValueMap } from '../model/value.ts';
import type { ListStrategy, ProfileSettings } from '../settings/settings.ts';
import { type MergeMismatch, mergeLayer } from './merge-layers.ts';

/** The override with the lists at the settings' paths combined with the inherited ones beforehand. */
export function combineLists(
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

export function combined(
  inherited: readonly Value[],
  override: readonly Value[],
  combining: Combining,
): readonly Value[] {
  const { strategy } = combining;
  if (strategy === 'append') return [...inherited, ...override];
  if (strategy === 'prepend') return [...override, ...inherited];
  if (strategy === 'union') {
    const seen = new Set(inherited.map((item) => canonicalText(item)));
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
