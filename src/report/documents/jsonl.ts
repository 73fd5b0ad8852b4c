import type { Event, StepResult } from '../../core/events/event.ts';
import { formatAddress } from '../../core/model/address.ts';
import type { SpellCommand } from '../../core/problem/hint.ts';
import { formatVersion } from './json.ts';
import { shownFile, shownHistory, shownPlan, shownProblem, shownStatus } from './json-members.ts';
import { shownReview } from './json-review.ts';
import { jsonText } from './json-text.ts';

function shownResult(result: StepResult, spell: SpellCommand): object {
  return result.status === 'failed' ? { ...result, problem: shownProblem(result.problem, spell) } : result;
}

/** An event as one line, its parts as in the documents. */
export function jsonLine(event: Event, spell: SpellCommand): string {
  const shown = {
    formatVersion,
    ...event,
    ...('plan' in event ? { plan: shownPlan(event.plan, spell) } : {}),
    ...('review' in event && event.review !== undefined ? { review: shownReview(event.review) } : {}),
    ...('problem' in event ? { problem: shownProblem(event.problem, spell) } : {}),
    ...(event.type === 'jobs-read' ? { results: event.results.map((result) => shownResult(result, spell)) } : {}),
    ...('address' in event ? { address: formatAddress(event.address) } : {}),
    ...(event.type === 'status-changed' ? { status: shownStatus(event.status) } : {}),
    ...('written' in event ? { written: shownFile(event.written) } : {}),
    ...('histories' in event ? { histories: event.histories.map(shownHistory) } : {}),
    ...(event.type === 'status-read' ? { addresses: event.addresses.map(shownStatus) } : {}),
  };
  return `${jsonText(shown)}\n`;
}
