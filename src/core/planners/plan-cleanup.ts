// What a cleanup would delete: only what the tags show to be managed, in the order that AppConfig requires.
import { deletes } from '../guards/deletes.ts';
import { empty } from '../guards/empty.ts';
import type { Inventory, InventoryApplication } from '../live/inventory.ts';
import { isManaged } from '../live/ownership.ts';
import type { AccountRegion } from '../model/account-region.ts';
import type { Subject } from '../model/address.ts';
import { emptyPlan } from '../plan/empty-plan.ts';
import { type AccountRegionPlan, mergePlans } from '../plan/merge-plans.ts';
import { type Plan, type PlannedAddress, plannedAddress } from '../plan/plan.ts';
import { StepList } from '../plan/step-list.ts';
import type { Problem } from '../problem/problem.ts';
import type { Limit } from '../settings/settings.ts';
import { type CleanupRules, type CleanupTarget, type DeletedParts, selectForCleanup } from './cleanup-selection.ts';
import { addDeletions, addStrategyDeletions } from './deletion-steps.ts';

export interface CleanupPolicy extends CleanupRules {
  /** The tenant of an application whose name follows the settings. */
  readonly tenantOf: (application: string) => string | undefined;
  readonly maxDeletes: Limit;
}

/** What an account and Region has, and what of it is deleted. */
export interface AccountRegionInventory {
  readonly accountRegion: AccountRegion;
  /** Whether it is the run's own. */
  readonly isOwn: boolean;
  /** Every application that the project manages, and those that the target names. */
  readonly inventory: Inventory;
  readonly target: CleanupTarget;
}

/** One plan for all accounts and Regions. The guards judge all of them together. */
export function planCleanup(
  inventories: readonly [AccountRegionInventory, ...AccountRegionInventory[]],
  policy: CleanupPolicy,
): Plan {
  const [first, ...others] = inventories;
  const own = cleanupOf(first, policy);
  const cleanups = [own, ...others.map((each) => cleanupOf(each, policy))];
  const plan = mergePlans([own, ...cleanups.slice(1)], []);
  const managed = cleanups.flatMap((cleanup) => cleanup.managed);
  const deleted = cleanups.flatMap((cleanup) => cleanup.deleted);
  const guarded = [
    emptyTree(inventories, managed.length, policy),
    deletes.check({
      deleted: countEnvironments(deleted),
      managed: countEnvironments(managed),
      limit: policy.maxDeletes,
      isExplicit: isExplicit(first.target),
    }),
  ];
  return { ...plan, refusals: guarded.filter((problem) => problem !== undefined) };
}

interface Cleanup extends AccountRegionPlan {
  /** Of each application what is deleted of it. */
  readonly deleted: readonly DeletedParts[];
  readonly managed: readonly InventoryApplication[];
}

function cleanupOf(
  { inventory, target, accountRegion, isOwn }: AccountRegionInventory,
  policy: CleanupPolicy,
): Cleanup {
  const { project } = policy;
  const steps = new StepList(accountRegion.id);
  const addresses: PlannedAddress[] = [];
  const problems: Problem[] = [];
  const deleted: DeletedParts[] = [];
  const managed = inventory.applications.filter(({ tags }) => isManaged(tags, project));
  for (const application of inventory.applications) {
    const selection = selectForCleanup(application, target, policy);
    problems.push(...selection.kept);
    if (selection.deleted === undefined) continue;
    deleted.push(selection.deleted);
    const tenant = policy.tenantOf(application.name) ?? application.name;
    addDeletions(application, selection.deleted, { tenant, steps });
    const of = {
      application: application.name,
      accountRegion: accountRegion.id,
      action: 'delete',
      reason: 'cleanup',
    } as const;
    addresses.push(...deletedSubjects(tenant, selection.deleted).map((address) => plannedAddress({ address, ...of })));
  }
  if (target.kind === 'all' && deleted.length === managed.length) addStrategyDeletions(inventory, { project, steps });
  const plan: Plan = {
    ...emptyPlan('cleanup', project, accountRegion),
    steps: steps.steps,
    addresses,
    problems,
    expectedMinutes: 0,
  };
  return { isOwn, plan, deleted, managed };
}

/** An application is shown by its environments; of one that is kept, also each profile is. */
function deletedSubjects(
  tenant: string,
  { whole, environments, configurationProfiles }: DeletedParts,
): readonly Subject[] {
  const named = environments.map(({ name }) => ({ tenant, environment: name }));
  if (whole) return named.length > 0 ? named : [{ tenant }];
  return [...named, ...configurationProfiles.map(({ name }) => ({ tenant, configurationProfile: name }))];
}

/** The tree of a run over several accounts and Regions is empty when it has no tenant in any of them. */
function emptyTree(
  inventories: readonly AccountRegionInventory[],
  applications: number,
  { project }: CleanupPolicy,
): Problem | undefined {
  const trees = inventories.flatMap(({ target }) => (target.kind === 'orphans' ? [target.desired] : []));
  return trees.length === 0 ? undefined : empty.check({ tenants: trees.flat().length, applications, project });
}

function isExplicit(target: CleanupTarget): boolean {
  if (target.kind === 'applications') return [...target.names].every((name) => target.literal.has(name));
  return target.kind === 'all';
}

/** An application without environments counts as one. */
function countEnvironments(applications: readonly Pick<DeletedParts, 'environments'>[]): number {
  return applications.reduce((sum, { environments }) => sum + Math.max(1, environments.length), 0);
}
