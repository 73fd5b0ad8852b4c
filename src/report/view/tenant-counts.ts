// How many tenants a plan adds, changes and removes.
import type { Report } from '../../core/events/report.ts';
import { groupsBy } from '../../core/model/groups-by.ts';
import type { PlannedAddress } from '../../core/plan/plan.ts';

export interface TenantCounts {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
}

/** Against what is live by its actions. A tenant with another name is one added and one removed: its application is a new one. */
export function tenantCounts({ plan, review }: Pick<Report, 'plan' | 'review'>): TenantCounts {
  const kinds = groupsBy(plan?.addresses ?? [], ({ address }) => address.tenant).map((addresses) => ({
    tenant: addresses[0].address.tenant ?? '',
    kind: kindOf(addresses),
  }));
  if (review?.base === undefined || plan?.kind !== 'comparison') {
    const count = (kind: keyof TenantCounts) => kinds.filter((each) => each.kind === kind).length;
    return { create: count('create'), update: count('update'), delete: count('delete') };
  }
  const { added, removed, renamed } = review.tenants;
  const whole = new Set([...added, ...removed, ...renamed].flatMap(({ tenant, from }) => [tenant, from]));
  return {
    create: added.length + renamed.length,
    update: kinds.filter(({ tenant, kind }) => kind !== undefined && !whole.has(tenant)).length,
    delete: removed.length + renamed.length,
  };
}

/** Undefined where nothing of the tenant changes. */
function kindOf(addresses: readonly PlannedAddress[]): keyof TenantCounts | undefined {
  const changing = addresses.filter(isChanging);
  if (changing.length === 0) return undefined;
  const isWhole = changing.length === addresses.length;
  if (isWhole && addresses.every(({ action }) => action === 'create')) return 'create';
  return isWhole && addresses.every(({ action }) => action === 'delete' || action === 'orphaned') ? 'delete' : 'update';
}

/** What is left as it is does not count. */
function isChanging({ action, changeGroup }: PlannedAddress): boolean {
  return action === 'blocked' ? changeGroup !== undefined : !['unchanged', 'adopt', 'drifted'].includes(action);
}
