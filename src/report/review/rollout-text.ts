// When the changes of a review reach the tenants: in one line, or a row for each wave.

import type { Plan } from '../../core/plan/plan.ts';
import { count, number } from '../../core/problem/quantity.ts';
import type { Rollout } from '../../core/review/review.ts';
import { visible } from '../style/escape.ts';
import { namedRows } from '../style/named-rows.ts';
import { clock, minutes } from '../style/quantities.ts';
import { waveViews } from '../view/plan-view.ts';

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

/** Each wave with its times, in hours and minutes from the start. */
export function rolloutRows({ waves, minutes: all }: Rollout, width: number): readonly string[] {
  const rows = waves.map((wave) => ({ name: nameOf(wave), text: waveText(wave) }));
  return namedRows([...rows, ...(all === undefined ? [] : [{ name: 'end', text: clock(all) }])], width);
}

function waveText({ addresses, startsAfter, endsAfter, soakMinutes }: Wave): string {
  const many = count(addresses, 'address', 'addresses');
  if (startsAfter === undefined || endsAfter === undefined) {
    return soakMinutes === 0 ? many : `${many}, then soaks for ${minutes(soakMinutes)}`;
  }
  const soaking = soakMinutes === 0 ? '' : `, soaking until ${clock(endsAfter + soakMinutes)}`;
  return `${clock(startsAfter)} to ${clock(endsAfter)}${soaking}  ${many}`;
}

function nameOf({ wave = '' }: Wave): string {
  return visible(wave);
}

function timeText(all: number): string {
  return all < 1 ? 'less than a minute' : `about ${minutes(all)}`;
}
