// Values that no output shows: the settings' pointers, with globs over whole pointers.
import picomatch from 'picomatch';
import { pointerTo } from './pointer.ts';
import { entriesOf, isList, isMap, mapOf, type Value } from './value.ts';

/** Stands in the place of a value that is not shown. */
export const redactionMark = '(redacted)';

export interface Redactor {
  /** True for a pointer that is redacted, or that lies below one. */
  covers(pointer: string): boolean;
  /** The value with everything below `pointer` that is redacted replaced by the mark. */
  apply(value: Value, pointer?: string): Value;
  /** False: nothing is ever redacted. */
  readonly active: boolean;
}

/** @param patterns JSON Pointers; `*` stands for any part of a step, `**` for any steps. */
export function createRedactor(patterns: readonly string[]): Redactor {
  const known = redactors.get(patterns);
  if (known !== undefined) return known;
  const matchers = patterns.map((pattern) => picomatch(pattern, { dot: true, nobrace: true, noextglob: true }));
  const redactor: Redactor = {
    active: patterns.length > 0,
    covers: (pointer) => {
      if (matchers.length === 0) return false;
      for (let end = pointer.length; end > 0; end = pointer.lastIndexOf('/', end - 1)) {
        const part = pointer.slice(0, end);
        if (matchers.some((matches) => matches(part))) return true;
      }
      return false;
    },
    apply: (value, pointer = '') => (matchers.length === 0 ? value : redacted(value, pointer, redactor)),
  };
  redactors.set(patterns, redactor);
  return redactor;
}

const redactors = new WeakMap<readonly string[], Redactor>();

function redacted(value: Value, pointer: string, redactor: Redactor): Value {
  if (redactor.covers(pointer)) return redactionMark;
  if (isList(value)) return value.map((item, index) => redacted(item, pointerTo(pointer, index), redactor));
  if (!isMap(value)) return value;
  return mapOf(entriesOf(value).map(([key, member]) => [key, redacted(member, pointerTo(pointer, key), redactor)]));
}
