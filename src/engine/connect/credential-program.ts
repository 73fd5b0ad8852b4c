// The program that an AWS profile names as its `credential_process`: it is ended when it takes too long, and with the run.
import { spawn } from 'node:child_process';
import type { Context } from '../context.ts';

/** The longest output, in bytes. */
const mostOutput = 2 ** 20;

/**
 * What the program prints. On a terminal it may ask for something there; elsewhere it is ended with the processes that it started.
 * @throws the signal's reason, or an error of the program
 */
export function outputOfProgram(
  command: string,
  stop: AbortSignal,
  { isInteractive, killGroup, signal: runSignal }: Pick<Context, 'isInteractive' | 'killGroup' | 'signal'>,
): Promise<string> {
  const signal = AbortSignal.any([stop, runSignal]);
  const others = isInteractive ? 'inherit' : 'ignore';
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = spawn(command, { shell: true, detached: !isInteractive, stdio: [others, 'pipe', others] });
    const { stdout, pid } = child;
    const end = (reason: unknown) => {
      if (isInteractive || pid === undefined) child.kill('SIGKILL');
      else killGroup(pid);
      stdout.destroy();
      reject(reason);
    };
    const onAbort = () => end(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const output: Buffer[] = [];
    let bytes = 0;
    stdout.on('data', (part: Buffer) => {
      output.push(part);
      bytes += part.length;
      if (bytes > mostOutput) end(new Error('the output is too long'));
    });
    child.on('error', reject);
    child.on('close', (exitCode) => {
      signal.removeEventListener('abort', onAbort);
      if (exitCode === 0) resolve(Buffer.concat(output).toString());
      else reject(new Error(`exit code ${exitCode}`));
    });
  });
}
