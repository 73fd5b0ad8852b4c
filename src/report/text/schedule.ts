// When each part of a plan would happen, as people read it.
import type { EventOf } from '../../core/events/event-handlers.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { count } from '../../core/problem/quantity.ts';
import type { Stage } from '../../core/rollout/schedule.ts';
import { wrapped } from '../style/columns.ts';
import { visible } from '../style/escape.ts';
import { namedRows } from '../style/named-rows.ts';
import { clock } from '../style/quantities.ts';
import type { TextOptions } from '../style/text-options.ts';
import { environmentName } from '../view/plan-view.ts';

export function scheduleText(
  { plan, schedule }: Pick<EventOf<'schedule-made'>, 'plan' | 'schedule'>,
  { style, width }: Omit<TextOptions, 'verbose'>,
): string {
  const { preparedAfter, stages, endsAfter } = schedule;
  const rows = [
    ...(preparedAfter < 0.5 ? [] : [{ name: 'preparation', text: `0:00 to ${clock(preparedAfter)}` }]),
    ...stages.map((stage) => ({ name: visible(stage.wave ?? 'deployments'), text: stageText(stage, plan) })),
    { name: 'end', text: clock(endsAfter) },
  ];
  const title = "Schedule, in hours and minutes from the start, at AWS's rates";
  return `\n${[style.strong(wrapped(title, width)), ...namedRows(rows, width)].join('\n')}\n`;
}

function stageText(stage: Stage, plan: Plan): string {
  const { startsAfter, endsAfter, soakMinutes, deployments, environments } = stage;
  const soaking = soakMinutes === 0 ? '' : `, soaking until ${clock(endsAfter + soakMinutes)}`;
  const slowest = visible(environmentName(stage.slowest, plan));
  const where = environments === 1 ? slowest : `${count(environments, 'environment')}, ${slowest} ends last`;
  return `${clock(startsAfter)} to ${clock(endsAfter)}${soaking}  ${count(deployments, 'deployment')} in ${where}`;
}
