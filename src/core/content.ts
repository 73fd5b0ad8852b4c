// The bytes of a configuration and their identity; and whether two contents mean the same.
import { hash } from 'node:crypto';
import type { Content, ContentFormat } from './model.ts';
import { parseDocument } from './parse.ts';
import {
  type ExactNumber,
  entriesOf,
  hasKey,
  isList,
  isMap,
  isNumber,
  memberOf,
  numberText,
  unmarked,
  type Value,
  type ValueMap,
} from './value.ts';

const contentTypes: Readonly<Record<ContentFormat, string>> = {
  json: 'application/json',
  yaml: 'application/x-yaml',
};

/** Renders a value. Same value, same bytes; equal values differ in the text only by their keys' order. */
export function contentOf(value: Value, format: ContentFormat, written: WrittenParts = noParts): Content {
  const contentType = contentTypes[format];
  const text = format === 'json' ? jsonText(value, written) : yamlText(value);
  const canonical = canonicalWith(value, written);
  const digest = digestOf(contentType, canonical);
  return {
    contentType,
    text,
    bytes: Buffer.byteLength(text),
    canonicalBytes: Buffer.byteLength(canonical),
    digest,
    versionLabel: `sha256-${digest.slice(0, 32)}`,
  };
}

/** Maps and lists that were written before, by identity. */
export type WrittenParts = Map<object, { readonly indent: string; readonly json: string; readonly canonical: string }>;

const noParts: WrittenParts = new Map();

/** Writes all maps and lists of a value, which many others are going to share. */
export function writeParts(value: Value, parts: WrittenParts, indent = ''): void {
  if (!isList(value) && !isMap(value)) return;
  for (const member of isList(value) ? value : Object.values(value)) writeParts(member, parts, `${indent}  `);
  const pieces: string[] = [];
  writeJson(value, indent, { pieces, written: parts });
  parts.set(value, { indent, json: pieces.join(''), canonical: canonicalWith(value, parts) });
}

/** The digest of a content that AppConfig holds; undefined where it does not parse. */
export function contentDigest(text: string, contentType: string): string | undefined {
  const { value, problems } = parseDocument(text, { path: '' });
  if (value === undefined || problems.some((problem) => problem.severity === 'error')) return undefined;
  return digestOf(contentType, canonicalText(value));
}

/** SHA-256 over content type, a line break, and the canonical form; in hex. */
function digestOf(contentType: string, canonical: string): string {
  return hash('sha256', `${contentType}\n${canonical}`, 'hex');
}

/** JSON without white space, keys sorted by code unit, numbers as they are written but for the form of exponents. */
export function canonicalText(value: Value): string {
  return canonicalWith(value, noParts);
}

function canonicalWith(value: Value, written: WrittenParts): string {
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

/** JSON on one line, keys in authored order: for people. */
export function lineText(value: Value): string {
  if (isList(value)) return `[${value.map(lineText).join(', ')}]`;
  if (!isMap(value)) return scalarText(value);
  const entries = entriesOf(value);
  if (entries.length === 0) return '{}';
  return `{ ${entries.map(([key, member]) => `${jsonString(key)}: ${lineText(member)}`).join(', ')} }`;
}

function scalarText(value: null | boolean | string | number | ExactNumber): string {
  if (typeof value === 'string') return jsonString(value);
  return isNumber(value) ? numberText(value) : JSON.stringify(value);
}

/** JSON leaves some characters as they are that YAML takes for line breaks, or refuses: as escapes all read them alike. */
function jsonString(text: string): string {
  if (isOrdinary(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Whether JSON writes a text as it is. Nearly every text is like this. */
function isOrdinary(text: string): boolean {
  return /^[ !#-[\]-~]*$/.test(text);
}

/** One flat string: contents are held for long, and a string that was added up holds its parts as well. */
function jsonText(value: Value, written: WrittenParts): string {
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

/** Block style; text is quoted as soon as any reader, of YAML 1.1 or 1.2, could take it for something else. */
function yamlText(value: Value): string {
  if ((isMap(value) && Object.keys(value).length > 0) || (isList(value) && value.length > 0)) {
    return `${yamlLines(value, '').join('\n')}\n`;
  }
  return `${yamlScalar(value)}\n`;
}

function yamlLines(value: ValueMap | readonly Value[], indent: string): string[] {
  if (isList(value)) {
    return value.flatMap((item) => {
      if (!hasMembers(item)) return [`${indent}- ${yamlScalar(item)}`];
      const [first = '', ...rest] = yamlLines(item, `${indent}  `);
      return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest];
    });
  }
  return entriesOf(value).flatMap(([key, member]) => {
    const name = `${indent}${yamlString(key)}:`;
    return hasMembers(member) ? [name, ...yamlLines(member, `${indent}  `)] : [`${name} ${yamlScalar(member)}`];
  });
}

function hasMembers(value: Value): value is ValueMap | readonly Value[] {
  return isList(value) ? value.length > 0 : isMap(value) && Object.keys(value).length > 0;
}

function yamlScalar(value: Value): string {
  if (isList(value)) return '[]';
  if (isMap(value)) return '{}';
  if (isNumber(value)) return numberForAll(value);
  return typeof value === 'string' ? yamlString(value) : scalarText(value);
}

/** A number that YAML 1.1 takes for one too: it wants a point before an exponent, and the exponent's sign. */
function numberForAll(number: number | ExactNumber): string {
  const text = numberText(number);
  if (!/[eE]/.test(text)) return text;
  return text.replace(
    /^(-?[0-9]+)(\.[0-9]+)?[eE]([-+]?)([0-9]+)$/,
    (_text, whole, fraction = '.0', sign, exponent) => `${whole}${fraction}e${sign || '+'}${exponent}`,
  );
}

/** Plain where that is safe beyond doubt; else as a JSON string, which YAML reads the same. */
function yamlString(text: string): string {
  const plain =
    /^[A-Za-z/][A-Za-z0-9_./@+ -]*$/.test(text) &&
    !/ $| #|: /.test(text) &&
    !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text);
  return plain ? text : jsonString(text);
}

/** Whether two values mean the same: key order does not matter, and numbers are compared as numbers, exactly. */
export function equalByValue(a: Value, b: Value): boolean {
  if (isNumber(a) && isNumber(b)) return decimalOf(a) === decimalOf(b);
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => equalByValue(item, b[i] as Value));
  if (!isMap(a)) return a === b;
  if (!isMap(b)) return false;
  const entries = entriesOf(a);
  if (entries.length !== entriesOf(b).length) return false;
  return entries.every(([key, member]) => hasKey(b, key) && equalByValue(member, memberOf(b, key) as Value));
}

/** One text for all ways to write a number: digits without zeros at the ends, and the exponent of ten. */
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
