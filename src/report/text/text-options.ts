import type { Style } from '../style/style.ts';

export interface TextOptions {
  readonly style: Style;
  /** Columns; infinite without a terminal. */
  readonly width: number;
  /** Nothing is left out or cut. */
  readonly verbose: boolean;
  /** Lines with a sign (`+`, `-` or `~`) begin with it; otherwise with two spaces. */
  readonly signsFirst?: true;
}
