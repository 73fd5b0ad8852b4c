// The waves on a time line.
import { html } from 'hono/html';
import type { Plan } from '../../core/plan/plan.ts';
import type { Schedule, Stage } from '../../core/rollout/schedule.ts';
import { count, minutes, number } from '../style/quantities.ts';
import { environmentName } from '../view/plan-view.ts';
import type { Html } from './html-parts.ts';

/** Units of a line's width. */
const width = 1000;

export function wavesLine(plan: Plan, schedule: Schedule | undefined): Html | '' {
  if (schedule === undefined || schedule.stages.length === 0) return '';
  const { stages, endsAfter } = schedule;
  const rows = stages.map((stage) => stageRow(stage, plan, endsAfter));
  return html`<section id="waves"><h2>How it rolls out</h2>
<p class="note">About ${minutes(endsAfter)} from the start${stages.length > 1 ? `, in ${count(stages.length, 'wave')}` : ''}, by the deployment strategies and at AWS's rates.</p>
<div class="wide"><table class="waves"><thead><tr><th scope="col">wave<th scope="col">begins<th scope="col">ends<th scope="col">what<th scope="col"><span class="hidden">on a time line</span></tr></thead><tbody>${rows}</tbody></table></div></section>
`;
}

function stageRow(stage: Stage, plan: Plan, end: number): Html {
  const { wave, startsAfter, endsAfter, soakMinutes, deployments, environments } = stage;
  const at = (value: number) => Math.round((value / Math.max(end, 0.01)) * width);
  const soak = soakMinutes === 0 ? '' : html`<br><small>then soaks for ${minutes(soakMinutes)}</small>`;
  const planned = plan.waves.find(({ name }) => name === wave);
  const mayFail =
    planned === undefined || planned.maxFailures === 0
      ? ''
      : html`<br><small>stops when more than ${number(planned.maxFailures)} fail</small>`;
  const from = at(startsAfter);
  const length = Math.max(4, at(endsAfter) - from);
  return html`<tr><th scope="row">${wave ?? 'deployments'}<td>${clock(startsAfter)}<td>${clock(endsAfter)}<td>${count(deployments, 'deployment')} in ${count(environments, 'environment')}${soak}${mayFail}<br><small>last: ${environmentName(stage.slowest, plan)}</small><td class="bar"><svg viewBox="0 0 ${width} 24" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="${width}" height="24"/><rect class="run" x="${from}" width="${length}" height="24"/>${soakMinutes === 0 ? '' : html`<rect class="soak" x="${from + length}" width="${Math.max(2, at(soakMinutes))}" height="24"/>`}</svg></tr>
`;
}

/** `1:05`. */
function clock(value: number): string {
  const whole = Math.round(value);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
