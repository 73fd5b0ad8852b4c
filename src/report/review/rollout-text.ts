// When the changes of a review reach the tenants, and how: in one line, or a row for each wave.

import type { Plan } from '../../core/plan/plan.ts';
import { count, number } from '../../core/problem/quantity.ts';
import type { Rollout } from '../../core/review/review.ts';
import { visible } from '../style/escape.ts';
import { namedRows } from '../style/named-rows.ts';
import { clock, minutes, strategyTimes } from '../style/quantities.ts';
import { someOf } from '../style/shortened.ts';
import { waveViews } from '../view/plan-view.ts';
import { type RolloutStage, stopText } from '../view/rollout-view.ts';

type Wave = Rollout['waves'][number];

/** `3 waves: canary 9 addresses → soak 30 min → everyone 1,170; about 2 h in all`, with its title; undefined where nothing is known. */
export function rolloutLine({
  waves,
  minutes: all,
}: Rollout): { readonly title: string; readonly text: string } | undefined {
  const [first] = waves;
  if (first?.wave === undefined) {
    const title = `Rollout of ${count(first?.addresses ?? 0, 'address', 'addresses')}`;
    return all === undefined ? undefined : { title, text: timeText(all) };
  }
  const parts = waves.flatMap((wave, index) => [
    `${nameOf(wave)} ${index === 0 ? count(wave.addresses, 'address', 'addresses') : number(wave.addresses)}`,
    ...(wave.soakMinutes === 0 ? [] : [`soak ${minutes(wave.soakMinutes)}`]),
  ]);
  const time = all === undefined ? '' : `; ${timeText(all)} in all`;
  return { title: count(waves.length, 'wave'), text: `${parts.join(' → ')}${time}` };
}

/** The same of a plan against what is live: its waves that have something to deploy. */
export function plannedLine(plan: Plan): { readonly title: string; readonly text: string } | undefined {
  const waves = waveViews(plan).filter(({ starts, inFlight }) => starts + inFlight > 0);
  if (waves.length === 0) return undefined;
  const { expectedMinutes } = plan;
  const parts = waves.flatMap(({ name, starts, inFlight, soakMinutes, blockedBy }, index) => {
    const many = starts + inFlight;
    const blocked =
      blockedBy === undefined ? '' : ` (not started: ${visible(blockedBy)} has too many blocked addresses)`;
    return [
      `${visible(name)} ${index === 0 ? count(many, 'address', 'addresses') : number(many)}${blocked}`,
      ...(soakMinutes === 0 || index === waves.length - 1 ? [] : [`soak ${minutes(soakMinutes)}`]),
    ];
  });
  const time = expectedMinutes === undefined ? '' : `; ${timeText(expectedMinutes)} in all`;
  return { title: count(waves.length, 'wave'), text: `${parts.join(' → ')}${time}` };
}

/** Each wave with its times, in hours and minutes from the start, what may fail of it, and its deployment strategies. */
export function stageRows(stages: readonly RolloutStage[], width: number): readonly string[] {
  const deployed = stages.filter(({ deployments }) => deployments > 0);
  const end = deployed.at(-1)?.endsAfter;
  const rows = deployed.map((stage) => ({ name: visible(stage.wave ?? ''), text: stageText(stage) }));
  return namedRows([...rows, ...(end === undefined ? [] : [{ name: 'end', text: clock(end) }])], width);
}

function stageText(stage: RolloutStage): string {
  const { deployments, environments, wave } = stage;
  const stops = wave === undefined ? '' : `, stops ${stopText(stage)}`;
  const where = count(environments, 'environment');
  const parts = [timesText(stage), `${count(deployments, 'deployment')} in ${where}${stops}`];
  return [parts.filter((part) => part !== '').join('  '), strategiesText(stage)].join('\n');
}

/** `0:00 to 0:40, soaking until 1:10`; empty where the times are unknown. */
export function timesText({ startsAfter, endsAfter, soakMinutes }: RolloutStage): string {
  if (startsAfter === undefined || endsAfter === undefined) {
    return soakMinutes === 0 ? '' : `then soaks for ${minutes(soakMinutes)}`;
  }
  const soaking = soakMinutes === 0 ? '' : `, soaking until ${clock(endsAfter + soakMinutes)}`;
  return `${clock(startsAfter)} to ${clock(endsAfter)}${soaking}`;
}

/** Names in one line. */
const mostNamed = 5;

/** `dev, qa: instant (at once); prod: careful (20 % steps over 30 min, bakes 10 min)`. */
export function strategiesText({ strategies, environmentNames }: RolloutStage): string {
  return strategies
    .map(({ name, numbers, environments }) => {
      const names = (environments.length === 0 ? environmentNames : environments).map(visible);
      const how = numbers === undefined ? '' : ` (${strategyTimes(numbers)})`;
      return `${someOf(names, mostNamed)}: ${visible(name)}${how}`;
    })
    .join('; ');
}

function nameOf({ wave = '' }: Wave): string {
  return visible(wave);
}

function timeText(all: number): string {
  return all < 1 ? 'less than a minute' : `about ${minutes(all)}`;
}
