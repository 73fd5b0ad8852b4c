// Colours and widths, in one place.
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** What a piece of text is, to be coloured accordingly. */
export interface Style {
  added(text: string): string;
  changed(text: string): string;
  removed(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
  error(text: string): string;
  warning(text: string): string;
}

/** As chalk has them: none, 16, 256 and all colours. */
export type ColorLevel = 0 | 1 | 2 | 3;

const same = (text: string) => text;

export const noColours: Style = {
  added: same,
  changed: same,
  removed: same,
  strong: same,
  faint: same,
  error: same,
  warning: same,
};

/** chalk is loaded only where there are colours. */
export async function styleFor(colorLevel: ColorLevel): Promise<Style> {
  if (colorLevel === 0) return noColours;
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: colorLevel });
  return {
    added: chalk.green,
    changed: chalk.yellow,
    removed: chalk.red,
    strong: chalk.bold,
    faint: chalk.dim,
    error: chalk.red.bold,
    warning: chalk.yellow,
  };
}

/** Filled up with spaces to a width of columns. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/** Cut to a width of columns, an ellipsis in the place of what is missing. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    const next = used + stringWidth(segment);
    if (next > width - 1) break;
    kept += segment;
    used = next;
  }
  return `${kept}…`;
}

const segmenter = new Intl.Segmenter();

export function widthOf(text: string): number {
  return stringWidth(text);
}

/** Pieces of text side by side, cut to a width and then coloured. */
export function lineOf(
  pieces: readonly (readonly [text: string, colour?: (text: string) => string])[],
  width: number,
): string {
  let left = width;
  return pieces
    .map(([text, colour = same]) => {
      const shown = left <= 0 ? '' : cut(text, left);
      left -= stringWidth(shown);
      return shown === '' ? '' : colour(shown);
    })
    .join('');
}

/** Broken between words to a width of columns, indented as it is; where there is no terminal it stays in one piece. */
export function wrapped(text: string, width: number): string {
  if (!Number.isFinite(width)) return text;
  return text
    .split('\n')
    .flatMap((line) => {
      const [first = '', ...more] = wrapAnsi(line, width, { trim: false }).split('\n');
      // The space between two words comes with the second one.
      return [first, ...more.map((rest) => rest.trimStart())];
    })
    .join('\n');
}

/** `1,500`. */
export function number(value: number): string {
  return value.toLocaleString('en');
}

/** `1 version`, `2 versions`; a noun with an unusual plural gives it. */
export function count(value: number, noun: string, plural = `${noun}s`): string {
  return `${number(value)} ${value === 1 ? noun : plural}`;
}

/** `45 s`, `2 min`, `1 h 30 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
