// Merges two layers: JSON Merge Patch (RFC 7396), with the settings for lists and null.
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
  return patched(mapOrEmpty(inherited), patch, options.null);
}

/** The members of the patch replace those of the target; null deletes one; a map is merged onto the map that is there. */
function patched(target: ValueMap, patch: ValueMap, nulls: MergeOptions['null']): ValueMap {
  const result: Record<string, Value> = { ...target };
  for (const property of Object.keys(patch)) {
    const value = patch[property] as Value;
    if (value === null && nulls === 'delete') delete result[property];
    else result[property] = isMap(value) ? patched(mapOrEmpty(result[property]), value, nulls) : value;
  }
  return result;
}

function mapOrEmpty(value: Value | undefined): ValueMap {
  return isMap(value) ? value : {};
}
