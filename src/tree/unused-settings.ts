// Settings that hold for nothing in the tree: most often a slip in a name.
import type { Problem } from '../core/errors.ts';
import { matchesAny } from '../core/selection.ts';
import type { Settings } from '../core/settings.ts';
import { nearest } from './nearest.ts';

/** What a tree has. */
export interface NamesInTree {
  readonly tenants: ReadonlySet<string>;
  readonly profiles: ReadonlySet<string>;
}

export function unusedSettings(settings: Settings, { tenants, profiles }: NamesInTree): readonly Problem[] {
  const used = new Set([
    settings.deploymentStrategy,
    ...[...(settings.environments?.values() ?? [])].map(({ deploymentStrategy }) => deploymentStrategy),
    ...settings.tenants.map(({ deploymentStrategy }) => deploymentStrategy),
  ]);
  return [
    ...settings.tenants.flatMap((entry, index) => [
      ...unusedGlobs(entry.match, {
        known: tenants,
        what: 'no tenant',
        source: settings.sourceOf('tenants', String(index), 'match'),
      }),
      ...unusedGlobs(entry.excludeProfiles, {
        known: profiles,
        what: 'no configuration profile',
        source: settings.sourceOf('tenants', String(index), 'excludeProfiles'),
      }),
    ]),
    ...unused(settings, 'profiles', {
      names: settings.profiles.keys(),
      known: profiles,
      what: 'no file names a profile',
    }),
    ...unused(settings, 'deploymentStrategies', {
      names: settings.deploymentStrategies.keys(),
      known: used,
      what: 'nothing is deployed with a strategy',
    }),
  ];
}

function unusedGlobs(
  globs: readonly string[],
  about: { readonly known: ReadonlySet<string>; readonly what: string; readonly source: string },
): readonly Problem[] {
  const { known, what, source } = about;
  return globs.flatMap((glob) => {
    const plain = glob.replace(/^!/, '');
    if ([...known].some((name) => matchesAny(name, [plain]))) return [];
    const near = nearest(plain, [...known]);
    return [
      {
        code: 'settings-suspicious',
        severity: 'warning',
        message: `tenants has "${glob}", which matches ${what}`,
        hint: near === undefined ? 'delete it, if it is not needed' : `is "${near}" meant?`,
        source,
      },
    ];
  });
}

function unused(
  settings: Settings,
  section: string,
  about: { readonly names: Iterable<string>; readonly known: ReadonlySet<string | undefined>; readonly what: string },
): readonly Problem[] {
  const { names, known, what } = about;
  return [...names]
    .filter((name) => !known.has(name))
    .map((name) => {
      const near = nearest(
        name,
        [...known].filter((each) => each !== undefined),
      );
      return {
        code: 'settings-suspicious',
        severity: 'warning',
        message: `${section} has "${name}", and ${what} "${name}"`,
        hint: near === undefined ? 'delete it, if it is not needed' : `is "${near}" meant?`,
        source: settings.sourceOf(section, name),
      };
    });
}
