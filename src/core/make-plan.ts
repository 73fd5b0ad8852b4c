// What a sync would do, from desired and live state: a function of its arguments.

import { tenantNaming } from './application-names.ts';
import { type ApplicationAssessment, assessApplication, type Verdict } from './assess.ts';
import { ChangeGroups } from './change-classes.ts';
import { minutesOf, strategyFor } from './deployment-strategies.ts';
import type { Problem } from './errors.ts';
import type { Facts, LiveApplication, LiveDeployment, LiveState } from './live.ts';
import { type DesiredApplication, formatAddress } from './model.ts';
import {
  describeAdopted,
  describeOwned,
  isDescribedAsManaged,
  ownerOf,
  tagsOfAdopted,
  tagsOfCreated,
} from './owner.ts';
import {
  isDeployment,
  keepSteps,
  type Plan,
  type PlannedAddress,
  type Step,
  type StepId,
  type StepOperation,
} from './plan.ts';
import type { Policy } from './policy.ts';
import { formatDescription } from './provenance.ts';
import { StrategySteps } from './strategy-steps.ts';

/**
 * The plan that makes AppConfig match the tree. Every address of `desired` is in it, whatever becomes of it. How long it
 * takes, and whether it fits the quotas, is judged when it is known which of its steps are carried out.
 */
export function planSync(desired: readonly DesiredApplication[], live: LiveState, policy: Policy): Plan {
  const strategies = new StrategySteps(live, policy);
  const steps: Step[] = [];
  const addresses: PlannedAddress[] = [];
  const problems: Problem[] = [];
  const classes = new ChangeGroups();
  for (const application of desired) {
    const found = live.applications.get(application.name);
    const assessment = assessApplication(application, found, policy);
    steps.push(...stepsFor(application, assessment, { found, policy, strategies }));
    for (const verdict of assessment.verdicts) {
      addresses.push(plannedAddress(application, verdict, { policy, classes, live }));
    }
    problems.push(...blockingProblems(assessment), ...assessment.warnings);
    for (const environment of assessment.orphanedEnvironments) {
      addresses.push(orphan(`${application.tenant}/${environment}`, application.name, environment));
    }
    for (const profile of assessment.orphanedProfiles) {
      addresses.push(orphan(`${application.tenant}/*/${profile}`, application.name, '*'));
    }
    problems.push(...orphanWarnings(application, assessment));
  }
  const tenantOf = tenantNaming(policy.settings.applicationName);
  for (const { name } of live.orphanedApplications) addresses.push(orphan(tenantOf(name) ?? name, name, ''));
  problems.push(...orphanedApplicationWarnings(live, policy));
  return {
    formatVersion: 1,
    kind: 'sync',
    project: policy.project,
    settingsChanges: [],
    steps: [...strategies.steps, ...steps],
    addresses,
    changeGroups: classes.all(),
    waves: [],
    refusals: emptyTreeRefusal(desired, live, policy),
    problems,
    expectedMinutes: undefined,
  };
}

/** The plan without the steps of the other stage: `update` is everything but deployments, `deploy` only these. */
export function restrictPlan(plan: Plan, only: 'update' | 'deploy' | undefined): Plan {
  if (only === undefined) return plan;
  const steps = keepSteps(plan.steps, (step) => isDeploymentStep(step) === (only === 'deploy'));
  // What is made ahead waits for no wave.
  const refusals = only === 'update' ? plan.refusals.filter(({ code }) => code !== 'guard-wave') : plan.refusals;
  return { ...plan, steps, refusals };
}

/** Lanes in which more than one deployment would have to run, each after the other's end. */
export function lanesWithSeveralDeployments(plan: Plan): readonly string[] {
  const counts = new Map<string, number>();
  for (const step of plan.steps) {
    if (!isDeployment(step)) continue;
    const lane = `${step.application}/${step.environment}`;
    counts.set(lane, (counts.get(lane) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1).map(([lane]) => lane);
}

function isDeploymentStep(step: StepOperation): boolean {
  return isDeployment(step) || step.operation === 'StopDeployment';
}

interface Found {
  readonly application: LiveApplication;
  readonly facts: Facts;
}

interface Surroundings {
  readonly found: Found | undefined;
  readonly policy: Policy;
  readonly strategies: StrategySteps;
}

/** The steps of one application, each environment's deployments in the order of the tree. */
function stepsFor(application: DesiredApplication, assessment: ApplicationAssessment, around: Surroundings): Step[] {
  const { found, policy, strategies } = around;
  const { tenant, name } = application;
  const steps = new Map<StepId, Step>();
  const add = (
    address: string,
    after: readonly (StepId | undefined)[],
    reason: string,
    operation: StepOperation & { readonly changeGroup?: string },
  ) => {
    const id = stepId(operation, address);
    const known = after.filter((step) => step !== undefined);
    if (!steps.has(id)) {
      const lane = laneOf(operation);
      steps.set(id, { id, after: known, reason, address, ...(lane === undefined ? {} : { lane }), ...operation });
    }
    return id;
  };
  const tags = tagsOfCreated(policy.project, policy.settings.tags);

  if (assessment.ownership === 'blocked') return [];
  const awaitsOnly = assessment.ownership === 'not needed';
  let applicationSteps: readonly StepId[] = [];
  const environmentSteps = new Map<string, StepId>();
  const live = found?.application;

  const writable = assessment.environments.some((environment) => !environment.blocked);
  if (assessment.ownership === 'new' && writable) {
    const created = add(tenant, [], 'not in AppConfig yet', {
      operation: 'CreateApplication',
      application: name,
      description: describeOwned(policy.project),
      tags,
    });
    applicationSteps = [created];
  }
  if (assessment.takesOver && found !== undefined) {
    applicationSteps = addAdoption(application, found, policy, add);
  }
  if (!awaitsOnly) {
    for (const environment of assessment.environments) {
      if (environment.blocked) continue;
      const address = `${tenant}/${environment.name}`;
      if (environment.live === undefined) {
        environmentSteps.set(
          environment.name,
          add(address, applicationSteps, 'not in AppConfig yet', {
            operation: 'CreateEnvironment',
            application: name,
            environment: environment.name,
            description: describeOwned(policy.project),
            monitors: environment.monitors ?? [],
            tags,
          }),
        );
      } else if (environment.monitorsDiffer) {
        environmentSteps.set(
          environment.name,
          add(address, applicationSteps, 'monitors differ', {
            operation: 'UpdateEnvironment',
            application: name,
            environment: environment.name,
            monitors: environment.monitors ?? [],
          }),
        );
      }
    }
  }

  // What runs already comes first in its lane: a start before it would only wait.
  for (const { action, awaits, desired, reason, changeGroup } of assessment.verdicts) {
    if (action !== 'await' || awaits === undefined) continue;
    add(formatAddress(desired.address), [], reason, {
      operation: 'AwaitDeployment',
      application: name,
      environment: desired.address.environment,
      configurationProfile: desired.address.configurationProfile,
      deploymentNumber: awaits.number,
      numbers: awaits.strategy,
      startedAt: awaits.startedAt,
      ...alike(changeGroup),
    });
  }
  for (const verdict of assessment.verdicts) {
    const { address, content, profileType } = verdict.desired;
    const profile = address.configurationProfile;
    const target = formatAddress(address);
    const strategy = strategyFor(policy.settings, address);
    const numbers = strategies.numbersOf(strategy);
    if (verdict.action !== 'create' && verdict.action !== 'update') continue;

    const profileStep =
      verdict.profile !== undefined
        ? undefined
        : add(`${tenant}/*/${profile}`, applicationSteps, 'not in AppConfig yet', {
            operation: 'CreateConfigurationProfile',
            application: name,
            configurationProfile: profile,
            profileType,
            tags,
          });
    const versionStep = verdict.versionExists
      ? undefined
      : add(
          `${tenant}/*/${profile}`,
          profileStep === undefined ? applicationSteps : [profileStep],
          'no version has this content',
          {
            operation: 'CreateHostedConfigurationVersion',
            application: name,
            configurationProfile: profile,
            profileType,
            content,
            description: formatDescription({ ...policy.origin, project: policy.project }),
          },
        );
    const busy = live?.environments.get(address.environment)?.inFlight;
    const foreign =
      busy !== undefined && busy.state !== 'ROLLING_BACK' && !isAwaited(assessment, address.environment, busy.number)
        ? busy
        : undefined;
    const superseded = policy.supersede ? foreign?.number : undefined;
    const environmentBusyUntil = superseded === undefined && foreign !== undefined ? expectedEnd(foreign) : undefined;
    // The starts do not come after it: one whose stop is not carried out frees the lane by itself.
    if (superseded !== undefined) {
      add(`${tenant}/${address.environment}`, [versionStep, environmentSteps.get(address.environment)], '--supersede', {
        operation: 'StopDeployment',
        application: name,
        environment: address.environment,
        deploymentNumber: superseded,
        inFavourOf: { configurationProfile: profile, profileType, versionLabel: content.versionLabel },
        ...alike(verdict.changeGroup),
      });
    }
    add(
      target,
      [
        ...(versionStep !== undefined ? [versionStep] : profileStep !== undefined ? [profileStep] : applicationSteps),
        environmentSteps.get(address.environment),
        strategies.stepFor(strategy),
      ],
      verdict.reason,
      {
        operation: 'StartDeployment',
        application: name,
        environment: address.environment,
        configurationProfile: profile,
        profileType,
        versionLabel: content.versionLabel,
        deploymentStrategy: strategy,
        numbers,
        description: formatDescription({ ...policy.origin, project: policy.project }),
        tags,
        ...alike(verdict.changeGroup),
        ...(environmentBusyUntil === undefined ? {} : { environmentBusyUntil }),
      },
    );
  }
  return [...steps.values()];
}

function expectedEnd({ startedAt, strategy }: LiveDeployment): string | undefined {
  if (startedAt === undefined) return undefined;
  return new Date(Date.parse(startedAt) + minutesOf(strategy) * 60_000).toISOString();
}

function alike(changeGroup: string | undefined) {
  return changeGroup === undefined ? {} : { changeGroup };
}

type AddStep = (
  address: string,
  after: readonly (StepId | undefined)[],
  reason: string,
  operation: StepOperation,
) => StepId;

/**
 * Tags for the parts that the tree names and then for the application itself: an adoption that is cut short leaves an
 * application that looks unadopted, and is done again. Returns the steps that everything else comes after.
 */
function addAdoption(
  application: DesiredApplication,
  found: { readonly application: LiveApplication; readonly facts: Facts },
  policy: Policy,
  add: AddStep,
): readonly StepId[] {
  const { tenant, name } = application;
  const reason = 'adopted';
  const tag = (
    address: string,
    part: { readonly environment?: string; readonly configurationProfile?: string },
    about: {
      readonly ids: { readonly environmentId?: string; readonly profileId?: string };
      readonly after: readonly StepId[];
    },
  ) => {
    const existing = found.facts.get({ kind: 'tags', ...about.ids });
    if (existing === undefined || ownerOf(existing, policy.project).kind !== 'nobody') return [];
    return [
      add(address, about.after, reason, {
        operation: 'TagResource',
        application: name,
        environment: part.environment,
        configurationProfile: part.configurationProfile,
        tags: tagsOfAdopted(policy.project, existing),
      }),
    ];
  };
  const partSteps: StepId[] = [];
  for (const environment of application.environments) {
    const live = found.application.environments.get(environment.name);
    if (live === undefined) continue;
    const about = { ids: { environmentId: live.id }, after: [] };
    partSteps.push(...tag(`${tenant}/${environment.name}`, { environment: environment.name }, about));
  }
  const profiles = new Set(
    application.environments.flatMap((e) => e.configurations.map((c) => c.address.configurationProfile)),
  );
  for (const configurationProfile of profiles) {
    const live = found.application.configurationProfiles.get(configurationProfile);
    if (live === undefined) continue;
    const about = { ids: { profileId: live.id }, after: [] };
    partSteps.push(...tag(`${tenant}/*/${configurationProfile}`, { configurationProfile }, about));
  }
  const applicationSteps = tag(tenant, {}, { ids: {}, after: partSteps });
  const steps = applicationSteps.length > 0 ? applicationSteps : partSteps;
  // Described as ours, too, it is known by the list of applications: the next run need not read its tags.
  const description = describeAdopted(found.application.description, policy.project);
  if (description !== undefined && !isDescribedAsManaged(found.application.description, policy.project)) {
    add(tenant, steps, reason, { operation: 'UpdateApplication', application: name, description });
  }
  return steps;
}

function isAwaited(assessment: ApplicationAssessment, environment: string, deploymentNumber: number): boolean {
  return assessment.verdicts.some(
    (v) => v.desired.address.environment === environment && v.awaits?.number === deploymentNumber,
  );
}

/** `<operation> <target>`: the same in every plan for the same thing. */
function stepId(operation: StepOperation, address: string): StepId {
  if (operation.operation === 'CreateHostedConfigurationVersion') {
    return `${operation.operation} ${address} ${operation.content.versionLabel}`;
  }
  return `${operation.operation} ${address}`;
}

/** AppConfig runs one deployment at a time in an environment, over all its profiles. */
function laneOf(operation: StepOperation): string | undefined {
  switch (operation.operation) {
    case 'StartDeployment':
    case 'AwaitDeployment':
    case 'StopDeployment':
      return `${operation.application}/${operation.environment}`;
    default:
      return undefined;
  }
}

function plannedAddress(
  application: DesiredApplication,
  verdict: Verdict,
  about: { readonly policy: Policy; readonly classes: ChangeGroups; readonly live: LiveState },
): PlannedAddress {
  const { policy, classes, live } = about;
  const { address, content } = verdict.desired;
  const name = formatAddress(address);
  const { changes, completed, rolledBack } = verdict;
  const putBack = live.rolledBackChanges?.get(name);
  const changeGroup = changes === undefined ? undefined : verdict.changeGroup;
  if (changes !== undefined && changeGroup !== undefined) classes.add(changeGroup, name, changes);
  return {
    address: name,
    application: application.name,
    environment: address.environment,
    action: verdict.action,
    changeGroup,
    live:
      completed === undefined
        ? undefined
        : {
            versionNumber: completed.versionNumber,
            versionLabel: completed.versionLabel,
            since: completed.completedAt,
          },
    desired: { versionLabel: content.versionLabel, bytes: content.bytes },
    deploymentStrategy: strategyFor(policy.settings, address),
    reason: verdict.reason,
    blockedBy: verdict.blockedBy,
    ...(rolledBack === undefined ? {} : { rolledBack }),
    ...(putBack === undefined ? {} : { rolledBackChange: putBack }),
  };
}

/** One problem for each guard and what it is about, be that an application or an address. */
export function blockingProblems(assessment: ApplicationAssessment): readonly Problem[] {
  const problems = new Map<string, Problem>();
  for (const { blockedBy } of assessment.verdicts) {
    if (blockedBy === undefined) continue;
    const key = `${blockedBy.code} ${blockedBy.source ?? ''} ${blockedBy.message}`;
    if (!problems.has(key)) problems.set(key, blockedBy);
  }
  return [...problems.values()];
}

function orphan(address: string, application: string, environment: string): PlannedAddress {
  return {
    address,
    application,
    environment,
    action: 'orphaned',
    changeGroup: undefined,
    live: undefined,
    desired: undefined,
    deploymentStrategy: undefined,
    reason: 'the tree no longer has it',
    blockedBy: undefined,
  };
}

/** What of an application the tree no longer has. */
export function orphanWarnings(
  { tenant }: DesiredApplication,
  assessment: Pick<ApplicationAssessment, 'orphanedEnvironments' | 'orphanedProfiles'>,
): readonly Problem[] {
  return [
    ...assessment.orphanedEnvironments.map((name) => orphanWarning(`${tenant}/${name}`, 'environment')),
    ...assessment.orphanedProfiles.map((name) => orphanWarning(`${tenant}/*/${name}`, 'configuration profile')),
  ];
}

/** Whole applications that the tree no longer has, by their tenants. */
export function orphanedApplicationWarnings(live: LiveState, policy: Policy): readonly Problem[] {
  const tenantOf = tenantNaming(policy.settings.applicationName);
  return live.orphanedApplications.map(({ name }) => orphanWarning(tenantOf(name) ?? name, 'application'));
}

function orphanWarning(address: string, kind: 'environment' | 'application' | 'configuration profile'): Problem {
  return {
    code: 'environment-orphaned',
    severity: 'warning',
    message: `the ${kind} "${address}" is in AppConfig, and the tree no longer has it; it stays as it is`,
    hint: 'to delete what left the tree: appcfg cleanup --orphans',
    source: address,
  };
}

/** The guard *empty*. */
function emptyTreeRefusal(desired: readonly DesiredApplication[], live: LiveState, policy: Policy): readonly Problem[] {
  if (desired.length > 0 || policy.elsewhere || policy.selective || live.orphanedApplications.length === 0) return [];
  return [
    {
      code: 'guard-empty',
      severity: 'error',
      message: `the tree has no tenants, and AppConfig has ${live.orphanedApplications.length === 1 ? '1 application' : `${live.orphanedApplications.length} applications`} of project "${policy.project}"`,
      hint: 'check that tenants/ was checked out; to delete them all: appcfg cleanup --all',
    },
  ];
}
