// The entries under `tenants:`, combined for each tenant. For names, strategies and monitors a later entry wins over an earlier one.
// Account, Region and role are never overridden: account-regions.ts reports entries that contradict each other.
import { accountOf } from '../model/account-region.ts';
import { isLiteralName, nameOfGlob } from '../model/globs.ts';
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
  /** Whether one assigns an account: then every environment of every tenant needs one. */
  readonly assignAccounts: boolean;
}

export function tenantEntries(list: readonly TenantEntry[]): TenantEntries {
  const entriesOf = entryFinder(list);
  const byTenant = new Map<string, TenantSettings>();
  const of = (tenant: string) => {
    const known = byTenant.get(tenant);
    if (known !== undefined) return known;
    const entries = entriesOf(tenant);
    const found = entries.length === 0 ? withoutEntries : combine(list, entries);
    byTenant.set(tenant, found);
    return found;
  };
  return Object.assign([...list], { of, assignAccounts: list.some((entry) => accountOf(entry) !== undefined) });
}

/** An entry, as a message names it. */
export function entryName({ match }: Pick<TenantEntry, 'match'>): string {
  return `the tenants entry with match ${match.map((glob) => `"${glob}"`).join(', ')}`;
}

/** Of most tenants. */
const withoutEntries = combine([], []);

/** Those of settings without any. */
export const noTenantEntries: TenantEntries = Object.assign([], { of: () => withoutEntries, assignAccounts: false });

/** Indices of the entries that match a tenant. Those with names alone are looked up: there can be one for each tenant. */
function entryFinder(list: readonly TenantEntry[]): (tenant: string) => readonly number[] {
  const byName = new Map<string, number[]>();
  const globs: number[] = [];
  for (const [index, { match }] of list.entries()) {
    if (!match.every(isLiteralName)) globs.push(index);
    else
      for (const name of new Set([...match, ...match.map(nameOfGlob)]))
        byName.set(name, [...(byName.get(name) ?? []), index]);
  }
  return (tenant) => {
    const matching = globs.filter((index) => isSelected(tenant, list[index]?.match ?? []));
    return [...(byName.get(tenant) ?? []), ...matching].sort((a, b) => a - b);
  };
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
