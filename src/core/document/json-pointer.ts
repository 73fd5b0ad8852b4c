// JSON Pointers (RFC 6901).
import { isList, isMap, memberOf, type Value } from './value.ts';

/** A pointer one step further. */
export function pointerTo(parent: string, key: string | number): string {
  const step = String(key);
  return `${parent}/${/[~/]/.test(step) ? step.replaceAll('~', '~0').replaceAll('/', '~1') : step}`;
}

/** The unescaped steps of a pointer; the empty pointer has none. */
export function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value at a pointer; undefined where there is none. */
export function valueAt(value: Value | undefined, pointer: string): Value | undefined {
  let at = value;
  for (const step of stepsOf(pointer)) {
    if (isMap(at)) at = memberOf(at, step);
    else if (isList(at)) at = /^(?:0|[1-9][0-9]*)$/.test(step) ? at[Number(step)] : undefined;
    else return undefined;
  }
  return at;
}
