// The problems of the jobs of a rollout, each cause once. A job also reads the waves before its own, and reports again what it finds there.
import { formatAddress } from '../model/address.ts';
import { causeOf, concernedBy, mergeProblems } from '../problem/merge-problems.ts';
import type { Problem } from '../problem/problem.ts';
import type { ProblemCode } from '../problem/problem-codes.ts';
import { type JobReport, type ReportedPlan, subjectOf } from './read-report.ts';

type Blocked = ReportedPlan['addresses'][number];

export interface JobProblems extends Pick<JobReport, 'problems' | 'results'> {
  readonly plan: ReportedPlan | undefined;
  /** Equal in all reports for equal changes, by the id in the report. */
  readonly changes: ReadonlyMap<string, string>;
}

/** What blocks addresses has those of all jobs, each counted once. */
export function mergeCauses(reports: readonly JobProblems[]): readonly Problem[] {
  const rolledBack = new Set(reports.flatMap(rolledBackIn));
  const causes = new Map<string, Problem>();
  const found = reports.flatMap((report) => {
    const blocked = blockedBy(report);
    return report.problems.flatMap((problem): readonly Problem[] => {
      const those = blocked.get(problem);
      if (those === undefined) return [problem];
      const { addresses: _addresses, count: _count, ...alone } = problem;
      return those
        .filter(({ address }) => problem.code !== 'guard-rolled-back' || !rolledBack.has(address))
        .map(({ address, changeGroup = '' }) => {
          const cause = causeIn(causes, alone, report.changes.get(changeGroup));
          return { ...alone, common: cause.common ?? cause.message, subject: subjectOf(address) };
        });
    });
  });
  return mergeProblems(found);
}

/** The same change is one cause, wherever a job has found that it was rolled back. */
function causeIn(causes: Map<string, Problem>, problem: Problem, change: string | undefined): Problem {
  const isOfChange = problem.code === 'guard-rolled-back' && problem.common === undefined && change !== undefined;
  const cause = (isOfChange ? causes.get(change) : undefined) ?? causes.get(causeOf(problem)) ?? problem;
  if (isOfChange) causes.set(change, cause);
  causes.set(causeOf(problem), cause);
  return cause;
}

/** What an earlier job rolled back is no second cause where a later one finds it. */
function rolledBackIn({ plan, results }: JobProblems): readonly string[] {
  const codes = new Set<ProblemCode | undefined>(['deployment-rolled-back', 'deployment-stopped']);
  const failed = new Set(results.filter(({ problem }) => codes.has(problem?.code)).map(({ step }) => step));
  return (plan?.steps ?? []).filter(({ id }) => failed.has(id)).map(({ address }) => address);
}

/** The addresses of a report by the problem that blocks them. */
function blockedBy({ plan, problems }: JobProblems): ReadonlyMap<Problem, readonly Blocked[]> {
  const found = new Map<Problem, Blocked[]>();
  const findProblem = problemFinder(problems);
  for (const planned of plan?.addresses ?? []) {
    const problem = findProblem(planned);
    if (problem !== undefined) found.set(problem, [...(found.get(problem) ?? []), planned]);
  }
  return found;
}

/** Finds what blocks an address: a problem lists only the first of its addresses. */
export function problemFinder(problems: readonly Problem[]): (blocked: Blocked) => Problem | undefined {
  const listed = new Map<string, Problem>();
  const byText = new Map<string, Problem>();
  const byCode = new Map<string, readonly Problem[]>();
  for (const problem of problems) {
    const { code, message } = problem;
    for (const address of concernedBy(problem)) listed.set(`${code} ${formatAddress(address)}`, problem);
    byText.set(`${code} ${message}`, problem);
    byCode.set(code, [...(byCode.get(code) ?? []), problem]);
  }
  return ({ address, blockedBy: code, reason }) => {
    if (code === undefined) return undefined;
    const [only, ...others] = byCode.get(code) ?? [];
    const known = listed.get(`${code} ${address}`) ?? byText.get(`${code} ${reason}`);
    return known ?? (others.length === 0 ? only : undefined);
  };
}
