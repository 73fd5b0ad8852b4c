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

/** Takes a text piece by piece. */
export interface TextSink {
  add(piece: string): void;
}

/** Thrown as soon as a text gets longer than it may be. */
export class TextTooLong extends Error {}

/** A text that is written piece by piece: a small file can stand for a text larger than memory. */
export class TextPieces implements TextSink {
  readonly #pieces: string[] = [];
  #left: number;

  /** @param most characters. */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.#left = most;
  }

  /** @throws TextTooLong */
  add(piece: string): void {
    this.#left -= piece.length;
    if (this.#left < 0) throw new TextTooLong();
    this.#pieces.push(piece);
  }

  /** One flat string: a concatenated string keeps its parts in memory, and contents are held for a whole run. */
  text(): string {
    return this.#pieces.join('');
  }
}

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

/**
 * Adds the maps and lists of a value to `parts`, innermost first, as long as their texts are short enough together: those of
 * deeply nested values repeat each other.
 * @param most characters. @returns how many of them are left; negative: not all was added
 */
export function writeParts(value: Value, parts: Map<object, WrittenPart>, most: number, indent = ''): number {
  if (!isList(value) && !isMap(value)) return most;
  let left = most;
  for (const member of isList(value) ? value : Object.values(value)) {
    left = writeParts(member, parts, left, `${indent}  `);
    if (left < 0) return left;
  }
  const pieces = new TextPieces(left);
  try {
    writeJson(value, indent, { pieces, parts });
  } catch (error) {
    if (error instanceof TextTooLong) return -1;
    throw error;
  }
  const json = pieces.text();
  const canonical = canonicalText(value, parts);
  parts.set(value, { indent, json, canonical });
  return left - json.length - canonical.length;
}

/** Indented by two spaces, keys in authored order, with a final newline. */
export function writeJsonText(value: Value, pieces: TextSink, parts: WrittenParts = noParts): void {
  writeJson(value, '', { pieces, parts });
  pieces.add('\n');
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
  readonly pieces: TextSink;
  readonly parts: WrittenParts;
}

function writeJson(value: Value, indent: string, into: WritingJson): void {
  const { pieces, parts } = into;
  const known = typeof value === 'object' && value !== null ? parts.get(value) : undefined;
  if (known?.indent === indent) {
    pieces.add(known.json);
    return;
  }
  const inner = `${indent}  `;
  const next = `,\n${inner}`;
  if (isList(value)) {
    if (value.length === 0) pieces.add('[]');
    else {
      let start = `[\n${inner}`;
      for (const item of value) {
        pieces.add(start);
        writeJson(item, inner, into);
        start = next;
      }
      pieces.add(`\n${indent}]`);
    }
  } else if (isMap(value)) {
    const properties = Object.keys(value);
    if (properties.length === 0) pieces.add('{}');
    else {
      let start = `{\n${inner}`;
      for (const property of properties) {
        pieces.add(start);
        pieces.add(jsonString(keyOfProperty(property)));
        pieces.add(': ');
        writeJson(value[property] as Value, inner, into);
        start = next;
      }
      pieces.add(`\n${indent}}`);
    }
  } else pieces.add(scalarText(value));
}
