// Where two contents differ, leaf by leaf. A leaf is a scalar, a list or an empty map.

import { isSameContent } from '../document/equality.ts';
import { pointerTo } from '../document/json-pointer.ts';
import { entriesOf, isMap, memberOf, type Value } from '../model/value.ts';

/** Pointers of leaves of one of the contents at which the other has another value, or none. */
export function differingPointers(a: Value | undefined, b: Value | undefined): readonly string[] {
  const pointers: string[] = [];
  collect(a, b, { pointer: '', pointers });
  return pointers;
}

function collect(
  a: Value | undefined,
  b: Value | undefined,
  at: { readonly pointer: string; readonly pointers: string[] },
): void {
  const { pointer, pointers } = at;
  if (isSameContent(a, b)) return;
  if (isLeaf(a) || isLeaf(b)) pointers.push(pointer);
  for (const key of new Set([...keysOf(a), ...keysOf(b)])) {
    collect(memberOrNone(a, key), memberOrNone(b, key), { pointer: pointerTo(pointer, key), pointers });
  }
}

function isLeaf(value: Value | undefined): boolean {
  return value !== undefined && keysOf(value).length === 0;
}

function keysOf(value: Value | undefined): readonly string[] {
  return isMap(value) ? entriesOf(value).map(([key]) => key) : [];
}

function memberOrNone(value: Value | undefined, key: string): Value | undefined {
  return isMap(value) ? memberOf(value, key) : undefined;
}
