// Characters in the keys and values of a file that cannot be seen, or are not the space that they look like.
import { codePoint } from './names.ts';

/** A character that cannot be seen, in the text of a file. */
export interface HiddenCharacter {
  readonly character: string;
  /** In UTF-16 units. */
  readonly offset: number;
}

/**
 * Characters of a file that cannot be seen, or are another space than U+0020. Not: what is part of a symbol, such as an emoji; and
 * what has no meaning in Unicode, which may be a symbol of a font. A byte-order mark is reported by itself.
 */
const hidden = [
  '(?:(?![\\t\\n\\r\\ufeff])',
  '(?!(?<=[\\p{S}\\p{N}#*])\\p{Variation_Selector})',
  '(?!(?<=[\\p{S}\\ufe0f])\\u200d(?=\\p{S}))',
  '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]|(?! )\\p{Zs})',
].join('');
const firstHidden = new RegExp(hidden, 'u');
const hiddenAtStart = new RegExp(`^${hidden}`, 'u');
const hiddenAtEnd = new RegExp(`${hidden}$`, 'u');
/** What looks like an entry of a map or list, and is none: what stands behind the colon or dash is no ordinary space. */
const hiddenInEntry = new RegExp(`^(?:-|[^\\s:]+:)(${hidden})`, 'u');

/** The first hidden character of a plain key. */
export function hiddenInKey(text: string, start: number, end: number): HiddenCharacter | undefined {
  const found = firstHidden.exec(text.slice(start, end));
  return found === null ? undefined : { character: found[0], offset: start + found.index };
}

/** A hidden character that changes what a plain value means: at one of its ends, or where an entry has its space. */
export function hiddenInScalar(
  text: string,
  start: number,
  end: number,
): (HiddenCharacter & { readonly where: string }) | undefined {
  const scalar = text.slice(start, end);
  const atStart = hiddenAtStart.exec(scalar);
  if (atStart !== null) return { character: atStart[0], offset: start, where: 'at the start of a value' };
  const isFirstOnLine = /(?:^|\n)[ \t-]*$/.test(text.slice(Math.max(0, start - 200), start));
  const [entry, space] = (isFirstOnLine && hiddenInEntry.exec(scalar)) || [];
  if (entry !== undefined && space !== undefined) {
    const where = `after ${entry.startsWith('-') ? 'the dash of a list item' : 'the colon of a key'}`;
    return { character: space, offset: start + entry.length - space.length, where };
  }
  const atEnd = hiddenAtEnd.exec(scalar);
  if (atEnd === null) return undefined;
  return { character: atEnd[0], offset: start + atEnd.index, where: 'at the end of a value' };
}

const knownCharacters: ReadonlyMap<string, string> = new Map([
  ['\u00a0', 'a no-break space'],
  ['\u00ad', 'a soft hyphen'],
  ['\u200b', 'a zero-width space'],
  ['\u200c', 'a zero-width non-joiner'],
  ['\u200d', 'a zero-width joiner'],
  ['\u202f', 'a narrow no-break space'],
  ['\u3000', 'an ideographic space'],
  ['\ufeff', 'a byte-order mark'],
]);

/** How messages name a hidden character. */
export function describeHidden(character: string): { readonly name: string; readonly isSpace: boolean } {
  const isSpace = /\p{Zs}/u.test(character);
  const known = knownCharacters.get(character) ?? (isSpace ? 'another space' : 'an invisible character');
  return { name: `${known} (U+${codePoint(character)})`, isSpace };
}
