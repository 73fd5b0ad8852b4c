import { streamText } from '../style/escape.ts';
import { LineProgress } from './lines.ts';
import { LiveProgress, type Terminal } from './live.ts';
import type { LineProgressOptions, Progress } from './progress.ts';

/** @param display.terminal where rows can be redrawn; undefined for a line per change */
export async function openProgress(
  options: LineProgressOptions,
  display: { readonly quiet: boolean; readonly terminal: Terminal | undefined },
): Promise<Progress> {
  const { quiet, terminal } = display;
  if (quiet) return { handle: () => {}, above: options.write, freeScreen: () => {}, end: () => {} };
  if (terminal === undefined) return new LineProgress(options);
  const { createLogUpdate } = await import('log-update');
  // The library asks for a stream and uses what every terminal has: write, columns and rows.
  // The cursor stays: nothing could show it again after a signal that ends the process at once.
  const update = createLogUpdate(terminal as unknown as NodeJS.WriteStream, { showCursor: true });
  const rows = Object.assign((text: string) => update(streamText(text, { isColored: true })), update, {
    eraseAbove: (lines: number) => void terminal.write('\u001b[1A\u001b[2K'.repeat(lines)),
  });
  return new LiveProgress(options, { terminal, rows });
}
