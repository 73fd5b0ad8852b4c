// What of a review is worth showing, as data: each thing once.
import { partition } from 'es-toolkit/array/partition';
import { type Address, formatAddress, type Subject } from '../../core/model/address.ts';
import { groupMap, groupsBy } from '../../core/model/groups-by.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { count } from '../../core/problem/quantity.ts';
import { comesOrGoesAsWhole } from '../../core/review/compare-tenants.ts';
import type {
  ChangedEnvironment,
  ChangedTenant,
  ComingAndGoing,
  Edit,
  NewAddresses,
  Review,
  Total,
} from '../../core/review/review.ts';
import type { SettingsChange } from '../../core/settings-changes/compare-settings.ts';

/** Profiles that change, each with its environments. */
export function totalsByProfile({ totals }: Review): readonly (readonly [profile: string, totals: readonly Total[]])[] {
  return [...groupMap(totals, ({ configurationProfile }) => configurationProfile)];
}

/** Settings that are loosened, apart from the others. */
export function settingsByEffect(changes: readonly SettingsChange[]) {
  const [loosened, others] = partition(changes, (change) => change.loosened);
  return { loosened, others };
}

/** Edits that change no address. */
export function editsWithoutEffect({ edits }: Review): readonly Edit[] {
  return edits.filter(({ reachesNone }) => reachesNone);
}

/** The plan without groups of addresses whose tenant or environment comes, goes or has another name: that is reported as such. */
export function withoutComingAndGoing<P extends Pick<Plan, 'changeGroups'>>(plan: P, review: Review): P {
  const isWhole = comesOrGoesAsWhole(review);
  const changeGroups = plan.changeGroups.flatMap((group) => {
    const addresses = group.addresses.filter((address) => !isWhole(address));
    return addresses.length === 0 ? [] : [{ ...group, addresses }];
  });
  return { ...plan, changeGroups };
}

/** A tenant or an environment that comes, goes, or has another name. */
export interface NameChange {
  readonly kind: keyof ComingAndGoing<unknown>;
  readonly of: 'tenant' | 'environment';
  /** Undefined of an environment of all tenants. */
  readonly tenant: string | undefined;
  readonly environment?: string;
  /** The name before. */
  readonly from: string | undefined;
  /** `acme`, `old → acme`, `acme/qa`, `qa of all tenants`. */
  readonly name: string;
  /** How many environments and configurations it has, in words. */
  readonly size: string;
}

const kinds = ['removed', 'renamed', 'added'] as const;

/** Tenants, then environments; of each first what goes. */
export function nameChanges({ tenants, environments }: Review): readonly NameChange[] {
  return [
    ...kinds.flatMap((kind) => tenants[kind].map((each) => tenantChange(kind, each))),
    ...kinds.flatMap((kind) => environments[kind].map((each) => environmentChange(kind, each))),
  ];
}

function tenantChange(
  kind: NameChange['kind'],
  { tenant, from, environments, configurations }: ChangedTenant,
): NameChange {
  const name = from === undefined ? tenant : `${from} → ${tenant}`;
  const size = `${count(environments.length, 'environment')}, ${count(configurations, 'configuration')}`;
  return { kind, of: 'tenant', tenant, from, name, size };
}

function environmentChange(
  kind: NameChange['kind'],
  { tenant, environment, from, configurations }: ChangedEnvironment,
): NameChange {
  const nameOf = (environmentName: string) =>
    tenant === undefined
      ? `${environmentName} of all tenants`
      : formatAddress({ tenant, environment: environmentName });
  const name = from === undefined ? nameOf(environment) : `${nameOf(from)} → ${environment}`;
  return { kind, of: 'environment', tenant, environment, from, name, size: count(configurations, 'configuration') };
}

/** Whether an address, or all of a tenant, is of what comes, goes or has another name. */
export function isOfNameChange({ tenant, environment, of, from }: NameChange): (address: Subject) => boolean {
  return of === 'tenant'
    ? (address) => address.tenant === tenant || (from !== undefined && address.tenant === from)
    : (address) =>
        (tenant === undefined || address.tenant === tenant) &&
        (address.environment === environment || (from !== undefined && address.environment === from));
}

/** What happens to it: `added`, with its size. */
export function nameChangeText({ kind, of, size }: NameChange): string {
  if (kind !== 'renamed') return `${of === 'tenant' ? '' : 'environment '}${kind}: ${size}`;
  return of === 'tenant' ? 'probably renamed: a new application' : 'environment probably renamed';
}

/** What is removed or renamed stays live. */
export function leavesSomethingLive(changes: readonly NameChange[]): boolean {
  return changes.some(({ kind }) => kind !== 'added');
}

/** What a new tenant, or a new environment of one, has besides the shared layers. */
export function besidesTemplate(
  { newAddresses }: Review,
  { kind, of, tenant, environment }: NameChange,
): readonly NewAddresses[] {
  if (kind === 'removed' || (kind === 'renamed' && of === 'environment')) return [];
  return newAddresses.filter(
    ({ addresses, changes, environment: at }) =>
      changes.length > 0 &&
      (environment === undefined || environment === at) &&
      addresses.some((address) => tenant === undefined || address.tenant === tenant),
  );
}

/** Those that keep a value which an edit changes for others: an address counts once, however many edits there are. */
export function keepingAddresses(review: Review): readonly Address[] {
  return uniqueAddresses(
    shieldViews(review).flatMap(({ overrides }) => overrides.flatMap(({ addresses }) => addresses)),
  );
}

/** Those that end up with something other than the template gives. */
export function differingAddresses({ outliers }: Review): readonly Address[] {
  return uniqueAddresses(outliers.map(({ address }) => address));
}

function uniqueAddresses(addresses: readonly Address[]): readonly Address[] {
  return [...new Map(addresses.map((address) => [formatAddress(address), address])).values()];
}

/** Environments in which the template itself keeps some of the values of an edit that changes the others. */
export function keptByTemplate({ edits }: Review): Edit['keptByTemplate'] {
  return edits.flatMap((edit) => (edit.reachesNone ? [] : edit.keptByTemplate));
}

/** Of values that no tenant gets there. */
export const keptTitle = 'The template keeps another value in an environment';

/** `15 addresses keep their own value: it overrides the change`. */
export function shieldedTitle(review: Review): string {
  return `${count(keepingAddresses(review).length, 'address keeps its', 'addresses keep their')} own value: it overrides the change`;
}

/** `3 addresses end up different: they change, but not to the template's value`. */
export function outlierTitle(review: Review): string {
  const addresses = differingAddresses(review).length;
  const are = count(addresses, 'address ends up different: it changes', 'addresses end up different: they change');
  return `${are}, but not to the template's value`;
}

/** Who keeps the own value of what an edit changes. */
export interface ShieldView {
  readonly file: string;
  readonly paths: readonly string[];
  /** Where the values are set, each with the addresses. */
  readonly overrides: readonly Pick<Review['shielded'][number], 'source' | 'values' | 'addresses'>[];
  /** Names of tenants, with the environment where it is not all of them. */
  readonly names: readonly string[];
  readonly addresses: number;
}

/** Of edits that reach an address: of the others, every address keeps the own value. */
export function shieldViews(review: Review): readonly ShieldView[] {
  const idle = new Set(editsWithoutEffect(review).map(({ file }) => file));
  const groups = groupsBy(
    review.shielded.filter(({ file }) => !idle.has(file)),
    ({ file, paths }) => JSON.stringify([file, paths]),
  );
  return groups.map((overrides) => {
    const addresses = overrides.flatMap((each) => each.addresses);
    const [{ file, paths }] = overrides;
    return { file, paths, overrides, names: shortNames(addresses), addresses: addresses.length };
  });
}

/** `acme` where it is all environments of most others, else `acme/prod`. */
function shortNames(addresses: readonly Address[]): readonly string[] {
  const byTenant = groupsBy(addresses, ({ tenant }) => tenant);
  const most = byTenant.reduce((so, each) => Math.max(so, each.length), 0);
  return byTenant.flatMap((each) =>
    each.length === most && most > 1
      ? each[0].tenant
      : each.map(({ tenant, environment }) => formatAddress({ tenant, environment })),
  );
}
