// Tenants and the names of their applications in AppConfig, both ways.

/** @param pattern `applicationName` of the settings: `{tenant}` stands in it once. */
export function applicationNameOf(pattern: string, tenant: string): string {
  return pattern.replace('{tenant}', () => tenant);
}

/** @returns the tenant that an application is named after; undefined for a name that does not follow the pattern. */
export function tenantNaming(pattern: string): (application: string) => string | undefined {
  const [start = '', end = ''] = pattern.split('{tenant}');
  return (application) =>
    application.length > start.length + end.length && application.startsWith(start) && application.endsWith(end)
      ? application.slice(start.length, application.length - end.length)
      : undefined;
}

/** A pattern with `{name}` replaced, values taken to the letter. Names that have no value stay. */
export function filled(pattern: string, values: Readonly<Record<string, string | undefined>>): string {
  return pattern.replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
}
