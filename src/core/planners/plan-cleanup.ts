// What a cleanup would delete: only what is ours by its tags, in the order that AppConfig asks for.
import { deletedPlaces, deletesRefusal } from '../guards/deletes.ts';
import type { Inventory, InventoryApplication, InventoryEnvironment, InventoryProfile } from '../live/inventory.ts';
import { ownerOf } from '../live/ownership.ts';
import type { AccountRegion } from '../model/account-region.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import type { Tags } from '../model/resource.ts';
import { type AccountRegionPlan, mergePlans } from '../plan/merge-plans.ts';
import type { Plan, PlannedAddress } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import type { Problem } from '../problem/problem.ts';
import type { Limit } from '../settings/settings.ts';
import { deletions, strategyDeletions } from './deletion-steps.ts';

/** What is to go. */
export type CleanupTarget =
  | { readonly kind: 'all' }
  /** Names of applications; `literal` ones were named without a glob. */
  | { readonly kind: 'applications'; readonly names: ReadonlySet<string>; readonly literal: ReadonlySet<string> }
  /** What the tree no longer has. */
  | { readonly kind: 'orphans'; readonly desired: readonly DesiredApplication[] };

export interface CleanupPolicy {
  readonly project: string;
  /** The tenant an application is named after, where it follows the settings. */
  readonly tenantOf: (application: string) => string | undefined;
  readonly includeAdopted: boolean;
  readonly maxDeletes: Limit;
}

/** What there is in one place, and what of it is to go. */
export interface AccountRegionInventory {
  readonly accountRegion: AccountRegion;
  /** Whether it is the run's own. */
  readonly isOwn: boolean;
  readonly inventory: Inventory;
  readonly target: CleanupTarget;
}

/** One plan for all places; what is counted, and what tells a tree that is empty, is counted over all of them. */
export function planCleanup(
  places: readonly [AccountRegionInventory, ...AccountRegionInventory[]],
  policy: CleanupPolicy,
): Plan {
  const [first, ...others] = places;
  const cleanups = [first, ...others].map((at) => cleanupOf(at, policy));
  const part = (at: AccountRegionInventory, index: number): AccountRegionPlan => {
    const cleanup = cleanups[index];
    if (cleanup === undefined) throw new Error(`no cleanup of ${at.accountRegion.id}`);
    return { isOwn: at.isOwn, plan: cleanup.plan };
  };
  const parts = [part(first, 0), ...others.map((at, index) => part(at, index + 1))] as const;
  const plan = mergePlans(parts, []);
  const owned = cleanups.flatMap((cleanup) => cleanup.owned);
  const touched = cleanups.flatMap((cleanup) => cleanup.touched);
  const { target } = places.find((each) => each.target.kind === 'orphans' && each.target.desired.length > 0) ?? first;
  return {
    ...plan,
    refusals: [
      ...emptyTreeRefusal(owned, target),
      ...deletesRefusal(placesIn(touched), placesIn(owned), { target, policy }),
    ],
  };
}

interface Cleanup {
  /** Without refusals. */
  readonly plan: Plan;
  readonly touched: readonly InventoryApplication[];
  readonly owned: readonly InventoryApplication[];
}

/** @param inventory of every application that carries our project's tag, and of those that the target names. */
function cleanupOf({ inventory, target, accountRegion }: AccountRegionInventory, policy: CleanupPolicy): Cleanup {
  const steps: Step[] = [];
  const addresses: PlannedAddress[] = [];
  const problems: Problem[] = [];
  const touched: InventoryApplication[] = [];
  const owned = inventory.applications.filter((a) => ownerOf(a.tags, policy.project).kind === 'ours');
  for (const application of inventory.applications) {
    const asked = doomedParts(application, target);
    if (asked === undefined) continue;
    const { doomed, kept } = asked.whole
      ? sparedWhole(application, asked, { target, policy })
      : sparedParts(application, asked, policy);
    if (kept !== undefined) problems.push(kept);
    if (doomed === undefined) continue;
    touched.push({ ...application, ...doomed });
    const tenant = policy.tenantOf(application.name) ?? application.name;
    const subjects = { tenant, accountRegion: accountRegion.id };
    steps.push(...deletions(application, doomed, subjects));
    addresses.push(...deletedPlaces(application, doomed, subjects));
  }
  const everythingGoes = target.kind === 'all' && touched.length === owned.length;
  const applicationSteps = steps.filter((step) => step.operation === 'DeleteApplication').map((step) => step.id);
  if (everythingGoes)
    steps.push(...strategyDeletions(inventory, { policy, accountRegion: accountRegion.id, after: applicationSteps }));
  const plan: Plan = {
    formatVersion: 1,
    kind: 'cleanup',
    project: policy.project,
    settingsChanges: [],
    accountRegions: [accountRegion],
    steps,
    addresses,
    changeGroups: [],
    waves: [],
    refusals: [],
    problems,
    expectedMinutes: 0,
  };
  return { plan, touched, owned };
}

export interface DoomedParts {
  readonly whole: boolean;
  readonly environments: readonly InventoryEnvironment[];
  readonly configurationProfiles: readonly InventoryProfile[];
}

/** What of an application the target is about; undefined where nothing. */
function doomedParts(application: InventoryApplication, target: CleanupTarget): DoomedParts | undefined {
  const whole = { whole: true, ...application };
  switch (target.kind) {
    case 'all':
      return whole;
    case 'applications':
      return target.names.has(application.name) ? whole : undefined;
    case 'orphans': {
      const desired = target.desired.find((wanted) => wanted.name === application.name);
      if (desired === undefined) return whole;
      const environments = new Set(desired.environments.map((environment) => environment.name));
      const profiles = new Set(
        desired.environments.flatMap((e) => e.configurations.map((c) => c.address.configurationProfile)),
      );
      const parts = {
        whole: false,
        environments: application.environments.filter((e) => !environments.has(e.name)),
        configurationProfiles: application.configurationProfiles.filter((p) => !profiles.has(p.name)),
      };
      return parts.environments.length + parts.configurationProfiles.length === 0 ? undefined : parts;
    }
    default:
      return target satisfies never;
  }
}

interface Spared {
  /** What may go; undefined where nothing. */
  readonly doomed: DoomedParts | undefined;
  /** What stays, and why. */
  readonly kept: Problem | undefined;
}

/** A whole application goes with everything in it, or stays as it is. */
function sparedWhole(
  application: InventoryApplication,
  doomed: DoomedParts,
  about: { readonly target: CleanupTarget; readonly policy: CleanupPolicy },
): Spared {
  const kept = reasonToKeep(application, doomed, about);
  return { doomed: kept === undefined ? doomed : undefined, kept };
}

/** Of single parts each goes or stays by its own tags, whatever else the application holds. */
function sparedParts(application: InventoryApplication, asked: DoomedParts, policy: CleanupPolicy): Spared {
  const mayGo = ({ tags }: { readonly tags: Tags }) => {
    const owner = ownerOf(tags, policy.project);
    return owner.kind === 'ours' && (policy.includeAdopted || !owner.adopted);
  };
  const doomed = {
    whole: false,
    environments: asked.environments.filter(mayGo),
    configurationProfiles: asked.configurationProfiles.filter(mayGo),
  };
  const parts = [...asked.environments, ...asked.configurationProfiles].filter((part) => !mayGo(part));
  const adopted = parts.some(({ tags }) => ownerOf(tags, policy.project).kind === 'ours');
  return {
    doomed: doomed.environments.length + doomed.configurationProfiles.length === 0 ? undefined : doomed,
    kept:
      parts.length === 0
        ? undefined
        : {
            code: 'deletion-skipped',
            severity: 'warning',
            message: `the application "${application.name}" has what appcfg did not make (${parts.map(({ name }) => `"${name}"`).join(', ')}), so that is kept`,
            hint: adopted
              ? { text: 'to delete also what was adopted: --include-adopted' }
              : { text: 'if it should go, delete it with the tool that made it' },
            subject: { tenant: application.name },
          },
  };
}

/** Why an application is left alone: it is somebody else's, or holds something that is, or was adopted. */
function reasonToKeep(
  application: InventoryApplication,
  doomed: DoomedParts,
  about: { readonly target: CleanupTarget; readonly policy: CleanupPolicy },
): Problem | undefined {
  const { target, policy } = about;
  const subject = { tenant: application.name };
  const owner = ownerOf(application.tags, policy.project);
  if (owner.kind !== 'ours') {
    const named = target.kind === 'applications' && target.literal.has(application.name);
    return {
      code: named ? 'guard-owner' : 'deletion-skipped',
      severity: named ? 'error' : 'warning',
      message:
        owner.kind === 'nobody'
          ? `the application "${application.name}" was not made by appcfg, so it is kept`
          : `the application "${application.name}" belongs to project "${owner.project}", so it is kept`,
      hint:
        owner.kind === 'nobody'
          ? { text: 'if it should go, delete it with the tool that made it' }
          : { text: `if it should go, run the cleanup of project "${owner.project}"` },
      subject,
    };
  }
  const parts = [...doomed.environments, ...doomed.configurationProfiles];
  const foreign = parts.filter((part) => ownerOf(part.tags, policy.project).kind !== 'ours').map((part) => part.name);
  if (foreign.length > 0) {
    return {
      code: 'guard-owner',
      severity: 'error',
      message: `the application "${application.name}" holds something that is not ours (${foreign.map((name) => `"${name}"`).join(', ')}), so it is kept as it is`,
      hint: { text: 'move or delete that first, then run the same command again' },
      subject,
    };
  }
  const adopted =
    owner.adopted ||
    parts.some((part) => {
      const partOwner = ownerOf(part.tags, policy.project);
      return partOwner.kind === 'ours' && partOwner.adopted;
    });
  if (adopted && !policy.includeAdopted) {
    return {
      code: 'deletion-skipped',
      severity: 'warning',
      message: `the application "${application.name}" was adopted, not made by appcfg, so it is kept`,
      hint: { text: 'to delete it too: --include-adopted' },
      subject,
    };
  }
  return undefined;
}

/** The guard *empty*: a checkout that went wrong looks like a tree that everything has left. */
function emptyTreeRefusal(owned: readonly InventoryApplication[], target: CleanupTarget): readonly Problem[] {
  if (target.kind !== 'orphans' || target.desired.length > 0 || owned.length === 0) return [];
  return [
    {
      code: 'guard-empty',
      severity: 'error',
      message: `the tree has no tenants, and AppConfig has ${owned.length} ${owned.length === 1 ? 'application' : 'applications'} of ours`,
      hint: {
        text: 'check that tenants/ was checked out; to delete them all',
        command: { run: 'cleanup', args: ['--all'] },
      },
    },
  ];
}

/** What the guard *deletes* counts: environments, and what goes without one. */
function placesIn(applications: readonly InventoryApplication[]): number {
  return applications.reduce((sum, { environments }) => sum + Math.max(1, environments.length), 0);
}
