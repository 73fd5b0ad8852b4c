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

/** `4 steps succeeded, 1 failed; exit code 6`. */
function stateOf({ isRead, exitCode = 0, ...steps }: JobSummary): string {
  if (!isRead) return 'no report';
  const ended = (['succeeded', 'failed', 'skipped'] as const).filter((how) => steps[how] > 0);
  const parts = ended.map((how, index) => `${index === 0 ? count(steps[how], 'step') : number(steps[how])} ${how}`);
  const what = parts.join(', ') || 'nothing to do';
  return exitCode === 0 ? what : `${what}; exit code ${exitCode}`;
}
