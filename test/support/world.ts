// A world for one test: a tree in a folder of its own, an emulator, a virtual clock, and the program run in this process.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { createEmulator, type Emulator } from '../../src/emulator/host/emulator.ts';
import type { Process, RequestHandler } from '../../src/engine/context.ts';
import type { StartBudget } from '../../src/tree/bounded-worker.ts';
import { smallFolder } from './folders.ts';
import { quietly } from './request-handlers.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents whose shape they assert.
  readonly json: any;
}

export interface World {
  readonly directory: string;
  readonly clock: VirtualClock;
  readonly emulator: Emulator;
  /** Writes a file of the tree; undefined deletes it. */
  write(path: string, text: string | undefined): void;
  /** Runs `appcfg` with these arguments. */
  appcfg(...args: string[]): Promise<Outcome>;
  /** The same with other variables, another AppConfig, a terminal, or a signal. */
  appcfgWith(options: RunOptions, ...args: string[]): Promise<Outcome>;
  /** Calls of each operation since the last time. */
  takeCalls(): Record<string, number>;
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly requestHandler?: RequestHandler;
  /** How long each response takes. */
  readonly latencyMs?: number;
  /** Of Node. */
  readonly nodeVersion?: string;
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Answers a question on the terminal. */
  readonly input?: string;
  /** Bounds of work that end sooner. */
  readonly startBudget?: StartBudget;
  /** Sends a signal. */
  readonly onStart?: (signal: (name: 'SIGINT' | 'SIGTERM') => void) => void;
}

/** Variables of a CI job. Without them each run starts Git three times, which takes as long as a small sync. */
export const inPipeline = {
  CI_COMMIT_SHA: 'c'.repeat(40),
  CI_PIPELINE_URL: 'https://gitlab.example.com/acme/config/-/pipelines/1',
};

/**
 * @param tree files by path, or `sample` for a copy of the repository's own tree
 * @param env variables of all runs
 */
export function createWorld(
  tree: Readonly<Record<string, string>> | 'sample' = 'sample',
  env: Readonly<Record<string, string>> = {},
): World {
  const directory = smallFolder();
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const clock = new VirtualClock();
  const emulator = createEmulator({ now: clock.now });
  const world: World = {
    directory,
    clock,
    emulator,
    write: (path, text) => {
      const file = join(directory, path);
      if (text === undefined) {
        rmSync(file, { recursive: true });
        return;
      }
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    },
    appcfg: (...args) => world.appcfgWith({}, ...args),
    appcfgWith: async (options, ...args) => {
      const stdout = capture(options);
      const stderr = capture(options);
      const listeners = new Map<string, () => void>();
      const stdin: PassThrough & { isTTY?: boolean } = new PassThrough();
      if (options.isTTY) stdin.isTTY = true;
      if (options.input !== undefined) stdin.end(options.input);
      const process: Process = {
        env: {
          PATH: globalThis.process.env.PATH,
          AWS_EC2_METADATA_DISABLED: 'true',
          NO_COLOR: '1',
          ...env,
          ...options.env,
        },
        version: options.nodeVersion ?? globalThis.process.version,
        stdin,
        stdout,
        stderr,
        cwd: () => directory,
        cpuUsage: () => globalThis.process.cpuUsage(),
        on: (event, listener) => listeners.set(event, listener),
        off: (event) => listeners.delete(event),
        exit: (code) => {
          throw new Error(`exit(${code})`);
        },
      };
      options.onStart?.((name) => listeners.get(name)?.());
      const exitCode = await run(args, process, {
        clock,
        // Heartbeats would fill each log of minutes: only a job's log has them.
        ...(process.env.GITLAB_CI === 'true' && { after: clock.after }),
        ...(options.startBudget && { startBudget: options.startBudget }),
        requestHandler: quietly(clock, options.requestHandler ?? emulator.requestHandler(), options.latencyMs),
      });
      return {
        exitCode,
        stdout: stdout.text(),
        stderr: stderr.text(),
        get json() {
          return JSON.parse(stdout.text());
        },
      };
    },
    takeCalls: () => {
      const calls = emulator.stats();
      emulator.resetStats();
      return calls;
    },
  };
  if (tree === 'sample') copySample(directory);
  else for (const [path, text] of Object.entries(tree)) world.write(path, text);
  return world;
}

/** Commits everything in the world's folder, which becomes a Git repository. @returns the commit */
export function commit(world: World, message = 'change'): string {
  // One shell for four programs: a large process starts another slowly.
  const script = `git init -q -b main && git add -A &&
    git -c user.name=t -c user.email=t@example.com commit -q --allow-empty -m "$1" && git rev-parse HEAD`;
  return execFileSync('sh', ['-c', script, 'sh', message], {
    cwd: world.directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

function copySample(directory: string): void {
  for (const part of ['template', 'tenants', 'appcfg.yml']) {
    cpSync(join(import.meta.dirname, '../..', part), join(directory, part), { recursive: true });
  }
}

function capture(options: RunOptions) {
  const texts: string[] = [];
  return {
    write: (text: string) => texts.push(text),
    text: () => texts.join(''),
    ...(options.isTTY ? { isTTY: true } : {}),
    columns: options.columns ?? 100,
    rows: 40,
  };
}
