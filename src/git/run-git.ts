// The one door to Git. appcfg works without a repository and without Git, too.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Where Git runs, and its whole environment. */
export interface GitLocation {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const start = promisify(execFile);

/**
 * A Git command's output, trimmed.
 * @param timeoutMs none unless given: to write a large tree takes long
 * @throws what Node throws for a process that failed or could not be started
 */
export async function runGit(
  { directory, environment }: GitLocation,
  args: readonly string[],
  timeoutMs = 0,
): Promise<string> {
  const { stdout } = await start('git', args, {
    cwd: directory,
    env: environment,
    timeout: timeoutMs,
    maxBuffer: 2 ** 26,
  });
  return stdout.trim();
}

/** The same for a question; undefined where the command fails, takes ten seconds, or Git is not installed. */
export async function askGit(location: GitLocation, ...args: readonly string[]): Promise<string | undefined> {
  return runGit(location, args, 10_000).catch(() => undefined);
}
