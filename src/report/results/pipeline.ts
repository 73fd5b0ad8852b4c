// A child pipeline: itself, or what its jobs are, where it was written to a file.
import type { EventOf } from '../../core/events/event-handlers.ts';
import { groupsBy } from '../../core/model/groups-by.ts';
import { count, number } from '../../core/problem/quantity.ts';
import { visible } from '../style/escape.ts';

export function pipelineText({ text, jobs, file }: EventOf<'pipeline-generated'>): string {
  if (file === undefined) return text;
  const stages = groupsBy(jobs, ({ stage }) => stage).map((own) => {
    const [{ wave }] = own;
    const addresses = own.reduce((sum, job) => sum + job.addresses, 0);
    const minutes = Math.max(...own.map(({ timeoutMinutes }) => timeoutMinutes));
    const name = wave === undefined ? '' : `${visible(wave)}: `;
    return `${name}${count(own.length, 'job')}, ${count(addresses, 'address', 'addresses')}, timeout ${number(minutes)} min`;
  });
  const total =
    jobs.length === 0
      ? 'nothing to deploy: one job that does nothing'
      : `${count(jobs.length, 'sync job')} in ${count(stages.length, 'stage')}`;
  return `${[...stages, `${total}, written to ${visible(file)}`].join('\n')}\n`;
}
