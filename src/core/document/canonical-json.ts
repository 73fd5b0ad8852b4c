import { isList, isNumber, unmarked, type Value, type ValueMap } from './value.ts';
import { isOrdinary, noParts, type WrittenParts } from './write-json.ts';
import { numberForAll } from './write-yaml.ts';

/** JSON without white space, keys sorted by code unit, numbers as they are written but for the form of exponents. */
export function canonicalText(value: Value): string {
  return canonicalWith(value, noParts);
}

export function canonicalWith(value: Value, written: WrittenParts): string {
  if (typeof value === 'string') return canonicalString(value);
  if (isNumber(value)) return numberForAll(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const known = written.get(value);
  if (known !== undefined) return known.canonical;
  let members = '';
  if (isList(value)) {
    for (const item of value) members += `${members === '' ? '' : ','}${canonicalWith(item, written)}`;
    return `[${members}]`;
  }
  const properties = Object.keys(value);
  // Sorting takes memory even where there is nothing to sort.
  for (const property of properties.length > 1 ? properties.sort() : properties) {
    const key = canonicalString(unmarked(property));
    members += `${members === '' ? '' : ','}${key}:${canonicalWith((value as ValueMap)[property] as Value, written)}`;
  }
  return `{${members}}`;
}

function canonicalString(text: string): string {
  return isOrdinary(text) ? `"${text}"` : JSON.stringify(text);
}
