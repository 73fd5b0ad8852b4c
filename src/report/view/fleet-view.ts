// The fleet as a table: a row for each tenant with something to show, a cell for each environment, a mark for each profile in it.
import { partition } from 'es-toolkit/array/partition';
import { sortBy } from 'es-toolkit/array/sortBy';
import { type Address, formatAddress, wholeAddress } from '../../core/model/address.ts';
import { groupsBy } from '../../core/model/groups-by.ts';
import type { Plan, PlannedAddress } from '../../core/plan/plan.ts';
import type { Review } from '../../core/review/review.ts';
import { waveOrder } from '../../core/settings/waves.ts';
import { editsWithoutEffect } from './review-view.ts';
import type { RunOutcome } from './run-results.ts';

export interface Fleet {
  /** In the order of the settings, else of the tree. */
  readonly environments: readonly string[];
  readonly sections: readonly FleetSection[];
}

/** Tenants by the waves that they are in; without waves, by a label. */
export interface FleetSection {
  /** In their order; none where the settings have no waves. */
  readonly waves: readonly string[];
  /** Undefined where there are waves, and where no label groups the tenants; without a value for those that lack it. */
  readonly label: { readonly name: string; readonly value: string | undefined } | undefined;
  /** What is out of the ordinary first. */
  readonly rows: readonly FleetRow[];
  /** Tenants with nothing to show. */
  readonly unchanged: readonly string[];
}

export interface FleetRow {
  readonly tenant: string;
  /** One for each environment of the fleet. */
  readonly cells: readonly (readonly FleetMark[])[];
}

export type MarkKind = 'changed' | 'added' | 'removed' | 'outlier' | 'shielded' | 'blocked' | 'drifted';

export interface FleetMark {
  readonly address: Address;
  readonly kind: MarkKind;
  /** Its change group. */
  readonly group: string | undefined;
  /** Of a run that has written. */
  readonly outcome: RunOutcome | undefined;
}

/** @param outcomes of each address of a run that has written */
export function fleetOf(
  plan: Plan,
  review: Review | undefined,
  outcomes: ReadonlyMap<string, RunOutcome> = new Map(),
): Fleet {
  const kinds = kindsOf(review);
  const order = waveOrder(plan.waves);
  const environments = environmentsOf(plan, review);
  const label = plan.waves.length > 0 ? undefined : review?.label;
  const rows = groupsBy(plan.addresses, ({ address }) => address.tenant).flatMap((planned) => {
    const { tenant } = planned[0].address;
    if (tenant === undefined) return [];
    const marks = planned.flatMap((each) => markOf(each, kinds, outcomes));
    const cells = environments.map((environment) => marks.filter((mark) => mark.address.environment === environment));
    const names = new Set(planned.flatMap(({ wave }) => wave ?? []));
    const waves = plan.waves.flatMap(({ name }) => (names.has(name) ? [name] : []));
    const value = label?.values.get(tenant);
    return [{ tenant, cells, waves, value, size: marks.length, isOdd: marks.some(isOdd) }];
  });
  const sections = groupsBy(rows, ({ waves, value }) => JSON.stringify([waves, value])).map((own) => {
    const [{ waves, value }] = own;
    const [shown, unchanged] = partition(own, ({ size }) => size > 0);
    const [odd, others] = partition(shown, (row) => row.isOdd);
    return {
      waves,
      label: label && { name: label.name, value },
      rows: [...odd, ...others].map(({ tenant, cells }) => ({ tenant, cells })),
      unchanged: unchanged.map(({ tenant }) => tenant),
    };
  });
  const withoutLabel = ({ label: own }: FleetSection) => own !== undefined && own.value === undefined;
  const positions = plan.waves.map((_, nth) => (section: FleetSection) => order.get(section.waves[nth] ?? '') ?? -1);
  return { environments, sections: sortBy(sections, [withoutLabel, ...positions]) };
}

function isOdd({ kind, outcome }: FleetMark): boolean {
  return kind !== 'changed' || (outcome !== undefined && outcome !== 'succeeded');
}

/** What only the review knows. */
function kindsOf(review: Review | undefined): ReadonlyMap<string, MarkKind> {
  const kinds = new Map<string, MarkKind>();
  if (review === undefined) return kinds;
  // Where an edit reaches no address, all keep their own values: the edit is reported, once.
  const idle = new Set(editsWithoutEffect(review).map(({ file }) => file));
  for (const { file, addresses } of review.shielded) {
    if (!idle.has(file)) for (const address of addresses) kinds.set(formatAddress(address), 'shielded');
  }
  for (const { address } of review.outliers) kinds.set(formatAddress(address), 'outlier');
  return kinds;
}

function markOf(
  planned: PlannedAddress,
  kinds: ReadonlyMap<string, MarkKind>,
  outcomes: ReadonlyMap<string, RunOutcome>,
): readonly FleetMark[] {
  const address = wholeAddress(planned.address);
  if (address === undefined) return [];
  const key = formatAddress(address);
  const kind = kindByAction(planned) ?? kinds.get(key) ?? (planned.changeGroup === undefined ? undefined : 'changed');
  return kind === undefined ? [] : [{ address, kind, group: planned.changeGroup, outcome: outcomes.get(key) }];
}

/** What the plan does counts before what the review knows. */
function kindByAction({ action, desired, live }: PlannedAddress): MarkKind | undefined {
  if (action === 'blocked' || action === 'drifted') return action;
  if (action === 'delete' || action === 'orphaned') return 'removed';
  return action === 'create' && desired !== undefined && live === undefined ? 'added' : undefined;
}

function environmentsOf({ addresses }: Plan, review: Review | undefined): readonly string[] {
  // Totals are in the order of the settings.
  const ordered = (review?.totals ?? []).map(({ environment }) => environment);
  return [...new Set([...ordered, ...addresses.flatMap(({ address: { environment } }) => environment ?? [])])];
}
