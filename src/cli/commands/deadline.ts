// `--timeout`: a bound for the whole run, beside the interrupts of the user.
import { setMaxListeners } from 'node:events';
import type { Context } from '../context.ts';

/** Runs with a signal that aborts on an interrupt, or with the reason `timeout` when the time is over. */
export async function withDeadline(
  timeoutMs: number | undefined,
  context: Context,
  use: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  if (timeoutMs === undefined) return use(context.signal);
  const deadline = new AbortController();
  const ended = new AbortController();
  context.clock.sleep(timeoutMs, ended.signal).then(
    () => {
      context.emit({
        type: 'problem-found',
        problem: {
          code: 'run-timed-out',
          severity: 'error',
          message: `the run did not end within --timeout (${Math.round(timeoutMs / 1000)} s)`,
          hint: 'running deployments go on in AppConfig; the same command picks up from there',
        },
      });
      deadline.abort('timeout');
    },
    () => {},
  );
  try {
    const either = AbortSignal.any([context.signal, deadline.signal]);
    setMaxListeners(0, either);
    await use(either);
  } finally {
    ended.abort();
  }
}
