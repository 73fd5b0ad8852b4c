// Layers to one value: JSON Merge Patch (RFC 7396) by deepmerge, with what the settings say about lists and nulls.
import deepmerge from 'deepmerge';
import { isMap, type Value, type ValueMap } from '../model/value.ts';
import type { ProfileSettings } from '../settings/settings.ts';
import { combineLists } from './list-strategies.ts';

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
