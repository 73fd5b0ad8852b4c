// A plan as test cases: one for each tenant or environment that comes, goes or has another name, each change group and wave, which is what a reviewer counts; never one for each address.
import { partition } from 'es-toolkit/array/partition';
import type { Change } from '../../core/document/diff-values.ts';
import type { Report } from '../../core/events/report.ts';
import { wasApplied } from '../../core/events/report.ts';
import { formatAddress } from '../../core/model/address.ts';
import { groupsBy } from '../../core/model/groups-by.ts';
import type { Plan, PlannedAddress } from '../../core/plan/plan.ts';
import { mergeProblems } from '../../core/problem/merge-problems.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { count, number } from '../../core/problem/quantity.ts';
import { clipped } from '../style/markdown.ts';
import { causeWords } from '../text/not-done.ts';
import { waveViews } from '../view/plan-view.ts';
import { isOfNameChange, nameChanges, nameChangeText } from '../view/review-view.ts';
import { type RunResult, runResults } from '../view/run-results.ts';

export interface PlanCase {
  readonly suite: string;
  readonly name: string;
  readonly file?: string | undefined;
  /** Each cause once. */
  readonly failures?: readonly Problem[];
  /** Of what fails because of others. */
  readonly failure?: string;
  readonly skipped?: string | undefined;
}

/** A case for each change group and each wave, and one for all that is unchanged. */
export function planCases(plan: Plan, report: Report): readonly PlanCase[] {
  const results = new Map(runResults(report).map((result) => [formatAddress(result.planned.address), result]));
  const resultsOf = (addresses: readonly PlannedAddress[]) =>
    addresses.flatMap(({ address }) => results.get(formatAddress(address)) ?? []);
  const names = nameCases(plan, report, resultsOf);
  const groups = [...names.cases, ...groupCases(names.rest, plan, report, resultsOf)];
  const unchanged = plan.addresses.filter(({ action }) => action === 'unchanged').length;
  return [
    ...groups,
    ...waveCases(plan, report, resultsOf),
    ...(groups.length === 0 || unchanged > 0
      ? [{ suite: 'appcfg', name: `unchanged: ${addressCount(unchanged)}` }]
      : []),
  ];
}

type ResultsOf = (addresses: readonly PlannedAddress[]) => readonly RunResult[];

/** A rename is one case, not what is added and what is removed. */
function nameCases({ addresses }: Plan, report: Report, resultsOf: ResultsOf) {
  const cases: PlanCase[] = [];
  let rest = addresses.filter(({ action }) => action !== 'unchanged');
  for (const change of report.review === undefined ? [] : nameChanges(report.review)) {
    const isOf = isOfNameChange(change);
    const [own, others] = partition(rest, ({ address }) => isOf(address));
    rest = others;
    if (own.length === 0) continue;
    const name = `${change.name}: ${nameChangeText(change)}`;
    cases.push({ suite: `${change.of}s`, name, ...ending(resultsOf(own), report) });
  }
  return { cases, rest };
}

function groupCases(
  changing: readonly PlannedAddress[],
  plan: Plan,
  report: Report,
  resultsOf: ResultsOf,
): readonly PlanCase[] {
  const changes = new Map(plan.changeGroups.map(({ id, changes: each }) => [id, each]));
  const units = groupsBy(changing, ({ changeGroup, action, blockedBy }) =>
    JSON.stringify(changeGroup === undefined ? [action, blockedBy?.code] : [changeGroup]),
  );
  return units.map((addresses) => {
    const [first] = addresses;
    const [change, ...more] = changes.get(first.changeGroup ?? '') ?? [];
    const what = change === undefined ? first.action : `${changeText(change)}${more.length === 0 ? '' : ', …'}`;
    const name = formatAddress(first.address);
    const named = addresses.length === 1 ? name : `${addressCount(addresses.length)} like ${name}`;
    const profile = first.address.configurationProfile;
    return {
      suite: change === undefined || profile === undefined ? 'appcfg' : profile,
      name: `${what}: ${named}`,
      file: change?.source?.revision === undefined ? change?.source?.file : undefined,
      ...ending(resultsOf(addresses), report),
    };
  });
}

/** Of a run: a wave fails where too many of its addresses do. Their reasons are those of the change groups. */
function waveCases(plan: Plan, report: Report, resultsOf: ResultsOf): readonly PlanCase[] {
  if (!wasApplied(report)) return [];
  return waveViews(plan).map(({ name, maxFailures }) => {
    const results = resultsOf(plan.addresses.filter(({ wave }) => wave === name));
    const lost = results.filter(isLost).length;
    if (lost <= maxFailures) return { suite: 'waves', name, ...skippedPart(results, report) };
    const text = `${addressCount(lost)} failed or blocked; the wave allows ${number(maxFailures)}`;
    return { suite: 'waves', name, failure: text };
  });
}

const lossOutcomes: ReadonlySet<RunResult['outcome']> = new Set(['failed', 'rolled back', 'blocked']);

/** As waves count: also an address whose deployment was skipped because a step before it failed. */
function isLost({ outcome, problem }: RunResult): boolean {
  return lossOutcomes.has(outcome) || (outcome === 'skipped' && problem !== undefined);
}

/** What has failed or is blocked, each cause once; else, where nothing was done, why. */
function ending(results: readonly RunResult[], report: Report): Pick<PlanCase, 'failures' | 'skipped'> {
  const failures = mergeProblems(
    results.flatMap(({ outcome, problem, planned }) =>
      problem === undefined || outcome === 'skipped' ? [] : [{ ...problem, subject: planned.address }],
    ),
  );
  return failures.length > 0 ? { failures } : skippedPart(results, report);
}

/** In a plan that was not applied, nothing was skipped. */
function skippedPart(results: readonly RunResult[], report: Report): Pick<PlanCase, 'skipped'> {
  const skipped = results.filter(({ outcome }) => outcome === 'skipped');
  if (skipped.length === 0 || !wasApplied(report)) return {};
  const causes = new Set(skipped.map(({ cause = '' }) => causeWords.get(cause) ?? cause));
  return { skipped: `${addressCount(skipped.length)} skipped: ${[...causes].join('; ')}` };
}

/** `/rps 100 → 200`, short enough for a name. */
function changeText({ path, before, after }: Change): string {
  const value = (text: string | undefined) => (text === undefined ? 'none' : clipped(text, longestValue));
  return `${path === '' ? '(the whole content)' : clipped(path, longestPath)} ${value(before)} → ${value(after)}`;
}

const longestPath = 100;
const longestValue = 40;

function addressCount(addresses: number): string {
  return count(addresses, 'address', 'addresses');
}
