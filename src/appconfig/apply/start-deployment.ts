// Starts one deployment in its lane, once, whatever the answers; and follows it to its end.

import { StartDeploymentCommand } from '@aws-sdk/client-appconfig';
import { formatDescription, parseDescription } from '../../core/live/deployment-description.ts';
import type { LiveDeployment } from '../../core/live/live-state.ts';
import { formatAddress } from '../../core/model/address.ts';
import type { Step } from '../../core/plan/step.ts';
import { failure } from '../../core/problem/problem.ts';
import { CallFailure, mayHaveActed } from '../client/call-failure.ts';
import { awaitDeployment, type DeploymentAnswer, pollDeployment, stateOf } from '../read/await-deployment.ts';
import { requireVersion } from '../read/find-version.ts';
import { failureOf } from './deployment-failure.ts';
import {
  completedWith,
  type DeployContext,
  readLane,
  running,
  type StartStep,
  type Target,
  waitForLane,
} from './lane.ts';

type AwaitStep = Extract<Step, { operation: 'AwaitDeployment' }>;

/** What a step came to, where it came to a good end. */
export interface Done {
  readonly note?: string;
  /** Nothing had to be changed after all. */
  readonly unchanged?: boolean;
  /** A deployment that goes on without this run. */
  readonly running?: number;
  /** When the deployment that carries the wanted content completed: milliseconds since 1970, by the service's clock. */
  readonly completedAt?: number | undefined;
}

/** Longest series of refusals to start that is taken for other runs at work in the same lane. */
const startAttempts = 12;

/** @throws CallFailure, AppcfgError, MissingResource */
export async function startDeployment(step: StartStep, context: DeployContext): Promise<Done> {
  const { connection, resources } = context;
  const profileId = resources.profile(step.application, step.configurationProfile);
  const lane = resources.lane(step.application, step.environment);
  const target = { step, profileId, lane, context };
  // In an environment without deployments others may have been at work since it was made: that has to be read. And the number says nothing of what was seen in the lane when another profile was started.
  if (lane.latest === undefined || lane.unjudged.has(profileId)) {
    const found = await readLane(target);
    if (found !== undefined) return followFound(target, found);
  }
  let laneWaitEnds: number | undefined;
  // Where there is no deployment yet, 0 says so; whether AppConfig takes that is not documented, so it is asked for once.
  let locksOnNone = true;
  for (let attempt = 1; ; attempt += 1) {
    if (lane.busyWith !== undefined) {
      laneWaitEnds ??= connection.clock.now() + context.busyTimeoutMs;
      await waitForLane(target, laneWaitEnds);
      // While this run waited, others may have been at work in the lane.
      const found = await readLane(target);
      if (found !== undefined) return followFound(target, found);
      if (lane.busyWith !== undefined) continue;
    }
    // What was to be replaced may have come to nothing, and the wanted content be back without a start.
    if (lane.undone.delete(profileId)) {
      const live = await completedWith(target);
      if (live !== undefined) {
        const completedAt = Date.parse(live.completedAt ?? '') || undefined;
        return { note: `deployment ${live.number} is live again`, unchanged: true, completedAt };
      }
    }
    context.halt.throwIfAborted();
    const answer = await connection
      .once(startCommand(target, locksOnNone), formatAddress(step.subject), context.halt)
      .catch(callFailureOf);
    if (!(answer instanceof CallFailure)) {
      lane.latest = answer.DeploymentNumber;
      return follow(step, answer, context);
    }
    if (answer.kind === 'not-found' && !resources.knowsVersion(profileId, step.versionLabel)) {
      await requireVersion(step, { ...context, subject: step.subject, signal: context.halt });
      continue;
    }
    const mayMeanNone = locksOnNone && lane.latest === undefined;
    if (answer.kind === 'bad-request' && mayMeanNone) {
      locksOnNone = false;
      continue;
    }
    if (answer.kind === 'unreachable' && (await connection.mayTryAgain(answer, attempt, context.halt))) continue;
    if (answer.kind !== 'conflict' && !mayHaveActed(answer)) throw answer;
    if (answer.kind === 'conflict' && mayMeanNone) locksOnNone = false;
    // Busy, already existing, or an answer that got lost: what the lane holds decides, not the message.
    const found = await readLane(target);
    if (found !== undefined) return followFound(target, found);
    if (lane.busyWith === undefined) {
      if (attempt >= startAttempts) throw answer.kind === 'conflict' ? laneContended(step, answer) : answer;
      await connection.clock.sleep(Math.min(10_000, 250 * 2 ** attempt), context.halt);
    }
  }
}

function callFailureOf(error: unknown): CallFailure {
  if (error instanceof CallFailure) return error;
  throw error;
}

function startCommand({ step, profileId, lane, context }: Target, locksOnNone: boolean): StartDeploymentCommand {
  const latest = lane.latest ?? (locksOnNone ? 0 : undefined);
  const { resources } = context;
  const { strategy } = step;
  return new StartDeploymentCommand({
    ApplicationId: resources.application(step.application),
    EnvironmentId: resources.environment(step.application, step.environment),
    ConfigurationProfileId: profileId,
    ConfigurationVersion: resources.versionFor(profileId, step.versionLabel),
    DeploymentStrategyId: 'managed' in strategy ? resources.managedStrategy(strategy.managed) : strategy.id,
    Description:
      lane.superseded === undefined
        ? step.description
        : formatDescription({ ...parseDescription(step.description), supersedes: lane.superseded }),
    Tags: step.tags,
    ...(latest === undefined ? {} : { LatestDeploymentNumber: latest }),
  });
}

function laneContended(step: StartStep, cause: CallFailure): Error {
  return failure(
    'environment-busy',
    `${step.application}/${step.environment} takes no start, and nothing runs there: ${cause.problem.message}`,
    { hint: { text: 'other runs may be at work in it: run the same command again later' }, subject: step.subject },
  );
}

/** Follows a deployment of the wanted content that somebody else started, or whose answer got lost. */
async function followFound({ step, context }: Target, found: LiveDeployment): Promise<Done> {
  const answer = await pollDeployment(context.connection, running(step, context, found.number));
  return follow(step, answer, context);
}

/** Follows a deployment of the wanted content that was in flight when the plan was made. */
export async function followDeployment(step: AwaitStep, context: DeployContext): Promise<Done> {
  const lane = context.resources.lane(step.application, step.environment);
  const answer = await pollDeployment(
    context.connection,
    running(step, context, step.deploymentNumber),
    context.signal,
  );
  const done = await follow(step, answer, context);
  if (lane.busyWith === step.deploymentNumber) lane.busyWith = undefined;
  return done;
}

async function follow(step: StartStep | AwaitStep, started: DeploymentAnswer, context: DeployContext): Promise<Done> {
  const number = started.DeploymentNumber ?? 0;
  const lane = context.resources.lane(step.application, step.environment);
  lane.wanted.add(number);
  if (!context.wait) {
    return step.operation === 'AwaitDeployment'
      ? { note: `deployment ${number} is running`, unchanged: true, running: number }
      : { note: `started, deployment ${number}`, running: number };
  }
  const deployment = running(step, context, number);
  const { answer, ended } = await awaitDeployment(context.connection, deployment, {
    known: started,
    onProgress: context.onProgress,
    signal: context.signal,
  });
  if (!ended) {
    lane.busyWith = number;
    throw failure(
      'deployment-timed-out',
      `deployment ${number} is still ${stateOf(answer)}, long after its strategy should have ended it`,
      { hint: { text: 'look at it with appcfg status; a second sync waits for it again' }, subject: step.subject },
    );
  }
  if (stateOf(answer) === 'COMPLETE') {
    return { note: `deployment ${number}`, completedAt: answer.CompletedAt?.getTime() };
  }
  throw await failureOf(step, answer, { deployment, context });
}
