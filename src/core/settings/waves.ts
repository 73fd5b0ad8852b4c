// Which wave an environment of a tenant is in, and `--wave`: the part of the tree that a run of one wave reads.
import type { DesiredApplication } from '../model/desired-state.ts';
import { isSelected } from '../model/selection.ts';
import { failure } from '../problem/problem.ts';
import { suggest } from '../problem/suggest.ts';
import { hasLabels, labelsOf, type Target } from './effective-settings.ts';
import type { Settings, WaveSettings } from './settings.ts';

/** What decides about waves. */
export type WaveRules = Pick<Settings, 'waves' | 'tenants'>;

/** The wave of an environment of a tenant, and so of its addresses: the first that matches. The only function that decides it. */
export function waveOf(target: Target, { waves = [], tenants }: WaveRules): WaveSettings | undefined {
  return waves.find((wave) => matchesWave(wave, target, { tenants }));
}

/** The position of each wave in the rollout, by its name. */
export function waveOrder(waves: readonly { readonly name: string }[]): ReadonlyMap<string, number> {
  return new Map(waves.map(({ name }, index) => [name, index]));
}

/** Whether a wave matches. An earlier one may match, too: `waveOf` decides. */
export function matchesWave(wave: WaveSettings, target: Target, settings: Pick<Settings, 'tenants'>): boolean {
  return (
    isSelected(target.tenant, wave.tenants) &&
    isSelected(target.environment, wave.environments) &&
    hasLabels(labelsOf(settings, target.tenant), wave.labels)
  );
}

/** The part of a tree that `--wave` needs. */
interface WaveSelection {
  readonly settings: WaveRules;
  readonly desired: readonly DesiredApplication[];
}

/**
 * What a run of one wave reads: that wave and those before it. Without a wave, everything.
 * @throws AppcfgError where the wave does not exist or has nothing in it
 */
export function applicationsToRead({ settings, desired }: WaveSelection, wave: string | undefined) {
  if (wave === undefined) return desired;
  applicationsOf({ settings, desired }, wave);
  const waves = settings.waves ?? [];
  return applicationsIn(waves.slice(0, waves.indexOf(waveNamed(wave, settings)) + 1), { settings, desired });
}

/** What is in the waves before one: it is judged before that one begins. Without a wave, nothing. */
export function applicationsBefore({ settings, desired }: WaveSelection, wave: string | undefined) {
  const waves = settings.waves ?? [];
  const position = waves.findIndex(({ name }) => name === wave);
  return position <= 0 ? [] : applicationsIn(waves.slice(0, position), { settings, desired });
}

/**
 * What is in one wave. Without a wave, everything.
 * @throws AppcfgError where the wave does not exist or has nothing in it
 */
export function applicationsOf({ settings, desired }: WaveSelection, wave: string | undefined) {
  if (wave === undefined) return desired;
  const applications = applicationsIn([waveNamed(wave, settings)], { settings, desired });
  if (applications.length > 0) return applications;
  throw failure('selection-empty', `no selected address is in wave "${wave}"`, {
    hint: { text: 'leave out --wave or the selection flags' },
  });
}

function waveNamed(name: string, { waves = [] }: WaveRules): WaveSettings {
  const found = waves.find((wave) => wave.name === name);
  if (found !== undefined) return found;
  throw failure('usage-invalid', `wave "${name}" not found`, {
    hint:
      waves.length === 0
        ? { text: 'define waves under `waves:` in appcfg.yml' }
        : suggest(
            name,
            waves.map((wave) => wave.name),
          ),
  });
}

/** What is in one wave of the settings. */
export function applicationsOfWave(wave: WaveSettings, of: WaveSelection): readonly DesiredApplication[] {
  return applicationsIn([wave], of);
}

/** The parts of applications that are in one of the chosen waves. */
function applicationsIn(
  chosen: readonly WaveSettings[],
  { settings, desired }: WaveSelection,
): readonly DesiredApplication[] {
  return desired.flatMap((application) => {
    const environments = application.environments.filter(({ name }) => {
      const wave = waveOf({ tenant: application.tenant, environment: name }, settings);
      return wave !== undefined && chosen.includes(wave);
    });
    return environments.length === 0 ? [] : [{ ...application, environments }];
  });
}
