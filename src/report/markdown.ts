// A plan as a note for a merge request. Everything from configurations stands inside fences that it cannot close.
import type { Report } from '../core/events.ts';
import { planText, summaryLine } from './plan-text.ts';
import { noColours } from './style.ts';
import { visible } from './visible.ts';

export function markdownOf(report: Report): string {
  const { plan, problems } = report;
  const parts = ['### appcfg'];
  if (plan !== undefined) {
    parts.push(summaryLine(plan));
    if (
      plan.settingsChanges.length > 0 ||
      plan.changeClasses.length > 0 ||
      plan.addresses.some((address) => address.action !== 'unchanged')
    ) {
      parts.push(fenced(planText(plan, { style: noColours, width: 120, verbose: false }), 'diff'));
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

/** A fence longer than any run of back-ticks inside. */
function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}
