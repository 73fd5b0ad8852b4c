// What the settings come to for a tenant, its environments and its profiles, placeholders filled in. A tenant wins over an
// environment.
import type { AccountRegion } from '../model/account-region.ts';
import type { Address } from '../model/address.ts';
import { matchesAny } from '../model/globs.ts';
import { longestExtensionParameter } from '../model/service-limits.ts';
import { fillPlaceholders, type PlaceholderValues } from './placeholders.ts';
import type { Policy } from './policy.ts';
import type { MonitorSettings, ProfileSettings, Settings } from './settings.ts';

/** An environment of a tenant. */
export interface Target {
  readonly tenant: string;
  readonly environment: string;
}

/** Whose settings, and where they apply. */
type Where = Pick<Policy, 'settings' | 'accountRegion'>;

/** The labels of a tenant, for selectors and waves. */
export function labelsOf(settings: Pick<Settings, 'tenants'>, tenant: string): ReadonlyMap<string, string> {
  return settings.tenants.of(tenant).labels;
}

/** Whether a tenant has every wanted label; wanted values may be globs. */
export function hasLabels(labels: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): boolean {
  return [...wanted].every(([key, glob]) => {
    const value = labels.get(key);
    return value !== undefined && matchesAny(value, [glob]);
  });
}

/** Whether `excludeProfiles` excludes a configuration profile for a tenant. */
export function isExcluded(settings: Pick<Settings, 'tenants'>, tenant: string, profile: string): boolean {
  const globs = settings.tenants.of(tenant).excludeProfiles;
  return globs.length > 0 && matchesAny(profile, globs);
}

/** The alarms that monitor an environment; undefined where the settings do not manage them. */
export function monitorsOf({ settings, accountRegion }: Where, target: Target): readonly MonitorSettings[] | undefined {
  const monitors =
    settings.tenants.of(target.tenant).monitors ?? settings.environments?.get(target.environment)?.monitors;
  const values = environmentValues(accountRegion, target);
  return monitors?.map(({ alarmArn, alarmRoleArn }) => ({
    alarmArn: fillPlaceholders(alarmArn, values),
    alarmRoleArn: fillPlaceholders(alarmRoleArn, values),
  }));
}

/** What deployments are sent with, besides their content. */
export interface DeploymentParameters {
  readonly kmsKey?: string;
  /** `EXTENSION#PARAMETER` to value. */
  readonly dynamicExtensionParameters?: Readonly<Record<string, string>>;
}

/** Key and extension parameters of the deployments in an environment. */
export function deploymentParametersOf(
  { settings, accountRegion, origin }: Where & Pick<Policy, 'origin'>,
  target: Target,
): DeploymentParameters {
  const { kmsKey, dynamicExtensionParameters: parameters = {} } = settings.environments?.get(target.environment) ?? {};
  const ofEnvironment = environmentValues(accountRegion, target);
  const { commit = 'unknown', pipeline = 'unknown', url = 'unknown' } = origin;
  const values: PlaceholderValues<'deployment'> = { ...ofEnvironment, commit, pipeline: String(pipeline), url };
  const filled = Object.entries(parameters).map(([name, value]) => [
    name,
    fillPlaceholders(value, values).slice(0, longestExtensionParameter),
  ]);
  return {
    ...(kmsKey === undefined ? {} : { kmsKey: fillPlaceholders(kmsKey, ofEnvironment) }),
    ...(filled.length === 0 ? {} : { dynamicExtensionParameters: Object.fromEntries(filled) }),
  };
}

/** The settings of a profile in the application of a tenant. */
export function profileSettingsOf(
  { settings, accountRegion: { account, region } }: Where,
  { tenant, configurationProfile }: Pick<Address, 'tenant' | 'configurationProfile'>,
): Pick<ProfileSettings, 'kmsKey' | 'installValidator' | 'validators'> {
  const { kmsKey, installValidator, validators } = settings.profiles.get(configurationProfile) ?? {};
  const values: PlaceholderValues<'profile'> = { tenant, account, region };
  return {
    kmsKey: kmsKey && fillPlaceholders(kmsKey, values),
    installValidator,
    validators: validators?.map((arn) => fillPlaceholders(arn, values)),
  };
}

const environmentValues = (
  { account, region }: AccountRegion,
  { tenant, environment }: Target,
): PlaceholderValues<'environment'> => ({ tenant, environment, account, region });
