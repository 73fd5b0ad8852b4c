// What the jobs of a rollout did, a row each.
import type { JobSummary } from '../../core/events/event.ts';
import type { EventOf } from '../../core/events/event-handlers.ts';
import { count, number } from '../../core/problem/quantity.ts';
import { alignedRows } from '../style/aligned-rows.ts';
import { cut } from '../style/columns.ts';
import { visible } from '../style/escape.ts';

/** Columns. The problem itself is printed whole. */
const longestReason = 100;

export function jobsText({ jobs }: EventOf<'jobs-read'>): string {
  const rows = jobs.map((job) => [visible(job.file), stateOf(job)]);
  const missing = jobs.filter(({ isRead }) => !isRead).length;
  const head = `${count(jobs.length, 'job')}${missing === 0 ? '' : `, ${number(missing)} without a report`}`;
  return `${head}\n${alignedRows(rows)
    .map((row) => `  ${row}\n`)
    .join('')}`;
}

/** `4 steps succeeded, 1 failed; exit code 6`, `failed: no credentials; exit code 6`. */
function stateOf(job: JobSummary): string {
  const { isRead, exitCode = 0 } = job;
  if (!isRead) return 'no report';
  return exitCode === 0 ? whatOf(job) : `${whatOf(job)}; exit code ${exitCode}`;
}

function whatOf({ succeeded, failed, skipped, inFlight, problem, exitCode }: JobSummary): string {
  if (problem !== undefined) {
    return `${exitCode === 5 ? 'refused' : 'failed'}: ${cut(visible(problem.message), longestReason)}`;
  }
  const counts = [
    [succeeded, 'succeeded'],
    [failed, 'failed'],
    [inFlight, 'in flight'],
    [skipped - inFlight, 'skipped'],
  ] as const;
  const parts = counts
    .filter(([some]) => some > 0)
    .map(([some, how], index) => `${index === 0 ? count(some, 'step') : number(some)} ${how}`);
  if (parts.length > 0) return parts.join(', ');
  return exitCode === 0 ? 'nothing to do' : 'interrupted before its first step';
}
