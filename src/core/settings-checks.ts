// What settings say that may not be meant, and what they say that is not carried out yet.
import type { Problem } from './errors.ts';
import { isLiteralName } from './selection.ts';
import type { MonitorSettings, Settings } from './settings.ts';
import { accountOf } from './tenants.ts';

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
  source: string,
): readonly Problem[] {
  return (monitors ?? [])
    .filter((monitor) => !monitor.alarmArn.includes('{tenant}'))
    .map((monitor) => ({
      code: 'settings-suspicious',
      severity: 'warning',
      message: `the alarm "${monitor.alarmArn}" watches ${whom}: when it rings, all of them are rolled back`,
      hint: 'give each tenant an alarm of its own, with {tenant} in the ARN',
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
        hint: 'add the account to the list, or leave it out here',
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
      hint: `set environments.${name}.deploymentStrategy: AppConfig.Linear20PercentEvery6Minutes (30 min, then 30 min of watching)`,
      source: settings.sourceOf('environments', name, 'deploymentStrategy'),
    }));
}
