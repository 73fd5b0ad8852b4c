// The value of a YAML scalar by the core schema of YAML 1.2, with numbers kept digit for digit.
import { type ExactNumber, isNumber, numberOf, numberText, type Value } from '../model/value.ts';
import type { DocumentProblems } from './document-problems.ts';

export interface Scalar {
  /** Without quotes and escapes. */
  readonly text: string;
  readonly isPlain: boolean;
  /** `str` for `!!str`; undefined: no tag. */
  readonly tag: string | undefined;
  readonly offset: number;
  readonly pointer: string;
}

/** @returns null, and adds a problem, for what has no value in JSON. */
export function parseScalar(scalar: Scalar, problems: DocumentProblems): Value {
  const { text, tag, offset, pointer } = scalar;
  if (tag === undefined) return scalar.isPlain ? plainValue(scalar, problems) : text;
  if (tag === 'str') return text;
  const fits = tagTypes.get(tag);
  if (fits === undefined) {
    problems.error('value-unsupported', offset, {
      message: `the tag ${problems.quoted(tag, pointer)} has no JSON equivalent`,
      hint: 'remove the tag, and write the value as a string, number, boolean, list or map',
    });
    return null;
  }
  const value = plainValue(scalar, problems);
  if (fits(value)) return value;
  problems.error('value-unsupported', offset, {
    message: `${problems.quoted(text, pointer)} does not match its tag "${tag}"`,
    hint: 'remove the tag, or fix the value',
  });
  return null;
}

const tagTypes: ReadonlyMap<string, (value: Value) => boolean> = new Map([
  ['int', (value) => isNumber(value) && /^-?[0-9]+$/.test(numberText(value))],
  ['float', isNumber],
  ['bool', (value) => typeof value === 'boolean'],
  ['null', (value) => value === null],
]);

function plainValue(scalar: Scalar, problems: DocumentProblems): Value {
  const { text } = scalar;
  if (beginsLikeString(text.charCodeAt(0))) return text;
  if (text === '' || text === '~' || text === 'null' || text === 'Null' || text === 'NULL') return null;
  if (text === 'true' || text === 'True' || text === 'TRUE') return true;
  if (text === 'false' || text === 'False' || text === 'FALSE') return false;
  // Numbers that every parser reads the same way.
  if (text.length < 300 && /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/.test(text)) return numberOf(text);
  const isFloat = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text);
  const isInteger = /^0x[0-9a-fA-F]+$|^0o[0-7]+$/.test(text);
  const inexact = isFloat || isInteger ? readAs(text) : undefined;
  if (inexact !== undefined) {
    const quoted = problems.quoted(text, scalar.pointer);
    problems.error('number-inexact', scalar.offset, {
      message: `the number ${quoted} is beyond the range of a 64-bit float: clients read ${inexact}`,
      hint: 'quote it if it is a string',
    });
    return null;
  }
  if (/^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/.test(text)) {
    const quoted = problems.quoted(text, scalar.pointer);
    problems.error('value-unsupported', scalar.offset, {
      message: `JSON cannot represent the number ${quoted}`,
      hint: 'quote it if it is a string',
    });
    return null;
  }
  const value = otherNumber(text, { isInteger, isFloat }) ?? text;
  const reading = yaml11Reading(text);
  if (reading !== undefined) problems.ambiguousScalar({ text, value, reading }, scalar);
  return value;
}

/** Of a form that JSON does not have. */
function otherNumber(
  text: string,
  { isInteger, isFloat }: { readonly isInteger: boolean; readonly isFloat: boolean },
): number | ExactNumber | undefined {
  if (/^[-+]?[0-9]+$/.test(text)) return integer(text);
  if (isInteger) return numberOf(BigInt(text).toString());
  return isFloat ? float(text) : undefined;
}

/** What a double holds instead of the number, where that is 0 or infinity. */
function readAs(text: string): '0' | 'infinity' | undefined {
  const double = Math.abs(Number(text));
  if (double === Number.POSITIVE_INFINITY) return 'infinity';
  const digits = text.replace(/[eE].*|^0x.*/, '');
  return double === 0 && /[1-9]/.test(digits) ? '0' : undefined;
}

/**
 * Whether no number, null or boolean, of YAML 1.1 or 1.2, begins with this character: letters except f, n, o, t and y, and
 * a few others. Nearly every plain scalar begins so, and the test of one character is much faster than those above.
 */
function beginsLikeString(first: number): boolean {
  const lower = first | 0x20;
  if (lower >= 0x61 && lower <= 0x7a && first < 0x80) {
    return lower !== 0x66 && lower !== 0x6e && lower !== 0x6f && lower !== 0x74 && lower !== 0x79;
  }
  return first === 0x2f || first === 0x5f || first > 0x7f;
}

function integer(text: string): number | ExactNumber {
  const negative = text.startsWith('-');
  const digits = text.replace(/^[-+]/, '').replace(/^0+(?=[0-9])/, '');
  return numberOf(negative ? `-${digits}` : digits);
}

function float(text: string): number | ExactNumber {
  const [, sign = '', whole = '', fraction, exponent = ''] =
    /^([-+]?)([0-9]*)(?:\.([0-9]*))?([eE][-+]?[0-9]+)?$/.exec(text) ?? [];
  const digits = `${sign === '-' ? '-' : ''}${whole.replace(/^0+(?=[0-9])/, '') || '0'}`;
  return numberOf(`${digits}${fraction === undefined ? '' : `.${fraction || '0'}`}${exponent}`);
}

/**
 * What YAML 1.1 reads a plain scalar as, where YAML 1.2 reads it as something else; undefined where they agree.
 * Parsers such as PyYAML and SnakeYAML read YAML 1.1. Source: yaml.org/type.
 */
export function yaml11Reading(text: string): string | undefined {
  if (isYaml11Boolean(text)) return 'a boolean';
  if (/^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text)) return 'a number in base 60';
  if (/^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}.*)?$/.test(text)) return 'a date';
  if (/^[-+]?0[0-7]+$/.test(text)) return 'an octal number';
  if (/^[-+]?0[0-9]+$|^0o[0-7]+$/.test(text)) return 'a string';
  // A YAML 1.1 float with an exponent needs a decimal point, and a sign in the exponent.
  if (/^[-+]?(?:[0-9]+[eE][-+]?|[0-9]*\.[0-9]*[eE])[0-9]+$/.test(text)) return 'a string';
  if (text.includes('_') && /^[-+]?(?:0x[0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)$/.test(text)) return 'a number';
  return /^[-+]?0b[01_]+$|^[-+]0x[0-9a-fA-F]+$/.test(text) ? 'a number' : undefined;
}

/** Strings to YAML 1.2. */
function isYaml11Boolean(text: string): boolean {
  return /^(?:y|n|yes|no|on|off)$/i.test(text);
}
