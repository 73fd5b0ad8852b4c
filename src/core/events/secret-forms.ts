// What a secret is found by.
import { isNumber, numberText, portableNumberText, type Value } from '../model/value.ts';
import { bytesAsText } from './decodings.ts';

/** Shorter values are part of nearly every text: they are not looked for. */
export const shortestSecret = 4;

/** A line of a longer text, or a part of a token, gives nothing away below this length. */
const shortestPart = 8;

/** Longer secrets are looked for in pieces: they are quoted in parts, if at all. */
const longestWhole = 2_000;
const pieceLength = 200;

/** The texts of a value of a configuration; none for truth values and null, which are no secrets. */
export function textsOf(value: Value): readonly string[] {
  if (typeof value === 'string') return [value];
  if (!isNumber(value)) return [];
  const text = numberText(value);
  return [text, portableNumberText(value), String(Number(text))];
}

/** The secret, also with the white space of one line, each line of several, and its bytes. */
export function formsOf(secret: string): ReadonlySet<string> {
  if (secret.length > longestWhole) return piecesOf(secret);
  const trimmed = secret.trim();
  const forms = new Set([secret, trimmed, trimmed.replace(/\s+/g, ' '), bytesAsText(trimmed)]);
  const lines = trimmed.split(/[\r\n]+/).map((line) => line.trim());
  if (lines.length > 1) for (const line of lines) if (line.length >= shortestPart) forms.add(line);
  for (const form of forms) if (form.length < shortestSecret) forms.delete(form);
  return forms;
}

/** The whole and its parts: an ID token has three, separated by dots. */
export function tokenParts(token: string): readonly string[] {
  return [token, ...token.split('.')].filter((part) => part.length >= shortestPart);
}

function piecesOf(secret: string): ReadonlySet<string> {
  const pieces = new Set<string>();
  for (let from = 0; from < secret.length; from += pieceLength) {
    pieces.add(secret.slice(Math.min(from, secret.length - pieceLength), from + pieceLength));
  }
  return pieces;
}
