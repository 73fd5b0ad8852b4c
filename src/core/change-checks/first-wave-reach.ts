// The first of several waves is there to show a mistake to a few tenants: whether it changes most of an environment's.
import { maxBy } from 'es-toolkit/array/maxBy';
import { type Address, formatAddress, wholeAddress } from '../model/address.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import { groupsBy } from '../model/groups-by.ts';
import { type TracedTrees, withLines } from '../plan/group-sources.ts';
import type { Plan } from '../plan/plan.ts';
import { count } from '../problem/quantity.ts';
import { limitOf, type Settings } from '../settings/settings.ts';
import { waveOf } from '../settings/waves.ts';
import { type Found, isChecked } from './judge-changes.ts';

/** Fewer tenants are never too many. */
const fewest = 10;

export interface FirstWaveReach {
  readonly wave: string;
  readonly environment: string;
  readonly tenants: number;
  /** Tenants that have the environment. */
  readonly of: number;
  /** As many of them may change. */
  readonly limit: number;
  /** Those that the wave changes there. */
  readonly addresses: readonly Address[];
}

/** The environment that is reached most; undefined where none is reached too much. @param desired the whole tree */
export function firstWaveReach(
  { addresses }: Pick<Plan, 'addresses'>,
  desired: readonly DesiredApplication[],
  settings: Pick<Settings, 'waves' | 'tenants' | 'guards'>,
): FirstWaveReach | undefined {
  const [first, second] = settings.waves ?? [];
  if (first === undefined || second === undefined) return undefined;
  const changed = addresses
    .filter(isChecked)
    .flatMap(({ address }) => wholeAddress(address) ?? [])
    .filter((address) => waveOf(address, settings) === first);
  const reaches = groupsBy(changed, ({ environment }) => environment).map((own): FirstWaveReach => {
    const [{ environment }] = own;
    const tenants = new Set(own.map(({ tenant }) => tenant)).size;
    const having = desired.filter(({ environments }) => environments.some(({ name }) => name === environment));
    const limit = limitOf(settings.guards.changes.maxReach, having.length);
    return { wave: first.name, environment, tenants, of: having.length, limit, addresses: own };
  });
  const tooMany = reaches.filter(({ tenants, limit }) => tenants >= fewest && tenants > limit);
  return maxBy(tooMany, ({ tenants }) => tenants);
}

/** As a problem, at the line that reaches the most addresses. */
export function foundReach(
  { wave, environment, tenants, of, limit, addresses }: FirstWaveReach,
  { changeGroups }: Pick<Plan, 'changeGroups'>,
  trees: TracedTrees,
): Found {
  const reached = new Set(addresses.map(formatAddress));
  const groups = changeGroups.map((group) => ({
    change: group.changes[0],
    own: group.addresses.filter((address) => reached.has(formatAddress(address))),
  }));
  const widest = maxBy(groups, ({ own }) => own.length);
  const [line] = widest?.change === undefined ? [] : withLines([widest.change], widest.own.slice(0, 1), trees);
  return {
    code: 'change-reach',
    message: `the first wave, "${wave}", changes ${tenants} of ${count(of, 'tenant')} of ${environment}; the limit is ${limit}`,
    ...(line?.source && { source: line.source }),
  };
}
