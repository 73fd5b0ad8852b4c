// Single values in a file: set and removed. What is not on the way to them stays the same object.

import { valueAt } from '../document/json-pointer.ts';
import { entriesOf, hasKey, isMap, mapOf, memberOf, propertyOfKey, type Value, type ValueMap } from '../model/value.ts';

/** @returns undefined where something that is no map is on the way */
export function withValue(value: Value | undefined, steps: readonly string[], placed: Value): Value | undefined {
  const [key, ...rest] = steps;
  if (key === undefined) return placed;
  if (value !== undefined && !isMap(value)) return undefined;
  const member = withValue(value && memberOf(value, key), rest, placed);
  return member === undefined ? undefined : { ...value, [propertyOfKey(key)]: member };
}

/** @returns undefined where nothing is left */
export function withoutValue(
  value: Value | undefined,
  steps: readonly string[],
  emptied: 'stay' | 'go',
): Value | undefined {
  const [key, ...rest] = steps;
  if (key === undefined || value === undefined) return undefined;
  if (!isMap(value) || !hasKey(value, key)) return value;
  const member = withoutValue(memberOf(value, key), rest, emptied);
  const left = member === undefined ? without(value, key) : { ...value, [propertyOfKey(key)]: member };
  return emptied === 'go' && Object.keys(left).length === 0 ? undefined : left;
}

function without(map: ValueMap, key: string): ValueMap {
  return mapOf(entriesOf(map).filter(([name]) => name !== key));
}

/** What an override has to set for the value that is wanted at a pointer, or what of it is not there. */
export function overrideFor(
  wanted: Value,
  pointer: string,
): { readonly pointer: string; readonly value: Value } | undefined {
  for (let end = 0; end >= 0; ) {
    end = pointer.indexOf('/', end + 1);
    const at = end < 0 ? pointer : pointer.slice(0, end);
    const value = valueAt(wanted, at);
    if (value === undefined) return { pointer: at, value: null };
    if (!isMap(value) || end < 0) return { pointer: at, value };
  }
  return undefined;
}
