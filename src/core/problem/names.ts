// Which names look the same, and which characters cannot be seen.
import { latinLookalike } from './confusables.ts';

/**
 * Control characters, and characters that are invisible, break lines or change the direction of text; any white space but U+0020.
 * The blank pattern of Braille (U+2800) is drawn as nothing, although Unicode calls it a symbol.
 */
export const hiddenCharacter = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u;

/** What is wrong with the characters of a name, as the end of "the name … has"; undefined: nothing. */
export function nameFault(name: string): string | undefined {
  // The common case.
  if (/^[!-~](?:[ -~]*[!-~])?$/.test(name)) return undefined;
  if (name === '') return 'no characters';
  if (name.includes('\ufffd')) return 'characters that are not valid Unicode';
  const [hidden] = hiddenCharacter.exec(name) ?? [];
  if (hidden !== undefined) {
    return `the character U+${codePoint(hidden)}, which is invisible, or not what it looks like`;
  }
  if (name.startsWith(' ')) return 'a leading space';
  return name.endsWith(' ') ? 'a trailing space' : undefined;
}

/** Equal for names that look the same: in NFKC, without ignorable characters and outer spaces, in lower case. */
export function comparableName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\p{C}\p{Default_Ignorable_Code_Point}\u2800]/gu, '')
    .trim()
    .toLowerCase();
}

/** Two names that share one of these texts look the same: in case and Unicode form, or in letters of other alphabets. */
export function looksOf(name: string): readonly string[] {
  const comparable = comparableName(name);
  // The common case.
  if (/^[ -~]*$/.test(name)) return [comparable];
  return [comparable, comparableName(latinLookalike(name.normalize('NFKC')))];
}

/** The number of a character: `00A0`. */
export function codePoint(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
