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
  type Value,
  type ValueMap,
} from './value.ts';

const contentTypes: Readonly<Record<ContentFormat, string>> = {
  json: 'application/json',
  yaml: 'application/x-yaml',
};

/** Renders a value. Same value, same bytes; equal values differ in the text only by their keys' order. */
export function contentOf(value: Value, format: ContentFormat): Content {
  const contentType = contentTypes[format];
  const text = format === 'json' ? `${jsonText(value, '')}\n` : yamlText(value);
  const canonical = canonicalText(value);
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
  if (isList(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (isNumber(value)) return numberForAll(value);
  if (!isMap(value)) return JSON.stringify(value);
  const properties = Object.keys(value).sort();
  return `{${properties.map((property) => `${JSON.stringify(property.slice(1))}:${canonicalText(value[property] as Value)}`).join(',')}}`;
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
  // Nearly every text is like this.
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function jsonText(value: Value, indent: string): string {
  const inner = `${indent}  `;
  if (isList(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((item) => inner + jsonText(item, inner)).join(',\n')}\n${indent}]`;
  }
  if (!isMap(value)) return scalarText(value);
  const entries = entriesOf(value);
  if (entries.length === 0) return '{}';
  return `{\n${entries.map(([key, member]) => `${inner}${jsonString(key)}: ${jsonText(member, inner)}`).join(',\n')}\n${indent}}`;
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
  return numberText(number).replace(
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
