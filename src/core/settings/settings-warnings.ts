// What settings say that may not be meant, and what they say that is not carried out yet.
// Settings that hold for nothing in the tree: most often a slip in a name.

import { isLiteralName, matchesAny } from '../model/globs.ts';
import type { SourcePosition } from '../model/source-position.ts';
import type { Problem } from '../problem/problem.ts';
import { nearest } from '../problem/suggest.ts';
import { accountOf } from './account-regions.ts';
import type { MonitorSettings, Settings } from './settings.ts';

const testStrategy = 'AppConfig.Linear50PercentEvery30Seconds';

/** Settings that work and may not be meant. */
export function checkSettings(settings: Settings): readonly Problem[] {
  return [
    ...[...(settings.environments ?? [])].flatMap(([name, { monitors }]) =>
      sharedAlarms(monitors, `"${name}" of every tenant`, settings.sourceOf('environments', name, 'monitors')),
    ),
    ...settings.tenants.flatMap(({ match, monitors }, index) =>
      match.length === 1 && isLiteralName(match[0] ?? '')
        ? []
        : sharedAlarms(
            monitors,
            `every tenant that matches ${match.join(', ')}`,
            settings.sourceOf('tenants', String(index), 'monitors'),
          ),
    ),
    ...strayAccounts(settings),
  ];
}

function sharedAlarms(
  monitors: readonly MonitorSettings[] | undefined,
  whom: string,
  source: SourcePosition,
): readonly Problem[] {
  return (monitors ?? [])
    .filter((monitor) => !monitor.alarmArn.includes('{tenant}'))
    .map((monitor) => ({
      code: 'settings-suspicious',
      severity: 'warning',
      message: `the alarm "${monitor.alarmArn}" watches ${whom}: when it rings, all of them are rolled back`,
      hint: { text: 'give each tenant an alarm of its own, with {tenant} in the ARN' },
      source,
    }));
}

/** Accounts that the settings name and do not allow. */
function strayAccounts(settings: Settings): readonly Problem[] {
  const { allowedAccounts } = settings.aws;
  if (allowedAccounts === undefined) return [];
  const named = [
    ...[...(settings.environments ?? [])].map(([name, place]) => ({ path: ['environments', name], place })),
    ...settings.tenants.map((place, index) => ({ path: ['tenants', String(index)], place })),
  ];
  return named.flatMap(({ path, place }) => {
    const account = accountOf(place);
    if (account === undefined || allowedAccounts.includes(account)) return [];
    return [
      {
        code: 'settings-suspicious',
        severity: 'warning',
        message: `${path.join('.')} is in account ${account}, which is not in \`aws.allowedAccounts\`: nothing is written there`,
        hint: { text: 'add the account to the list, or leave it out here' },
        source: settings.sourceOf(...path, place.account === undefined ? 'roleArn' : 'account'),
      },
    ];
  });
}

/**
 * Environments that look like production and are deployed to as AWS does for tests and demos.
 * @param strategies that the tenants' environments of each name are deployed with
 */
export function productionWarnings(
  settings: Settings,
  strategies: ReadonlyMap<string, ReadonlySet<string>>,
): readonly Problem[] {
  return [...strategies.keys()]
    .filter((name) => /(?:^|[-_.])(?:prod|prd|production|live)(?:$|[-_.0-9])/i.test(name))
    .filter((name) => strategies.get(name)?.has(testStrategy))
    .map((name) => ({
      code: 'settings-suspicious',
      severity: 'warning',
      message: `the environment "${name}" looks like production, and ${testStrategy} is AWS's strategy for tests and demos`,
      hint: {
        text: `set environments.${name}.deploymentStrategy: AppConfig.Linear20PercentEvery6Minutes (30 min, then 30 min of watching)`,
      },
      source: settings.sourceOf('environments', name, 'deploymentStrategy'),
    }));
}

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
  about: { readonly known: ReadonlySet<string>; readonly what: string; readonly source: SourcePosition },
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
        hint: near === undefined ? { text: 'delete it, if it is not needed' } : { text: `is "${near}" meant?` },
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
        hint: near === undefined ? { text: 'delete it, if it is not needed' } : { text: `is "${near}" meant?` },
        source: settings.sourceOf(section, name),
      };
    });
}
