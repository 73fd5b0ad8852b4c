// What a run has done, in a note: by wave, and by change group with the reasons.
import type { Report } from '../../core/events/report.ts';
import { wasApplied } from '../../core/events/report.ts';
import { type Group, groupsBy } from '../../core/model/groups-by.ts';
import { count, number } from '../../core/problem/quantity.ts';
import { code, inert, table } from '../style/markdown.ts';
import { causeWords } from '../text/not-done.ts';
import { doneParts } from '../text/outcome.ts';
import { messageOf } from '../view/problem-parts.ts';
import { endingOf, hasFailed, lossParts, type RunResult, runOutcomes, runResults } from '../view/run-results.ts';
import { addressName, itemList, longestName, namesText } from './note-names.ts';
import type { NoteOptions } from './note-options.ts';
import { hintLine } from './note-problems.ts';

/** Undefined for a run that has changed nothing, or has not tried to. */
export function resultSections(report: Report, options: NoteOptions): readonly string[] | undefined {
  if (report.plan === undefined || !wasApplied(report)) return undefined;
  const results = runResults(report);
  if (results.length === 0) return undefined;
  return [
    resultTable(
      results,
      report.plan.waves.map(({ name }) => name),
      options,
    ),
    ...notDoneSection(results, options),
  ];
}

/** @param order names of the waves */
function resultTable(results: readonly RunResult[], order: readonly string[], { bounds }: NoteOptions): string {
  const shownOutcomes = runOutcomes.filter((outcome) => results.some((each) => each.outcome === outcome));
  const hasWaves = results.some(({ planned }) => planned.wave !== undefined);
  const rowOf = (name: string, those: readonly RunResult[]) => [
    name,
    ...shownOutcomes.map((outcome) => {
      const some = those.filter((each) => each.outcome === outcome).length;
      return some === 0 ? '–' : outcome === 'succeeded' ? number(some) : `**${number(some)}**`;
    }),
  ];
  const waves = hasWaves ? [...order, undefined] : [];
  return table([
    ['addresses', ...shownOutcomes],
    ...waves
      .slice(0, Math.max(bounds.rows, 10))
      .map((wave) => [wave, results.filter(({ planned }) => planned.wave === wave)] as const)
      .filter(([, those]) => those.length > 0)
      .map(([wave, those]) => rowOf(wave === undefined ? 'no wave' : `wave ${code(wave, longestName)}`, those)),
    rowOf('**all**', results),
  ]);
}

/** One item for each reason, with the change groups and addresses that it concerns. */
function notDoneSection(results: readonly RunResult[], options: NoteOptions): readonly string[] {
  const open = results.filter(({ outcome }) => outcome !== 'succeeded' && outcome !== 'blocked');
  if (open.length === 0) return [];
  const reasons = groupsBy(open, causeKey);
  return [
    '#### What was not done, and why',
    itemList(
      reasons.toSorted((a, b) => rank(a) - rank(b)),
      options,
      (those) => reasonItem(those, options),
    ),
  ];
}

function causeKey(result: RunResult): string {
  const { outcome, problem } = result;
  return JSON.stringify([outcome, problem?.common === undefined ? reasonOf(result) : problem.common]);
}

function rank([first]: Group<RunResult>): number {
  return ['rolled back', 'failed', 'in flight', 'skipped'].indexOf(first.outcome);
}

function reasonItem(those: Group<RunResult>, options: NoteOptions): string {
  const { bounds } = options;
  const [first] = those;
  const addresses = those.map(({ planned }) => addressName(planned.address, options));
  const groups = [...new Set(those.flatMap(({ planned }) => planned.changeGroup ?? []))];
  const names = namesText(addresses, Math.min(5, bounds.names));
  const how = `**${first.outcome}**`;
  const many = those.length === 1 ? names : `${count(those.length, 'address', 'addresses')} (${names})`;
  const of = groups.length > 1 ? ` of ${count(groups.length, 'group of changes', 'groups of changes')}` : '';
  // Of several addresses the reason is the first one's: it has the alarm, for example.
  const differs = those.some((each) => reasonOf(each) !== reasonOf(first));
  const reason = `${inert(reasonOf(first), bounds.message)}${differs ? ', and similar' : ''}`;
  const text = `- ${how}: ${many}${of}: ${reason}`;
  const hint = first.outcome === 'skipped' ? undefined : first.problem?.hint;
  return hint === undefined ? text : `${text}\n  - ${hintLine(hint, options)}`;
}

function reasonOf({ problem, cause, outcome }: RunResult): string {
  if (problem !== undefined) {
    const text = messageOf({ ...problem, ...(problem.addresses && { addresses: [], count: 0 }) });
    return outcome === 'skipped' ? `another step failed: ${text}` : problem.message;
  }
  if (cause === undefined)
    return outcome === 'in flight' ? 'the deployment continues in AppConfig' : 'no reason is known';
  return causeWords.get(cause) ?? cause;
}

/** `Done: 12 of 12 addresses deployed.`, `Failed: 1 of 12 addresses rolled back, 2 skipped, 9 deployed.` */
export function resultSentence(report: Report): string {
  const { plan } = report;
  const results = runResults(report);
  const word = endingOf(report, hasFailed(report));
  const losses = lossParts(results);
  const deployed = results.filter(({ outcome }) => outcome === 'succeeded').length;
  const all = losses.length > 0 ? '' : ` of ${count(results.length, 'address', 'addresses')}`;
  const parts = results.length === 0 ? [] : [...losses, `${number(deployed)}${all} deployed`];
  const done = plan === undefined ? [] : doneParts(plan, report.results);
  return `${word}: ${(parts.length === 0 ? done : parts).join(', ') || 'nothing changed'}.`;
}
