import { account } from '../guards/account.ts';
import type { LiveEnvironment } from '../live/live-state.ts';
import { fillPlaceholders } from '../model/application-name.ts';
import type { Monitor } from '../model/resource.ts';
import { monitorsOf } from '../settings/effective-settings.ts';
import type { Policy } from '../settings/policy.ts';

export interface EnvironmentAssessment {
  readonly name: string;
  readonly live: LiveEnvironment | undefined;
  /** Undefined: monitors are not managed. */
  readonly monitors: readonly Monitor[] | undefined;
  readonly monitorsDiffer: boolean;
  /** Nothing of it may be written: it is in another account or Region, or a guard blocks its application. */
  readonly blocked: boolean;
}

export function assessEnvironment(
  { tenant, environment }: { readonly tenant: string; readonly environment: string },
  live: LiveEnvironment | undefined,
  policy: Policy,
): EnvironmentAssessment {
  const { account: accountId, region } = policy.accountRegion;
  const fill = (pattern: string) => fillPlaceholders(pattern, { tenant, environment, account: accountId, region });
  const monitors = monitorsOf(policy.settings, { tenant, environment })?.map((monitor) => ({
    alarmArn: fill(monitor.alarmArn),
    alarmRoleArn: fill(monitor.alarmRoleArn),
  }));
  return {
    name: environment,
    live,
    monitors,
    monitorsDiffer: live !== undefined && monitors !== undefined && !areSameMonitors(monitors, live.monitors),
    blocked: account.check({ tenant, environment, policy }) !== undefined,
  };
}

function areSameMonitors(a: readonly Monitor[], b: readonly Monitor[]): boolean {
  const keyOf = (monitors: readonly Monitor[]) =>
    monitors
      .map(({ alarmArn, alarmRoleArn }) => `${alarmArn} ${alarmRoleArn}`)
      .sort()
      .join('\n');
  return keyOf(a) === keyOf(b);
}
