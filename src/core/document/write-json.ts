// A value as JSON: indented as AppConfig stores it, on one line for reports, and canonical for digests.
import {
  type ExactNumber,
  entriesOf,
  isList,
  isMap,
  isNumber,
  keyOfProperty,
  numberText,
  portableNumberText,
  type Value,
  type ValueMap,
} from '../model/value.ts';

/**
 * JSON texts of maps and lists that many values share, by identity. The writers below insert a text from here instead of
 * writing it again. `json` holds for the indentation `indent` only.
 */
export type WrittenParts = ReadonlyMap<object, WrittenPart>;

export interface WrittenPart {
  readonly indent: string;
  readonly json: string;
  readonly canonical: string;
}

export const noParts: ReadonlyMap<object, WrittenPart> = new Map();

/** Adds every map and list of a value to `parts`. */
export function writeParts(value: Value, parts: Map<object, WrittenPart>, indent = ''): void {
  if (!isList(value) && !isMap(value)) return;
  for (const member of isList(value) ? value : Object.values(value)) writeParts(member, parts, `${indent}  `);
  const pieces: string[] = [];
  writeJson(value, indent, { pieces, parts });
  parts.set(value, { indent, json: pieces.join(''), canonical: canonicalText(value, parts) });
}

/** Indented by two spaces, keys in authored order, with a final newline. */
export function jsonText(value: Value, parts: WrittenParts = noParts): string {
  // Joined into one flat string: a concatenated string keeps its parts in memory, and contents are held for a whole run.
  const pieces: string[] = [];
  writeJson(value, '', { pieces, parts });
  pieces.push('\n');
  return pieces.join('');
}

/** On one line, keys in authored order. */
export function lineText(value: Value, writeNumber: typeof numberText = numberText): string {
  if (isList(value)) return `[${value.map((item) => lineText(item, writeNumber)).join(', ')}]`;
  if (!isMap(value)) return isNumber(value) ? writeNumber(value) : scalarText(value);
  const entries = entriesOf(value);
  if (entries.length === 0) return '{}';
  return `{ ${entries.map(([key, member]) => `${jsonString(key)}: ${lineText(member, writeNumber)}`).join(', ')} }`;
}

/**
 * Without white space, keys sorted by UTF-16 code unit, exponents in one form. Two values have the same canonical text
 * if they differ in nothing but the order of keys and the form of exponents: `1` and `1.0` differ.
 */
export function canonicalText(value: Value, parts: WrittenParts = noParts): string {
  if (typeof value === 'string') return canonicalString(value);
  if (isNumber(value)) return portableNumberText(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const known = parts.get(value);
  if (known !== undefined) return known.canonical;
  let members = '';
  if (isList(value)) {
    for (const item of value) members += `${members === '' ? '' : ','}${canonicalText(item, parts)}`;
    return `[${members}]`;
  }
  const properties = Object.keys(value);
  // Sorting allocates memory even for a single key.
  for (const property of properties.length > 1 ? properties.sort() : properties) {
    const key = canonicalString(keyOfProperty(property));
    members += `${members === '' ? '' : ','}${key}:${canonicalText((value as ValueMap)[property] as Value, parts)}`;
  }
  return `{${members}}`;
}

export function scalarText(value: null | boolean | string | number | ExactNumber): string {
  if (typeof value === 'string') return jsonString(value);
  return isNumber(value) ? numberText(value) : JSON.stringify(value);
}

/** A JSON string that YAML reads the same: characters that are line breaks or illegal in YAML are escaped. */
export function jsonString(text: string): string {
  if (isOrdinary(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function canonicalString(text: string): string {
  return isOrdinary(text) ? `"${text}"` : JSON.stringify(text);
}

/** Whether JSON writes a string without escapes: a fast path for nearly every string. */
function isOrdinary(text: string): boolean {
  return /^[ !#-[\]-~]*$/.test(text);
}

interface WritingJson {
  readonly pieces: string[];
  readonly parts: WrittenParts;
}

function writeJson(value: Value, indent: string, into: WritingJson): void {
  const { pieces, parts } = into;
  const known = typeof value === 'object' && value !== null ? parts.get(value) : undefined;
  if (known?.indent === indent) {
    pieces.push(known.json);
    return;
  }
  const inner = `${indent}  `;
  const next = `,\n${inner}`;
  if (isList(value)) {
    if (value.length === 0) pieces.push('[]');
    else {
      let start = `[\n${inner}`;
      for (const item of value) {
        pieces.push(start);
        writeJson(item, inner, into);
        start = next;
      }
      pieces.push('\n', indent, ']');
    }
  } else if (isMap(value)) {
    const properties = Object.keys(value);
    if (properties.length === 0) pieces.push('{}');
    else {
      let start = `{\n${inner}`;
      for (const property of properties) {
        pieces.push(start, jsonString(keyOfProperty(property)), ': ');
        writeJson(value[property] as Value, inner, into);
        start = next;
      }
      pieces.push('\n', indent, '}');
    }
  } else pieces.push(scalarText(value));
}
