// How a run that changes AppConfig has ended.

import type { StepResult } from '../../core/events/event.ts';
import type { Report } from '../../core/events/report.ts';
import { wasApplied } from '../../core/events/report.ts';
import { isDeployment, isRecord } from '../../core/plan/operations.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Step } from '../../core/plan/step.ts';
import { count, number } from '../../core/problem/quantity.ts';
import { addressText } from '../style/address-text.ts';
import { wrapped } from '../style/columns.ts';
import { visible } from '../style/escape.ts';
import { type Ending, operationParts } from '../style/operation-words.ts';
import { duration } from '../style/quantities.ts';
import { someOf } from '../style/shortened.ts';
import type { TextOptions } from '../style/text-options.ts';
import { addressesWith, summaryOf } from '../view/plan-summary.ts';
import { endingOf } from '../view/run-results.ts';
import { failedLines, mostNamed, skippedLines } from './not-done.ts';
import type { TimeSpent } from './time-spent.ts';
import { waveTable } from './wave-table.ts';

const mostInFlightNamed = 10;

/**
 * What failed and was skipped, then a line that begins with `Done:`, `Failed:` or `Interrupted:`. Empty if there was nothing to do.
 * @param ending.failed the exit code is neither success nor "differences"
 */
export function outcomeText(
  report: Report,
  ending: { readonly failed: boolean; readonly time: TimeSpent; readonly isDryRun?: boolean | undefined },
  options: TextOptions,
): string {
  const { plan, results } = report;
  if (plan !== undefined && !wasApplied(report) && ending.isDryRun === false)
    return nothingDoneText(report, ending.failed, options);
  if (plan === undefined || !wasApplied(report) || isRecordOnly(report)) return '';
  const { style, width } = options;
  const failed = results.filter((result) => result.status === 'failed');
  const leftInFlight = results.filter(isLeftInFlight);
  const skipped = results.filter((result) => result.status === 'skipped').filter((result) => !isLeftInFlight(result));
  const blocked = summaryOf(plan).blocked;
  const open = [
    ...notDoneParts(plan.steps, { failed, 'left in flight': leftInFlight, skipped }),
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
    ...skippedLines(skipped, { results, plan }, options),
    ...reportsLine([failed.length, skipped.length], options),
    ...waveSection(report, ending.time, options),
    ...nextStageLine(report),
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

/** `1 of 4 deployments failed`, `2 skipped`, `1 other step skipped`: the deployments first, of all that were planned. */
function notDoneParts(
  steps: readonly Step[],
  results: Readonly<Record<string, readonly StepResult[]>>,
): readonly string[] {
  const deployments = new Set(steps.filter(isDeployment).map(({ id }) => id));
  const counts = Object.entries(results).map(([ending, those]) => {
    const own = those.filter(({ step }) => deployments.has(step)).length;
    return { ending, own, others: those.length - own };
  });
  const ofAll = ` of ${count(deployments.size, 'deployment')}`;
  const own = counts.filter((each) => each.own > 0);
  const other = own.length === 0 ? '' : 'other ';
  return [
    ...own.map(({ ending, own: some }, index) => `${number(some)}${index === 0 ? ofAll : ''} ${ending}`),
    ...counts.flatMap(({ ending, others }) => (others === 0 ? [] : [`${count(others, `${other}step`)} ${ending}`])),
  ];
}

/** Nothing was to be done besides records, and they were made. */
function isRecordOnly({ plan, results }: Report): boolean {
  return plan?.steps.every(isRecord) === true && results.every(({ status }) => status === 'succeeded');
}

/** Of a run that was to change AppConfig and did not, unless its plan shows why. */
function nothingDoneText(report: Report, failed: boolean, { style, width }: TextOptions): string {
  const { plan, problems, interruptedBy } = report;
  if (plan === undefined || interruptedBy !== undefined || problems.some(({ code }) => code === 'declined')) return '';
  const { blocked, drifted } = summaryOf(plan);
  const addresses = (some: number, how: string) =>
    some === 0 ? [] : [`${count(some, 'address', 'addresses')} ${how}`];
  const open = [...addresses(blocked, 'blocked'), ...addresses(drifted, 'drifted')].join(', ');
  if (!failed && open === '') return '';
  const text = failed
    ? `Failed: ${open || count(errorsOf(report), 'error')}; nothing changed.`
    : `Done: nothing changed, ${open}.`;
  return `\n${style[failed ? 'error' : 'strong'](wrapped(text, width))}\n`;
}

/** After a stage that creates what the next one deploys. */
function nextStageLine({ plan, command }: Report): readonly string[] {
  if (plan === undefined || command !== 'sync' || plan.steps.some(isDeployment)) return [];
  const left = addressesWith(plan, 'create', 'update').length;
  if (left === 0) return [];
  return [`${count(left, 'deployment follows', 'deployments follow')} with sync --only deploy.`];
}

function waveSection(report: Report, time: TimeSpent, { style, width }: TextOptions): readonly string[] {
  const lines = waveTable(report, { style, width, waveTimes: time.waves });
  if (lines.length === 0) return [];
  const isFirst = report.results.every(({ status }) => status === 'succeeded');
  return [...(isFirst ? [] : ['']), ...lines, ''];
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
  const again =
    command === 'ci summary'
      ? 'retry the interrupted job in GitLab, or run its own command again'
      : 'run the same command again';
  const hint = `To continue, ${again}: it starts from what is live in AppConfig.`;
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const left = results.filter(isLeftInFlight).map(({ step }) => addressText(steps.get(step)?.subject ?? {}));
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
