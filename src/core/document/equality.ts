import {
  type ExactNumber,
  entriesOf,
  hasKey,
  isList,
  isMap,
  isNumber,
  memberOf,
  numberText,
  type Value,
} from '../model/value.ts';
import { canonicalText } from './write-json.ts';

/** Whether two values have the same meaning: the order of keys is ignored, and numbers are compared exactly: 1 equals 1.0. */
export function equalByValue(a: Value, b: Value): boolean {
  if (isNumber(a) && isNumber(b)) return decimalOf(a) === decimalOf(b);
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => equalByValue(item, b[i] as Value));
  if (!isMap(a)) return a === b;
  if (!isMap(b)) return false;
  const entries = entriesOf(a);
  if (entries.length !== entriesOf(b).length) return false;
  return entries.every(([key, member]) => hasKey(b, key) && equalByValue(member, memberOf(b, key) as Value));
}

/** Whether two contents, or parts of them, have the same digest: 1 and 1.0 differ. Absent is a value. */
export function isSameContent(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  if (typeof a === 'string' || typeof b === 'string') return false;
  return canonicalText(a) === canonicalText(b);
}

/** Whether two values are written the same: keys in the same order, numbers digit by digit. Parts that are shared are not visited. */
export function hasSameText(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (isNumber(a) || isNumber(b)) return isNumber(a) && isNumber(b) && numberText(a) === numberText(b);
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => hasSameText(item, b[i] as Value));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  const others = Object.keys(b);
  return (
    keys.length === others.length &&
    keys.every((key, i) => key === others[i] && hasSameText(a[key] as Value, b[key] as Value))
  );
}

/**
 * A text that two values share if they have the same canonical text. A string, the most frequent item of a long list, is its own:
 * writing each takes several times as long as all else.
 */
export function identityOf(value: Value): string {
  if (typeof value !== 'string') return `\0${canonicalText(value)}`;
  return value.startsWith('\0') ? `\0"${value}` : value;
}

/** One text for every way to write a number: its significant digits and the power of ten. */
function decimalOf(number: number | ExactNumber): string {
  const text = numberText(number);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)([0-9]+)(?:\.([0-9]*))?(?:[eE]([-+]?[0-9]+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const shift = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length);
  return `${sign}${significant}e${shift}`;
}
