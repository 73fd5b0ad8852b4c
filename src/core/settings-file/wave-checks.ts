// Whether every environment has a wave, and every wave an environment.
import type { DesiredApplication } from '../model/desired-state.ts';
import type { Problem } from '../problem/problem.ts';
import { listNames } from '../problem/suggest.ts';
import type { Settings, WaveSettings } from '../settings/settings.ts';
import { matchesWave, waveOf } from '../settings/waves.ts';

/** Finds environments that are in no wave, and waves that have none. It is given the tree tenant by tenant. */
export class WaveChecks {
  readonly #settings: Settings;
  readonly #reached = new Set<WaveSettings>();
  readonly #matched = new Set<WaveSettings>();
  /** `tenant/environment` of environments without a wave. */
  readonly #missing: string[] = [];

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  add({ tenant, environments }: DesiredApplication): void {
    const { waves } = this.#settings;
    if (waves === undefined) return;
    for (const { name: environment, configurations, isIncomplete } of environments) {
      if (configurations.length === 0 && isIncomplete !== true) continue;
      const target = { tenant, environment };
      for (const wave of waves) if (matchesWave(wave, target, this.#settings)) this.#matched.add(wave);
      const wave = waveOf(target, this.#settings);
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
        ? `${first} is in no wave: it would never be deployed`
        : `${others.length + 1} environments are in no wave and would never be deployed: ${listNames(this.#missing)}`;
    return [
      {
        code: 'wave-missing',
        severity: 'error',
        message: what,
        hint: {
          text: `add ${others.length === 0 ? 'it' : 'them'} to a wave, or end the list with a wave for the rest: - { name: everyone }`,
        },
        source: this.#settings.sourceOf('waves'),
      },
    ];
  }

  /** Waves that nothing is in. To be called when the whole tree was added. */
  emptyWaves(): readonly Problem[] {
    const { waves = [], sourceOf } = this.#settings;
    return waves.flatMap((wave, index): Problem[] => {
      if (this.#reached.has(wave)) return [];
      const isTaken = this.#matched.has(wave);
      // A typo in the globs of a canary wave must not disable it. The last wave may wait for tenants to come.
      const isError = !isTaken && index < waves.length - 1;
      const criterion = wave.labels.size > 0 ? 'labels' : 'globs';
      return [
        {
          code: isError ? 'wave-empty' : 'settings-suspicious',
          severity: isError ? 'error' : 'warning',
          message: `nothing is in wave "${wave.name}": ${isTaken ? 'everything that it matches is in earlier waves' : `no environment of a tenant matches its ${criterion}`}`,
          hint: {
            text: isTaken
              ? 'move it before them, or delete it'
              : `check its ${criterion} for typos, or delete the wave`,
          },
          source: sourceOf('waves', String(index)),
        },
      ];
    });
  }
}
