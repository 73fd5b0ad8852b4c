// The operations on deployments.

import { keyArn } from '../model/arn.ts';
import {
  completedAt,
  eventsAt,
  inFlight,
  percentageAt,
  revertWindowMs,
  stateAt,
} from '../model/deployment-progress.ts';
import { featureFlags } from '../model/profile-types.ts';
import type { AlarmState, Application, Deployment, Environment, Profile } from '../model/store.ts';
import { runValidators } from '../rules/run-validators.ts';
import { descriptionText, kmsKeyText, numeric, tagsOf, text } from '../wire/check-members.ts';
import { jsonResponse } from '../wire/message.ts';
import { badRequest, conflict, notFound } from '../wire/service-error.ts';
import { type Call, environmentOf, members, type Operation, pathNumber, profileById } from './call.ts';
import { strategyById } from './deployment-strategy-operations.ts';
import { noVersion, versionAsked } from './hosted-configuration-version-operations.ts';
import { page } from './page.ts';

/** Starts a deployment, unless another one is under way in the environment. */
export const startDeployment: Operation = (call) => {
  const { application, environment } = environmentOf(call);
  const body = members(call);
  const strategyId = text(body.DeploymentStrategyId, 'deploymentStrategyId', { max: 64 });
  const profileId = text(body.ConfigurationProfileId, 'configurationProfileId', { max: 7 });
  const wanted = text(body.ConfigurationVersion, 'configurationVersion', { max: 1024 });
  const given = descriptionText(body.Description);
  const kmsKey = kmsKeyText(body.KmsKeyIdentifier) || undefined;
  const tags = tagsOf(body.Tags);
  const profile = profileById(call, application, profileId);
  const strategy = strategyById(call, strategyId);
  const { version, label, served } = versionToDeploy(profile, wanted);
  const notRun = runValidators(profile, served?.content);
  checkLock(environment, body.LatestDeploymentNumber);
  refuseBusy(environment, call.now);
  const { course } = strategy;
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
    course,
    instant:
      course.durationMinutes === 0 &&
      course.bakeMinutes === 0 &&
      environment.monitors.length === 0 &&
      environment.alarm === 'OK',
  };
  environment.lastDeployment = deployment.number;
  environment.deployments.set(deployment.number, deployment);
  // An alarm that is already on is noticed a moment after the start.
  if (environment.alarm !== 'OK') rollBackByAlarm(environment, deployment, call.now + 1_000);
  const answer = shown(call, application, environment, deployment);
  return jsonResponse(201, { ...answer, Description: given ?? answer.Description }, notRun);
};

/** Newest first, in short. */
export const listDeployments: Operation = (call) => {
  const { environment } = environmentOf(call);
  const newestFirst = [...environment.deployments.values()].reverse();
  const { entries, nextToken } = page(call, newestFirst, { key: (each) => each.number, descending: true });
  return jsonResponse(200, { Items: entries.map((each) => summary(each, call.now)), NextToken: nextToken });
};

/** One deployment, with its event log by the clock. */
export const getDeployment: Operation = (call) => {
  const { application, environment, deployment } = deploymentOf(call);
  return jsonResponse(200, shown(call, application, environment, deployment));
};

/** Rolls back what is under way; reverts what is complete, if that is allowed. */
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

/** Sets the state of an environment's alarms; a deployment that is under way is rolled back. */
export function setAlarm(environment: Environment, state: AlarmState, now: number): void {
  environment.alarm = state;
  const newest = environment.deployments.get(environment.lastDeployment);
  if (state === 'OK' || newest === undefined) return;
  const progress = stateAt(newest, now);
  if (progress === 'DEPLOYING' || progress === 'BAKING') rollBackByAlarm(environment, newest, now);
}

function versionToDeploy(profile: Profile, wanted: string): Pick<Deployment, 'version' | 'label' | 'served'> {
  const hosted = versionAsked(profile, wanted);
  if (hosted !== undefined) return { version: String(hosted.number), label: hosted.label, served: hosted };
  if (profile.locationUri === 'hosted') throw noVersion(profile, wanted);
  return { version: wanted };
}

function checkLock(environment: Environment, given: unknown): void {
  if (given === undefined) return;
  const expected = numeric(given, 'latestDeploymentNumber', { min: 0, max: 2 ** 31 - 1 });
  if (expected === environment.lastDeployment) return;
  throw conflict(
    `Expected latest deployment number ${expected} does not match actual latest deployment number ${environment.lastDeployment}`,
  );
}

function refuseBusy(environment: Environment, now: number): void {
  const newest = environment.deployments.get(environment.lastDeployment);
  if (newest === undefined || !inFlight(newest, now)) return;
  const state = stateAt(newest, now) === 'ROLLING_BACK' ? 'ROLLING_BACK' : 'DEPLOYING';
  throw conflict(
    `Environment ${environment.id} currently has a state of ${state}. The current deployment must finish before a new deployment can be started.`,
  );
}

function rollBackByAlarm(environment: Environment, deployment: Deployment, at: number): void {
  const alarm = environment.monitors[0]?.AlarmArn ?? `the alarm of environment ${environment.id}`;
  const reason = `Rollback initiated by CloudWatch alarm ${alarm} in state ${environment.alarm}`;
  deployment.ending = { kind: 'alarm', at, reason };
}

function checkRevert(environment: Environment, deployment: Deployment, now: number): void {
  const completed = completedAt(deployment, now) ?? now;
  if (now - completed > revertWindowMs) {
    throw badRequest(`Deployment ${deployment.number} was completed more than 72 hours ago and cannot be reverted.`);
  }
  for (const later of environment.deployments.values()) {
    if (later.number <= deployment.number || later.profileId !== deployment.profileId) continue;
    if (stateAt(later, now) !== 'COMPLETE' && !inFlight(later, now)) continue;
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
    `Deployment with Application Id ${application.id}, Environment Id ${environment.id}, and Deployment Number ${number} could not be found for account ${call.place.account}.`,
  );
}

function summary(deployment: Deployment, now: number) {
  const completed = completedAt(deployment, now);
  return {
    DeploymentNumber: deployment.number,
    ConfigurationProfileId: deployment.profileId,
    ConfigurationName: deployment.profileName,
    ConfigurationVersion: deployment.version,
    DeploymentDurationInMinutes: deployment.course.durationMinutes,
    GrowthType: deployment.course.growthType,
    GrowthFactor: deployment.course.growthFactor,
    FinalBakeTimeInMinutes: deployment.course.bakeMinutes,
    State: stateAt(deployment, now),
    PercentageComplete: percentageAt(deployment, now),
    StartedAt: moment(deployment.startedAt),
    CompletedAt: completed === undefined ? undefined : moment(completed),
    VersionLabel: deployment.label,
    Type: 'USER',
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
    KmsKeyArn: keyArn(call.place, deployment.kmsKey),
    AppliedExtensions: appliedExtensions(deployment),
    EventLog: eventsAt(deployment, call.now).map((event) => ({
      EventType: event.type,
      TriggeredBy: event.by,
      Description: event.text,
      OccurredAt: moment(event.at),
    })),
  };
}

/** AWS lists the extension of its own that checks feature flags. */
function appliedExtensions({ profileType, profileId }: Deployment) {
  if (profileType !== featureFlags) return [];
  return [{ ExtensionId: featureFlags, ExtensionAssociationId: profileId, VersionNumber: 1, Parameters: {} }];
}

function moment(time: number): string {
  return new Date(time).toISOString();
}
