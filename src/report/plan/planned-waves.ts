// The waves of a plan.
import type { Plan } from '../../core/plan/plan.ts';
import { count, number } from '../../core/problem/quantity.ts';
import type { Review } from '../../core/review/review.ts';
import { strategiesText, timesText } from '../review/rollout-text.ts';
import { visible } from '../style/escape.ts';
import { namedRows } from '../style/named-rows.ts';
import { minutes } from '../style/quantities.ts';
import { showsAll, type TextOptions } from '../style/text-options.ts';
import { type WaveView, waveViews } from '../view/plan-view.ts';
import { rolloutStages, stopText } from '../view/rollout-view.ts';

/** The order in which deployments reach the fleet, and what keeps a wave from starting. */
export function wavesSection(plan: Plan, review: Review | undefined, options: TextOptions): readonly string[] {
  const waves = waveViews(plan);
  if (waves.length === 0) return [];
  const stages = new Map(showsAll(options) ? rolloutStages(plan, review).map((stage) => [stage.wave, stage]) : []);
  const rows = waves.map((wave) => {
    const stage = stages.get(wave.name);
    const how = stage === undefined || stage.deployments === 0 ? [] : [timesText(stage), strategiesText(stage)];
    return {
      name: visible(wave.name),
      text: [waveText(wave, options), ...(how.length === 0 ? [] : [how.filter((part) => part !== '').join('  ')])].join(
        '\n',
      ),
    };
  });
  const lines = [
    options.style.strong(
      count(waves.length, 'wave') + (stages.size === 0 ? '' : ', in hours and minutes from the start'),
    ),
    ...namedRows(rows, options.width),
  ];
  return [`${lines.join('\n')}\n`];
}

function waveText(wave: WaveView, { style }: TextOptions): string {
  const { starts, inFlight, live, blocked, maxFailures, soakMinutes, blockedBy } = wave;
  const isWaiting = starts === 0 && inFlight === 0 && live < wave.addresses - blocked;
  const all = count(wave.addresses, 'address', 'addresses');
  const text = [
    isWaiting ? `${number(live)} of ${all} live` : `${number(starts)} of ${all} to deploy`,
    ...(inFlight === 0 ? [] : [`${number(inFlight)} in flight`]),
    ...(blocked === 0 ? [] : [`${number(blocked)} blocked`]),
    ...(maxFailures === 0 ? [] : [`stops ${stopText(wave)}`]),
    ...(soakMinutes === 0 ? [] : [`then soaks for ${minutes(soakMinutes)}`]),
  ].join(', ');
  if (blockedBy === undefined) return text;
  return `${text}  ${style.error(`not started: wave "${visible(blockedBy)}" has too many blocked addresses`)}`;
}
