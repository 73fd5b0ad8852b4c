import { CallFailure, mayHaveActed } from '../client/call-failure.ts';
import type { WriteContext } from './write-resources.ts';

/**
 * Runs a create. When it is refused or its answer got lost, `find` tells whether the thing is there; only if not, and
 * only if the first try may have met a passing trouble, it is tried again.
 */
export async function createOnce<T>(
  context: WriteContext,
  create: () => Promise<T>,
  find: () => Promise<T | undefined>,
): Promise<{ readonly made: T; readonly unchanged: boolean }> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { made: await create(), unchanged: false };
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      const doubtful = mayHaveActed(error) || error.kind === 'bad-request' || error.kind === 'conflict';
      if (!doubtful && error.kind !== 'unreachable') throw error;
      const found = doubtful ? await find() : undefined;
      if (found !== undefined) return { made: found, unchanged: !mayHaveActed(error) };
      if (!(await context.connection.mayTryAgain(error, attempt, context.halt))) throw error;
    }
  }
}
