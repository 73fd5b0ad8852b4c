// What the signals do to a run.
import { setMaxListeners } from 'node:events';
import type { Emit } from '../../core/events/event.ts';
import type { Process } from '../../engine/context.ts';

/** The first signal ends the run in an orderly way, the second at once. */
export function listenForInterrupts(
  process: Process,
  reporting: { readonly emit: Emit; readonly abandon: () => void },
) {
  const controller = new AbortController();
  // Every environment that waits listens to it: Node would warn of a leak.
  setMaxListeners(0, controller.signal);
  const on = (signal: 'SIGINT' | 'SIGTERM') => () => {
    if (controller.signal.aborted) {
      reporting.abandon();
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }
    reporting.emit({ type: 'interrupted', signal });
    controller.abort(signal);
  };
  const onInterrupt = on('SIGINT');
  const onTerminate = on('SIGTERM');
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    signal: controller.signal,
    stop: () => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}
