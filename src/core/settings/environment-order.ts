// The order of environments in reports: that of the settings, then by name.
import type { Settings } from './settings.ts';

/** The position of an environment; those that the settings do not name come after them. */
export function environmentRank({ environments }: Pick<Settings, 'environments'>): (environment: string) => number {
  const order = new Map([...(environments?.keys() ?? [])].map((name, index) => [name, index]));
  return (environment) => order.get(environment) ?? order.size;
}

/** Each environment once. */
export function environmentsInOrder(
  names: Iterable<string>,
  settings: Pick<Settings, 'environments'>,
): readonly string[] {
  const rank = environmentRank(settings);
  return [...new Set(names)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
