// `--timeout`: the time limit of the whole run.
import { setMaxListeners } from 'node:events';
import type { Context } from '../context.ts';

export interface Deadline {
  /** Aborts on an interrupt, or with the reason `timeout` when the time is over, which is then reported. */
  readonly signal: AbortSignal;
  /** From now on the run ends only so: that is no problem. */
  expect(): void;
  close(): void;
}

/** @param timeoutMs from now, the start of the run; undefined: no limit */
export function openDeadline(
  timeoutMs: number | undefined,
  context: Pick<Context, 'emit' | 'clock' | 'signal'>,
): Deadline {
  if (timeoutMs === undefined) return { signal: context.signal, expect: () => {}, close: () => {} };
  const over = new AbortController();
  const closed = new AbortController();
  let isExpected = false;
  const end = () => {
    if (!isExpected) reportTimeout(timeoutMs, context);
    over.abort('timeout');
  };
  context.clock.sleep(timeoutMs, closed.signal).then(end, () => {});
  const signal = AbortSignal.any([context.signal, over.signal]);
  setMaxListeners(0, signal);
  const expect = () => {
    isExpected = true;
  };
  return { signal, expect, close: () => closed.abort() };
}

function reportTimeout(timeoutMs: number, { emit }: Pick<Context, 'emit'>): void {
  emit({
    type: 'problem-found',
    problem: {
      code: 'run-timed-out',
      severity: 'error',
      message: `the run did not end within --timeout (${Math.round(timeoutMs / 1000)} s)`,
      hint: { text: 'deployments in flight continue in AppConfig; run the same command again for the rest' },
    },
  });
}
