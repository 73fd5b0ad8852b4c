// The steps of one application: a function for each operation.
import type { ApplicationAssessment, KnownApplication, ProfileAssessment } from '../assess/assess-application.ts';
import type { EnvironmentAssessment } from '../assess/assess-environment.ts';
import type { Verdict } from '../assess/verdict.ts';
import { formatDescription } from '../live/deployment-description.ts';
import { acceptedTags } from '../live/drifted-deployment.ts';
import type { LiveDeployment } from '../live/live-state.ts';
import { isValidated, managedProfile, type ProfileUpdate, profileUpdate } from '../live/managed-profile.ts';
import { describeOwned, tagsOfCreated } from '../live/ownership.ts';
import { formatAddress } from '../model/address.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import { isStoppable, type Tags } from '../model/resource.ts';
import { awaitStep, supersedeStep } from '../plan/deployment-steps.ts';
import { isChanged } from '../plan/plan.ts';
import type { Step, StepId, VersionToDeploy } from '../plan/step.ts';
import { StepList } from '../plan/step-list.ts';
import { minutesOf, strategyFor } from '../settings/deployment-strategies.ts';
import { deploymentParametersOf } from '../settings/effective-settings.ts';
import type { Policy } from '../settings/policy.ts';
import { addAdoption } from './adoption-steps.ts';
import type { StrategySteps } from './strategy-steps.ts';

interface Inputs {
  readonly assessment: ApplicationAssessment;
  readonly found: KnownApplication | undefined;
  readonly policy: Policy;
  readonly strategies: StrategySteps;
}

interface Context extends Inputs {
  readonly application: DesiredApplication;
  readonly steps: StepList;
  readonly tags: Tags;
  /** Of versions and deployments. */
  readonly description: string;
}

/** The deployments of each environment are in the order of the tree. */
export function applicationSteps(application: DesiredApplication, inputs: Inputs): readonly Step[] {
  const { assessment, policy } = inputs;
  if (assessment.ownership === 'blocked') return [];
  const steps = new StepList(policy.accountRegion.id);
  const tags = tagsOfCreated(policy.project, policy.settings.tags);
  const description = formatDescription({ ...policy.origin, project: policy.project });
  const context = { ...inputs, application, steps, tags, description };
  const owned = ownApplication(context);
  const environments = new Map<string, StepId | undefined>();
  if (assessment.ownership !== 'not needed') {
    for (const each of assessment.environments) environments.set(each.name, writeEnvironment(each, owned, context));
  }
  const profiles = new Map(assessment.profiles.map((each) => [each.name, updateProfile(each, owned, context)]));
  // A deployment in flight comes first in its lane: a start before it would only wait for it.
  for (const verdict of assessment.verdicts) awaitDeployment(verdict, context);
  for (const verdict of assessment.verdicts) {
    if (!isChanged(verdict)) continue;
    const environment = environments.get(verdict.desired.address.environment);
    const profile = profiles.get(verdict.desired.address.configurationProfile);
    deploy(verdict, { owned, environment, profile }, context);
  }
  return steps.steps;
}

/** Creates or adopts the application. @returns what everything else comes after */
function ownApplication({ application, assessment, found, policy, steps, tags }: Context): readonly StepId[] {
  const { tenant, name } = application;
  if (assessment.adoptsParts && found !== undefined) return addAdoption(application, found, { policy, steps });
  if (assessment.ownership !== 'new' || assessment.environments.every(({ blocked }) => blocked)) return [];
  const created = steps.add({
    subject: { tenant },
    reason: notThere,
    operation: 'CreateApplication',
    application: name,
    description: describeOwned(policy.project),
    tags,
  });
  return [created];
}

function writeEnvironment(
  { name: environment, live, monitors = [], monitorsDiffer, accepts, blocked }: EnvironmentAssessment,
  owned: readonly StepId[],
  { application: { name: application, tenant }, policy, steps, tags }: Context,
): StepId | undefined {
  if (blocked) return undefined;
  const target = { subject: { tenant, environment }, after: owned, application, environment, monitors };
  if (accepts !== undefined) {
    const reason = 'the tree has what was deployed outside of appcfg';
    const tagged = { subject: target.subject, after: owned, application, environment };
    const configurationProfile = undefined;
    steps.add({ ...tagged, reason, operation: 'TagResource', configurationProfile, tags: acceptedTags(accepts) });
  }
  if (live === undefined) {
    const description = describeOwned(policy.project);
    return steps.add({ ...target, reason: notThere, operation: 'CreateEnvironment', description, tags });
  }
  if (!monitorsDiffer) return undefined;
  return steps.add({ ...target, reason: 'monitors differ', operation: 'UpdateEnvironment' });
}

function awaitDeployment({ action, awaits, desired, reason, changeGroup }: Verdict, context: Context): void {
  if (action !== 'await' || awaits === undefined) return;
  context.steps.add({ ...awaitStep(context.application.name, desired.address, awaits), reason, changeGroup });
}

/** What the steps of a deployment come after. */
interface Prerequisites {
  readonly owned: readonly StepId[];
  readonly environment: StepId | undefined;
  /** The step that updates the profile. */
  readonly profile: StepId | undefined;
}

/** Starts the deployment of an address, with everything that it needs. */
function deploy(verdict: Verdict, { owned, environment, profile: updated }: Prerequisites, context: Context): void {
  const profile = createProfile(verdict, owned, context) ?? updated;
  const profileReady = profile === undefined ? owned : [profile];
  const version = validateVersion(verdict, createVersion(verdict, profileReady, context), context);
  const busyWith = otherDeployment(verdict, context);
  const supersede = busyWith !== undefined && maySupersede(busyWith, context);
  // The start does not come after the stop: one whose stop is not carried out frees the lane by itself.
  if (supersede) {
    const { desired, changeGroup } = verdict;
    const stop = { deploymentNumber: busyWith.number, version: versionToDeploy(verdict) };
    const step = supersedeStep(context.application.name, desired.address, stop);
    context.steps.add({ ...step, after: [version, environment], changeGroup });
  }
  startDeployment(verdict, {
    after: [...(version === undefined ? profileReady : [version]), environment],
    busyWith: supersede ? undefined : busyWith,
    context,
  });
}

/** A changed key holds from the next version, so versions come after it. */
function updateProfile(
  { name: configurationProfile, update }: ProfileAssessment,
  owned: readonly StepId[],
  { application: { name: application, tenant }, steps }: Context,
): StepId | undefined {
  if (update === undefined) return undefined;
  const subject = { tenant, configurationProfile };
  return steps.add({
    subject,
    after: owned,
    reason: profileReason(update),
    operation: 'UpdateConfigurationProfile',
    application,
    configurationProfile,
    ...update,
  });
}

function profileReason({ kmsKey, validators }: ProfileUpdate): string {
  if (validators === undefined) return 'the KMS key differs';
  return kmsKey === undefined ? 'validators differ' : 'the KMS key and validators differ';
}

function createProfile(
  { desired, profile }: Verdict,
  owned: readonly StepId[],
  { application: { name: application, tenant }, steps, tags, policy }: Context,
): StepId | undefined {
  if (profile !== undefined) return undefined;
  const { configurationProfile } = desired.address;
  const managed = managedProfile(desired, policy);
  return steps.add({
    subject: { tenant, configurationProfile },
    after: owned,
    reason: notThere,
    operation: 'CreateConfigurationProfile',
    application,
    configurationProfile,
    profileType: desired.profileType,
    ...(managed && profileUpdate(managed)),
    tags,
  });
}

function createVersion(
  { desired, versionNumber }: Verdict,
  after: readonly StepId[],
  { application: { name: application, tenant }, steps, description }: Context,
): StepId | undefined {
  if (versionNumber !== undefined) return undefined;
  const { address, content, profileType } = desired;
  const subject = { tenant, configurationProfile: address.configurationProfile };
  return steps.add({
    subject,
    target: `${formatAddress(subject)} ${content.versionLabel}`,
    after,
    reason: 'no version has this content',
    operation: 'CreateHostedConfigurationVersion',
    application,
    configurationProfile: address.configurationProfile,
    profileType,
    content,
    description,
  });
}

/** Validators that the settings manage run on each new version. @returns what deployments of it come after */
function validateVersion(
  { desired, profile }: Verdict,
  version: StepId | undefined,
  { application: { name: application, tenant }, assessment, policy, steps }: Context,
): StepId | undefined {
  if (version === undefined) return undefined;
  const { configurationProfile } = desired.address;
  const managed = profile === undefined ? managedProfile(desired, policy) : undefined;
  const known = assessment.profiles.find(({ name }) => name === configurationProfile);
  if (managed === undefined ? known?.validated !== true : !isValidated(managed)) return version;
  const { versionLabel } = desired.content;
  const subject = { tenant, configurationProfile };
  return steps.add({
    subject,
    target: `${formatAddress(subject)} ${versionLabel}`,
    after: [version],
    reason: 'the version is new',
    operation: 'ValidateConfiguration',
    application,
    configurationProfile,
    versionLabel,
  });
}

/** The deployment in flight, of other content than desired, that keeps the environment busy and can be stopped. */
function otherDeployment({ desired }: Verdict, { found, assessment }: Context): LiveDeployment | undefined {
  const { environment } = desired.address;
  const running = found?.application.environments.get(environment)?.inFlight;
  if (running === undefined || !isStoppable(running.state)) return undefined;
  const isAwaited = assessment.verdicts.some(
    ({ desired: { address }, awaits }) => address.environment === environment && awaits?.number === running.number,
  );
  return isAwaited ? undefined : running;
}

/** Whether a run with `--supersede` stops it: not one of an experiment run, and no drift that is not overwritten. */
function maySupersede(running: LiveDeployment, { assessment, policy }: Context): boolean {
  if (!policy.supersede || running.type === 'MANAGED') return false;
  return policy.overwriteDrift || !assessment.verdicts.some(({ drift }) => drift?.deploymentNumber === running.number);
}

function startDeployment(
  verdict: Verdict,
  options: {
    readonly after: readonly (StepId | undefined)[];
    /** What has to end first. */
    readonly busyWith: LiveDeployment | undefined;
    readonly context: Context;
  },
): void {
  const { after, busyWith, context } = options;
  const { application, policy, strategies, steps, description, tags } = context;
  const { desired, reason, changeGroup } = verdict;
  const { address } = desired;
  const strategy = strategyFor(policy.settings, address);
  const environmentBusyUntil = busyWith && expectedEnd(busyWith);
  steps.add({
    subject: address,
    after: [...after, strategies.stepFor(strategy)],
    reason,
    changeGroup,
    operation: 'StartDeployment',
    application: application.name,
    environment: address.environment,
    configurationProfile: address.configurationProfile,
    version: versionToDeploy(verdict),
    strategy: strategies.referenceTo(strategy),
    numbers: strategies.numbersOf(strategy),
    description,
    tags,
    ...deploymentParametersOf(policy, address),
    ...(environmentBusyUntil === undefined ? {} : { environmentBusyUntil }),
  });
}

function versionToDeploy({ desired, versionNumber }: Verdict): VersionToDeploy {
  const { content, profileType } = desired;
  return { profileType, versionLabel: content.versionLabel, versionNumber, digest: desired.content.digest };
}

function expectedEnd({ startedAt, strategy }: LiveDeployment): string | undefined {
  if (startedAt === undefined) return undefined;
  return new Date(Date.parse(startedAt) + minutesOf(strategy) * 60_000).toISOString();
}

const notThere = 'not in AppConfig yet';
