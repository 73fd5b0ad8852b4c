// From a tenant to the name of its application in AppConfig, and back.
import { nameOfGlob } from '../model/globs.ts';
import type { Settings } from './settings.ts';

/** What names applications: the pattern for all tenants, and the entries of tenants with another one. */
export type ApplicationNames = Pick<Settings, 'applicationName' | 'tenants'>;

/** The name of a tenant's application. The last matching entry of `tenants` precedes the pattern for all. */
export function applicationNameOf({ applicationName, tenants }: ApplicationNames, tenant: string): string {
  return nameByPattern(tenants.of(tenant).applicationName ?? applicationName, tenant);
}

/** @param pattern contains `{tenant}` at most once; without it, it is the name */
export function nameByPattern(pattern: string, tenant: string): string {
  return pattern.replace('{tenant}', () => tenant);
}

/** Whether a pattern names one application only. */
export function isOneName(pattern: string): boolean {
  return !pattern.includes('{tenant}');
}

/** @returns a function from an application's name to its tenant, whether the tree has it or not; undefined for a name that is no tenant's */
export function tenantNaming(names: ApplicationNames): (application: string) => string | undefined {
  const patterns = new Set<string>();
  const single = new Map<string, string>();
  for (const { match, applicationName } of names.tenants) {
    if (applicationName === undefined) continue;
    if (isOneName(applicationName)) single.set(applicationName, nameOfGlob(match[0] ?? ''));
    else patterns.add(applicationName);
  }
  // The pattern for all is the last: with it, each name could be a tenant's.
  const byPattern = [...patterns, names.applicationName].map(tenantByPattern);
  return (application) => {
    const candidates = [single.get(application), ...byPattern.map((tenantOf) => tenantOf(application))];
    return candidates.find((tenant) => tenant !== undefined && applicationNameOf(names, tenant) === application);
  };
}

/** @returns a function from an application's name to the part that `{tenant}` stands for */
export function tenantByPattern(pattern: string): (application: string) => string | undefined {
  const [start = '', end = ''] = pattern.split('{tenant}');
  return (application) =>
    application.length > start.length + end.length && application.startsWith(start) && application.endsWith(end)
      ? application.slice(start.length, application.length - end.length)
      : undefined;
}
