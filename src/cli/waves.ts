// `--wave`: which part of the tree a run looks at.
import { failure } from '../core/errors.ts';
import type { Settings, WaveSettings } from '../core/settings.ts';
import { applicationsIn } from '../core/waves.ts';
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

function waveNamed(name: string, settings: Settings): WaveSettings {
  const waves = settings.waves ?? [];
  const found = waves.find((wave) => wave.name === name);
  if (found !== undefined) return found;
  const names = waves.map((wave) => wave.name);
  const near = nearest(name, names);
  throw failure('usage-invalid', `there is no wave "${name}"`, {
    hint:
      near !== undefined
        ? `is "${near}" meant?`
        : names.length === 0
          ? 'name waves under `waves:` in appcfg.yml'
          : `there is: ${names.join(', ')}`,
  });
}
