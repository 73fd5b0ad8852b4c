// A run as a comment for a merge request. Of a change of the tree it is a note; of other commands the text, in fences that it cannot
// close.
import type { Event } from '../../core/events/event.ts';
import type { Report } from '../../core/events/report.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { SpellCommand } from '../../core/problem/hint.ts';
import { noteText } from '../note/note.ts';
import { summaryLine } from '../plan/plan-summary.ts';
import { planSections } from '../plan/plan-text.ts';
import { historySummary, historyText } from '../results/history.ts';
import { visibleLines } from '../style/escape.ts';
import { fenced } from '../style/markdown.ts';
import { diffOptions } from '../style/text-options.ts';
import { prunedProfiles } from '../view/plan-view.ts';
import { problemText } from '../view/problem-parts.ts';

export interface MarkdownOptions {
  readonly command: string;
  readonly spell: SpellCommand;
  /** Where the HTML page of the same run is. */
  readonly htmlUrl: string | undefined;
}

/** @param events of type `history-read` */
export function markdownDocument(
  report: Report,
  events: readonly Event[],
  { command, spell, htmlUrl }: MarkdownOptions,
): string {
  if (command === 'diff' || command === 'sync' || command === 'ci summary') return noteText(report, { spell, htmlUrl });
  const { plan, problems, interruptedBy } = report;
  const histories = events.find((event) => event.type === 'history-read')?.histories;
  const parts = [
    '### appcfg',
    ...(interruptedBy === undefined ? [] : [`Interrupted (${interruptedBy}).`]),
    ...(histories === undefined
      ? []
      : [`${historySummary(histories)}.`, fenced(historyText(histories, diffOptions).split('\n'))]),
    ...(plan === undefined ? [] : [summaryLine(plan)]),
    ...(plan === undefined || !hasDifferences(plan)
      ? []
      : [fenced(planSections(plan, undefined, diffOptions).join('\n').split('\n'), 'diff')]),
    ...(problems.length === 0 ? [] : [fenced(problems.map((problem) => visibleLines(problemText(problem, spell))))]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function hasDifferences(plan: Plan): boolean {
  const shown = plan.changeGroups.length + prunedProfiles(plan).length;
  return shown > 0 || plan.addresses.some(({ action }) => action !== 'unchanged');
}
