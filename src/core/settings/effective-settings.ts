// What the settings say of a tenant and of one of its environments: entries under `tenants:` and `environments:` taken
// together. Of strategies and monitors a later entry wins over an earlier one, and a tenant's over an environment's. Where
// things are written is never overruled: what says so twice, or differently, is a problem.
import { matchesAny } from '../model/globs.ts';
import { isSelected } from '../model/selection.ts';
import { accountOf } from './account-regions.ts';
import type { MonitorSettings, Settings, TenantEntry } from './settings.ts';

/** All entries that match a tenant, taken together. */
export interface TenantSettings {
  readonly deploymentStrategy: string | undefined;
  /** Undefined: as the environment has it. */
  readonly monitors: readonly MonitorSettings[] | undefined;
  readonly labels: ReadonlyMap<string, string>;
  /** Globs of configuration profiles that the tenant does not have. */
  readonly excludeProfiles: readonly string[];
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly roleArn: string | undefined;
  /** Indices of the entries that match. */
  readonly entries: readonly number[];
}

/** A tenant's environment. */
export interface Target {
  readonly tenant: string;
  readonly environment: string;
}

const known = new WeakMap<readonly TenantEntry[], Map<string, TenantSettings>>();

/** Of a tenant that no entry matches. */
const unsaid = together([], '');

/** What holds for a tenant. */
export function tenantSettings({ tenants }: Pick<Settings, 'tenants'>, tenant: string): TenantSettings {
  if (tenants.length === 0) return unsaid;
  let byTenant = known.get(tenants);
  if (byTenant === undefined) {
    byTenant = new Map();
    known.set(tenants, byTenant);
  }
  let found = byTenant.get(tenant);
  if (found === undefined) {
    found = together(tenants, tenant);
    byTenant.set(tenant, found);
  }
  return found;
}

function together(tenants: readonly TenantEntry[], tenant: string): TenantSettings {
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

/** A tenant's labels: what selectors and waves go by. */
export function labelsOf(settings: Pick<Settings, 'tenants'>, tenant: string): ReadonlyMap<string, string> {
  return tenantSettings(settings, tenant).labels;
}

/** Whether a tenant has each of some labels; values may be globs. */
export function hasLabels(labels: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): boolean {
  return [...wanted].every(([key, glob]) => {
    const value = labels.get(key);
    return value !== undefined && matchesAny(value, [glob]);
  });
}

/** Whether a tenant goes without a profile that the template, or a file of its own, has. */
export function isExcluded(settings: Pick<Settings, 'tenants'>, tenant: string, profile: string): boolean {
  const globs = tenantSettings(settings, tenant).excludeProfiles;
  return globs.length > 0 && matchesAny(profile, globs);
}

/** The alarms that shall watch an environment, as they are written; undefined where the settings say nothing of them. */
export function monitorsOf(settings: Settings, target: Target): readonly MonitorSettings[] | undefined {
  return tenantSettings(settings, target.tenant).monitors ?? settings.environments?.get(target.environment)?.monitors;
}
