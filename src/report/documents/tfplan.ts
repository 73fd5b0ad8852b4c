import type { Report } from '../../core/events/report.ts';
import { tenantCounts } from '../view/tenant-counts.ts';

/**
 * What GitLab's Terraform widget shows in a merge request: tenants that are added, changed and removed. Without a plan there are none,
 * and it reports that they are missing.
 */
export function tfplanDocument(report: Report): string {
  return `${JSON.stringify(report.plan === undefined ? {} : tenantCounts(report))}\n`;
}
