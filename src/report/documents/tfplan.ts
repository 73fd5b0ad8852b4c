import type { Report } from '../../core/events/report.ts';
import { summaryOf } from '../view/plan-summary.ts';

/** The counts that GitLab's Terraform widget shows in a merge request. Without a plan there are none, and it reports that they are missing. */
export function tfplanDocument({ plan }: Report): string {
  if (plan === undefined) return '{}\n';
  const { create, update, delete: deleted } = summaryOf(plan);
  return `${JSON.stringify({ create, update, delete: deleted })}\n`;
}
