// The built program in processes of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const environment = {
  PATH: process.env.PATH,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/** Writes what the process used to file descriptor 3. */
const printUsage = `import { writeSync } from 'node:fs';
process.on('exit', () => writeSync(3, JSON.stringify(process.resourceUsage())));`;

/** Runs `appcfg`. @returns the most bytes that were resident. @throws Error unless it exits 0 */
export async function peakMemory(checkout: string, args: readonly string[]): Promise<number> {
  return (await usageOf(checkout, args)).maxRSS * 1024;
}

/** Runs `appcfg`. @returns its milliseconds of processor time. @throws Error unless it exits 0 */
export async function processorTime(checkout: string, args: readonly string[]): Promise<number> {
  const { userCPUTime, systemCPUTime } = await usageOf(checkout, args);
  return (userCPUTime + systemCPUTime) / 1000;
}

async function usageOf(checkout: string, args: readonly string[]): Promise<NodeJS.ResourceUsage> {
  const child = start(
    ['--import', `data:text/javascript,${encodeURIComponent(printUsage)}`, ...program(checkout, args)],
    {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    },
  );
  const [, , , usage] = child.stdio;
  const [exitCode, errors, used] = await Promise.all([
    new Promise((resolve) => child.on('exit', resolve)),
    text(child.stderr as NodeJS.ReadableStream),
    text(usage as NodeJS.ReadableStream),
  ]);
  if (exitCode !== 0) throw new Error(`appcfg ${args.join(' ')} exits ${exitCode}:\n${errors.slice(-4000)}`);
  return JSON.parse(used);
}

export interface ServedAppConfig {
  readonly url: string;
  readonly stop: () => void;
}

/** Starts `appcfg emulator`. Its state is in memory, so it can be killed. */
export async function serveAppConfig(
  checkout: string,
  options: { readonly applications: number; readonly speed: number; readonly seedFrom?: string },
): Promise<ServedAppConfig> {
  const args = ['--port', '0', '--quota', `applications=${options.applications}`, '--speed', String(options.speed)];
  if (options.seedFrom !== undefined) args.push('--seed-from', options.seedFrom);
  const child = start(program(checkout, ['emulator', ...args]), { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`appcfg emulator exits ${code}`)));
    let printed = '';
    child.stdout?.on('data', (part: Buffer) => {
      printed += part;
      const [, found] = /AWS_ENDPOINT_URL=(\S+)\n/.exec(printed) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  return { url, stop: () => child.kill('SIGKILL') };
}

function program(checkout: string, args: readonly string[]): string[] {
  return [join(checkout, 'bin/appcfg.js'), ...args];
}

/** Starts Node; the process is killed when this one exits. */
function start(args: readonly string[], options: { readonly stdio: ('ignore' | 'inherit' | 'pipe')[] }): ChildProcess {
  const child = spawn(process.execPath, args, { ...options, env: environment });
  const end = () => child.kill('SIGKILL');
  process.on('exit', end);
  child.on('exit', () => process.off('exit', end));
  return child;
}
