// What the jobs of a rollout did, a row each.
import type { JobSummary } from '../../core/events/event.ts';
import type { EventOf } from '../../core/events/event-handlers.ts';
import { count, number } from '../../core/problem/quantity.ts';
import { alignedRows } from '../style/aligned-rows.ts';
import { visible } from '../style/escape.ts';

export function jobsText({ jobs }: EventOf<'jobs-read'>): string {
  const rows = jobs.map((job) => [visible(job.file), stateOf(job)]);
  const missing = jobs.filter(({ isRead }) => !isRead).length;
  const head = `${count(jobs.length, 'job')}${missing === 0 ? '' : `, ${number(missing)} without a report`}`;
  return `${head}\n${alignedRows(rows)
    .map((row) => `  ${row}\n`)
    .join('')}`;
}

function stateOf({ isRead, succeeded, failed, skipped, exitCode = 0 }: JobSummary): string {
  if (!isRead) return 'not run';
  const parts = [
    ...(succeeded === 0 ? [] : [`${number(succeeded)} succeeded`]),
    ...(failed === 0 ? [] : [`${number(failed)} failed`]),
    ...(skipped === 0 ? [] : [`${number(skipped)} skipped`]),
  ];
  const what = parts.join(', ') || 'nothing to do';
  return exitCode === 0 ? what : `${what} (exit ${exitCode})`;
}
