// The operations on deployments.
import { rollBackByAlarm } from '../model/alarms.ts';
import { kmsKeyArn } from '../model/arn.ts';
import {
  completedAt,
  eventsAt,
  inProgress,
  percentageAt,
  revertWindowMs,
  stateAt,
} from '../model/deployment-progress.ts';
import { featureFlags } from '../model/profile-types.ts';
import type { Application, Deployment, Environment, Profile } from '../model/resources.ts';
import { runValidators } from '../rules/run-validators.ts';
import { descriptionText, kmsKeyText, numberInRange, requiredText, stringMap, tagsOf } from '../wire/check-members.ts';
import { jsonResponse } from '../wire/message.ts';
import { badRequest, conflict, invalid, notFound } from '../wire/service-error.ts';
import { type Call, environmentOf, members, type Operation, pathNumber, profileById } from './call.ts';
import { strategyById } from './deployment-strategy-operations.ts';
import { findVersion, versionNotFound } from './hosted-configuration-version-operations.ts';
import { listResponse } from './list-response.ts';

/** Starts a deployment unless another one is in progress in the environment. */
export const startDeployment: Operation = (call) => {
  const { application, environment } = environmentOf(call);
  const body = members(call);
  const strategyId = requiredText(body.DeploymentStrategyId, 'deploymentStrategyId', { max: 64 });
  const profileId = requiredText(body.ConfigurationProfileId, 'configurationProfileId', { max: 7 });
  const wanted = requiredText(body.ConfigurationVersion, 'configurationVersion', { max: 1024 });
  const given = descriptionText(body.Description);
  const kmsKey = kmsKeyText(body.KmsKeyIdentifier) || undefined;
  const tags = tagsOf(body.Tags);
  checkExtensionParameters(body.DynamicExtensionParameters);
  const profile = profileById(call, application, profileId);
  const strategy = strategyById(call, strategyId);
  const { version, label, served } = versionToDeploy(profile, wanted);
  const notRun = runValidators(profile, served?.content, call);
  checkLatestDeployment(environment, body.LatestDeploymentNumber);
  refuseBusy(environment, call.now);
  const { timing } = strategy;
  const deployment: Deployment = {
    number: environment.lastDeployment + 1,
    profileId,
    profileName: profile.name,
    profileType: profile.type,
    locationUri: profile.locationUri,
    strategyId,
    version,
    label,
    served,
    description: given || undefined,
    kmsKey,
    tags,
    startedAt: call.now,
    timing,
    instant:
      timing.durationMinutes === 0 &&
      timing.bakeMinutes === 0 &&
      environment.monitors.length === 0 &&
      environment.alarm === 'OK',
  };
  environment.lastDeployment = deployment.number;
  environment.deployments.set(deployment.number, deployment);
  // An alarm that is already active ends the deployment shortly after the start.
  if (environment.alarm !== 'OK') rollBackByAlarm(environment, deployment, call.now + 1_000);
  const started = shown(call, application, environment, deployment);
  return jsonResponse(201, { ...started, Description: given ?? started.Description }, notRun);
};

/** Summaries, newest first. */
export const listDeployments: Operation = (call) => {
  const { environment } = environmentOf(call);
  const newestFirst = [...environment.deployments.values()].reverse();
  return listResponse(call, newestFirst, {
    key: ({ number }) => number,
    descending: true,
    item: (each) => summary(each, call.now),
  });
};

/** One deployment with its event log at the current time. */
export const getDeployment: Operation = (call) => {
  const { application, environment, deployment } = deploymentOf(call);
  return jsonResponse(200, shown(call, application, environment, deployment));
};

/** Rolls back a deployment in progress, or reverts a complete one if the request allows it. */
export const stopDeployment: Operation = (call) => {
  const { application, environment, deployment } = deploymentOf(call);
  const state = stateAt(deployment, call.now);
  if (state === 'DEPLOYING' || state === 'BAKING') {
    deployment.ending = { kind: 'stopped', at: call.now };
  } else if (state === 'COMPLETE' && call.request.headers['allow-revert']?.toLowerCase() === 'true') {
    checkRevert(environment, deployment, call.now);
    deployment.ending = { kind: 'reverted', at: call.now };
  } else {
    throw badRequest(`Deployment ${deployment.number} has a state of ${state} and cannot be stopped.`);
  }
  return jsonResponse(202, shown(call, application, environment, deployment));
};

function versionToDeploy(profile: Profile, wanted: string): Pick<Deployment, 'version' | 'label' | 'served'> {
  const hosted = findVersion(profile, wanted);
  if (hosted !== undefined) return { version: String(hosted.number), label: hosted.label, served: hosted };
  if (profile.locationUri === 'hosted') throw versionNotFound(profile, wanted);
  return { version: wanted };
}

/** No extension runs here, so the parameters are only checked. */
export function checkExtensionParameters(value: unknown): void {
  if (value === undefined) return;
  const member = 'dynamicExtensionParameters';
  const sizes = { key: { min: 1, max: 2048 }, value: { min: 1, max: 2048 } };
  const keys = Object.keys(stringMap(value, member, sizes));
  if (keys.length < 1) throw invalid(member, '{}', 'Member must have length greater than or equal to 1');
  if (keys.length > 10) throw invalid(member, keys.join(', '), 'Member must have length less than or equal to 10');
  const unnamed = keys.find((key) => !/^[^#]+#[^#]+$/.test(key));
  if (unnamed !== undefined)
    throw badRequest(`Member '${member}' has the key '${unnamed}', which is not EXTENSION#PARAMETER`);
}

function checkLatestDeployment(environment: Environment, given: unknown): void {
  if (given === undefined) return;
  const expected = numberInRange(given, 'latestDeploymentNumber', { min: 0, max: 2 ** 31 - 1 });
  if (expected === environment.lastDeployment) return;
  throw conflict(
    `Expected latest deployment number ${expected} does not match actual latest deployment number ${environment.lastDeployment}`,
  );
}

/** @throws ServiceError while a deployment is in progress */
export function refuseBusy(environment: Environment, now: number): void {
  const newest = environment.deployments.get(environment.lastDeployment);
  if (newest === undefined || !inProgress(newest, now)) return;
  const state = stateAt(newest, now) === 'ROLLING_BACK' ? 'ROLLING_BACK' : 'DEPLOYING';
  throw conflict(
    `Environment ${environment.id} currently has a state of ${state}. The current deployment must finish before a new deployment can be started.`,
  );
}

function checkRevert(environment: Environment, deployment: Deployment, now: number): void {
  const completed = completedAt(deployment, now) ?? now;
  if (now - completed > revertWindowMs) {
    throw badRequest(`Deployment ${deployment.number} was completed more than 72 hours ago and cannot be reverted.`);
  }
  for (const later of environment.deployments.values()) {
    if (later.number <= deployment.number || later.profileId !== deployment.profileId) continue;
    if (stateAt(later, now) !== 'COMPLETE' && !inProgress(later, now)) continue;
    throw badRequest(
      `Deployment ${deployment.number} was followed by deployment ${later.number} and cannot be reverted.`,
    );
  }
}

function deploymentOf(call: Call) {
  const { application, environment } = environmentOf(call);
  const number = pathNumber(call, 'DeploymentNumber', 'deploymentNumber');
  const deployment = environment.deployments.get(number);
  if (deployment !== undefined) return { application, environment, deployment };
  throw notFound(
    'Deployment',
    `Deployment with Application Id ${application.id}, Environment Id ${environment.id}, and Deployment Number ${number} could not be found for account ${call.accountRegion.account}.`,
  );
}

function summary(deployment: Deployment, now: number) {
  const completed = completedAt(deployment, now);
  return {
    DeploymentNumber: deployment.number,
    ConfigurationProfileId: deployment.profileId,
    ConfigurationName: deployment.profileName,
    ConfigurationVersion: deployment.version,
    DeploymentDurationInMinutes: deployment.timing.durationMinutes,
    GrowthType: deployment.timing.growthType,
    GrowthFactor: deployment.timing.growthFactor,
    FinalBakeTimeInMinutes: deployment.timing.bakeMinutes,
    State: stateAt(deployment, now),
    PercentageComplete: percentageAt(deployment, now),
    StartedAt: timestamp(deployment.startedAt),
    CompletedAt: completed === undefined ? undefined : timestamp(completed),
    VersionLabel: deployment.label,
    Type: deployment.managed ? 'MANAGED' : 'USER',
  };
}

function shown(call: Call, application: Application, environment: Environment, deployment: Deployment) {
  const { Type: _onlyInLists, ...same } = summary(deployment, call.now);
  return {
    ApplicationId: application.id,
    EnvironmentId: environment.id,
    DeploymentStrategyId: deployment.strategyId,
    ConfigurationLocationUri: deployment.locationUri,
    Description: deployment.description,
    ...same,
    KmsKeyIdentifier: deployment.kmsKey,
    KmsKeyArn: kmsKeyArn(call.accountRegion, deployment.kmsKey),
    AppliedExtensions: appliedExtensions(deployment),
    EventLog: eventsAt(deployment, call.now).map((event) => ({
      EventType: event.type,
      TriggeredBy: event.by,
      Description: event.text,
      OccurredAt: timestamp(event.at),
    })),
  };
}

/** AWS lists its own extension that checks feature flags. */
function appliedExtensions({ profileType, profileId }: Deployment) {
  if (profileType !== featureFlags) return [];
  return [{ ExtensionId: featureFlags, ExtensionAssociationId: profileId, VersionNumber: 1, Parameters: {} }];
}

function timestamp(time: number): string {
  return new Date(time).toISOString();
}
