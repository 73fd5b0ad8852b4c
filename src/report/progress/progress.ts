// What is shown on stderr while a command runs.
import type { Event } from '../../core/events/event.ts';
import type { Style } from '../style/style.ts';
import { LineProgress } from './lines.ts';
import { LiveProgress, type Terminal } from './live.ts';

export interface Progress {
  handle(event: Event): void;
  /** Writes text above the live rows. */
  above(text: string): void;
  /** Removes the live rows until they are drawn next, so that other output can be written. */
  makeRoom(): void;
  end(): void;
}

export interface ProgressOptions {
  readonly style: Style;
  readonly write: (text: string) => void;
  readonly verbose: boolean;
  /** Milliseconds since 1970 by this machine's clock. */
  readonly now: () => number;
}

/** @param display.terminal where rows can be redrawn; undefined for a line per change */
export async function openProgress(
  options: ProgressOptions,
  display: { readonly quiet: boolean; readonly terminal: Terminal | undefined },
): Promise<Progress> {
  const { quiet, terminal } = display;
  if (quiet) return { handle: () => {}, above: options.write, makeRoom: () => {}, end: () => {} };
  if (terminal === undefined) return new LineProgress(options);
  const { createLogUpdate } = await import('log-update');
  // The library asks for a stream and uses what every terminal has: write, columns and rows.
  return new LiveProgress(options, { terminal, rows: createLogUpdate(terminal as unknown as NodeJS.WriteStream) });
}
