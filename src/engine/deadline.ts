// `--timeout`: the time limit of the whole run.
import { setMaxListeners } from 'node:events';
import type { Context } from './context.ts';

export interface Deadline {
  /** Aborts on an interrupt, or with the reason `timeout` when the time is over, which is then reported. */
  readonly signal: AbortSignal;
  close(): void;
}

/** @param timeoutMs from now, the start of the run; undefined: no limit */
export function openDeadline(
  timeoutMs: number | undefined,
  context: Pick<Context, 'emit' | 'clock' | 'signal'>,
): Deadline {
  if (timeoutMs === undefined) return { signal: context.signal, close: () => {} };
  const over = new AbortController();
  const closed = new AbortController();
  context.clock.sleep(timeoutMs, closed.signal).then(
    () => {
      context.emit({
        type: 'problem-found',
        problem: {
          code: 'run-timed-out',
          severity: 'error',
          message: `the run did not end within --timeout (${Math.round(timeoutMs / 1000)} s)`,
          hint: { text: 'deployments in flight continue in AppConfig; run the same command again for the rest' },
        },
      });
      over.abort('timeout');
    },
    () => {},
  );
  const signal = AbortSignal.any([context.signal, over.signal]);
  setMaxListeners(0, signal);
  return { signal, close: () => closed.abort() };
}
