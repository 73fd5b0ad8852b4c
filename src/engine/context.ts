// What a command gets from outside: where it is, the time, where events go, and whether the user wants it to stop.
import type { ConnectOptions } from '../appconfig/client/connection.ts';
import type { Emit } from '../core/events/event.ts';
import type { Clock } from '../core/model/clock.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a test puts in the place of the machine. */
export interface Surroundings {
  readonly clock?: Clock;
  /** An embedded AppConfig in the place of the network. */
  readonly requestHandler?: RequestHandler;
}

export type RequestHandler = NonNullable<ConnectOptions['requestHandler']>;

export interface Context {
  readonly emit: Emit;
  readonly clock: Clock;
  /** Milliseconds since 1970 when the run began. */
  readonly startedAt: number;
  /** Aborts on the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly environment: Environment;
  /** The folder of the tree, absolute. */
  readonly directory: string;
  /** Where the command was started, absolute. */
  readonly cwd: string;
  readonly requestHandler: RequestHandler | undefined;
  /** Asks the user, on a terminal. */
  confirm(question: string): Promise<boolean | 'no terminal'>;
}

/** The part of Node's `process` that the tool uses; bin/ hands in the real one. */
export interface Process {
  readonly env: Environment;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean; unref?(): unknown };
  readonly stdout: Output;
  readonly stderr: Output;
  cwd(): string;
  on(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  /** Ends at once: the second signal. */
  exit(code: number): unknown;
}

export interface Output {
  write(text: string): unknown;
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
