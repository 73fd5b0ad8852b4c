// The same work in several accounts and Regions at once. A failure in one does not stop the others.
import { CallFailure } from '../../appconfig/client/call-failure.ts';
import { AppcfgError, type Problem } from '../../core/problem/problem.ts';
import type { ProblemCode } from '../../core/problem/problem-codes.ts';

export interface FailedAccountRegion<At> {
  readonly at: At;
  readonly problem: Problem;
  readonly cause: unknown;
}

export interface EachOptions {
  /** Problems of other accounts and Regions of the run, which could not be reached. */
  readonly others: readonly Problem[];
  /** What fails after it aborted ends the run. */
  readonly signal: AbortSignal;
}

/**
 * Does the work in all of them. A failure ends the run where all failed.
 * @throws AppcfgError with the problems of all; what no account and Region causes, as it is
 */
export async function inEachAccountRegion<At, Done>(
  accountRegions: readonly At[],
  work: (at: At) => Promise<Done>,
  { others, signal }: EachOptions,
): Promise<{ readonly done: readonly [Done, ...Done[]]; readonly failed: readonly FailedAccountRegion<At>[] }> {
  const results = await Promise.all(
    accountRegions.map(async (at): Promise<{ readonly done: Done } | FailedAccountRegion<At>> => {
      try {
        return { done: await work(at) };
      } catch (error) {
        const [problem] = signal.aborted ? [] : localProblems(error);
        if (problem === undefined) throw error;
        return { at, problem, cause: error };
      }
    }),
  );
  const failed = results.filter((result) => 'problem' in result);
  const [first, ...more] = results.filter((result) => 'done' in result);
  if (first === undefined) {
    throw failureOf([...failed.flatMap(({ cause }) => localProblems(cause)), ...others], failed[0]?.cause);
  }
  return { done: [first.done, ...more.map(({ done }) => done)], failed };
}

/** Problems that all accounts and Regions of a run have, when one has them. */
const problemsOfRun: ReadonlySet<ProblemCode> = new Set([
  'credentials-missing',
  'credentials-expired',
  'region-missing',
]);

/** The problems of one account and Region; empty for an interrupt, and for what all have. */
function localProblems(error: unknown): readonly Problem[] {
  if (error instanceof CallFailure && error.kind === 'aborted') return [];
  const problems = error instanceof AppcfgError ? error.problems : error instanceof CallFailure ? [error.problem] : [];
  return problems.some(({ code }) => problemsOfRun.has(code)) ? [] : problems;
}

function failureOf(problems: readonly Problem[], cause: unknown): Error {
  // Credentials that are accepted nowhere are one problem, of the run.
  const [first, ...more] = problems.every(({ code }) => code === 'credentials-refused')
    ? problems.slice(0, 1)
    : problems;
  if (first === undefined) return new Error('a run without an account and Region');
  return new AppcfgError([first, ...more], { cause });
}
