import type { Report } from '../../core/events/report.ts';
import { summaryOf } from '../view/plan-summary.ts';

/** The counts that GitLab's Terraform widget shows in a merge request. */
export function tfplanDocument({ plan }: Report): string {
  const {
    create,
    update,
    delete: deleted,
  } = plan === undefined ? { create: 0, update: 0, delete: 0 } : summaryOf(plan);
  return `${JSON.stringify({ create, update, delete: deleted })}\n`;
}
