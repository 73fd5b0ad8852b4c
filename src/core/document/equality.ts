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
