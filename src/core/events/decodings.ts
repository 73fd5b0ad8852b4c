// What a text can stand for: a secret that it quotes may be JSON-, percent- or base64-encoded. The text is decoded, not each
// secret encoded: there are few texts and many secrets.
import type { Found } from './secret-finder.ts';

export interface Decoding {
  readonly text: string;
  /** Where a part of the decoded text is in the text itself. */
  readonly sourceOf: (part: Found) => Found;
}

/** Shortest base64 of four bytes. */
const base64Runs = /[A-Za-z0-9+/_-]{6,}/g;

const jsonEscape = /\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))/g;
const jsonControls: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Bytes in a row: a character can have several. */
const percentBytes = /(?:%[0-9a-fA-F]{2})+/g;

/** The text itself, and each way to decode it that changes it. */
export function* decodingsOf(text: string): Iterable<Decoding> {
  yield { text, sourceOf: (part) => part };
  if (text.includes('\\')) {
    const json = decoded(text, jsonEscape, jsonText);
    yield json;
    // JSON in JSON, as in the error of a function that returns its error as JSON.
    if (json.text.includes('\\')) yield within(json, decoded(json.text, jsonEscape, jsonText));
  }
  if (text.includes('%')) yield decoded(text, percentBytes, percentText);
  if (text.includes('+'))
    yield decoded(text, /\+|(?:%[0-9a-fA-F]{2})+/g, (code) => (code === '+' ? ' ' : percentText(code)));
  yield* base64Decodings(text);
}

/** Bytes as characters: where secrets are looked for in what base64 stands for. */
export function bytesAsText(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** In a run of base64 the text can begin at any character, because a slash may be part of the run or stand before it. */
function* base64Decodings(text: string): Iterable<Decoding> {
  for (const { 0: run, index } of text.matchAll(base64Runs)) {
    for (let skipped = 0; skipped < 4 && skipped + 6 <= run.length; skipped += 1) {
      const start = index + skipped;
      const bytes: Decoding = {
        text: Buffer.from(run.slice(skipped), 'base64').toString('latin1'),
        sourceOf: ({ from, to }) => ({
          from: start + Math.floor((from * 4) / 3),
          to: Math.min(index + run.length, start + Math.ceil((to * 4) / 3)),
        }),
      };
      yield bytes;
      if (bytes.text.includes('\\')) yield within(bytes, decoded(bytes.text, jsonEscape, jsonText));
    }
  }
}

/** A decoding of what another one has decoded. */
function within(outer: Decoding, inner: Decoding): Decoding {
  return { text: inner.text, sourceOf: (part) => outer.sourceOf(inner.sourceOf(part)) };
}

function decoded(text: string, code: RegExp, decode: (code: string, ...groups: readonly string[]) => string): Decoding {
  /** Where pieces begin, in the decoded text and in the text; a piece is a code, or the text up to the next one. */
  const pieces: { readonly at: number; readonly from: number; readonly isCode: boolean }[] = [];
  let out = '';
  let end = 0;
  for (const match of text.matchAll(code)) {
    if (match.index > end) pieces.push({ at: out.length, from: end, isCode: false });
    out += text.slice(end, match.index);
    pieces.push({ at: out.length, from: match.index, isCode: true });
    out += decode(match[0], ...match.slice(1));
    end = match.index + match[0].length;
  }
  pieces.push({ at: out.length, from: end, isCode: false });
  const all = out + text.slice(end);
  const pieceAt = (position: number) => {
    let low = 0;
    let high = pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((pieces[middle]?.at ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const startOf = (position: number) => {
    const { at, from, isCode } = pieces[pieceAt(position)] ?? { at: 0, from: 0, isCode: false };
    return isCode ? from : from + position - at;
  };
  const endOf = (position: number) => {
    const index = pieceAt(position - 1);
    const { at, from, isCode } = pieces[index] ?? { at: 0, from: 0, isCode: false };
    return isCode ? (pieces[index + 1]?.from ?? text.length) : from + position - at;
  };
  return { text: all, sourceOf: ({ from, to }) => ({ from: startOf(from), to: endOf(to) }) };
}

function jsonText(code: string, unit: string | undefined, char: string | undefined): string {
  if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16));
  return jsonControls[char ?? ''] ?? char ?? code;
}

function percentText(code: string): string {
  return Buffer.from(code.replaceAll('%', ''), 'hex').toString();
}
