// Settings that are valid, but probably a mistake.
import { accountOf } from '../model/account-region.ts';
import { isLiteralName, matchesAny } from '../model/globs.ts';
import type { SourcePosition } from '../model/source-position.ts';
import type { Hint } from '../problem/hint.ts';
import type { Problem } from '../problem/problem.ts';
import { suggest } from '../problem/suggest.ts';
import type { MonitorSettings, Settings } from '../settings/settings.ts';
import { entryName } from '../settings/tenant-entries.ts';

/** Source: AppConfig User Guide, "Using predefined deployment strategies". */
const testStrategy = 'AppConfig.Linear50PercentEvery30Seconds';

/** Mistakes that the settings alone show. */
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
    ...accountsNotAllowed(settings),
  ];
}

/** Alarms that monitor many tenants. */
function sharedAlarms(
  monitors: readonly MonitorSettings[] | undefined,
  tenants: string,
  source: SourcePosition,
): readonly Problem[] {
  return (monitors ?? [])
    .filter((monitor) => !monitor.alarmArn.includes('{tenant}'))
    .map(({ alarmArn }) =>
      suspicious(
        `the alarm "${alarmArn}" monitors ${tenants}: when it fires, AppConfig rolls back all of them`,
        { text: 'use one alarm per tenant, with {tenant} in the ARN' },
        source,
      ),
    );
}

/** Accounts that environments or tenants are in, but that `aws.allowedAccounts` does not have. */
function accountsNotAllowed(settings: Settings): readonly Problem[] {
  const { allowedAccounts } = settings.aws;
  if (allowedAccounts === undefined) return [];
  const named = [
    ...[...(settings.environments ?? [])].map(([name, entry]) => ({
      what: `environments.${name}`,
      path: ['environments', name],
      entry,
    })),
    ...settings.tenants.map((entry, index) => ({
      what: entryName(entry),
      path: ['tenants', String(index)],
      entry,
    })),
  ];
  return named.flatMap(({ what, path, entry }) => {
    const account = accountOf(entry);
    if (account === undefined || allowedAccounts.includes(account)) return [];
    return [
      suspicious(
        `${what} is in account ${account}, which is not in aws.allowedAccounts: nothing is written there`,
        { text: `add "${account}" to aws.allowedAccounts, or change the account here` },
        settings.sourceOf(...path, entry.account === undefined ? 'roleArn' : 'account'),
      ),
    ];
  });
}

/**
 * Environments that look like production and use AWS's deployment strategy for tests and demos.
 * @param strategies by the name of an environment, all that its tenants use
 */
export function productionWarnings(
  settings: Settings,
  strategies: ReadonlyMap<string, ReadonlySet<string>>,
): readonly Problem[] {
  return [...strategies.keys()]
    .filter((name) => /(?:^|[-_.])(?:prod|prd|production|live)(?:$|[-_.0-9])/i.test(name))
    .filter((name) => strategies.get(name)?.has(testStrategy))
    .map((name) =>
      suspicious(
        `the environment "${name}" looks like production, but uses ${testStrategy}, AWS's strategy for tests and demos`,
        { text: `${strategyHint(settings, name)} (30 min, then 30 min bake time)` },
        settings.sourceOf('environments', name, 'deploymentStrategy'),
      ),
    );
}

/** `environments:` is a closed list: one that has only this environment would make all others invalid. */
function strategyHint({ environments }: Settings, name: string): string {
  const strategy = 'AppConfig.Linear20PercentEvery6Minutes';
  return environments === undefined
    ? `list every environment under "environments:", and give ${name} deploymentStrategy: ${strategy}`
    : `set environments.${name}.deploymentStrategy: ${strategy}`;
}

/** Names in a tree. */
export interface NamesInTree {
  readonly tenants: ReadonlySet<string>;
  readonly profiles: ReadonlySet<string>;
}

/** Settings that apply to nothing in the tree: most often a typo in a name. */
export function unusedSettings(settings: Settings, { tenants, profiles }: NamesInTree): readonly Problem[] {
  const strategies = [settings, ...(settings.environments?.values() ?? []), ...settings.tenants]
    .map(({ deploymentStrategy }) => deploymentStrategy)
    .filter((strategy) => strategy !== undefined);
  const { sourceOf } = settings;
  return [
    ...settings.tenants.flatMap(({ match, excludeProfiles }, index) => [
      ...unmatchedGlobs(match, tenants, {
        message: (glob) => `"${glob}" matches no tenant`,
        source: sourceOf('tenants', String(index), 'match'),
      }),
      ...unmatchedGlobs(excludeProfiles, profiles, {
        message: (glob) => `"${glob}" matches no configuration profile`,
        source: sourceOf('tenants', String(index), 'excludeProfiles'),
      }),
    ]),
    ...unusedNames(settings.profiles.keys(), [...profiles], {
      message: (name) => `the tree has no configuration profile "${name}"`,
      source: (name) => sourceOf('profiles', name),
    }),
    ...unusedNames(settings.deploymentStrategies.keys(), strategies, {
      message: (name) => `nothing uses the deployment strategy "${name}"`,
      source: (name) => sourceOf('deploymentStrategies', name),
    }),
  ];
}

function unmatchedGlobs(
  globs: readonly string[],
  names: ReadonlySet<string>,
  words: { readonly message: (glob: string) => string; readonly source: SourcePosition },
): readonly Problem[] {
  return globs.flatMap((glob) => {
    const plain = glob.replace(/^!/, '');
    if (names.has(plain)) return [];
    const all = [...names];
    if (all.some((name) => matchesAny(name, [plain]))) return [];
    return [suspicious(words.message(glob), suggest(plain, all, deleteIt), words.source)];
  });
}

function unusedNames(
  names: Iterable<string>,
  used: readonly string[],
  words: { readonly message: (name: string) => string; readonly source: (name: string) => SourcePosition },
): readonly Problem[] {
  return [...names]
    .filter((name) => !used.includes(name))
    .map((name) => suspicious(words.message(name), suggest(name, used, deleteIt), words.source(name)));
}

const deleteIt: Hint = { text: 'delete it if it is not needed' };

function suspicious(message: string, hint: Hint, source: SourcePosition): Problem {
  return { code: 'settings-suspicious', severity: 'warning', message, hint, source };
}
