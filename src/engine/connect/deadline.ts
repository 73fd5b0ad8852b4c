// `--timeout`: a bound for the whole run, beside the interrupts of the user.
import { setMaxListeners } from 'node:events';
import type { Context } from '../context.ts';

export interface Deadline {
  /** Aborts on an interrupt, or with the reason `timeout` when the time is over; the problem was emitted then. */
  readonly signal: AbortSignal;
  close(): void;
}

/** @param timeoutMs counted from the start of the run; undefined: only interrupts end it. */
export function openDeadline(timeoutMs: number | undefined, context: Context): Deadline {
  if (timeoutMs === undefined) return { signal: context.signal, close: () => {} };
  const over = new AbortController();
  const closed = new AbortController();
  const left = context.startedAt + timeoutMs - context.clock.now();
  context.clock.sleep(Math.max(0, left), closed.signal).then(
    () => {
      context.emit({
        type: 'problem-found',
        problem: {
          code: 'run-timed-out',
          severity: 'error',
          message: `the run did not end within --timeout (${Math.round(timeoutMs / 1000)} s)`,
          hint: { text: 'running deployments go on in AppConfig; the same command picks up from there' },
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
