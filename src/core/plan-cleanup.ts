// What a cleanup would delete: only what is ours by its tags, in the order that AppConfig asks for.
import type { Problem } from './errors.ts';
import type { LiveStrategy } from './live.ts';
import type { DesiredApplication } from './model.ts';
import { type Owner, ownerOf } from './owner.ts';
import type { Plan, PlannedAddress, Step, StepId, StepOperation, Tags } from './plan.ts';
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
  readonly inFlight: number | undefined;
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
  readonly includeAdopted: boolean;
  readonly maxDeletes: Limit;
}

/** @param inventory of every application that carries our project's tag, and of those that the target names. */
export function planCleanup(inventory: Inventory, target: CleanupTarget, policy: CleanupPolicy): Plan {
  const steps: Step[] = [];
  const addresses: PlannedAddress[] = [];
  const problems: Problem[] = [];
  const deletes: Deletes = { applications: 0, touched: 0, parts: 0 };
  const owned = inventory.applications.filter((a) => ownerOf(a.tags, policy.project).kind === 'ours');
  for (const application of inventory.applications) {
    const { doomed, kept } = judge(application, { target, policy });
    problems.push(...kept);
    if (doomed === undefined) continue;
    deletes.touched += 1;
    if (doomed.whole) deletes.applications += 1;
    else deletes.parts += doomed.environments.length + doomed.configurationProfiles.length;
    steps.push(...deletions(application, doomed));
    for (const environment of doomed.environments) addresses.push(deleted(application, environment.name));
    if (doomed.environments.length === 0) addresses.push(deleted(application, undefined));
  }
  const everythingGoes = target.kind === 'all' && deletes.applications === owned.length;
  const applicationSteps = steps.filter((step) => step.operation === 'DeleteApplication').map((step) => step.id);
  if (everythingGoes) steps.push(...strategyDeletions(inventory, policy, applicationSteps));
  return {
    formatVersion: 1,
    kind: 'cleanup',
    project: policy.project,
    settingsChanges: [],
    steps,
    addresses,
    changeClasses: [],
    refusals: [...emptyTreeRefusal(owned, { target, policy }), ...deletesRefusal(deletes, owned, { target, policy })],
    problems,
    expectedMinutes: 0,
  };
}

interface DoomedParts {
  readonly whole: boolean;
  readonly environments: readonly InventoryEnvironment[];
  readonly configurationProfiles: readonly InventoryProfile[];
}

interface Judgement {
  /** What goes; undefined where nothing does. */
  readonly doomed: DoomedParts | undefined;
  /** What the target is about and stays nevertheless, and why. */
  readonly kept: readonly Problem[];
}

interface About {
  readonly target: CleanupTarget;
  readonly policy: CleanupPolicy;
}

function judge(application: InventoryApplication, about: About): Judgement {
  const { target } = about;
  switch (target.kind) {
    case 'all':
      return judgeWhole(application, about);
    case 'applications':
      return target.names.has(application.name) ? judgeWhole(application, about) : nothing;
    case 'orphans': {
      const desired = target.desired.find((wanted) => wanted.name === application.name);
      return desired === undefined ? judgeWhole(application, about) : judgeOrphans(application, desired, about);
    }
    default:
      return target satisfies never;
  }
}

const nothing: Judgement = { doomed: undefined, kept: [] };

/** An application goes with everything in it, or stays as it is: where it is somebody else's, holds something that is, or was adopted. */
function judgeWhole(application: InventoryApplication, about: About): Judgement {
  const { policy } = about;
  const owner = ownerOf(application.tags, policy.project);
  const keep = (problem: Problem): Judgement => ({ doomed: undefined, kept: [problem] });
  if (owner.kind !== 'ours') return keep(foreignApplication(application, owner, about));
  const parts = [...application.environments, ...application.configurationProfiles];
  const foreign = parts.filter((part) => ownerOf(part.tags, policy.project).kind !== 'ours');
  if (foreign.length > 0) {
    return keep({
      code: 'guard-owner',
      severity: 'error',
      message: `the application "${application.name}" holds something that is not ours (${quoted(foreign)}), so it is kept as it is`,
      hint: 'move or delete that first, then run the same command again',
      source: application.name,
    });
  }
  const adopted = owner.adopted || parts.some((part) => isAdopted(part.tags, policy));
  if (adopted && !policy.includeAdopted) {
    return keep({
      code: 'kept',
      severity: 'warning',
      message: `the application "${application.name}" was adopted, not made by appcfg, so it is kept`,
      hint: 'to delete it too: --include-adopted',
      source: application.name,
    });
  }
  return { doomed: { whole: true, ...application }, kept: [] };
}

/** Of an application that stays, the parts that the tree no longer has go: each by its own tags. */
function judgeOrphans(application: InventoryApplication, desired: DesiredApplication, about: About): Judgement {
  const { policy } = about;
  const wanted = new Set(desired.environments.map((environment) => environment.name));
  const wantedProfiles = new Set(
    desired.environments.flatMap((e) => e.configurations.map((c) => c.address.configurationProfile)),
  );
  const orphaned = {
    environments: application.environments.filter((environment) => !wanted.has(environment.name)),
    configurationProfiles: application.configurationProfiles.filter((profile) => !wantedProfiles.has(profile.name)),
  };
  const goes = (part: { readonly tags: Tags }) =>
    ownerOf(part.tags, policy.project).kind === 'ours' && (policy.includeAdopted || !isAdopted(part.tags, policy));
  const doomed = {
    whole: false,
    environments: orphaned.environments.filter(goes),
    configurationProfiles: orphaned.configurationProfiles.filter(goes),
  };
  const stays = [...orphaned.environments, ...orphaned.configurationProfiles].filter((part) => !goes(part));
  const adopted = stays.filter((part) => isAdopted(part.tags, policy));
  const foreign = stays.filter((part) => !isAdopted(part.tags, policy));
  const source = application.name;
  const kept: Problem[] = [];
  if (foreign.length > 0) {
    const message = `${quoted(foreign)} in "${application.name}" is not in the tree and not ours, so it is kept`;
    const hint = 'if it should go, delete it with the tool that made it';
    kept.push({ code: 'kept', severity: 'warning', message, hint, source });
  }
  if (adopted.length > 0) {
    const message = `${quoted(adopted)} in "${application.name}" was adopted, not made by appcfg, so it is kept`;
    kept.push({ code: 'kept', severity: 'warning', message, hint: 'to delete it too: --include-adopted', source });
  }
  const some = doomed.environments.length + doomed.configurationProfiles.length > 0;
  return { doomed: some ? doomed : undefined, kept };
}

function foreignApplication(
  application: InventoryApplication,
  owner: Exclude<Owner, { kind: 'ours' }>,
  about: About,
): Problem {
  const { target } = about;
  const named = target.kind === 'applications' && target.literal.has(application.name);
  return {
    code: named ? 'guard-owner' : 'kept',
    severity: named ? 'error' : 'warning',
    message:
      owner.kind === 'nobody'
        ? `the application "${application.name}" was not made by appcfg, so it is kept`
        : `the application "${application.name}" belongs to project "${owner.project}", so it is kept`,
    hint:
      owner.kind === 'nobody'
        ? 'if it should go, delete it with the tool that made it'
        : `if it should go, run the cleanup of project "${owner.project}"`,
    source: application.name,
  };
}

function isAdopted(tags: Tags, policy: CleanupPolicy): boolean {
  const owner = ownerOf(tags, policy.project);
  return owner.kind === 'ours' && owner.adopted;
}

function quoted(parts: readonly { readonly name: string }[]): string {
  return parts.map(({ name }) => `"${name}"`).join(', ');
}

/** Running deployments are stopped, then environments, versions, profiles and the application itself go. */
function deletions(application: InventoryApplication, doomed: DoomedParts): Step[] {
  const steps: Step[] = [];
  const { name } = application;
  const add = (address: string, after: readonly StepId[], suffix: string, operation: StepOperation): StepId => {
    const id = `${operation.operation} ${address}${suffix}`;
    steps.push({ id, after, reason: 'cleanup', address, ...operation });
    return id;
  };
  const environmentSteps = doomed.environments.map((environment) => {
    const address = `${name}/${environment.name}`;
    const stop =
      environment.inFlight === undefined
        ? []
        : [
            add(address, [], '', {
              operation: 'StopDeployment',
              application: name,
              environment: environment.name,
              deploymentNumber: environment.inFlight,
            }),
          ];
    return add(address, stop, '', {
      operation: 'DeleteEnvironment',
      application: name,
      environment: environment.name,
    });
  });
  const profileSteps = doomed.configurationProfiles.map((profile) => {
    const address = `${name}/*/${profile.name}`;
    const versions = profile.versions.map((versionNumber) =>
      add(address, environmentSteps, ` ${versionNumber}`, {
        operation: 'DeleteHostedConfigurationVersion',
        application: name,
        configurationProfile: profile.name,
        versionNumber,
      }),
    );
    return add(address, versions.length > 0 ? versions : environmentSteps, '', {
      operation: 'DeleteConfigurationProfile',
      application: name,
      configurationProfile: profile.name,
    });
  });
  if (doomed.whole) {
    add(name, [...environmentSteps, ...profileSteps], '', { operation: 'DeleteApplication', application: name });
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

/** The guard *empty*: what has no tenants at all is more likely a checkout that went wrong than a wish. */
function emptyTreeRefusal(owned: readonly InventoryApplication[], about: About): readonly Problem[] {
  const { target, policy } = about;
  if (target.kind !== 'orphans' || target.desired.length > 0 || owned.length === 0) return [];
  return [
    {
      code: 'guard-empty',
      severity: 'error',
      message: `the tree has no tenants, and AppConfig has ${owned.length === 1 ? '1 application' : `${owned.length} applications`} of project "${policy.project}"`,
      hint: 'check that tenants/ was checked out; to delete them all: appcfg cleanup --all',
    },
  ];
}

/** What a plan deletes: whole applications, and environments and profiles of those that stay. */
interface Deletes {
  applications: number;
  /** Applications of which anything goes. */
  touched: number;
  parts: number;
}

/** The guard *deletes*. A percentage is taken of our applications, and of all their environments and profiles. */
function deletesRefusal(deletes: Deletes, owned: readonly InventoryApplication[], about: About): readonly Problem[] {
  const { target, policy } = about;
  const explicit =
    target.kind === 'all' ||
    (target.kind === 'applications' && [...target.names].every((name) => target.literal.has(name)));
  if (explicit) return [];
  const ownedParts = owned.reduce((sum, each) => sum + each.environments.length + each.configurationProfiles.length, 0);
  const { maxDeletes } = policy;
  const within =
    'count' in maxDeletes
      ? deletes.applications + deletes.parts <= maxDeletes.count
      : deletes.touched <= share(owned.length, maxDeletes.percent) &&
        deletes.parts <= share(ownedParts, maxDeletes.percent);
  if (within) return [];
  const what = [
    deletes.applications === 0 ? [] : [`${deletes.applications} of ${owned.length} applications`],
    deletes.parts === 0 ? [] : [`${deletes.parts} of ${ownedParts} environments and profiles`],
  ].flat();
  const allowed = 'count' in maxDeletes ? String(maxDeletes.count) : `${maxDeletes.percent} %`;
  return [
    {
      code: 'guard-deletes',
      severity: 'error',
      message: `this would delete ${what.join(' and ')}, and at most ${allowed} is allowed`,
      hint: `if that is meant: --max-deletes ${deletes.applications + deletes.parts}`,
    },
  ];
}

/** Rounded down, and at least 1. */
function share(whole: number, percent: number): number {
  return Math.max(1, Math.floor((whole * percent) / 100));
}

function deleted(application: InventoryApplication, environment: string | undefined): PlannedAddress {
  return {
    address: environment === undefined ? application.name : `${application.name}/${environment}`,
    application: application.name,
    environment: environment ?? '',
    action: 'delete',
    changeClass: undefined,
    live: undefined,
    desired: undefined,
    deploymentStrategy: undefined,
    reason: 'cleanup',
    blockedBy: undefined,
  };
}
