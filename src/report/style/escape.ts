// Text from configurations and from AWS, made harmless before it reaches a terminal or a merge request.

/** C1 control characters, and characters that break lines or change the direction of text. */
export const invisible = /[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/g;

/** Control characters, and characters that break lines or change the direction of text, become `\u{…}`. */
export function visible(text: string): string {
  const shown = (char: string) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
  return text
    .toWellFormed()
    .replace(/[\u0000-\u001f]/g, shown)
    .replace(invisible, shown);
}

/** The same, with line breaks kept. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}
