// What a cleanup would delete: only what is ours by its tags, in the order that AppConfig asks for.
import type { Problem } from './errors.ts';
import type { LiveStrategy } from './live.ts';
import type { DesiredApplication } from './model.ts';
import { ownerOf } from './owner.ts';
import { type AccountRegionPlan, mergePlans } from './places.ts';
import type { AccountRegion, Plan, PlannedAddress, Step, StepId, StepOperation, Tags } from './plan.ts';
import type { Limit } from './settings.ts';

/** Everything in the applications that a cleanup may be about. */
export interface Inventory {
  readonly applications: readonly InventoryApplication[];
  readonly deploymentStrategies: readonly LiveStrategy[];
}

export interface InventoryApplication {
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  readonly environments: readonly InventoryEnvironment[];
  readonly configurationProfiles: readonly InventoryProfile[];
}

export interface InventoryEnvironment {
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  /** Number of the deployment that is running. */
  readonly inFlight:
    | { readonly deploymentNumber: number; readonly configurationProfileId: string | undefined }
    | undefined;
}

export interface InventoryProfile {
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  readonly versions: readonly number[];
}

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
  readonly place: AccountRegion;
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
  const cleanups = [first, ...others].map(({ inventory, target }) => cleanupOf(inventory, target, policy));
  const part = (at: AccountRegionInventory, index: number): AccountRegionPlan => {
    const cleanup = cleanups[index];
    if (cleanup === undefined) throw new Error(`no cleanup of ${at.place.id}`);
    return { place: at.place, isOwn: at.isOwn, plan: cleanup.plan };
  };
  const parts = [part(first, 0), ...others.map((at, index) => part(at, index + 1))] as const;
  const plan = mergePlans(parts, { desired: [], several: others.length > 0 });
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
function cleanupOf(inventory: Inventory, target: CleanupTarget, policy: CleanupPolicy): Cleanup {
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
    steps.push(...deletions(tenant, application, doomed));
    addresses.push(...deletedPlaces(tenant, application, doomed));
  }
  const everythingGoes = target.kind === 'all' && touched.length === owned.length;
  const applicationSteps = steps.filter((step) => step.operation === 'DeleteApplication').map((step) => step.id);
  if (everythingGoes) steps.push(...strategyDeletions(inventory, policy, applicationSteps));
  const plan: Plan = {
    formatVersion: 1,
    kind: 'cleanup',
    project: policy.project,
    settingsChanges: [],
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

interface DoomedParts {
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
              ? 'to delete also what was adopted: --include-adopted'
              : 'if it should go, delete it with the tool that made it',
            source: application.name,
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
  const source = application.name;
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
          ? 'if it should go, delete it with the tool that made it'
          : `if it should go, run the cleanup of project "${owner.project}"`,
      source,
    };
  }
  const parts = [...doomed.environments, ...doomed.configurationProfiles];
  const foreign = parts.filter((part) => ownerOf(part.tags, policy.project).kind !== 'ours').map((part) => part.name);
  if (foreign.length > 0) {
    return {
      code: 'guard-owner',
      severity: 'error',
      message: `the application "${application.name}" holds something that is not ours (${foreign.map((name) => `"${name}"`).join(', ')}), so it is kept as it is`,
      hint: 'move or delete that first, then run the same command again',
      source,
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
      hint: 'to delete it too: --include-adopted',
      source,
    };
  }
  return undefined;
}

/** Running deployments are stopped, then environments, versions, profiles and the application itself go. */
function deletions(tenant: string, application: InventoryApplication, doomed: DoomedParts): Step[] {
  const steps: Step[] = [];
  const { name } = application;
  // Applications have one name each; two of them may seem to be one tenant's after `applicationName` was changed.
  const add = (place: string, after: readonly StepId[], operation: StepOperation, version = ''): StepId => {
    const id = `${operation.operation} ${name}${place}${version}`;
    steps.push({ id, after, reason: 'cleanup', address: `${tenant}${place}`, ...operation });
    return id;
  };
  const stopIn = (environment: InventoryEnvironment): readonly StepId[] =>
    environment.inFlight === undefined
      ? []
      : [
          add(`/${environment.name}`, [], {
            operation: 'StopDeployment',
            application: name,
            environment: environment.name,
            deploymentNumber: environment.inFlight.deploymentNumber,
            inFavourOf: undefined,
          }),
        ];
  const environmentSteps = doomed.environments.map((environment) =>
    add(`/${environment.name}`, stopIn(environment), {
      operation: 'DeleteEnvironment',
      application: name,
      environment: environment.name,
    }),
  );
  const goes = new Set(doomed.environments);
  const profileSteps = doomed.configurationProfiles.map((profile) => {
    const place = `/*/${profile.name}`;
    // A profile that is being deployed in an environment that stays cannot go before that has ended.
    const stops = application.environments
      .filter((environment) => !goes.has(environment) && environment.inFlight?.configurationProfileId === profile.id)
      .flatMap(stopIn);
    const before = [...environmentSteps, ...stops];
    const versions = profile.versions.map((versionNumber) =>
      add(
        place,
        before,
        {
          operation: 'DeleteHostedConfigurationVersion',
          application: name,
          configurationProfile: profile.name,
          versionNumber,
        },
        ` ${versionNumber}`,
      ),
    );
    return add(place, versions.length > 0 ? versions : before, {
      operation: 'DeleteConfigurationProfile',
      application: name,
      configurationProfile: profile.name,
    });
  });
  if (doomed.whole) {
    add('', [...environmentSteps, ...profileSteps], { operation: 'DeleteApplication', application: name });
  }
  return steps;
}

/** Own strategies serve every application, so they go last, and only when nothing of ours is left. */
function strategyDeletions(inventory: Inventory, policy: CleanupPolicy, after: readonly StepId[]): Step[] {
  return inventory.deploymentStrategies
    .filter((strategy) => strategy.tags !== undefined && ownerOf(strategy.tags, policy.project).kind === 'ours')
    .map((strategy) => ({
      id: `DeleteDeploymentStrategy ${strategy.name} ${strategy.id}`,
      after,
      reason: 'cleanup',
      address: strategy.name,
      operation: 'DeleteDeploymentStrategy',
      deploymentStrategy: strategy.name,
      deploymentStrategyId: strategy.id,
    }));
}

/** The guard *empty*: a checkout that went wrong looks like a tree that everything has left. */
function emptyTreeRefusal(owned: readonly InventoryApplication[], target: CleanupTarget): readonly Problem[] {
  if (target.kind !== 'orphans' || target.desired.length > 0 || owned.length === 0) return [];
  return [
    {
      code: 'guard-empty',
      severity: 'error',
      message: `the tree has no tenants, and AppConfig has ${owned.length} ${owned.length === 1 ? 'application' : 'applications'} of ours`,
      hint: 'check that tenants/ was checked out; to delete them all: appcfg cleanup --all',
    },
  ];
}

/** What the guard *deletes* counts: environments, and what goes without one. */
function placesIn(applications: readonly InventoryApplication[]): number {
  return applications.reduce((sum, { environments }) => sum + Math.max(1, environments.length), 0);
}

/** The guard *deletes*: counts the environments that go, of those that are ours. */
function deletesRefusal(
  touched: number,
  owned: number,
  about: { readonly target: CleanupTarget; readonly policy: CleanupPolicy },
): readonly Problem[] {
  const { target, policy } = about;
  const explicit =
    target.kind === 'all' ||
    (target.kind === 'applications' && [...target.names].every((name) => target.literal.has(name)));
  const { maxDeletes } = policy;
  const limit = 'count' in maxDeletes ? maxDeletes.count : Math.max(1, Math.floor((owned * maxDeletes.percent) / 100));
  if (explicit || touched <= limit) return [];
  return [
    {
      code: 'guard-deletes',
      severity: 'error',
      message: `this counts as ${touched} of ${owned} environments, and at most ${limit} may go`,
      hint: `if that is meant: --max-deletes ${touched}`,
    },
  ];
}

/** A whole application's environments stand for it; of single parts each is named. */
function deletedPlaces(tenant: string, application: InventoryApplication, doomed: DoomedParts): PlannedAddress[] {
  const environments = doomed.environments.map(({ name }) => deleted(`${tenant}/${name}`, application, name));
  if (doomed.whole) return environments.length > 0 ? environments : [deleted(tenant, application, '')];
  return [
    ...environments,
    ...doomed.configurationProfiles.map(({ name }) => deleted(`${tenant}/*/${name}`, application, '*')),
  ];
}

function deleted(address: string, application: InventoryApplication, environment: string): PlannedAddress {
  return {
    address,
    application: application.name,
    environment,
    action: 'delete',
    changeGroup: undefined,
    live: undefined,
    desired: undefined,
    deploymentStrategy: undefined,
    reason: 'cleanup',
    blockedBy: undefined,
  };
}
