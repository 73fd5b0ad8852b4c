// The same work in several accounts and Regions at once. A failure in one does not stop the others.
import { CallFailure } from '../../appconfig/client/call-failure.ts';
import type { Emit } from '../../core/events/event.ts';
import type { AccountRegion } from '../../core/model/account-region.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import { AppcfgError, type Problem } from '../../core/problem/problem.ts';
import type { ProblemCode } from '../../core/problem/problem-codes.ts';

/** An account and Region of a run, and what of the tree is in it. */
export interface DesiredAccountRegion {
  readonly accountRegion: AccountRegion;
  /** Whether it is reached with the run's own credentials and Region. */
  readonly isOwn: boolean;
  readonly desired: readonly DesiredApplication[];
}

export interface UnreachedAccountRegion extends DesiredAccountRegion {
  /** Has its account and Region. */
  readonly problem: Problem;
}

interface FailedAccountRegion extends UnreachedAccountRegion {
  /** As they are where all fail. */
  readonly problems: readonly Problem[];
  readonly cause: unknown;
}

interface EachOptions {
  /** Other accounts and Regions of the run, which could not be reached. */
  readonly unreached: readonly UnreachedAccountRegion[];
  /** What fails after it aborted ends the run. */
  readonly signal: AbortSignal;
}

/**
 * Does the work in all of these accounts and Regions at once. A failure ends the run where all failed.
 * @throws AppcfgError with the problems of all; what no account and Region causes, as it is
 */
export async function inAccountRegions<Of extends { readonly at: DesiredAccountRegion }, Done>(
  { unreached, signal }: EachOptions,
  accountRegions: readonly Of[],
  work: (of: Of) => Promise<Done>,
): Promise<{ readonly done: readonly [Done, ...Done[]]; readonly failed: readonly UnreachedAccountRegion[] }> {
  const results = await Promise.all(
    accountRegions.map(async (of): Promise<{ readonly done: Done } | FailedAccountRegion> => {
      try {
        return { done: await work(of) };
      } catch (error) {
        const [problem, ...more] = signal.aborted ? [] : localProblems(error);
        if (problem === undefined) throw error;
        return { ...of.at, problem: located(problem, of.at), problems: [problem, ...more], cause: error };
      }
    }),
  );
  const failed = results.filter((result) => 'problem' in result);
  const [first, ...others] = results.filter((result) => 'done' in result);
  if (first === undefined) {
    const problems = [...failed.flatMap((each) => each.problems), ...unreached.map(({ problem }) => problem)];
    throw failureOf(problems, failed[0]?.cause);
  }
  return { done: [first.done, ...others.map(({ done }) => done)], failed };
}

/** Emits why accounts and Regions could not be reached or read. */
export function emitUnreached(unreached: readonly UnreachedAccountRegion[], emit: Emit): void {
  for (const { problem } of unreached) emit({ type: 'problem-found', problem });
}

/** A problem of one account and Region, while others have none. */
function located(problem: Problem, { accountRegion: { id, region } }: DesiredAccountRegion): Problem {
  const inAccountRegion = { accountRegion: id, ...problem };
  if (problem.code !== 'credentials-refused') return inAccountRegion;
  // Other Regions accept these credentials.
  return { ...inAccountRegion, hint: { text: `check that Region ${region} is enabled in the account` } };
}

/** Problems that all accounts and Regions of a run have, when one has them. */
const problemsOfRun: ReadonlySet<ProblemCode> = new Set([
  'credentials-missing',
  'credentials-invalid',
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
