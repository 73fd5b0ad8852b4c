// Which tenant an application is, when there is no tree yet.
import { partition } from 'es-toolkit/array/partition';
import { isOneName, tenantByPattern } from '../settings/application-name.ts';
import { unknownPlaceholders } from '../settings/placeholders.ts';

export interface TenantNames {
  /** `applicationName` of the settings. */
  readonly pattern: string;
  /** Tenants whose applications are named in another way. */
  readonly own: readonly OwnNames[];
  /** By the application's name. */
  readonly tenants: ReadonlyMap<string, string>;
  /** Applications whose names no settings can have. */
  readonly impossible: readonly string[];
}

export interface OwnNames {
  /** A pattern with `{tenant}`, or the name of the application of the one tenant. */
  readonly applicationName: string;
  readonly tenants: readonly string[];
}

/** Applications whose names match the pattern. */
export function tenantsByPattern(pattern: string, applications: readonly string[]): TenantNames {
  const tenantOf = tenantByPattern(pattern);
  const tenants = applications.flatMap((name): [string, string][] => {
    const tenant = tenantOf(name);
    return tenant === undefined ? [] : [[name, tenant]];
  });
  return { pattern, own: [], tenants: new Map(tenants), impossible: [] };
}

/**
 * Applications that the map has. The pattern that fits most of them is that of all tenants. Of the others, those that a
 * pattern fits have that pattern, where it fits at least two, and the rest the names of their applications.
 * @param map from application to tenant
 */
export function tenantsByMap(map: ReadonlyMap<string, string>): TenantNames {
  const [[pattern, most] = ['{tenant}', []], ...others] = patternsOfMap(map);
  const left = new Map(map);
  for (const [name] of most) left.delete(name);
  const own: OwnNames[] = [];
  for (const [other, entries] of others) {
    const fitting = entries.filter(([name]) => left.has(name));
    if (fitting.length < 2) continue;
    own.push({ applicationName: other, tenants: fitting.map(([, tenant]) => tenant).sort() });
    for (const [name] of fitting) left.delete(name);
  }
  const [single, impossible] = partition([...left], ([name]) => isOneName(name) && isSetting(name));
  const lost = new Set(impossible.map(([name]) => name));
  return {
    pattern,
    own: [...own, ...single.map(([applicationName, tenant]) => ({ applicationName, tenants: [tenant] }))],
    tenants: new Map([...map].filter(([name]) => !lost.has(name))),
    impossible: [...lost],
  };
}

type Entry = readonly [application: string, tenant: string];

/** Each with the entries that it fits; that which fits most first. */
function patternsOfMap(map: ReadonlyMap<string, string>): readonly (readonly [string, readonly Entry[]])[] {
  const entriesOf = new Map<string, Entry[]>();
  for (const entry of map) {
    for (const pattern of patternsOf(entry)) {
      const known = entriesOf.get(pattern);
      if (known === undefined) entriesOf.set(pattern, [entry]);
      else known.push(entry);
    }
  }
  return [...entriesOf].sort(
    ([a, one], [b, other]) => other.length - one.length || a.length - b.length || (a < b ? -1 : 1),
  );
}

/** The patterns that make the application's name of the tenant's. */
function patternsOf([application, tenant]: Entry): readonly string[] {
  // An empty text is found everywhere, for ever.
  if (tenant === '') return [];
  const patterns: string[] = [];
  for (let at = application.indexOf(tenant); at >= 0; at = application.indexOf(tenant, at + 1)) {
    patterns.push(`${application.slice(0, at)}{tenant}${application.slice(at + tenant.length)}`);
  }
  return patterns.filter((pattern) => isSetting(pattern) && pattern.split('{tenant}').length === 2);
}

/** Whether all that is in braces is a placeholder. */
function isSetting(pattern: string): boolean {
  return unknownPlaceholders(pattern, 'applicationName').length === 0;
}
