import { createInterface } from 'node:readline/promises';
import type { Process } from '../../engine/context.ts';
import { visibleLines } from '../../report/style/escape.ts';

/**
 * Asks the user on a terminal. Any answer but `y` or `yes` is no. The question goes to stderr: stdout is for the result.
 * @throws the signal's reason when it aborts before the user answers
 */
export async function confirm(
  question: string,
  process: Process,
  signal: AbortSignal,
): Promise<boolean | 'no terminal'> {
  if (!hasTerminal(process)) return 'no terminal';
  process.stderr.write(visibleLines(`${question} [y/N] `));
  const lines = createInterface({ input: process.stdin });
  try {
    const answer = await Promise.race([
      lines.question('', { signal }),
      // The end of input (Ctrl-D) counts as no.
      new Promise<string>((resolve) => lines.once('close', () => resolve(''))),
    ]);
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    lines.close();
    // While stdin is open, Node does not exit.
    process.stdin.pause();
    process.stdin.unref?.();
  }
}

export function hasTerminal({ stdin, stderr }: Process): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}
