// `--wave`: which part of the tree a run looks at, and what of its plan it carries out.
import { failure } from '../core/errors.ts';
import { timed } from '../core/estimate.ts';
import { holdBackLike } from '../core/like-changes.ts';
import { restrictPlan } from '../core/make-plan.ts';
import type { Plan } from '../core/plan.ts';
import type { Policy } from '../core/policy.ts';
import { type CountsOfPlaces, withinQuotas } from '../core/quotas.ts';
import type { Settings, WaveSettings } from '../core/settings.ts';
import { applicationsIn, assignWaves } from '../core/waves.ts';
import { nearest } from '../tree/nearest.ts';
import type { Prepared } from './prepare.ts';

type Desired = Pick<Prepared, 'settings' | 'desired'>;

/** What a run of one wave looks at: the waves up to it. @throws AppcfgError where there is no such wave */
export function applicationsToRead({ settings, desired }: Desired, wave: string | undefined) {
  if (wave === undefined) return desired;
  const waves = settings.waves ?? [];
  const index = waves.indexOf(waveNamed(wave, settings));
  applicationsOf({ settings, desired }, wave);
  return applicationsIn(waves.slice(0, index + 1), desired, settings);
}

/** What is in one wave. @throws AppcfgError where there is no such wave, or nothing in it */
export function applicationsOf({ settings, desired }: Desired, wave: string | undefined) {
  if (wave === undefined) return desired;
  const applications = applicationsIn([waveNamed(wave, settings)], desired, settings);
  if (applications.length > 0) return applications;
  throw failure('selection-empty', `nothing that is selected is in wave "${wave}"`, {
    hint: 'leave out --wave, or the flags that select',
  });
}

/**
 * The plan as it is carried out: what was rolled back somewhere is held back elsewhere, waves wait, and of two stages one
 * is left. Only what then remains is judged by the quotas and takes time.
 * @param about.counts what there is in each place
 * @param about.now milliseconds since 1970, by the service's clock
 */
export function rolledOut(
  plan: Plan,
  about: {
    readonly settings: Settings;
    readonly wave: string | undefined;
    readonly only: Policy['only'];
    readonly counts: CountsOfPlaces;
    readonly now: number;
  },
): Plan {
  const { settings, only, counts, now } = about;
  const final = restrictPlan(assignWaves(holdBackLike(plan), about), only);
  return timed(withinQuotas(final, counts, settings), now);
}

function waveNamed(name: string, settings: Settings): WaveSettings {
  const waves = settings.waves ?? [];
  const found = waves.find((wave) => wave.name === name);
  if (found !== undefined) return found;
  const names = waves.map((wave) => wave.name);
  const near = nearest(name, names);
  throw failure('usage-wrong', `there is no wave "${name}"`, {
    hint:
      near !== undefined
        ? `is "${near}" meant?`
        : names.length === 0
          ? 'name waves under `waves:` in appcfg.yml'
          : `there is: ${names.join(', ')}`,
  });
}
