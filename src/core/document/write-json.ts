import { canonicalWith } from './canonical-json.ts';
import { type ExactNumber, entriesOf, isList, isMap, isNumber, numberText, unmarked, type Value } from './value.ts';

/** Maps and lists that were written before, by identity. */
export type WrittenParts = Map<object, { readonly indent: string; readonly json: string; readonly canonical: string }>;

export const noParts: WrittenParts = new Map();

/** Writes all maps and lists of a value, which many others are going to share. */
export function writeParts(value: Value, parts: WrittenParts, indent = ''): void {
  if (!isList(value) && !isMap(value)) return;
  for (const member of isList(value) ? value : Object.values(value)) writeParts(member, parts, `${indent}  `);
  const pieces: string[] = [];
  writeJson(value, indent, { pieces, written: parts });
  parts.set(value, { indent, json: pieces.join(''), canonical: canonicalWith(value, parts) });
}

/** JSON on one line, keys in authored order: for people. */
export function lineText(value: Value): string {
  if (isList(value)) return `[${value.map(lineText).join(', ')}]`;
  if (!isMap(value)) return scalarText(value);
  const entries = entriesOf(value);
  if (entries.length === 0) return '{}';
  return `{ ${entries.map(([key, member]) => `${jsonString(key)}: ${lineText(member)}`).join(', ')} }`;
}

export function scalarText(value: null | boolean | string | number | ExactNumber): string {
  if (typeof value === 'string') return jsonString(value);
  return isNumber(value) ? numberText(value) : JSON.stringify(value);
}

/** JSON leaves some characters as they are that YAML takes for line breaks, or refuses: as escapes all read them alike. */
export function jsonString(text: string): string {
  if (isOrdinary(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Whether JSON writes a text as it is. Nearly every text is like this. */
export function isOrdinary(text: string): boolean {
  return /^[ !#-[\]-~]*$/.test(text);
}

/** One flat string: contents are held for long, and a string that was added up holds its parts as well. */
export function jsonText(value: Value, written: WrittenParts): string {
  const pieces: string[] = [];
  writeJson(value, '', { pieces, written });
  pieces.push('\n');
  return pieces.join('');
}

interface WritingJson {
  readonly pieces: string[];
  readonly written: WrittenParts;
}

function writeJson(value: Value, indent: string, into: WritingJson): void {
  const { pieces, written } = into;
  const known = typeof value === 'object' && value !== null ? written.get(value) : undefined;
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
        pieces.push(start, jsonString(unmarked(property)), ': ');
        writeJson(value[property] as Value, inner, into);
        start = next;
      }
      pieces.push('\n', indent, '}');
    }
  } else pieces.push(scalarText(value));
}
