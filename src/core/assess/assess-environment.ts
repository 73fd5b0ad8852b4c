import { account } from '../guards/account.ts';
import { isOwnDeployment } from '../live/deployment-description.ts';
import { acceptedNumber } from '../live/drifted-deployment.ts';
import type { Facts } from '../live/facts.ts';
import type { LiveEnvironment } from '../live/live-state.ts';
import { isManaged } from '../live/ownership.ts';
import { isAppcfgLabel } from '../model/content.ts';
import type { Monitor } from '../model/resource.ts';
import type { Problem } from '../problem/problem.ts';
import { monitorsOf } from '../settings/effective-settings.ts';
import type { Policy } from '../settings/policy.ts';
import type { Verdict } from './verdict.ts';

export interface EnvironmentAssessment {
  readonly name: string;
  readonly live: LiveEnvironment | undefined;
  /** Undefined: monitors are not managed. */
  readonly monitors: readonly Monitor[] | undefined;
  readonly monitorsDiffer: boolean;
  /** Deployments up to this number become accepted: they are no drift from then on. Undefined: nothing to accept. */
  readonly accepts?: number | undefined;
  /** Nothing of it may be written: it is in another account or Region, or a guard blocks its application. */
  readonly blocked: boolean;
}

export function assessEnvironment(
  { tenant, environment }: { readonly tenant: string; readonly environment: string },
  live: LiveEnvironment | undefined,
  policy: Policy,
): EnvironmentAssessment {
  const monitors = monitorsOf(policy, { tenant, environment });
  return {
    name: environment,
    live,
    monitors,
    monitorsDiffer: live !== undefined && monitors !== undefined && !areSameMonitors(monitors, live.monitors),
    blocked: account.check({ tenant, environment, policy }) !== undefined,
  };
}

/** That the newest deployment of a profile, or the one in flight, is of an experiment run. */
export function experimentWarning(
  subject: { readonly tenant: string; readonly environment: string },
  { histories, inFlight }: LiveEnvironment,
): Problem | undefined {
  const managed =
    inFlight?.type === 'MANAGED' ? inFlight : [...histories.values()].find((each) => each.managed)?.managed;
  if (managed === undefined) return undefined;
  return {
    code: 'environment-in-experiment',
    severity: 'warning',
    message: `an experiment uses the environment: it made deployment ${managed.number}`,
    hint: { text: "see the experiment in AppConfig's console before you change what it compares" },
    subject,
  };
}

/**
 * The number up to which deployments become accepted, because the tree has what was deployed outside of appcfg. What has
 * drifted stays above it.
 * @param verdicts of all addresses of the environment
 */
export function acceptedBy(
  verdicts: readonly Verdict[],
  { id: environmentId, latestDeploymentNumber = 0 }: LiveEnvironment,
  { facts, project }: { readonly facts: Facts; readonly project: string },
): number | undefined {
  const equal = verdicts.flatMap(({ isLive, completed, awaits }) => {
    const served = isLive ? completed : awaits;
    return served !== undefined && !isAppcfgLabel(served.versionLabel) ? [served.number] : [];
  });
  if (equal.length === 0 || verdicts.some(({ action }) => action === 'blocked')) return undefined;
  const tags = facts.get({ kind: 'tags', environmentId });
  if (tags === undefined || !isManaged(tags, project)) return undefined;
  // What this run overwrites need not be kept from acceptance.
  const drifted = verdicts.flatMap(({ action, drift }) =>
    action === 'drifted' && drift ? drift.deploymentNumber : [],
  );
  const newest = Math.min(latestDeploymentNumber, ...drifted.map((number) => number - 1));
  const accepted = acceptedNumber(tags);
  const isByOthers = (deploymentNumber: number) => {
    const detail = facts.get({ kind: 'deployment', environmentId, deploymentNumber });
    return detail !== undefined && detail !== 'missing' && !isOwnDeployment(detail.description, project);
  };
  return equal.filter((number) => number > accepted && number <= newest).some(isByOthers) ? newest : undefined;
}

function areSameMonitors(a: readonly Monitor[], b: readonly Monitor[]): boolean {
  const keyOf = (monitors: readonly Monitor[]) =>
    monitors
      .map(({ alarmArn, alarmRoleArn }) => `${alarmArn} ${alarmRoleArn}`)
      .sort()
      .join('\n');
  return keyOf(a) === keyOf(b);
}
