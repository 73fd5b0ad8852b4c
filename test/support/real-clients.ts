// Third-party clients, run against an emulator in this process.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { clientEnvironment as printedEnvironment } from '../../src/emulator/client-environment.ts';

const run = promisify(execFile);

/** The variables that the emulator prints, without the machine's own AWS configuration. */
export function clientEnvironment(url: string): Record<string, string | undefined> {
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    ...printedEnvironment(url, 'us-east-1'),
    AWS_PAGER: '',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

/** Whether a client is installed and works; a note is printed where not. */
export async function isThere(command: string, args: readonly string[]): Promise<boolean> {
  const there = await run(command, [...args], { env: clientEnvironment('http://127.0.0.1:9') }).then(
    () => true,
    () => false,
  );
  if (!there) process.stderr.write(`"${command} ${args.join(' ')}" fails here, so this test checks nothing\n`);
  return there;
}

/** What a client prints. */
export async function output(url: string, command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(command, [...args], { env: clientEnvironment(url) });
  return stdout;
}
