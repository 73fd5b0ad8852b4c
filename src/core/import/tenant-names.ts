// Which tenant an application is, when there is no tree yet.
import { applicationNameOf, tenantNaming } from '../settings/application-name.ts';

export interface TenantNames {
  /** `applicationName` of the settings. */
  readonly pattern: string;
  /** By the application's name. */
  readonly tenants: ReadonlyMap<string, string>;
  /** Applications that the map has, but no pattern that fits the others. */
  readonly misfits: readonly string[];
}

/** Applications whose names match the pattern. */
export function tenantsByPattern(pattern: string, applications: readonly string[]): TenantNames {
  const tenantOf = tenantNaming(pattern);
  const tenants = applications.flatMap((name): [string, string][] => {
    const tenant = tenantOf(name);
    return tenant === undefined ? [] : [[name, tenant]];
  });
  return { pattern, tenants: new Map(tenants), misfits: [] };
}

/**
 * Applications that the map has. A tree has one pattern for the names of all of them: the one that fits most.
 * @param map from application to tenant
 */
export function tenantsByMap(map: ReadonlyMap<string, string>): TenantNames {
  const counts = new Map<string, number>();
  for (const [application, tenant] of map) {
    for (const pattern of patternsOf(application, tenant)) counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
  }
  const byCount = [...counts].sort(([a, one], [b, other]) => other - one || a.length - b.length || (a < b ? -1 : 1));
  const pattern = byCount[0]?.[0] ?? '{tenant}';
  const fits = ([application, tenant]: [string, string]) => applicationNameOf(pattern, tenant) === application;
  return {
    pattern,
    tenants: new Map([...map].filter(fits)),
    misfits: [...map].filter((entry) => !fits(entry)).map(([application]) => application),
  };
}

/** The patterns that make the application's name of the tenant's. */
function patternsOf(application: string, tenant: string): readonly string[] {
  const patterns: string[] = [];
  if (tenant === '') return patterns;
  for (let at = application.indexOf(tenant); at >= 0; at = application.indexOf(tenant, at + 1)) {
    patterns.push(`${application.slice(0, at)}{tenant}${application.slice(at + tenant.length)}`);
  }
  return patterns;
}
