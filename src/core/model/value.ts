// The value of a configuration: what JSON can express, with numbers that keep their digits.

/**
 * A map. Each property is a key with a one-character mark in front, so that no key has a meaning for JavaScript: `__proto__`
 * and `constructor` are ordinary keys, and keys that look like integers keep their position. Only this file knows the mark.
 */
export interface ValueMap {
  readonly [markedKey: string]: Value;
}

export type Value = null | boolean | string | number | ExactNumber | readonly Value[] | ValueMap;

/** A number whose text differs from what JavaScript prints for it: `1.0`, `1e3`, integers beyond 2^53. */
export class ExactNumber {
  /** In JSON's grammar. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const mark = '.';

/** The property that holds the value of a key. */
export function propertyOfKey(key: string): string {
  return mark + key;
}

/** The key of a property. */
export function keyOfProperty(property: string): string {
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

/** Keys and values, in authored order. */
export function entriesOf(map: ValueMap): [string, Value][] {
  return Object.entries(map).map(([property, value]) => [keyOfProperty(property), value]);
}

export function hasKey(map: ValueMap, key: string): boolean {
  return memberOf(map, key) !== undefined;
}

/** The value of a key. Maps inherit no property that begins with the mark. */
export function memberOf(map: ValueMap, key: string): Value | undefined {
  return map[propertyOfKey(key)];
}

export function mapOf(entries: Iterable<readonly [string, Value]>): ValueMap {
  const map: Record<string, Value> = {};
  for (const [key, value] of entries) map[propertyOfKey(key)] = value;
  return map;
}

/** @param text in JSON's grammar. */
export function numberOf(text: string): number | ExactNumber {
  const number = Number(text);
  return String(number) === text ? number : new ExactNumber(text);
}

/** The number in JSON's grammar, as it was written. */
export function numberText(number: number | ExactNumber): string {
  return number instanceof ExactNumber ? number.text : String(number);
}

/**
 * The number in a form that JSON, YAML 1.2 and YAML 1.1 all read as a number: YAML 1.1 needs a decimal point before an
 * exponent, and a sign in it. `1e3` becomes `1.0e+3`.
 */
export function portableNumberText(number: number | ExactNumber): string {
  const text = numberText(number);
  if (!/[eE]/.test(text)) return text;
  return text.replace(
    /^(-?[0-9]+)(\.[0-9]+)?[eE]([-+]?)([0-9]+)$/,
    (_text, whole, fraction = '.0', sign, exponent) => `${whole}${fraction}e${sign || '+'}${exponent}`,
  );
}

/** The nearest number that JavaScript has. */
export function toNumber(number: number | ExactNumber): number {
  return Number(numberText(number));
}

/** Ordinary JavaScript data, for libraries. Numbers may lose digits; maps have no prototype. */
export function toPlain(value: Value): unknown {
  if (value instanceof ExactNumber) return toNumber(value);
  if (isList(value)) return value.map(toPlain);
  if (!isMap(value)) return value;
  const plain: Record<string, unknown> = Object.create(null);
  for (const [key, member] of entriesOf(value)) plain[key] = toPlain(member);
  return plain;
}
