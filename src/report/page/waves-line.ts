// The waves on a time line: when each begins and ends, by which strategies, and after a run what came of it.
import { countBy } from 'es-toolkit/array/countBy';
import { html } from 'hono/html';
import type { Plan } from '../../core/plan/plan.ts';
import { count, number } from '../../core/problem/quantity.ts';
import type { Review } from '../../core/review/review.ts';
import { clock, minutes, strategyTimes } from '../style/quantities.ts';
import { someOf } from '../style/shortened.ts';
import { type RolloutStage, rolloutNote, rolloutStages, type Strategy, stopText } from '../view/rollout-view.ts';
import { type RunResult, runOutcomes } from '../view/run-results.ts';
import type { Html } from './html-parts.ts';
import { outcomeSigns } from './marks.ts';

/** Environments whose names are shown. */
const mostNamed = 5;

/** Units of a line's width. */
const width = 1000;

/** @param results of a run that has written */
export function wavesLine(plan: Plan, review: Review | undefined, results: readonly RunResult[]): Html | '' {
  const stages = rolloutStages(plan, review);
  if (stages.length === 0) return '';
  const end = stages.at(-1)?.endsAfter;
  const about =
    end === undefined || end < 0.5
      ? ''
      : `About ${minutes(end)} from the start; AWS starts a limited number of deployments a minute.`;
  const rows = stages.map((stage) => stageRow(stage, { end, results: resultsOf(stage, results) }));
  return html`<section id="waves"><h2>How it rolls out</h2>
<p class="note">${stages.some(({ wave }) => wave !== undefined) ? `${about} ${rolloutNote}` : about}</p>
<div class="wide"><table class="waves"><thead><tr><th scope="col">wave<th scope="col">time, h:min<th scope="col">deployments<th scope="col"><span class="hidden">on a time line</span></tr></thead><tbody>${rows}</tbody></table></div></section>
`;
}

function resultsOf({ wave }: RolloutStage, results: readonly RunResult[]): readonly RunResult[] {
  return results.filter(({ planned }) => wave === undefined || planned.wave === wave);
}

function stageRow(
  stage: RolloutStage,
  { end, results }: { readonly end: number | undefined; readonly results: readonly RunResult[] },
): Html {
  const { wave, startsAfter, endsAfter, deployments, environments, environmentNames, blockedBy } = stage;
  // A wave of which nothing was started has no time.
  const isStarted = results.length === 0 || results.some(({ outcome }) => !['skipped', 'blocked'].includes(outcome));
  const isTimed = isStarted && blockedBy === undefined && startsAfter !== undefined && endsAfter !== undefined;
  const times = isTimed ? `${clock(startsAfter)} to ${clock(endsAfter)}` : '–';
  const notes = [
    ...(results.length === 0 ? [] : [html`<b>${outcomeText(results)}</b>`]),
    ...stage.strategies.map(strategyText),
    ...(stage.soakMinutes === 0 ? [] : [`then soaks for ${minutes(stage.soakMinutes)}`]),
    ...(wave === undefined ? [] : [`the rollout stops ${stopText(stage)}`]),
    ...(blockedBy === undefined ? [] : [html`<b>not started: wave ${blockedBy} has too many blocked addresses</b>`]),
  ];
  return html`<tr><th scope="row">${wave ?? 'all'}<td>${times}<td>${number(deployments)}${environmentNames.length === 0 ? ` in ${count(environments, 'environment')}` : ` in ${someOf(environmentNames, mostNamed)}`}${notes.map((note) => html`<br><small>${note}</small>`)}<td class="bar">${isTimed ? bar(stage, end) : ''}</tr>
`;
}

/** `dev, qa: instant (at once)`; the environments where there are several strategies. */
function strategyText({ name, numbers, environments }: Strategy): string {
  const where = environments.length === 0 ? '' : `${environments.join(', ')}: `;
  if (numbers === undefined) return where + name;
  return `${where}${name} (${strategyTimes(numbers)})`;
}

/** `9 ✓ succeeded, 1 ✗ failed`. */
function outcomeText(results: readonly RunResult[]): string {
  const counts = countBy(results, ({ outcome }) => outcome);
  return runOutcomes
    .flatMap((outcome) => {
      const some = counts[outcome];
      return some === undefined ? [] : [`${number(some)} ${outcomeSigns[outcome]} ${outcome}`];
    })
    .join(', ');
}

function bar({ startsAfter, endsAfter, soakMinutes, deployments }: RolloutStage, end: number | undefined): Html | '' {
  if (end === undefined || startsAfter === undefined || endsAfter === undefined || deployments === 0) return '';
  const at = (value: number) => Math.round((value / Math.max(end, 0.01)) * width);
  const from = at(startsAfter);
  const length = Math.max(4, at(endsAfter) - from);
  const soak = Math.min(at(soakMinutes), width - from - length);
  return html`<svg viewBox="0 0 ${width} 24" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="${width}" height="24"/><rect class="run" x="${from}" width="${length}" height="24"/>${soak > 0 ? html`<rect class="soak" x="${from + length}" width="${soak}" height="24"/>` : ''}</svg>`;
}
