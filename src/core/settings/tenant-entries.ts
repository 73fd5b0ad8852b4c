// The entries under `tenants:`, combined for each tenant. For names, strategies and monitors a later entry wins over an earlier one.
// Account, Region and role are never overridden: account-regions.ts reports entries that contradict each other.
import { accountOf } from '../model/account-region.ts';
import { isSelected } from '../model/selection.ts';
import type { MonitorSettings, TenantEntry } from './settings.ts';

/** All entries that match a tenant, combined. */
export interface TenantSettings {
  /** A pattern, or a name. */
  readonly applicationName: string | undefined;
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

/** In the order of the file. */
export interface TenantEntries extends ReadonlyArray<TenantEntry> {
  /** The combination of all entries that match a tenant. Remembered: every address asks for it several times. */
  readonly of: (tenant: string) => TenantSettings;
}

export function tenantEntries(list: readonly TenantEntry[]): TenantEntries {
  const byTenant = new Map<string, TenantSettings>();
  const of = (tenant: string) => {
    const found = byTenant.get(tenant) ?? combineEntries(list, tenant);
    byTenant.set(tenant, found);
    return found;
  };
  return Object.assign([...list], { of });
}

/** An entry, as a message names it. */
export function entryName({ match }: Pick<TenantEntry, 'match'>): string {
  return `the tenants entry with match ${match.map((glob) => `"${glob}"`).join(', ')}`;
}

/** Of most tenants. */
const withoutEntries = combine([], []);

/** Those of settings without any. */
export const noTenantEntries: TenantEntries = Object.assign([], { of: () => withoutEntries });

function combineEntries(tenants: readonly TenantEntry[], tenant: string): TenantSettings {
  const entries = [...tenants.keys()].filter((index) => isSelected(tenant, tenants[index]?.match ?? []));
  return entries.length === 0 ? withoutEntries : combine(tenants, entries);
}

function combine(tenants: readonly TenantEntry[], entries: readonly number[]): TenantSettings {
  const matching = entries.map((index) => tenants[index]).filter((entry) => entry !== undefined);
  const last = <K extends keyof TenantEntry>(key: K) => matching.findLast((entry) => entry[key] !== undefined)?.[key];
  return {
    applicationName: last('applicationName'),
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
