// Starts one deployment, exactly once whatever AppConfig responds, and follows it to its end.

import { StartDeploymentCommand } from '@aws-sdk/client-appconfig';
import { formatDescription, parseDescription } from '../../core/live/deployment-description.ts';
import { formatAddress } from '../../core/model/address.ts';
import { failure } from '../../core/problem/problem.ts';
import { CallFailure, mayHaveActed } from '../client/call-failure.ts';
import {
  awaitDeployment,
  type DeploymentResponse,
  pollDeployment,
  pollIfReachable,
  stateOf,
} from '../read/await-deployment.ts';
import { verifyVersion } from '../read/verify-version.ts';
import {
  type AwaitStep,
  type DeployContext,
  runningDeployment,
  type StartStep,
  type StartTarget,
} from './deploy-context.ts';
import { deploymentFailure } from './deployment-failure.ts';
import { completedWith, readLane, waitForLane } from './lane.ts';

/** The result of a step that succeeded. */
export interface StepOutcome {
  readonly note?: string;
  /** Nothing had to be changed. */
  readonly unchanged?: boolean;
  /** Number of a deployment that continues without this run. */
  readonly running?: number;
  /** When the deployment of the desired content completed: milliseconds since 1970, by the service's clock. */
  readonly completedAt?: number | undefined;
  /** Why nothing was deleted. */
  readonly kept?: string;
}

/** So many starts are attempted while other runs may be at work in the same environment. */
const startAttempts = 12;

interface Start extends StartTarget {
  /** When the wait for other deployments ends, once there was one: milliseconds of this machine's clock. */
  waitEndsAt: number | undefined;
  /** 0 stands for no deployment. AWS does not document whether StartDeployment accepts that, so it is left out once refused. */
  locksOnNone: boolean;
}

/**
 * Starts a deployment of the desired version, unless another run has started one, and follows it to its end.
 * @throws CallFailure, AppcfgError, MissingResource
 */
export async function startDeployment(step: StartStep, context: DeployContext): Promise<StepOutcome> {
  const profileId = context.resources.profile(step.application, step.configurationProfile);
  const lane = context.resources.lane(step.application, step.environment);
  const start: Start = { step, profileId, lane, context, waitEndsAt: undefined, locksOnNone: true };
  // A new environment may have deployments of other runs. So may this profile, if the environment was last read for another.
  const isUnread = lane.latest === undefined || lane.unassessed.has(profileId);
  let outcome = isUnread ? await followOther(start) : undefined;
  for (let attempt = 1; outcome === undefined; attempt += 1) {
    outcome = await waitUntilFree(start);
    if (outcome === undefined && lane.busyWith === undefined) {
      outcome = (await restoredOutcome(start)) ?? (await tryToStart(start, attempt));
    }
  }
  return outcome;
}

/** Follows a deployment of the desired version that another run started, or whose response was lost, if there is one. */
async function followOther(target: StartTarget): Promise<StepOutcome | undefined> {
  const { step, context } = target;
  const found = await readLane(target);
  if (found === undefined) return undefined;
  const deployment = runningDeployment(step, context, found.number);
  return follow(step, await pollDeployment(context.connection, deployment), context);
}

async function waitUntilFree(start: Start): Promise<StepOutcome | undefined> {
  const { lane, context } = start;
  if (lane.busyWith === undefined) return undefined;
  start.waitEndsAt ??= context.connection.clock.now() + context.busyTimeoutMs;
  await waitForLane(start, start.waitEndsAt);
  // Another run may have started a deployment during the wait.
  return followOther(start);
}

/** If the deployment that was waited for was rolled back, the desired content may be live again without a start. */
async function restoredOutcome(target: StartTarget): Promise<StepOutcome | undefined> {
  if (!target.lane.restoredProfiles.delete(target.profileId)) return undefined;
  const live = await completedWith(target);
  if (live === undefined) return undefined;
  const completedAt = Date.parse(live.completedAt ?? '') || undefined;
  return { note: `deployment ${live.number} is live again`, unchanged: true, completedAt };
}

/** @returns undefined where it has to be tried again, after a wait where the environment is busy */
async function tryToStart(start: Start, attempt: number): Promise<StepOutcome | undefined> {
  const { step, lane, context } = start;
  context.halt.throwIfAborted();
  const versionNumber = await verifyVersion(step, { ...context, subject: step.subject, signal: context.halt });
  if (await isOvertaken(start)) {
    const outcome = await followOther(start);
    if (outcome !== undefined || lane.busyWith !== undefined) return outcome;
  }
  const response = await context.connection
    .once(startCommand(start, versionNumber), formatAddress(step.subject), context.halt)
    .catch(callFailureOf);
  if (response instanceof CallFailure) return afterFailure(start, response, attempt);
  lane.latest = response.DeploymentNumber;
  return follow(step, response, context);
}

/** Busy, started by another run, or a lost response: what AppConfig lists decides, not the message. */
async function afterFailure(start: Start, cause: CallFailure, attempt: number): Promise<StepOutcome | undefined> {
  const { step, lane, context } = start;
  const { connection, halt } = context;
  const isConflict = cause.kind === 'conflict';
  const mayMeanNone = start.locksOnNone && lane.latest === undefined;
  if (mayMeanNone && (isConflict || cause.kind === 'bad-request')) start.locksOnNone = false;
  if (mayMeanNone && cause.kind === 'bad-request') return undefined;
  if (cause.kind === 'unreachable' && (await connection.mayTryAgain(cause, attempt, halt))) return undefined;
  if (!isConflict && !mayHaveActed(cause)) throw cause;
  const outcome = await followOther(start);
  if (outcome !== undefined || lane.busyWith !== undefined) return outcome;
  if (attempt >= startAttempts) throw isConflict ? startRefused(step, cause) : cause;
  await connection.clock.sleep(Math.min(10_000, 250 * 2 ** attempt), halt);
  return undefined;
}

function callFailureOf(error: unknown): CallFailure {
  if (error instanceof CallFailure) return error;
  throw error;
}

/**
 * Whether a deployment was started that this run does not know. AppConfig does not refuse a start whose
 * `LatestDeploymentNumber` is outdated, so the next number is looked up right before the start.
 * @throws CallFailure
 */
async function isOvertaken({ step, lane, context }: StartTarget): Promise<boolean> {
  const next = runningDeployment(step, context, (lane.latest ?? 0) + 1);
  return (await pollIfReachable(context.connection, next, context.halt)) !== undefined;
}

function startCommand(start: Start, versionNumber: number): StartDeploymentCommand {
  const { step, profileId, lane, context, locksOnNone } = start;
  const latest = lane.latest ?? (locksOnNone ? 0 : undefined);
  const { resources } = context;
  const { strategy, kmsKey, dynamicExtensionParameters } = step;
  return new StartDeploymentCommand({
    ApplicationId: resources.application(step.application),
    EnvironmentId: resources.environment(step.application, step.environment),
    ConfigurationProfileId: profileId,
    ConfigurationVersion: String(versionNumber),
    DeploymentStrategyId: 'managed' in strategy ? resources.managedStrategy(strategy.managed) : strategy.id,
    Description:
      lane.superseded === undefined
        ? step.description
        : formatDescription({ ...parseDescription(step.description), supersedes: lane.superseded }),
    Tags: step.tags,
    ...(kmsKey === undefined ? {} : { KmsKeyIdentifier: kmsKey }),
    ...(dynamicExtensionParameters && { DynamicExtensionParameters: { ...dynamicExtensionParameters } }),
    ...(latest === undefined ? {} : { LatestDeploymentNumber: latest }),
  });
}

function startRefused(step: StartStep, cause: CallFailure): Error {
  return failure(
    'environment-busy',
    `${step.application}/${step.environment} accepts no deployment, although none is in flight: ${cause.problem.message}`,
    { hint: { text: 'another run may be deploying to it: run the same command again later' }, subject: step.subject },
  );
}

/**
 * Follows a deployment of the desired version that was in flight when the plan was made.
 * @throws CallFailure, AppcfgError, MissingResource
 */
export async function followDeployment(step: AwaitStep, context: DeployContext): Promise<StepOutcome> {
  const lane = context.resources.lane(step.application, step.environment);
  const response = await pollDeployment(
    context.connection,
    runningDeployment(step, context, step.deploymentNumber),
    context.abandon,
  );
  const done = await follow(step, response, context);
  if (lane.busyWith === step.deploymentNumber) lane.busyWith = undefined;
  return done;
}

async function follow(
  step: StartStep | AwaitStep,
  started: DeploymentResponse,
  context: DeployContext,
): Promise<StepOutcome> {
  const number = started.DeploymentNumber ?? 0;
  const lane = context.resources.lane(step.application, step.environment);
  lane.desiredDeployments.add(number);
  if (!context.wait) {
    return step.operation === 'AwaitDeployment'
      ? { note: `deployment ${number} is in flight`, unchanged: true, running: number }
      : { note: `started, deployment ${number}`, running: number };
  }
  const deployment = runningDeployment(step, context, number);
  const { response, ended } = await awaitDeployment(context.connection, deployment, {
    known: started,
    onProgress: context.onProgress,
    signal: context.abandon,
  });
  if (!ended) {
    lane.busyWith = number;
    throw failure(
      'deployment-timed-out',
      `deployment ${number} is still ${stateOf(response)}, long after the end of its deployment strategy`,
      {
        hint: {
          text: 'check the deployment; the next sync waits for it again',
          command: { run: 'status', args: [], selects: { tenant: step.subject.tenant ?? '' } },
        },
        subject: step.subject,
      },
    );
  }
  if (stateOf(response) === 'COMPLETE') {
    return { note: `deployment ${number}`, completedAt: response.CompletedAt?.getTime() };
  }
  throw await deploymentFailure(step, response, { deployment, context });
}
