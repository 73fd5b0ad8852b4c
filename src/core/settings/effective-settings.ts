// What the settings come to for a tenant and one of its environments. A tenant wins over an environment.
import { fillPlaceholders } from '../model/application-name.ts';
import { matchesAny } from '../model/globs.ts';
import type { Policy } from './policy.ts';
import type { MonitorSettings, Settings } from './settings.ts';

/** An environment of a tenant. */
export interface Target {
  readonly tenant: string;
  readonly environment: string;
}

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

/** The alarms that monitor an environment, placeholders not filled in; undefined where the settings do not manage them. */
export function monitorsOf(settings: Settings, target: Target): readonly MonitorSettings[] | undefined {
  return settings.tenants.of(target.tenant).monitors ?? settings.environments?.get(target.environment)?.monitors;
}

/** What deployments are sent with, besides their content. */
export interface DeploymentParameters {
  readonly kmsKey?: string;
  /** `EXTENSION#PARAMETER` to value. */
  readonly extensionParameters?: Readonly<Record<string, string>>;
}

/** Key and extension parameters of the deployments in an environment, placeholders filled in. */
export function deploymentParametersOf(
  { settings, accountRegion, origin }: Pick<Policy, 'settings' | 'accountRegion' | 'origin'>,
  { tenant, environment }: Target,
): DeploymentParameters {
  const { kmsKey, dynamicExtensionParameters = {} } = settings.environments?.get(environment) ?? {};
  const { account, region } = accountRegion;
  const target = { tenant, environment, account, region };
  const { commit = 'unknown', pipeline = 'unknown', url = 'unknown' } = origin;
  const values = { ...target, commit, pipeline: String(pipeline), url };
  const parameters = Object.entries(dynamicExtensionParameters);
  return {
    ...(kmsKey === undefined ? {} : { kmsKey: fillPlaceholders(kmsKey, target) }),
    ...(parameters.length === 0
      ? {}
      : {
          extensionParameters: Object.fromEntries(
            parameters.map(([name, value]) => [name, fillPlaceholders(value, values).slice(0, longestParameter)]),
          ),
        }),
  };
}

/** Characters. Source: AppConfig API, `StringWithLengthBetween1And2048`. */
const longestParameter = 2048;
