// Merges two layers: JSON Merge Patch (RFC 7396) by deepmerge, with the settings for lists and null.
import deepmerge from 'deepmerge';
import { isMap, type Value, type ValueMap } from '../model/value.ts';
import type { ProfileSettings } from '../settings/settings.ts';
import { combineLists } from './list-strategies.ts';

/** Lists that the settings combine, but that cannot be combined. The override then replaces what it inherits. */
export interface MergeMismatch {
  readonly pointer: string;
  /** Of the list that the settings name. */
  readonly list: string;
  /** Which of the two is wrong: the result of the less specific layers, or this layer. */
  readonly layer: 'inherited' | 'override';
  readonly message: string;
}

export interface MergeOptions extends Pick<ProfileSettings, 'lists' | 'merge' | 'null'> {
  readonly onMismatch?: (mismatch: MergeMismatch) => void;
}

/**
 * Merges one layer onto the result of the less specific ones. Neither argument is changed; the result shares parts of both.
 * @param inherited undefined: this is the least specific layer. It is returned as it is, with its nulls.
 */
export function mergeLayer(inherited: Value | undefined, override: Value, options: MergeOptions): Value {
  if (inherited === undefined || options.merge === 'replace') return override;
  const patch = combineLists(inherited, override, options);
  // RFC 7396: a patch that is no map replaces the target; a map is merged onto an empty map if the target is none.
  if (!isMap(patch)) return patch;
  const target = isMap(inherited) ? inherited : {};
  const marked = options.null === 'keep' ? patch : withDeletionMarks(patch);
  const merged = deepmerge<Record<string, unknown>, Record<string, unknown>>(target, marked, {
    arrayMerge: (_target, source) => source,
    clone: false,
    isMergeableObject: (value) => isMap(value as Value),
  });
  return marked === patch ? (merged as ValueMap) : withoutDeleted(merged);
}

/** Replaces null while deepmerge works, which has no notion of a key to delete. */
const deletion = Symbol('deletion');

/** The patch with each null outside of lists replaced by the mark. Parts without nulls are not copied. */
function withDeletionMarks(patch: ValueMap): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const [property, value] of Object.entries(patch)) {
    const marked = value === null ? deletion : isMap(value) ? withDeletionMarks(value) : value;
    if (marked !== value) {
      copy ??= { ...patch };
      copy[property] = marked;
    }
  }
  return copy ?? (patch as Record<string, unknown>);
}

function withoutDeleted(value: Record<string, unknown>): ValueMap {
  let copy: Record<string, unknown> | undefined;
  for (const [property, member] of Object.entries(value)) {
    if (member === deletion) {
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
  // Only values are left.
  return (copy ?? value) as ValueMap;
}
