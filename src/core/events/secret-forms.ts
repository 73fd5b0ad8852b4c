// The forms in which a secret can turn up in a text that another program wrote.
import { isNumber, numberText, portableNumberText, type Value } from '../model/value.ts';

/** Shorter values are part of nearly every text: they are not looked for. */
export const shortestSecret = 4;

/** A line of a longer text, or a part of a token, gives nothing away below this length. */
const shortestPart = 8;

/** Longer secrets are looked for in pieces, and not base64- and percent-encoded. */
const longestWhole = 2_000;
const pieceLength = 200;

/** The texts of a value of a configuration; none for truth values and null, which are no secrets. */
export function textsOf(value: Value): readonly string[] {
  if (typeof value === 'string') return [value];
  if (!isNumber(value)) return [];
  const text = numberText(value);
  return [text, portableNumberText(value), String(Number(text))];
}

/** Plain, JSON-, percent- and base64-encoded; also with the white space of one line, and each line of several. */
export function formsOf(secret: string): ReadonlySet<string> {
  if (secret.length > longestWhole) return piecesOf(secret);
  const forms = new Set<string>();
  const trimmed = secret.trim();
  for (const plain of [secret, trimmed, trimmed.replace(/\s+/g, ' ')]) {
    forms.add(plain);
    forms.add(jsonForm(plain));
    // JSON in JSON, as in the error of a function that returns its error as JSON.
    forms.add(jsonForm(jsonForm(plain)));
    for (const form of percentForms(plain)) forms.add(form);
  }
  for (const text of new Set([secret, trimmed])) for (const form of base64Forms(text)) forms.add(form);
  const lines = trimmed.split(/[\r\n]+/).map((line) => line.trim());
  if (lines.length > 1) for (const line of lines) if (line.length >= shortestPart) forms.add(line);
  for (const form of forms) if (form.length < shortestSecret) forms.delete(form);
  return forms;
}

/** The whole and its parts: an ID token has three, separated by dots. */
export function tokenParts(token: string): readonly string[] {
  return [token, ...token.split('.')].filter((part) => part.length >= shortestPart);
}

/** A text of this length is quoted in parts, if at all. */
function piecesOf(secret: string): ReadonlySet<string> {
  const pieces = new Set<string>();
  for (let from = 0; from < secret.length; from += pieceLength) {
    const piece = secret.slice(Math.min(from, secret.length - pieceLength), from + pieceLength);
    pieces.add(piece).add(jsonForm(piece));
  }
  return pieces;
}

function jsonForm(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function percentForms(text: string): readonly string[] {
  const encoded = encodeURIComponent(text.toWellFormed());
  return [encoded, encoded.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase()), encoded.replaceAll('%20', '+')];
}

/** Base64 depends on how many bytes stand before the text: three forms, each without the characters that its neighbours change. */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  if (bytes.length < shortestSecret) return [];
  const whole = bytes.toString('base64').replace(/=+$/, '');
  const inside = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const bits = (before + bytes.length) * 8;
    return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(bits / 6));
  });
  return [whole, ...inside].flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}
