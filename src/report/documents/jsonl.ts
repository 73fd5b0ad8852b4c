import type { Event } from '../../core/events.ts';
import { formatVersion } from './json.ts';
import { shownPlan } from './json-members.ts';
import { jsonText } from './json-text.ts';

/** An event as one line. */
export function jsonLine(event: Event): string {
  const shown = event.type === 'plan-made' ? { ...event, plan: shownPlan(event.plan) } : event;
  return `${jsonText({ formatVersion, ...shown })}\n`;
}
