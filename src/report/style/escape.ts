// Text from configurations and from AWS, made harmless before it reaches a terminal, a file or a merge request.
import { hiddenCharacter } from '../../core/problem/names.ts';

const hidden = new RegExp(hiddenCharacter.source, 'gu');
/** Few characters are looked at more closely: the test of a class of Unicode is slow. */
const unusual = /[^ -~]+/g;
const unusualInLines = /[^\n -~]+/g;
/** The sequences for the colors that reports use, and no other one of a terminal. */
const unusualOrColor = /\u001b\[(?:[12]|22|3[1-9]|9[0-7])m|\u001b|[^\n\u001b -~]+/g;

/** Characters that names may not have become `\u{…}`. */
export function visible(text: string): string {
  return text.replace(unusual, escaped);
}

/** The same, with line breaks kept. */
export function visibleLines(text: string): string {
  return text.replace(unusualInLines, escaped);
}

/** What a report writes, whatever it is made of: line breaks stay, and colors where the report has some. */
export function streamText(text: string, { isColored }: { readonly isColored: boolean }): string {
  if (!isColored) return visibleLines(text);
  return text.replace(unusualOrColor, (part) => (part.length > 2 && part.endsWith('m') ? part : escaped(part)));
}

/** In JSON a parser reads the same text. Line breaks are between its members: those in strings are escaped already. */
export function visibleJson(json: string): string {
  return json.replace(unusualInLines, (part) =>
    part.replace(hidden, (char) => char.split('').map(escapedUnit).join('')),
  );
}

function escaped(part: string): string {
  return part.toWellFormed().replace(hidden, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

function escapedUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
