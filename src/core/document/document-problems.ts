// The problems of one document, with line and column. Their messages never quote what is redacted.
import type { ContentFormat } from '../model/content.ts';
import { lineStarts, positionAt } from '../model/source-position.ts';
import { type ExactNumber, numberText } from '../model/value.ts';
import { describeHidden, type HiddenCharacter } from '../problem/hidden-characters.ts';
import type { Problem } from '../problem/problem.ts';
import type { ProblemCode } from '../problem/problem-codes.ts';
import { hasSecret } from '../secrets/find-secrets.ts';
import { keyOfPointer, type Redactor, redactionMark, redactNothing } from './redact.ts';

/** Where a problem is reported, and how. */
export interface ParseOptions {
  /** The file, for the positions of problems. */
  readonly path: string;
  /** `json` accepts strict JSON only. */
  readonly format?: 'yaml' | 'json';
  /** The format that is deployed: where it is YAML, its clients also read the keys. */
  readonly deployedAs?: ContentFormat;
  /** It is content that AppConfig holds: what an author may not see in it is no problem. */
  readonly isLive?: boolean;
  /** Receives the JSON Pointer of each value and key that YAML 1.1 reads differently, where pointers are built. */
  readonly onAmbiguous?: (pointer: string) => void;
  readonly redact?: Redactor;
}

/** Thrown after a problem that makes the rest of the document meaningless. The problem is already in the list. */
export class UnreadableDocument extends Error {}

/** A plain scalar, its value, and what YAML 1.1 reads it as. */
export interface AmbiguousScalar {
  readonly text: string;
  readonly value: string | number | ExactNumber;
  readonly reading: string;
}

/** How every client reads the same that is no string. */
function otherForm({ text, value, reading }: AmbiguousScalar): string {
  if (reading === 'a boolean') return `; otherwise write ${/^(?:y|yes|on)$/i.test(text) ? 'true' : 'false'}`;
  if (typeof value === 'string') return reading === 'a number' ? '; otherwise write its decimal digits' : '';
  const octal = reading === 'an octal number' ? `, or ${Number.parseInt(text, 8)} for the octal number` : '';
  return `; otherwise write ${decimalText(value)}${octal}`;
}

/** Without an exponent, where a double has it so. */
function decimalText(value: number | ExactNumber): string {
  const text = numberText(value);
  const decimal = /e/i.test(text) ? String(Number(text)) : text;
  return decimal.includes('e') ? text : decimal;
}

/** Of each code in one document; more are counted. */
const mostOfOneCode = 10_000;

export class DocumentProblems {
  readonly #kept: Problem[] = [];
  readonly #counts = new Map<ProblemCode, number>();
  readonly path: string;
  readonly redact: Redactor;
  readonly #format: 'yaml' | 'json';
  readonly #deployedAs: ContentFormat;
  readonly #onAmbiguous: ParseOptions['onAmbiguous'];
  readonly #text: string;
  #lineStarts: readonly number[] | undefined;

  constructor(text: string, options: ParseOptions) {
    const { path, format = 'yaml', deployedAs = 'json', redact = redactNothing, onAmbiguous } = options;
    this.#text = text;
    this.path = path;
    this.#format = format;
    this.#deployedAs = deployedAs;
    this.#onAmbiguous = onAmbiguous;
    this.redact = redact;
  }

  /** With one more for those of a code that are not listed. */
  get all(): readonly Problem[] {
    const more = [...this.#counts].filter(([, count]) => count > mostOfOneCode);
    return [
      ...this.#kept,
      ...more.flatMap(([code, count]) => {
        const example = this.#kept.find((problem) => problem.code === code);
        const message = `${(count - mostOfOneCode).toLocaleString('en')} more problems of this kind in this file`;
        return example === undefined ? [] : [{ ...example, message, source: { file: this.path } }];
      }),
    ];
  }

  /** @param offset in UTF-16 units from the start of the text; -1: unknown. */
  error(
    code: ProblemCode,
    offset: number,
    { message, hint }: { readonly message: string; readonly hint: string },
  ): void {
    this.#add({ code, severity: 'error', message, hint: { text: hint } }, Math.max(0, offset));
  }

  /** Warns about a plain scalar that YAML 1.1 reads differently. A JSON file is not affected: clients parse it as JSON. */
  ambiguousScalar(scalar: AmbiguousScalar, at: { readonly offset: number; readonly pointer: string }): void {
    if (this.#format === 'json') return;
    this.#onAmbiguous?.(at.pointer);
    const { text, value, reading } = scalar;
    const isHidden = this.redact.covers(at.pointer);
    const own = typeof value === 'string' ? 'a string' : isHidden ? 'a number' : `the number ${decimalText(value)}`;
    const message = `YAML 1.1 clients read ${this.quoted(text, at.pointer)} as ${reading}, appcfg as ${own}`;
    const hint = { text: `quote it if it is a string${isHidden ? '' : otherForm(scalar)}` };
    this.#add({ code: 'scalar-ambiguous', severity: 'warning', message, hint }, at.offset);
  }

  /** Whether YAML 1.1 clients read the keys: keys of JSON are text. */
  get readsKeys(): boolean {
    return this.#deployedAs === 'yaml';
  }

  get listsPointers(): boolean {
    return this.#onAmbiguous !== undefined;
  }

  /** @param where what has the character, such as `at the end of a value` */
  hiddenCharacter({ character, offset }: HiddenCharacter, where: string): void {
    const { name, isSpace } = describeHidden(character);
    const otherwise =
      character === '\ufeff' ? 'as content, write "\\ufeff" in double quotes' : 'if it is intended, quote the value';
    const hint = `${isSpace ? 'replace it with an ordinary space' : 'delete it'}; ${otherwise}`;
    this.error('character-invisible', offset, { message: `${name} ${where}`, hint });
  }

  /** Text of the document at a pointer, for a message: quoted and shortened, or the redaction mark. */
  quoted(text: string, pointer: string): string {
    if (this.redact.covers(pointer) || hasSecret(text, keyOfPointer(pointer))) return redactionMark;
    return `"${text.length > 40 ? `${text.slice(0, 37)}...` : text}"`;
  }

  #add(problem: Problem, offset: number): void {
    const count = (this.#counts.get(problem.code) ?? 0) + 1;
    this.#counts.set(problem.code, count);
    if (count > mostOfOneCode) return;
    this.#lineStarts ??= lineStarts(this.#text);
    this.#kept.push({ ...problem, source: { file: this.path, ...positionAt(offset, this.#lineStarts) } });
  }
}
