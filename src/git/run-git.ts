import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export const execute = promisify(execFile);

/** A Git command's output; undefined where it fails, or there is no Git. */
export async function git(directory: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { stdout } = await execute('git', args, { cwd: directory, timeout: 10_000 });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
