// How a run that changes AppConfig has ended.

import type { StepResult } from '../../core/events/event.ts';
import type { Report } from '../../core/events/report.ts';
import { wasApplied } from '../../core/events/report.ts';
import { type Group, groupsBy } from '../../core/model/groups-by.ts';
import { isRecord } from '../../core/plan/operations.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Step } from '../../core/plan/step.ts';
import { count } from '../../core/problem/quantity.ts';
import { addressText, locatedText } from '../style/address-text.ts';
import { wrapped } from '../style/columns.ts';
import { visible } from '../style/escape.ts';
import { type Ending, operationParts } from '../style/operation-words.ts';
import { duration } from '../style/quantities.ts';
import { firstOf, someOf } from '../style/shortened.ts';
import type { TextOptions } from '../style/text-options.ts';
import { summaryOf } from '../view/plan-summary.ts';
import { locatedIn } from '../view/plan-view.ts';
import { endingOf } from '../view/run-results.ts';
import type { TimeSpent } from './time-spent.ts';
import { waveTable } from './wave-table.ts';

/** Shown without -v. */
const mostListed = 20;
/** Named in one line. */
const mostNamed = 5;
const mostInFlightNamed = 10;

type Failed = Extract<StepResult, { status: 'failed' }>;
type Skipped = Extract<StepResult, { status: 'skipped' }>;

/**
 * What failed and was skipped, then a line that begins with `Done:`, `Failed:` or `Interrupted:`. Empty if there was nothing to do.
 * @param ending.failed the exit code is neither success nor "differences"
 */
export function outcomeText(
  report: Report,
  ending: { readonly failed: boolean; readonly time: TimeSpent },
  options: TextOptions,
): string {
  const { plan, results } = report;
  if (plan === undefined || !wasApplied(report) || isRecordOnly(report)) return '';
  const { style, width } = options;
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const failed = results.filter((result) => result.status === 'failed');
  const leftInFlight = results.filter(isLeftInFlight);
  const skipped = results.filter((result) => result.status === 'skipped').filter((result) => !isLeftInFlight(result));
  const blocked = summaryOf(plan).blocked;
  const open = [
    ...(failed.length === 0 ? [] : [`${count(failed.length, 'step')} failed`]),
    ...(leftInFlight.length === 0 ? [] : [`${count(leftInFlight.length, 'deployment')} left in flight`]),
    ...(skipped.length === 0 ? [] : [`${count(skipped.length, 'step')} skipped`]),
    ...(blocked === 0 || !ending.failed ? [] : [`${count(blocked, 'address', 'addresses')} blocked`]),
  ];
  const done = doneParts(plan, results).join(', ') || 'nothing changed';
  const word = endingOf(report, ending.failed);
  const errors = errorsOf(report);
  const why = open.join(', ') || (errors === 0 && word === 'Interrupted' ? '' : count(errors, 'error'));
  const summary =
    word === 'Done' || why === '' ? `${word}: ${[done, ...open].join(', ')}.` : `${word}: ${why}; ${done}.`;
  const spent = ending.time.line();
  const lines = [
    '',
    ...failedLines(failed, plan, options),
    ...skippedLines(skipped, { failed, steps }, options),
    ...reportsLine([failed.length, skipped.length], options),
    ...waveSection(report, ending.time, options),
    style[ending.failed ? 'error' : 'strong'](
      report.command === 'ci summary' ? summary : `${summary} It took ${duration(ending.time.ms)}.`,
    ),
    ...(spent === undefined ? [] : [style.faint(spent)]),
  ];
  return `${wrapped(lines.join('\n'), width)}\n`;
}

/** Where the rest of what is cut above is: a job is not run again to see more. */
function reportsLine(listed: readonly number[], { style, verbose, reports = [] }: TextOptions): readonly string[] {
  if (verbose || reports.length === 0 || listed.every((each) => each <= mostNamed)) return [];
  return [style.faint(`All of them, with reasons: ${reports.map(visible).join(', ')}`)];
}

/** Nothing was to be done besides records, and they were made. */
function isRecordOnly({ plan, results }: Report): boolean {
  return plan?.steps.every(isRecord) === true && results.every(({ status }) => status === 'succeeded');
}

function waveSection(report: Report, time: TimeSpent, { style, width }: TextOptions): readonly string[] {
  const lines = waveTable(report, { style, width, waveTimes: time.waves });
  if (lines.length === 0) return [];
  const isFirst = report.results.every(({ status }) => status === 'succeeded');
  return [...(isFirst ? [] : ['']), ...lines, ''];
}

type Steps = ReadonlyMap<string, Step>;

function failedLines(failed: readonly Failed[], plan: Plan, { style, verbose }: TextOptions): readonly string[] {
  const located = locatedIn(plan);
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const causes = groupsBy(failed, (each) => (verbose ? each.step : causeOf(each, steps)));
  const { shown, more } = firstOf(causes, verbose ? causes.length : mostListed, 'cause');
  const lines = shown.map((results) => {
    const [{ step: id }] = results;
    const step = steps.get(id);
    if (results.length === 1 || step === undefined) {
      const what = step === undefined ? visible(id) : `${locatedText(located(step))}  ${step.operation}`;
      return `${style.error('failed')}   ${what}`;
    }
    const names = new Set(results.map((each) => nameOf(each.step, steps)));
    return `${style.error('failed')}   ${count(results.length, 'step')} (${step.operation}): ${visible(commonText(results))}: ${someOf(names, mostNamed)}`;
  });
  return [...lines, ...more];
}

/** The operation and its problem; messages name deployments, so they differ where the cause does not. */
function causeOf({ step: id, problem }: Failed, steps: Steps): string {
  return JSON.stringify([steps.get(id)?.operation, problem.code, problem.hint?.text]);
}

/** The message that all have, or the code. */
function commonText(failed: Group<Failed>): string {
  const [{ problem }] = failed;
  return failed.every((each) => each.problem.message === problem.message) ? problem.message : problem.code;
}

/** One line for each cause: steps that failed for one cause are one. */
function skippedLines(
  skipped: readonly Skipped[],
  { failed, steps }: { readonly failed: readonly Failed[]; readonly steps: Steps },
  { style, verbose }: TextOptions,
): readonly string[] {
  const failures = new Map(failed.map((each) => [each.step, causeOf(each, steps)]));
  const causeOfSkipped = ({ note, blockedBy }: Skipped) =>
    note ?? (verbose ? undefined : failures.get(blockedBy)) ?? blockedBy;
  const causes = groupsBy(skipped, causeOfSkipped);
  const { shown, more } = firstOf(causes, verbose ? causes.length : mostListed, 'cause');
  const lines = shown.map((results) => {
    const names = new Set(results.map(({ step }) => nameOf(step, steps)));
    return `${style.warning('skipped')}  ${count(results.length, 'step')}${causeText(results)}: ${someOf(names, mostNamed)}`;
  });
  return [...lines, ...more];
}

/** Causes that are not steps. */
export const causeWords: ReadonlyMap<string, string> = new Map([
  ['interrupted', 'an interrupt'],
  ['timeout', '--timeout'],
  ['fail-fast', 'the first failure (--fail-fast)'],
  ['internal-error', 'an internal error'],
  ['not-pruned', 'the warning above'],
]);

function causeText(skipped: readonly Skipped[]): string {
  const { blockedBy = '', note } = skipped[0] ?? {};
  if (note !== undefined) return `: ${visible(note)}`;
  const blocking = new Set(skipped.map((each) => each.blockedBy)).size;
  if (blocking > 1) return ` because of ${count(blocking, 'failed step')}`;
  return ` because of ${causeWords.get(blockedBy) ?? `"${visible(blockedBy)}"`}`;
}

function nameOf(id: string, steps: Steps): string {
  const step = steps.get(id);
  return step === undefined ? visible(id) : addressText(step.subject);
}

/** `2 versions created`, `1 deployment complete`. */
export function doneParts(plan: Plan, results: readonly StepResult[]): readonly string[] {
  const resultOf = new Map(results.map((result) => [result.step, result]));
  const ended = plan.steps
    .filter((step) => !isRecord(step))
    .flatMap((step): readonly { step: Step; ending: Ending }[] => {
      const result = resultOf.get(step.id);
      if (result?.status !== 'succeeded') return [];
      const isUnchanged = result.unchanged === true;
      if (result.running === undefined) return [{ step, ending: isUnchanged ? 'already' : 'done' }];
      return [{ step, ending: isUnchanged ? 'left in flight' : 'started' }];
    });
  return operationParts(plan.kind, ended);
}

/** Of commands that write, for runs in which they did not. */
const nothingDone: ReadonlyMap<string, string> = new Map([
  ['sync', 'Nothing was changed.'],
  ['rollback', 'Nothing was changed.'],
  ['cleanup', 'Nothing was deleted.'],
]);

/** What is in flight, and how to continue. */
export function interruptedText(command: string, report: Report): string {
  const { plan, results, interruptedBy } = report;
  if (plan === undefined || !wasApplied(report)) {
    return `${[`Interrupted (${interruptedBy}).`, nothingDone.get(command)].join(' ').trim()}\n`;
  }
  const hint = 'To continue, run the same command again: it starts from what is live in AppConfig.';
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const left = results.filter(isLeftInFlight).map(({ step }) => nameOf(step, steps));
  const inFlight =
    left.length === 0
      ? 'No deployment is in flight.'
      : `${count(left.length, 'deployment continues', 'deployments continue')} in AppConfig: ${someOf(left, mostInFlightNamed)}`;
  return `Interrupted (${interruptedBy}). ${inFlight}\n${hint}\n`;
}

/** A deployment that this run started or waited for, and that continues without it. */
function isLeftInFlight(result: StepResult): boolean {
  return result.status === 'skipped' && result.running !== undefined;
}

function errorsOf({ problems }: Report): number {
  return problems.filter(({ severity }) => severity === 'error').length;
}
