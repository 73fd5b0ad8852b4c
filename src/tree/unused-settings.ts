// Settings that hold for nothing in the tree: most often a slip in a name.
import type { Problem } from '../core/errors.ts';
import type { Settings } from '../core/settings.ts';
import { nearest } from './nearest.ts';

/** @param profiles that the tree has. */
export function unusedSettings(settings: Settings, profiles: ReadonlySet<string>): readonly Problem[] {
  const used = new Set([
    settings.deploymentStrategy,
    ...[...(settings.environments?.values() ?? [])].map(({ deploymentStrategy }) => deploymentStrategy),
  ]);
  return [
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
        code: 'settings-doubtful',
        severity: 'warning',
        message: `${section} has "${name}", and ${what} "${name}"`,
        hint: near === undefined ? 'delete it, if it is not needed' : `is "${near}" meant?`,
        source: settings.sourceOf(section, name),
      };
    });
}
