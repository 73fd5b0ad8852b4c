// Starts one deployment, exactly once whatever AppConfig responds, and follows it to its end.

import { StartDeploymentCommand } from '@aws-sdk/client-appconfig';
import { formatDescription, parseDescription } from '../../core/live/deployment-description.ts';
import type { LiveDeployment } from '../../core/live/live-state.ts';
import { formatAddress } from '../../core/model/address.ts';
import { failure } from '../../core/problem/problem.ts';
import { CallFailure, mayHaveActed } from '../client/call-failure.ts';
import {
  awaitDeployment,
  type DeploymentAnswer,
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

/**
 * Starts a deployment of the desired version, unless another run has started one, and follows it to its end.
 * @throws CallFailure, AppcfgError, MissingResource
 */
export async function startDeployment(step: StartStep, context: DeployContext): Promise<StepOutcome> {
  const { connection, resources } = context;
  const profileId = resources.profile(step.application, step.configurationProfile);
  const lane = resources.lane(step.application, step.environment);
  const target = { step, profileId, lane, context };
  // A new environment may have deployments of other runs. So may this profile, if the environment was last read for another.
  if (lane.latest === undefined || lane.unassessed.has(profileId)) {
    const found = await readLane(target);
    if (found !== undefined) return followFound(target, found);
  }
  let waitEndsAt: number | undefined;
  // 0 stands for no deployment. AWS does not document whether StartDeployment accepts that, so it is left out once refused.
  let locksOnNone = true;
  for (let attempt = 1; ; attempt += 1) {
    if (lane.busyWith !== undefined) {
      waitEndsAt ??= connection.clock.now() + context.busyTimeoutMs;
      await waitForLane(target, waitEndsAt);
      // Another run may have started a deployment during the wait.
      const found = await readLane(target);
      if (found !== undefined) return followFound(target, found);
      if (lane.busyWith !== undefined) continue;
    }
    // If the deployment that was waited for was rolled back, the desired content may be live again without a start.
    if (lane.restoredProfiles.delete(profileId)) {
      const live = await completedWith(target);
      if (live !== undefined) {
        const completedAt = Date.parse(live.completedAt ?? '') || undefined;
        return { note: `deployment ${live.number} is live again`, unchanged: true, completedAt };
      }
    }
    context.halt.throwIfAborted();
    const versionNumber = await verifyVersion(step, { ...context, subject: step.subject, signal: context.halt });
    if (await isOvertaken(target)) {
      const found = await readLane(target);
      if (found !== undefined) return followFound(target, found);
      if (lane.busyWith !== undefined) continue;
    }
    const answer = await connection
      .once(startCommand(target, { versionNumber, locksOnNone }), formatAddress(step.subject), context.halt)
      .catch(callFailureOf);
    if (!(answer instanceof CallFailure)) {
      lane.latest = answer.DeploymentNumber;
      return follow(step, answer, context);
    }
    const mayMeanNone = locksOnNone && lane.latest === undefined;
    if (answer.kind === 'bad-request' && mayMeanNone) {
      locksOnNone = false;
      continue;
    }
    if (answer.kind === 'unreachable' && (await connection.mayTryAgain(answer, attempt, context.halt))) continue;
    if (answer.kind !== 'conflict' && !mayHaveActed(answer)) throw answer;
    if (answer.kind === 'conflict' && mayMeanNone) locksOnNone = false;
    // Busy, started by another run, or a lost response: what AppConfig lists decides, not the message.
    const found = await readLane(target);
    if (found !== undefined) return followFound(target, found);
    if (lane.busyWith === undefined) {
      if (attempt >= startAttempts) throw answer.kind === 'conflict' ? startRefused(step, answer) : answer;
      await connection.clock.sleep(Math.min(10_000, 250 * 2 ** attempt), context.halt);
    }
  }
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

function startCommand(
  { step, profileId, lane, context }: StartTarget,
  start: { readonly versionNumber: number; readonly locksOnNone: boolean },
): StartDeploymentCommand {
  const { versionNumber, locksOnNone } = start;
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

/** Follows a deployment of the desired version that another run started, or whose response was lost. */
async function followFound({ step, context }: StartTarget, found: LiveDeployment): Promise<StepOutcome> {
  const answer = await pollDeployment(context.connection, runningDeployment(step, context, found.number));
  return follow(step, answer, context);
}

/**
 * Follows a deployment of the desired version that was in flight when the plan was made.
 * @throws CallFailure, AppcfgError, MissingResource
 */
export async function followDeployment(step: AwaitStep, context: DeployContext): Promise<StepOutcome> {
  const lane = context.resources.lane(step.application, step.environment);
  const answer = await pollDeployment(
    context.connection,
    runningDeployment(step, context, step.deploymentNumber),
    context.abandon,
  );
  const done = await follow(step, answer, context);
  if (lane.busyWith === step.deploymentNumber) lane.busyWith = undefined;
  return done;
}

async function follow(
  step: StartStep | AwaitStep,
  started: DeploymentAnswer,
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
  const { answer, ended } = await awaitDeployment(context.connection, deployment, {
    known: started,
    onProgress: context.onProgress,
    signal: context.abandon,
  });
  if (!ended) {
    lane.busyWith = number;
    throw failure(
      'deployment-timed-out',
      `deployment ${number} is still ${stateOf(answer)}, long after the end of its deployment strategy`,
      {
        hint: {
          text: 'check the deployment; the next sync waits for it again',
          command: { run: 'status', args: [], selects: { tenant: step.subject.tenant ?? '' } },
        },
        subject: step.subject,
      },
    );
  }
  if (stateOf(answer) === 'COMPLETE') {
    return { note: `deployment ${number}`, completedAt: answer.CompletedAt?.getTime() };
  }
  throw await deploymentFailure(step, answer, { deployment, context });
}
