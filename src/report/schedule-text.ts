// When what of a plan would happen, as people read it.
import type { Schedule, Stage } from '../core/rollout/schedule.ts';
import { namedRows } from './named-rows.ts';
import { count, type Style, wrapped } from './style.ts';
import { visible } from './visible.ts';

export function scheduleText(schedule: Schedule, options: { readonly style: Style; readonly width: number }): string {
  const { preparedAfter, stages, endsAfter } = schedule;
  const names = stages.map(({ wave }) => (wave === undefined ? 'deployments' : visible(wave)));
  const rows = [
    ...(preparedAfter < 0.5 ? [] : [{ name: 'preparation', text: `0:00 to ${clock(preparedAfter)}` }]),
    ...stages.map((stage, index) => ({ name: names[index] ?? '', text: stageText(stage) })),
    { name: 'end', text: clock(endsAfter) },
  ];
  const title = "Schedule, in hours and minutes from the start, at AWS's rates";
  const { style, width } = options;
  return `\n${[style.strong(wrapped(title, width)), ...namedRows(rows, width)].join('\n')}\n`;
}

function stageText({ startsAfter, endsAfter, soakMinutes, deployments, lanes, slowest }: Stage): string {
  const watched = soakMinutes === 0 ? '' : `, watched until ${clock(endsAfter + soakMinutes)}`;
  const where =
    lanes === 1 ? `in ${visible(slowest)}` : `in ${count(lanes, 'environment')}, ${visible(slowest)} the last`;
  return `${clock(startsAfter)} to ${clock(endsAfter)}${watched}  ${count(deployments, 'deployment')} ${where}`;
}

/** `1:05`. */
function clock(minutes: number): string {
  const whole = Math.round(minutes);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
