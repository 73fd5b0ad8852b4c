// One question to the user, on a terminal.
import { createInterface } from 'node:readline/promises';
import type { Process } from '../engine/context.ts';

/**
 * Asks; anything but yes is no. The question goes to stderr, because stdout is for the result.
 * @throws the signal's reason when it aborts before there is an answer
 */
export async function confirm(
  question: string,
  process: Process,
  signal: AbortSignal,
): Promise<boolean | 'no terminal'> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return 'no terminal';
  process.stderr.write(`${question} [y/N] `);
  const lines = createInterface({ input: process.stdin });
  try {
    const answer = await Promise.race([
      lines.question('', { signal }),
      // The end of input, Ctrl-D, is an answer too.
      new Promise<string>((resolve) => lines.once('close', () => resolve(''))),
    ]);
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    lines.close();
    // An open stdin would keep the program from ending.
    process.stdin.pause();
    process.stdin.unref?.();
  }
}
