// The way back from an application's name in AppConfig to the tenant it is named after.

/** @param pattern `applicationName` of the settings. @returns undefined for a name that does not follow it. */
export function tenantNaming(pattern: string): (application: string) => string | undefined {
  const [start = '', end = ''] = pattern.split('{tenant}');
  return (application) =>
    application.length > start.length + end.length && application.startsWith(start) && application.endsWith(end)
      ? application.slice(start.length, application.length - end.length)
      : undefined;
}
