import type { Interruptible } from '../../core/factor/interruptible.ts';
import { breathe } from '../load-tree.ts';

/** Does long work so that the run notices signals and its deadline meanwhile. @throws the reason of the signal */
export async function interruptibly<T>(work: Interruptible<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await breathe(signal);
  }
}
