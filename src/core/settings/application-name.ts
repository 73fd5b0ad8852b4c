// From a tenant to the name of its application in AppConfig, and back.

/** @param pattern `applicationName` of the settings; contains `{tenant}` once */
export function applicationNameOf(pattern: string, tenant: string): string {
  return pattern.replace('{tenant}', () => tenant);
}

/** @returns a function from an application's name to its tenant; undefined for a name that does not match the pattern */
export function tenantNaming(pattern: string): (application: string) => string | undefined {
  const [start = '', end = ''] = pattern.split('{tenant}');
  return (application) =>
    application.length > start.length + end.length && application.startsWith(start) && application.endsWith(end)
      ? application.slice(start.length, application.length - end.length)
      : undefined;
}
