// Clients of other projects, run against an emulator in this process.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { clientEnvironment as emulatorEnvironment } from '../../src/emulator/host/client-environment.ts';

const run = promisify(execFile);

/** The environment variables for the emulator, without the machine's own AWS configuration. */
export function clientEnvironment(url: string): Record<string, string | undefined> {
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    ...emulatorEnvironment(url, 'us-east-1'),
    AWS_PAGER: '',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

/** Whether a client is installed. Prints a note if not. */
export async function isInstalled(command: string, args: readonly string[]): Promise<boolean> {
  const installed = await run(command, [...args], { env: clientEnvironment('http://127.0.0.1:9') }).then(
    () => true,
    () => false,
  );
  if (!installed) process.stderr.write(`"${command} ${args.join(' ')}" fails here, so this test is skipped\n`);
  return installed;
}

/** The output of a client. */
export async function output(url: string, command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(command, [...args], { env: clientEnvironment(url) });
  return stdout;
}
