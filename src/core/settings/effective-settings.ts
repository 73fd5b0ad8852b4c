// The settings of a tenant and of one of its environments: entries under `tenants:` and `environments:` combined. For
// strategies and monitors a later entry wins over an earlier one, and a tenant over an environment. Account, Region and role
// are never overridden: account-regions.ts reports entries that contradict each other.
import { accountOf } from '../model/account-region.ts';
import { matchesAny } from '../model/globs.ts';
import { isSelected } from '../model/selection.ts';
import type { MonitorSettings, Settings, TenantEntry } from './settings.ts';

/** All entries that match a tenant, combined. */
export interface TenantSettings {
  readonly deploymentStrategy: string | undefined;
  /** Undefined: those of the environment. */
  readonly monitors: readonly MonitorSettings[] | undefined;
  readonly labels: ReadonlyMap<string, string>;
  /** Globs of configuration profiles that are not rendered for the tenant. */
  readonly excludeProfiles: readonly string[];
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly roleArn: string | undefined;
  /** Indices of the entries that match. */
  readonly entries: readonly number[];
}

/** An environment of a tenant. */
export interface Target {
  readonly tenant: string;
  readonly environment: string;
}

/** A memo: every address asks for the settings of its tenant several times. */
const known = new WeakMap<readonly TenantEntry[], Map<string, TenantSettings>>();

/** The combination of all entries that match a tenant. */
export function tenantSettings({ tenants }: Pick<Settings, 'tenants'>, tenant: string): TenantSettings {
  let byTenant = known.get(tenants);
  if (byTenant === undefined) {
    byTenant = new Map();
    known.set(tenants, byTenant);
  }
  let found = byTenant.get(tenant);
  if (found === undefined) {
    found = combineEntries(tenants, tenant);
    byTenant.set(tenant, found);
  }
  return found;
}

function combineEntries(tenants: readonly TenantEntry[], tenant: string): TenantSettings {
  const entries = [...tenants.keys()].filter((index) => isSelected(tenant, tenants[index]?.match ?? []));
  const matching = entries.map((index) => tenants[index]).filter((entry) => entry !== undefined);
  const last = <K extends keyof TenantEntry>(key: K) => matching.findLast((entry) => entry[key] !== undefined)?.[key];
  return {
    deploymentStrategy: last('deploymentStrategy'),
    monitors: last('monitors'),
    labels: new Map(matching.flatMap(({ labels }) => [...labels])),
    excludeProfiles: matching.flatMap(({ excludeProfiles }) => excludeProfiles),
    account: accountOf({ account: last('account'), roleArn: last('roleArn') }),
    region: last('region'),
    roleArn: last('roleArn'),
    entries,
  };
}

/** The labels of a tenant, for selectors and waves. */
export function labelsOf(settings: Pick<Settings, 'tenants'>, tenant: string): ReadonlyMap<string, string> {
  return tenantSettings(settings, tenant).labels;
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
  const globs = tenantSettings(settings, tenant).excludeProfiles;
  return globs.length > 0 && matchesAny(profile, globs);
}

/** The alarms that monitor an environment, placeholders not filled in; undefined where the settings do not manage them. */
export function monitorsOf(settings: Settings, target: Target): readonly MonitorSettings[] | undefined {
  return tenantSettings(settings, target.tenant).monitors ?? settings.environments?.get(target.environment)?.monitors;
}
