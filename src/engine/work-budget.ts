// Bounds of CPU time: a machine that is busy with other programs must not make a check fail.
import { clearInterval, setInterval } from 'node:timers';
import type { StartBudget } from '../tree/bounded-worker.ts';

const everyMs = 100;

/** @param processorTime what this process has worked since its start, with all its threads, in milliseconds */
export function budgetsOf(processorTime: () => number): StartBudget {
  return (ms, onExceeded) => {
    const start = processorTime();
    let isExceeded = false;
    const timer = setInterval(() => {
      // Only at the second time: if this thread was busy, the worker's message has arrived meanwhile, and is read between the two.
      if (isExceeded) onExceeded();
      isExceeded = processorTime() - start > ms;
    }, everyMs);
    return () => clearInterval(timer);
  };
}
