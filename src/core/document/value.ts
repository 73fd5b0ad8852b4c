// What a configuration holds: JSON's values, with numbers that keep their digits.

/**
 * A map's keys carry a one-character mark, so that no key means something to JavaScript: `__proto__` and `constructor`
 * are ordinary, and keys that look like integers keep their authored place. Only this file knows the mark.
 */
export interface ValueMap {
  readonly [markedKey: string]: Value;
}

export type Value = null | boolean | string | number | ExactNumber | readonly Value[] | ValueMap;

/** A number whose text is not what JavaScript would print for it: `1.0`, `1e3`, integers beyond 2^53. */
export class ExactNumber {
  /** A number in JSON's grammar. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const mark = '.';

/** The property under which a map keeps a key. */
export function marked(key: string): string {
  return mark + key;
}

export function unmarked(property: string): string {
  return property.slice(mark.length);
}

export function isMap(value: Value | undefined): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function isNumber(value: Value | undefined): value is number | ExactNumber {
  return typeof value === 'number' || value instanceof ExactNumber;
}

/** A map's keys, as authored, and its values. */
export function entriesOf(map: ValueMap): [string, Value][] {
  return Object.entries(map).map(([property, value]) => [unmarked(property), value]);
}

export function hasKey(map: ValueMap, key: string): boolean {
  return memberOf(map, key) !== undefined;
}

/** No marked key is a property that maps inherit. */
export function memberOf(map: ValueMap, key: string): Value | undefined {
  return map[marked(key)];
}

export function mapOf(entries: Iterable<readonly [string, Value]>): ValueMap {
  const map: Record<string, Value> = {};
  for (const [key, value] of entries) map[marked(key)] = value;
  return map;
}

/** A number from its text in JSON's grammar. */
export function numberOf(text: string): number | ExactNumber {
  const number = Number(text);
  return String(number) === text ? number : new ExactNumber(text);
}

/** A number in JSON's grammar, as it was written. */
export function numberText(number: number | ExactNumber): string {
  return number instanceof ExactNumber ? number.text : String(number);
}

/** Ordinary JavaScript data, for libraries; numbers may lose digits, and maps have no prototype. */
export function toPlain(value: Value): unknown {
  if (value instanceof ExactNumber) return Number(value.text);
  if (isList(value)) return value.map(toPlain);
  if (!isMap(value)) return value;
  const plain: Record<string, unknown> = Object.create(null);
  for (const [key, member] of entriesOf(value)) plain[key] = toPlain(member);
  return plain;
}
