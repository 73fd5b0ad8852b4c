// Texts are matched against patterns of the tree in a worker: a pattern such as "^(a+)+$" takes any time.
import type { PatternMatcher } from '../core/render/check-content.ts';
import type { BoundedWorker } from './bounded-worker.ts';
import { checkOnce } from './check-once.ts';

/** Matches nothing more after a pattern that took too long. */
export function patternMatcher(worker: BoundedWorker): PatternMatcher {
  return checkOnce(
    async (checks) => {
      const answer = await worker.run(() => ({ type: 'match', checks }));
      if (answer.type === 'matched') return answer.mismatches.flatMap((index) => checks[index] ?? []);
      throw new Error(answer.type === 'failed' ? answer.message : answer.type);
    },
    (message) => ({ message: `matching the patterns of the flags takes ${message}` }),
  );
}
