// Work in several places (accounts and Regions) at once: what goes wrong in one of them keeps nobody from the others.
import { CallFailure } from '../../appconfig/client/call-failure.ts';
import { AppcfgError, type Problem } from '../../core/problem/problem.ts';
import type { ProblemCode } from '../../core/problem/problem-codes.ts';

export interface FailedAccountRegion<Place> {
  readonly at: Place;
  readonly problem: Problem;
  readonly cause: unknown;
}

/**
 * Does the same in all places. In the only place of a run what goes wrong is the run's, and so it is where nothing could be
 * done in any.
 * @param about.others problems of places of the run that are out of reach already
 * @param about.signal what fails after it aborted ends the run
 * @throws AppcfgError or CallFailure
 */
export async function inEachAccountRegion<Place, Done>(
  places: readonly Place[],
  work: (at: Place) => Promise<Done>,
  about: { readonly others: readonly Problem[]; readonly signal: AbortSignal },
): Promise<{ readonly done: readonly [Done, ...Done[]]; readonly failed: readonly FailedAccountRegion<Place>[] }> {
  const { others, signal } = about;
  const several = places.length + others.length > 1;
  const results = await Promise.all(
    places.map(async (at): Promise<{ readonly done: Done } | FailedAccountRegion<Place>> => {
      try {
        return { done: await work(at) };
      } catch (error) {
        const problem = several && !signal.aborted ? problemOfOnePlace(error) : undefined;
        if (problem === undefined) throw error;
        return { at, problem, cause: error };
      }
    }),
  );
  const failed = results.filter((result) => 'problem' in result);
  const [first, ...more] = results.filter((result) => 'done' in result);
  if (first === undefined) throw failureOf([...failed.map(({ problem }) => problem), ...others], failed[0]?.cause);
  return { done: [first.done, ...more.map(({ done }) => done)], failed };
}

/** What went wrong in a place and says nothing of the others; undefined: it does, or the run was interrupted. */
function problemOfOnePlace(error: unknown): Problem | undefined {
  if (error instanceof CallFailure && error.kind === 'aborted') return undefined;
  const [problem] = error instanceof AppcfgError ? error.problems : error instanceof CallFailure ? [error.problem] : [];
  return problem === undefined || ofTheRun.has(problem.code) ? undefined : problem;
}

const ofTheRun: ReadonlySet<ProblemCode> = new Set(['credentials-missing', 'credentials-expired', 'region-missing']);

function failureOf(problems: readonly Problem[], cause: unknown): Error {
  // Credentials that no place accepts are one problem, and not a place's.
  const [first, ...more] = problems.every(({ code }) => code === 'credentials-refused')
    ? problems.slice(0, 1)
    : problems;
  return first === undefined ? new Error('a run without places') : new AppcfgError([first, ...more], { cause });
}
