// Texts are matched against patterns of the tree in a worker: a pattern such as "^(a+)+$" takes any time.
import type { PatternCheck } from '../core/flags/check-flags.ts';
import type { PatternMatcher } from '../core/render/check-content.ts';
import { type BoundedWorker, WorkLimitExceeded } from './bounded-worker.ts';

/** Matches nothing more after a pattern that took too long. */
export function patternMatcher(worker: BoundedWorker): PatternMatcher {
  const results = new WeakMap<readonly PatternCheck[], ReturnType<PatternMatcher>>();
  let isUsable = true;
  const match: PatternMatcher = async (checks) => {
    if (!isUsable) return [];
    try {
      const answer = await worker.run(() => ({ type: 'match', checks }));
      if (answer.type === 'matched') return answer.mismatches.flatMap((index) => checks[index] ?? []);
      throw new Error(answer.type === 'failed' ? answer.message : answer.type);
    } catch (error) {
      if (!(error instanceof WorkLimitExceeded)) throw error;
      if (!isUsable) return [];
      isUsable = false;
      return { message: `matching the patterns of the flags takes ${error.message}` };
    }
  };
  return (checks) => {
    const known = results.get(checks);
    if (known !== undefined) return known;
    const result = match(checks);
    results.set(checks, result);
    return result;
  };
}
