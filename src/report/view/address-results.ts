// How a run has ended at each address.
import type { Report } from '../../core/events/report.ts';
import { wasApplied } from '../../core/events/report.ts';
import { formatAddress } from '../../core/model/address.ts';
import type { Problem } from '../../core/problem/problem.ts';

export interface AddressResult {
  readonly status: 'succeeded' | 'failed' | 'skipped';
  /** Of what failed. */
  readonly problem?: Problem;
  /** Why it was skipped. */
  readonly note?: string;
}

const severity = { succeeded: 0, skipped: 1, failed: 2 } as const satisfies Record<AddressResult['status'], number>;

/** The worst of the steps of each address, in a run that has written. */
export function addressResults(report: Report): ReadonlyMap<string, AddressResult> {
  const worst = new Map<string, AddressResult>();
  if (report.plan === undefined || !wasApplied(report)) return worst;
  const addresses = new Map(report.plan.steps.map(({ id, subject }) => [id, formatAddress(subject)]));
  for (const result of report.results) {
    const address = addresses.get(result.step);
    if (address === undefined) continue;
    const known = worst.get(address);
    if (known !== undefined && severity[known.status] >= severity[result.status]) continue;
    worst.set(address, {
      status: result.status,
      ...(result.status === 'failed' ? { problem: result.problem } : {}),
      ...(result.status === 'skipped' ? { note: result.note ?? result.blockedBy } : {}),
    });
  }
  return worst;
}
