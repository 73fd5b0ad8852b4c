// How a change rolls out, in a note: waves with their strategies and times.
import type { Plan } from '../../core/plan/plan.ts';
import { count, number } from '../../core/problem/quantity.ts';
import type { Review } from '../../core/review/review.ts';
import { code, table } from '../style/markdown.ts';
import { clock, minutes, strategyTimes } from '../style/quantities.ts';
import { type RolloutStage, rolloutNote, rolloutStages, type Strategy, stopText } from '../view/rollout-view.ts';
import { longestName, namesText } from './note-names.ts';
import type { NoteOptions } from './note-options.ts';

export function rolloutSection(plan: Plan, review: Review | undefined, { bounds }: NoteOptions): readonly string[] {
  const stages = rolloutStages(plan, review);
  if (stages.length === 0) return [];
  const hasTimes = stages.some(({ endsAfter }) => endsAfter !== undefined);
  const hasWaves = stages.some(({ wave }) => wave !== undefined);
  const shown = stages.slice(0, Math.max(bounds.rows, 10));
  const head = [
    ...(hasWaves ? ['wave'] : []),
    'deployments',
    'environments',
    'strategy',
    ...(hasTimes ? ['time (h:min)'] : []),
    ...(hasWaves ? ['then', 'stops'] : []),
  ];
  const rows = shown.map((stage) => [
    ...(hasWaves ? [code(stage.wave ?? '', longestName)] : []),
    number(stage.deployments),
    environmentsText(stage),
    namesText(stage.strategies.map(strategyText), 3) || '–',
    ...(hasTimes ? [timeText(stage)] : []),
    ...(hasWaves ? [soakText(stage), stopText(stage)] : []),
  ]);
  const total = plan.kind === 'comparison' ? stages.at(-1)?.endsAfter : plan.expectedMinutes;
  const about = total === undefined || total < 0.5 ? '' : `, about ${minutes(total)}`;
  const blocked = stages.filter(({ blockedBy }) => blockedBy !== undefined);
  return [
    `#### Rollout${hasWaves ? ` in ${count(stages.length, 'wave')}` : ''}${about}`,
    table([head, ...rows]),
    ...(hasWaves ? [rolloutNote] : []),
    ...(shown.length < stages.length ? [`… and ${count(stages.length - shown.length, 'more wave')}`] : []),
    ...blocked
      .slice(0, bounds.rows)
      .map(
        ({ wave = '', blockedBy = '' }) =>
          `**Wave ${code(wave, longestName)} is not started:** wave ${code(blockedBy, longestName)} has too many blocked addresses.`,
      ),
  ];
}

/** `dev, qa, prod`; their number where they have no names. */
function environmentsText({ environments, environmentNames }: RolloutStage): string {
  const names = environmentNames.map((name) => code(name, longestName));
  return names.length === 0 ? number(environments) : namesText(names, 5);
}

/** `dev, qa: instant (at once)`; the environments where there are several strategies. */
function strategyText({ name, numbers, environments }: Strategy): string {
  const where =
    environments.length === 0
      ? ''
      : `${namesText(
          environments.map((each) => code(each, longestName)),
          5,
        )}: `;
  if (numbers === undefined) return where + code(name, longestName);
  return `${where}${code(name, longestName)} (${strategyTimes(numbers)})`;
}

function timeText({ startsAfter, endsAfter }: RolloutStage): string {
  return startsAfter === undefined || endsAfter === undefined ? '–' : `${clock(startsAfter)} to ${clock(endsAfter)}`;
}

function soakText({ soakMinutes }: RolloutStage): string {
  return soakMinutes === 0 ? '–' : `soaks ${minutes(soakMinutes)}`;
}
