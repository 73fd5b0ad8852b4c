// A plan as a comment for a merge request. Text from configurations is inside fences that it cannot close.
import type { Event } from '../../core/events/event.ts';
import type { Report } from '../../core/events/report.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { SpellCommand } from '../../core/problem/hint.ts';
import { visibleLines } from '../style/escape.ts';
import { noColours } from '../style/style.ts';
import type { TextOptions } from '../style/text-options.ts';
import { historySummary, historyText } from '../text/history.ts';
import { planSections } from '../text/plan.ts';
import { summaryLine } from '../text/plan-summary.ts';
import { prunedProfiles } from '../view/plan-view.ts';
import { hintText, locationOf, messageOf } from '../view/problem-parts.ts';

/** GitLab colors the lines of a `diff` by the sign they begin with. */
const options: TextOptions = {
  style: noColours,
  width: Number.POSITIVE_INFINITY,
  verbose: false,
  full: true,
  signsFirst: true,
};

/** @param events of type `history-read` */
export function markdownDocument(
  { plan, review, problems, interruptedBy }: Report,
  events: readonly Event[],
  spell: SpellCommand,
): string {
  const histories = events.find((event) => event.type === 'history-read')?.histories;
  const parts = [
    '### appcfg',
    ...(interruptedBy === undefined ? [] : [`Interrupted (${interruptedBy}).`]),
    ...(histories === undefined ? [] : [`${historySummary(histories)}.`, fenced(historyText(histories, options))]),
    ...(plan === undefined ? [] : [summaryLine(plan)]),
    ...(plan === undefined || !hasDifferences(plan)
      ? []
      : [fenced(planSections(plan, review, options).join('\n'), 'diff')]),
    ...(problems.length === 0 ? [] : [fenced(problems.map((problem) => problemLines(problem, spell)).join('\n'))]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function hasDifferences(plan: Plan): boolean {
  const { settingsChanges, changeGroups, addresses } = plan;
  const shown = settingsChanges.length + changeGroups.length + prunedProfiles(plan).length;
  return shown > 0 || addresses.some(({ action }) => action !== 'unchanged');
}

function problemLines(problem: Report['problems'][number], spell: SpellCommand): string {
  const { hint } = problem;
  const text = [`${problem.severity}:`, locationOf(problem), messageOf(problem)]
    .filter((part) => part !== undefined)
    .join(' ');
  return visibleLines(hint === undefined ? text : `${text}\n  ${hintText(hint, spell)}`);
}

/** A fence longer than any run of back-ticks inside. */
function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}
