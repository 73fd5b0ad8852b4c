// A plan as a note for a merge request. Everything from configurations stands inside fences that it cannot close.
import type { Event } from '../core/events/event.ts';
import type { Report } from '../core/events/report.ts';
import type { Plan } from '../core/plan/plan.ts';
import { historySummary, historyText } from './history-text.ts';
import { planText, summaryLine } from './plan-text.ts';
import { noColours } from './style.ts';
import { visible } from './visible.ts';

export function markdownOf(report: Report, events: readonly Event[]): string {
  const { plan, problems } = report;
  const parts = ['### appcfg'];
  const read = events.find((event) => event.type === 'history-read');
  if (read !== undefined) {
    parts.push(`${historySummary(read.histories)}.`);
    parts.push(fenced(historyText(read.histories, { style: noColours, width: Number.POSITIVE_INFINITY })));
  }
  if (plan !== undefined) {
    parts.push(summaryLine(plan));
    if (
      plan.settingsChanges.length > 0 ||
      plan.changeGroups.length > 0 ||
      plan.addresses.some((address) => address.action !== 'unchanged')
    ) {
      parts.push(fenced(planRows(plan), 'diff'));
    }
  }
  if (problems.length > 0) {
    const lines = problems.map(
      (p) => `${p.severity}: ${p.source ?? ''} ${p.message}${p.hint === undefined ? '' : `\n  ${p.hint}`}`,
    );
    parts.push(fenced(lines.map((line) => line.split('\n').map(visible).join('\n')).join('\n')));
  }
  return `${parts.join('\n\n')}\n`;
}

/** Without its last line, which stands above; signs at the start of a line are what colours a `diff`. */
function planRows(plan: Plan): string {
  const text = planText(plan, { style: noColours, width: Number.POSITIVE_INFINITY, verbose: false });
  return text.slice(0, text.lastIndexOf(summaryLine(plan))).replace(/^ {2}(?=[-+~] )/gm, '');
}

/** A fence longer than any run of back-ticks inside. */
function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}
