// `--wave`: which part of the tree a run looks at.
import type { DesiredApplication } from '../model/desired-state.ts';
import { isSelected } from '../model/selection.ts';
import { failure, type Problem } from '../problem/problem.ts';
import { listNames, nearest } from '../problem/suggest.ts';
import { hasLabels, labelsOf, type Target } from './effective-settings.ts';
import type { Settings, WaveSettings } from './settings.ts';

/** Whether a wave is for a tenant's environment. */
export function isInWave(wave: WaveSettings, target: Target, settings: Pick<Settings, 'tenants'>): boolean {
  return (
    isSelected(target.tenant, wave.tenants) &&
    isSelected(target.environment, wave.environments) &&
    hasLabels(labelsOf(settings, target.tenant), wave.labels)
  );
}

interface Desired {
  readonly settings: Settings;
  readonly desired: readonly DesiredApplication[];
}

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
    hint: { text: 'leave out --wave, or the flags that select' },
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
        ? { text: `is "${near}" meant?` }
        : { text: names.length === 0 ? 'name waves under `waves:` in appcfg.yml' : `there is: ${names.join(', ')}` },
  });
}

/** What decides which wave an environment of a tenant, and so all its addresses, is in. */
export interface WaveTarget {
  readonly tenant: string;
  readonly environment: string;
}

/** The first wave that matches; undefined where none does. */
export function waveOf(
  target: WaveTarget,
  waves: readonly WaveSettings[],
  tenants: Settings['tenants'],
): WaveSettings | undefined {
  return waves.find((wave) => isInWave(wave, target, { tenants }));
}

/** Looks at a tree, tenant by tenant, for addresses that are in no wave, and for waves that have none. */
export class WaveChecks {
  readonly #settings: Settings;
  readonly #reached = new Set<WaveSettings>();
  readonly #matched = new Set<WaveSettings>();
  /** `tenant/environment` */
  readonly #missing: string[] = [];

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  look({ tenant, environments }: DesiredApplication): void {
    const { waves } = this.#settings;
    if (waves === undefined) return;
    for (const { name: environment, configurations } of environments) {
      if (configurations.length === 0) continue;
      const target = { tenant, environment };
      for (const wave of waves) if (isInWave(wave, target, this.#settings)) this.#matched.add(wave);
      const wave = waveOf(target, waves, this.#settings.tenants);
      if (wave !== undefined) this.#reached.add(wave);
      else this.#missing.push(`${tenant}/${environment}`);
    }
  }

  /** Environments that are in no wave. */
  missing(): readonly Problem[] {
    const [first, ...others] = this.#missing;
    if (first === undefined) return [];
    const what =
      others.length === 0
        ? `${first} is in no wave, so it would never be deployed`
        : `${others.length + 1} environments are in no wave, so they would never be deployed: ${listNames(this.#missing)}`;
    return [
      {
        code: 'wave-missing',
        severity: 'error',
        message: what,
        hint: {
          text: `name ${others.length === 0 ? 'it' : 'them'} in a wave, or end the list with one that takes what is left: - { name: everyone }`,
        },
        source: this.#settings.sourceOf('waves'),
      },
    ];
  }

  /** Waves that nothing is in, once all of the tree was looked at. */
  emptyWaves(): readonly Problem[] {
    const { waves = [], sourceOf } = this.#settings;
    return waves.flatMap((wave, index): Problem[] => {
      if (this.#reached.has(wave)) return [];
      const taken = this.#matched.has(wave);
      // A slip in the name of the canary must not turn it off.
      const isSlip = !taken && index < waves.length - 1;
      return [
        {
          code: isSlip ? 'wave-empty' : 'settings-suspicious',
          severity: isSlip ? 'error' : 'warning',
          message: `nothing is in wave "${wave.name}": ${taken ? 'earlier waves take all that it matches' : wave.labels.size > 0 ? 'no tenant that its globs match has its labels' : 'its globs match no environment of a tenant'}`,
          hint: taken
            ? { text: 'put it before them, or delete it' }
            : { text: `look for a slip in its ${wave.labels.size > 0 ? 'labels' : 'globs'}, or delete it` },
          source: sourceOf('waves', String(index)),
        },
      ];
    });
  }
}

/** The parts of applications that are in one of some waves. */
export function applicationsIn(
  chosen: readonly WaveSettings[],
  desired: readonly DesiredApplication[],
  { waves = [], tenants }: Pick<Settings, 'waves' | 'tenants'>,
): readonly DesiredApplication[] {
  return desired.flatMap((application) => {
    const environments = application.environments.filter(({ name }) => {
      const wave = waveOf({ tenant: application.tenant, environment: name }, waves, tenants);
      return wave !== undefined && chosen.includes(wave);
    });
    return environments.length === 0 ? [] : [{ ...application, environments }];
  });
}
