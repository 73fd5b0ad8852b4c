// Text measured in columns of a terminal: wide characters take two, colors none.
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** Longer texts fit nowhere. They are not measured, which takes minutes for a value of a megabyte. */
const longestMeasured = 10_000;

export function widthOf(text: string): number {
  return text.length > longestMeasured ? text.length : stringWidth(text);
}

/** Filled with spaces to a width. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Cut to a width; an ellipsis stands for what is missing. */
export function cut(text: string, width: number): string {
  if (!Number.isFinite(width) || widthOf(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of segmenter.segment(text.slice(0, longestMeasured))) {
    const next = used + stringWidth(segment);
    if (next > width - 1) break;
    kept += segment;
    used = next;
  }
  return `${kept}…`;
}

const segmenter = new Intl.Segmenter();

/** Pieces of text side by side, cut to a width before they are coloured. */
export function lineOf(
  pieces: readonly (readonly [text: string, colour?: (text: string) => string])[],
  width: number,
): string {
  let left = width;
  return pieces
    .map(([text, colour = (uncoloured: string) => uncoloured]) => {
      const shown = left <= 0 ? '' : cut(text, left);
      left -= widthOf(shown);
      return shown === '' ? '' : colour(shown);
    })
    .join('');
}

/** Broken between words to a width. A line of infinite width stays whole. */
export function wrapped(text: string, width: number): string {
  if (!Number.isFinite(width)) return text;
  return text
    .split('\n')
    .flatMap((line) => {
      const [first = '', ...more] = wrapAnsi(line, width, { trim: false }).split('\n');
      // The library leaves the space between two words at the start of the second line.
      return [first, ...more.map((rest) => rest.replace(leadingSpace, '$1'))];
    })
    .join('\n');
}

/** Of a coloured line, too. */
const leadingSpace = /^((?:\u001b\[[\d;]*m)*) +/;

/** The first that fits into a width, or the last. */
export function firstFitting(texts: readonly string[], width: number): string {
  return texts.find((text) => widthOf(text) <= width) ?? texts.at(-1) ?? '';
}
