// How many of how many addresses change, by profile and environment.
import { sortBy } from 'es-toolkit/array/sortBy';
import { type Address, formatAddress } from '../model/address.ts';
import { environmentRank } from '../settings/environment-order.ts';
import type { Settings } from '../settings/settings.ts';
import type { Outcome } from './judge-edits.ts';
import type { Total } from './review.ts';

export interface CountedAddress {
  readonly address: Address;
  readonly isChanged: boolean;
}

/** The environments of each profile that changes, in the order of the settings. */
export function countTotals(
  addresses: Iterable<CountedAddress>,
  {
    settings,
    outcomes,
  }: {
    readonly settings: Pick<Settings, 'environments'>;
    /** By the text of the address. */
    readonly outcomes: ReadonlyMap<string, Outcome>;
  },
): readonly Total[] {
  const profiles = new Map<string, Map<string, Counts>>();
  for (const { address, isChanged } of addresses) {
    const { configurationProfile, environment } = address;
    const byEnvironment = profiles.get(configurationProfile) ?? new Map<string, Counts>();
    profiles.set(configurationProfile, byEnvironment);
    const counts = byEnvironment.get(environment) ?? { addresses: 0, changed: 0, shielded: 0, outliers: 0 };
    byEnvironment.set(environment, counts);
    const outcome = outcomes.get(formatAddress(address));
    counts.addresses += 1;
    if (isChanged) counts.changed += 1;
    if (outcome === 'shielded') counts.shielded += 1;
    if (outcome === 'outlier') counts.outliers += 1;
  }
  const rank = environmentRank(settings);
  return [...profiles].flatMap(([configurationProfile, byEnvironment]) => {
    if (![...byEnvironment.values()].some(({ changed }) => changed > 0)) return [];
    const totals = [...byEnvironment].map(([environment, counts]) => ({
      configurationProfile,
      environment,
      ...counts,
    }));
    return sortBy(totals, [({ environment }) => rank(environment), ({ environment }) => environment]);
  });
}

interface Counts {
  addresses: number;
  changed: number;
  shielded: number;
  outliers: number;
}
