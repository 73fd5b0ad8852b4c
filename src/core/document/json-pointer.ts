// JSON Pointers (RFC 6901).
import { isList, isMap, memberOf, type Value } from '../model/value.ts';

/** The pointer of a member of the map, or of an item of the list, at `parent`. */
export function pointerTo(parent: string, key: string | number): string {
  const step = String(key);
  return `${parent}/${/[~/]/.test(step) ? step.replaceAll('~', '~0').replaceAll('/', '~1') : step}`;
}

/** The unescaped steps of a pointer. The empty pointer has none. */
export function stepsOf(pointer: string): string[] {
  const [, ...steps] = pointer.split('/');
  return pointer.includes('~') ? steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')) : steps;
}

/** The pointer itself, then each one above it. The last is the empty pointer of the whole document. */
export function ancestors(pointer: string): string[] {
  const pointers = [pointer];
  for (let at = pointer; at !== ''; ) {
    at = at.slice(0, Math.max(0, at.lastIndexOf('/')));
    pointers.push(at);
  }
  return pointers;
}

/** The value at a pointer, or undefined. */
export function valueAt(value: Value | undefined, pointer: string): Value | undefined {
  let at = value;
  for (const step of stepsOf(pointer)) {
    if (isMap(at)) at = memberOf(at, step);
    else if (isList(at)) at = /^(?:0|[1-9][0-9]*)$/.test(step) ? at[Number(step)] : undefined;
    else return undefined;
  }
  return at;
}
