// What a command gets from outside: where it is, the time, where events go, and whether the user wants it to stop.
import type { Emit } from '../core/events/event.ts';
import type { Scrubber } from '../core/events/scrubber.ts';
import type { After, Clock } from '../core/model/clock.ts';
import type { Settings } from '../core/settings/settings.ts';
import type { NamedRevision } from '../git/revision-source.ts';
import type { CiJob } from '../gitlab/ci-job.ts';
import type { StartBudget } from '../tree/bounded-worker.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a test replaces of the machine. */
export interface MachineOverrides {
  readonly clock?: Clock;
  /** Timers of what is shown: unlike those of the clock they keep no process running. */
  readonly after?: After;
  /** A local AppConfig instead of the network. */
  readonly requestHandler?: RequestHandler;
  /** The bounds of work in this process. */
  readonly startBudget?: StartBudget;
}

/** An HTTP request and response as the AWS SDK has them, as far as the local AppConfig uses them. */
export interface SdkRequest {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface SdkResponse {
  readonly statusCode: number;
  readonly reason?: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** Fits the AWS SDK's `requestHandler`. */
export interface RequestHandler {
  handle(request: SdkRequest, options?: { readonly abortSignal?: unknown }): Promise<{ response: SdkResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
}

/** The AppConfig of `--local`. */
export interface LocalAppConfig {
  readonly requestHandler: RequestHandler;
  /** Gives the tree of another folder, which has none yet, a local AppConfig with the same state. */
  copyTo(directory: string): Promise<void>;
  close(): Promise<void>;
}

export interface Context {
  readonly emit: Emit;
  /** Learns the secrets of the run: no event shows them. */
  readonly scrubber: Scrubber;
  readonly clock: Clock;
  /** Milliseconds since 1970 when the run began. */
  readonly startedAt: number;
  /** Aborts on the first SIGINT or SIGTERM, or with the reason `timeout` when the time of --timeout is over, which is then reported. */
  readonly signal: AbortSignal;
  /** From now on the end of --timeout is the end that the user asked for, and no problem. */
  readonly expectTimeout: () => void;
  /** Whether every problem is listed: otherwise those that trees have by hundreds are counted. */
  readonly verbose: boolean;
  /** Whether an output shows the whole content of a change: events have what sets each value. */
  readonly explainsChanges: boolean;
  /** For work that hostile files can make endless. */
  readonly startBudget: StartBudget;
  readonly environment: Environment;
  /** `v20.19.0`. */
  readonly nodeVersion: string;
  /** The CI job that the run is in. */
  readonly job: CiJob;
  /** Revisions whose settings protect the run's, as flags name them. */
  readonly settingsBases: readonly NamedRevision[];
  /** Whether questions can be answered: on a terminal, and in no CI job. */
  readonly isInteractive: boolean;
  /** Ends a process and those that it started: the leader of a group. */
  readonly killGroup: (leader: number) => void;
  /** The folder of the tree, absolute. */
  readonly directory: string;
  /** Where the command was started, absolute. */
  readonly cwd: string;
  readonly requestHandler: RequestHandler | undefined;
  /** Opens the AppConfig of `--local`. @throws AppcfgError */
  openLocal(settings: Settings, context: Context): Promise<LocalAppConfig>;
  /** Asks the user, on a terminal. */
  confirm(question: string): Promise<boolean | 'no terminal'>;
}

/** The part of Node's `process` that the tool uses; bin/ hands in the real one. */
export interface Process {
  readonly env: Environment;
  /** Of Node: `v20.19.0`. */
  readonly version?: string;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean; unref?(): unknown };
  readonly stdout: Output;
  readonly stderr: Output;
  cwd(): string;
  /** Of all threads, in microseconds. */
  cpuUsage(): { readonly user: number; readonly system: number };
  on(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  /** Ends at once: the second signal. */
  exit(code: number): unknown;
  /** Sends a signal to a process, or to a group where the number is negative. */
  kill?(id: number, signal: 'SIGKILL'): unknown;
}

export interface Output {
  write(text: string): unknown;
  /** The number of its open file; undefined of a stream that is none. */
  readonly fd?: number;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      // Node takes longer delays for none.
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
        Math.min(ms, 2 ** 31 - 1),
      );
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};
