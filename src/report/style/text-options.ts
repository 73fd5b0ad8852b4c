import { noColours, type Style } from './style.ts';

export interface TextOptions {
  readonly style: Style;
  /** Columns; infinite without a terminal. */
  readonly width: number;
  /** Nothing is left out or cut. */
  readonly verbose: boolean;
  /** All of a review, not only what fits on a screen. */
  readonly full?: boolean;
  /** Where all of the run's result is: files, or the URL of the page. */
  readonly reports?: readonly string[];
  /** Lines with a sign (`+`, `-` or `~`) begin with it; otherwise with two spaces. */
  readonly signsFirst?: true;
}

/** Whether nothing is left out of a list. */
export function showsAll({ verbose, full }: Pick<TextOptions, 'verbose' | 'full'>): boolean {
  return verbose || full === true;
}

/** In Markdown: GitLab colors the lines of a `diff` by the sign they begin with. */
export const diffOptions: TextOptions = {
  style: noColours,
  width: Number.POSITIVE_INFINITY,
  verbose: false,
  signsFirst: true,
};
