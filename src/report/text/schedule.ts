// When each part of a plan would happen, as people read it.
import type { Schedule, Stage } from '../../core/rollout/schedule.ts';
import { wrapped } from '../style/columns.ts';
import { visible } from '../style/escape.ts';
import { namedRows } from '../style/named-rows.ts';
import { count } from '../style/quantities.ts';
import type { TextOptions } from './text-options.ts';

export function scheduleText(schedule: Schedule, { style, width }: Omit<TextOptions, 'verbose'>): string {
  const { preparedAfter, stages, endsAfter } = schedule;
  const rows = [
    ...(preparedAfter < 0.5 ? [] : [{ name: 'preparation', text: `0:00 to ${clock(preparedAfter)}` }]),
    ...stages.map((stage) => ({ name: visible(stage.wave ?? 'deployments'), text: stageText(stage) })),
    { name: 'end', text: clock(endsAfter) },
  ];
  const title = "Schedule, in hours and minutes from the start, at AWS's rates";
  return `\n${[style.strong(wrapped(title, width)), ...namedRows(rows, width)].join('\n')}\n`;
}

function stageText({ startsAfter, endsAfter, soakMinutes, deployments, environments, slowest }: Stage): string {
  const soaking = soakMinutes === 0 ? '' : `, soaking until ${clock(endsAfter + soakMinutes)}`;
  const where =
    environments === 1 ? visible(slowest) : `${count(environments, 'environment')}, ${visible(slowest)} ends last`;
  return `${clock(startsAfter)} to ${clock(endsAfter)}${soaking}  ${count(deployments, 'deployment')} in ${where}`;
}

/** `1:05`. */
function clock(minutes: number): string {
  const whole = Math.round(minutes);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
