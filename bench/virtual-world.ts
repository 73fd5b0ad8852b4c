// The program in this process, with an emulator, on a clock that skips all waiting: hours take seconds.
import { PassThrough } from 'node:stream';
import { run } from '../src/cli/run.ts';
import { createEmulator, type Emulator } from '../src/emulator/host/emulator.ts';
import type { RequestHandler } from '../src/engine/context.ts';
import { VirtualClock } from '../test/support/virtual-clock.ts';

export interface WorldOptions {
  /** The folder of the tree. */
  readonly directory: string;
  /** AppConfig enforces AWS's published rates, the program keeps to them, and each response takes a tenth of a second. */
  readonly asAws: boolean;
  /** The program runs in a job of GitLab, whose log has colors, sections and heartbeats. */
  readonly inJob?: boolean;
}

export interface VirtualWorld {
  /** Runs `appcfg` with these arguments. @returns the milliseconds it took. @throws Error unless it exits 0 */
  appcfg(...args: string[]): Promise<number>;
  /** Runs it whatever its exit code is. */
  logOf(...args: string[]): Promise<PrintedLog>;
  /** An alarm of an environment: AppConfig rolls back what is deployed there. */
  setAlarm: Emulator['setAlarm'];
  /** Calls of each operation since the last time. */
  takeCalls(): Readonly<Record<string, number>>;
}

export interface PrintedLog {
  readonly exitCode: number;
  /** Of both streams. */
  readonly bytes: number;
  readonly lines: number;
  /** Milliseconds that the run took. */
  readonly ms: number;
}

const latencyMs = 100;

export function createVirtualWorld({ directory, asAws, inJob = false }: WorldOptions): VirtualWorld {
  const clock = new VirtualClock();
  const emulator = createEmulator({
    now: clock.now,
    rates: asAws,
    quotas: { applications: 1_000_000 },
  });
  const inner = emulator.requestHandler();
  const requestHandler: RequestHandler = {
    ...inner,
    handle: async (request) => {
      if (asAws) await clock.sleep(latencyMs);
      return clock.during(() => inner.handle(request));
    },
  };
  const runIn = async (args: readonly string[]) => {
    const start = clock.now();
    const output = new TextTail();
    const process = {
      env: { ...(inJob ? { GITLAB_CI: 'true' } : { NO_COLOR: '1' }), ...(asAws ? { APPCFG_RATES: 'aws' } : {}) },
      stdin: new PassThrough(),
      stdout: output,
      stderr: output,
      cwd: () => directory,
      on: () => {},
      off: () => {},
      cpuUsage: () => globalThis.process.cpuUsage(),
      exit: () => {},
    };
    const exitCode = await run(args, process, { clock, requestHandler, after: clock.after });
    return { exitCode, output, ms: clock.now() - start };
  };
  return {
    appcfg: async (...args) => {
      const { exitCode, output, ms } = await runIn(args);
      if (exitCode !== 0) throw new Error(`appcfg ${args.join(' ')} exits ${exitCode}:\n${output.text}`);
      return ms;
    },
    logOf: async (...args) => {
      const { exitCode, ms, output } = await runIn(args);
      return { exitCode, ms, bytes: output.bytes, lines: output.lines };
    },
    setAlarm: (alarm) => emulator.setAlarm(alarm),
    takeCalls: () => {
      const { GetCallerIdentity: _, ...calls } = emulator.stats();
      emulator.resetStats();
      return calls;
    },
  };
}

export function sum(calls: Readonly<Record<string, number>>): number {
  return Object.values(calls).reduce((total, count) => total + count, 0);
}

/** Enough of what was printed to see why a run failed. */
class TextTail {
  text = '';
  bytes = 0;
  lines = 0;

  write(text: string): void {
    this.bytes += Buffer.byteLength(text);
    this.lines += text.split('\n').length - 1;
    this.text = (this.text + text).slice(-4000);
  }
}
