import type { ApplicationAssessment } from '../assess/assess-application.ts';
import { formatDescription } from '../live/deployment-description.ts';
import type { Facts } from '../live/facts.ts';
import type { LiveApplication, LiveDeployment } from '../live/live-state.ts';
import { describeOwned, tagsOfCreated } from '../live/ownership.ts';
import { formatAddress, type Subject } from '../model/address.ts';
import type { DesiredApplication } from '../model/desired-state.ts';
import { laneOf } from '../plan/operations.ts';
import type { Step, StepId, StepOperation } from '../plan/step.ts';
import { minutesOf, strategyFor } from '../settings/deployment-strategies.ts';
import type { Policy } from '../settings/policy.ts';
import { addAdoption } from './adoption-steps.ts';
import type { StrategySteps } from './strategy-steps.ts';

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
export function stepsFor(
  application: DesiredApplication,
  assessment: ApplicationAssessment,
  around: Surroundings,
): Step[] {
  const { found, policy, strategies } = around;
  const { tenant, name } = application;
  const steps = new Map<StepId, Step>();
  const add = (
    subject: Subject,
    after: readonly (StepId | undefined)[],
    reason: string,
    operation: StepOperation & { readonly changeGroup?: string },
  ) => {
    const id = stepId(operation, subject);
    const known = after.filter((step) => step !== undefined);
    if (!steps.has(id)) {
      const accountRegion = policy.accountRegion.id;
      const lane = laneOf(operation, accountRegion);
      steps.set(id, {
        id,
        after: known,
        reason,
        subject,
        accountRegion,
        ...(lane === undefined ? {} : { lane }),
        ...operation,
      });
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
    const created = add({ tenant }, [], 'not in AppConfig yet', {
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
      const address = { tenant, environment: environment.name };
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
    add(desired.address, [], reason, {
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
    const strategy = strategyFor(policy.settings, address);
    const numbers = strategies.numbersOf(strategy);
    if (verdict.action !== 'create' && verdict.action !== 'update') continue;

    const profileStep =
      verdict.profile !== undefined
        ? undefined
        : add({ tenant, configurationProfile: profile }, applicationSteps, 'not in AppConfig yet', {
            operation: 'CreateConfigurationProfile',
            application: name,
            configurationProfile: profile,
            profileType,
            tags,
          });
    const versionStep = verdict.versionExists
      ? undefined
      : add(
          { tenant, configurationProfile: profile },
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
      add(
        { tenant, environment: address.environment },
        [versionStep, environmentSteps.get(address.environment)],
        '--supersede',
        {
          operation: 'StopDeployment',
          application: name,
          environment: address.environment,
          deploymentNumber: superseded,
          inFavourOf: { configurationProfile: profile, profileType, versionLabel: content.versionLabel },
          ...alike(verdict.changeGroup),
        },
      );
    }
    add(
      address,
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

export type AddStep = (
  subject: Subject,
  after: readonly (StepId | undefined)[],
  reason: string,
  operation: StepOperation,
) => StepId;

function isAwaited(assessment: ApplicationAssessment, environment: string, deploymentNumber: number): boolean {
  return assessment.verdicts.some(
    (v) => v.desired.address.environment === environment && v.awaits?.number === deploymentNumber,
  );
}

/** `<operation> <target>`: the same in every plan for the same thing. */
function stepId(operation: StepOperation, subject: Subject): StepId {
  const address = formatAddress(subject);
  if (operation.operation === 'CreateHostedConfigurationVersion') {
    return `${operation.operation} ${address} ${operation.content.versionLabel}`;
  }
  return `${operation.operation} ${address}`;
}
