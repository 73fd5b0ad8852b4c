// Starts one deployment in its lane, once, whatever the answers; and follows it to its end.
import { StartDeploymentCommand } from '@aws-sdk/client-appconfig';
import { failure } from '../core/errors.ts';
import type { LiveDeployment } from '../core/live.ts';
import { isInFlight } from '../core/model.ts';
import type { Step } from '../core/plan.ts';
import { formatDescription, parseDescription } from '../core/provenance.ts';
import {
  awaitDeployment,
  type DeploymentAnswer,
  pollDeployment,
  pollIfReachable,
  type RunningDeployment,
  stateOf,
} from './await-deployment.ts';
import { CallFailure, mayHaveActed } from './failure.ts';
import {
  completedWith,
  type DeployContext,
  isSuperseded,
  readLane,
  rollBackDeployment,
  running,
  type StartStep,
  startedMeanwhile,
  stopRunning,
  type Target,
  waitForLane,
} from './lane.ts';
import type { Lane } from './resources.ts';
import { requireVersion } from './versions.ts';

type AwaitStep = Extract<Step, { operation: 'AwaitDeployment' }>;
type StopStep = Extract<Step, { operation: 'StopDeployment' }>;

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
      .once(startCommand(target, locksOnNone), step.address, context.halt)
      .catch(callFailureOf);
    if (!(answer instanceof CallFailure)) {
      lane.latest = answer.DeploymentNumber;
      return follow(step, answer, context);
    }
    if (answer.kind === 'not-found' && !resources.knowsVersion(profileId, step.versionLabel)) {
      await requireVersion(step, { ...context, address: step.address, signal: context.halt });
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
  const { resources, policy } = context;
  const isOwn = policy.settings.deploymentStrategies.has(step.deploymentStrategy);
  return new StartDeploymentCommand({
    ApplicationId: resources.application(step.application),
    EnvironmentId: resources.environment(step.application, step.environment),
    ConfigurationProfileId: profileId,
    ConfigurationVersion: resources.versionFor(profileId, step.versionLabel),
    // Predefined strategies and ids of AppConfig stand for themselves.
    DeploymentStrategyId: isOwn ? resources.ownStrategy(step.deploymentStrategy) : step.deploymentStrategy,
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
    { hint: 'other runs may be at work in it: run the same command again later', source: step.address },
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

/** Stops a running deployment, where it makes room only once there is something to start in its place. */
export async function stopDeployment(step: StopStep, context: DeployContext): Promise<Done> {
  const lane = context.resources.lane(step.application, step.environment);
  if (step.rollsBack !== undefined) return rollBack({ ...step, rollsBack: step.rollsBack }, lane, context);
  if (step.inFavourOf !== undefined) {
    await requireVersion(
      { application: step.application, ...step.inFavourOf },
      { ...context, address: step.address, signal: context.halt },
    );
  }
  const { answer, stopped } = await stopRunning(running(step, context, step.deploymentNumber), lane, context);
  return stopped ? {} : { note: `it had ended: ${stateOf(answer)}` };
}

/** Takes a deployment back; where AppConfig refuses to, the version of before is deployed. */
async function rollBack(
  step: StopStep & { readonly rollsBack: NonNullable<StopStep['rollsBack']> },
  lane: Lane,
  context: DeployContext,
): Promise<Done> {
  const { configurationProfile, fallback, versionNumber } = step.rollsBack;
  const { deploymentNumber: number } = step;
  await refuseNews(step, lane, context);
  try {
    const answer = await rollBackDeployment(running(step, context, number), lane, context);
    const how = stateOf(answer) === 'REVERTED' ? 'reverted' : 'rolled back';
    return {
      note: `deployment ${number} ${how}${versionNumber === undefined ? '' : `, version ${versionNumber} is live`}`,
    };
  } catch (error) {
    if (!(error instanceof CallFailure) || (error.kind !== 'bad-request' && error.kind !== 'conflict')) throw error;
    if (fallback === undefined) {
      throw failure(error.problem.code, error.problem.message, {
        hint: `deploy what was live before instead: appcfg history ${step.address}, then appcfg rollback ${step.address} --to <version>`,
        source: step.address,
      });
    }
    const { application, environment, address, id, after, reason } = step;
    return startDeployment(
      {
        ...fallback,
        operation: 'StartDeployment',
        id,
        after,
        reason,
        address,
        application,
        environment,
        configurationProfile,
        replaces: number,
      },
      context,
    );
  }
}

/**
 * Somebody's newer deployment of the profile is not rolled back with an older one. One number is asked for after the
 * other: that is cheaper than the list. @throws AppcfgError
 */
async function refuseNews(
  step: StopStep & { readonly rollsBack: NonNullable<StopStep['rollsBack']> },
  lane: Lane,
  context: DeployContext,
): Promise<void> {
  const { connection, resources, halt } = context;
  const profileId = resources.profile(step.application, step.rollsBack.configurationProfile);
  while (lane.latest !== undefined) {
    const next = await pollIfReachable(connection, running(step, context, lane.latest + 1), halt);
    if (next === undefined) return;
    if (next.ConfigurationProfileId === profileId) throw startedMeanwhile(lane.latest + 1, step.address);
    lane.latest += 1;
    lane.busyWith = isInFlight(stateOf(next)) ? lane.latest : undefined;
  }
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
      { hint: 'look at it with appcfg status; a second sync waits for it again', source: step.address },
    );
  }
  if (stateOf(answer) === 'COMPLETE') {
    return { note: `deployment ${number}`, completedAt: answer.CompletedAt?.getTime() };
  }
  throw await failureOf(step, answer, { deployment, context });
}

/** Tells a rollback by AppConfig's event log: an alarm's, an error's, or somebody's stop. */
async function failureOf(
  step: Step,
  answer: DeploymentAnswer,
  about: { readonly deployment: RunningDeployment; readonly context: DeployContext },
): Promise<Error> {
  const { deploymentNumber: number } = about.deployment;
  const events = answer.EventLog ?? [];
  const cause =
    events.find((event) => event.EventType === 'ROLLBACK_STARTED') ??
    events.find((event) => event.EventType === 'ROLLBACK_COMPLETED' || event.EventType === 'REVERT_COMPLETED');
  const said = cause?.Description ?? 'AppConfig gives no reason';
  const by = cause?.TriggeredBy;
  const source = step.address;
  if (by === 'USER' && (await isSupersededSoon(about.deployment, about.context))) {
    return failure(
      'deployment-superseded',
      `deployment ${number} was stopped with --supersede, and deployment ${number + 1} started in its place`,
      { hint: 'if that is the newer content, all is well; else run the same command again', source },
    );
  }
  const [tenant, environment] = step.address.split('/');
  if (by === 'USER') {
    return failure('deployment-stopped', `deployment ${number} was stopped by somebody: ${said}`, {
      hint: `find out who and why; to try the same content again: appcfg sync --retry-rolled-back --tenant ${tenant} --env ${environment}`,
      source,
    });
  }
  return failure(
    'deployment-rolled-back',
    `AppConfig rolled deployment ${number} back: ${said}${by === undefined ? '' : ` (triggered by ${by})`}`,
    {
      hint:
        step.operation === 'StartDeployment' && step.replaces !== undefined
          ? `what was to be rolled back is live again: take the alarm off the environment while it is still on, then run the same command again`
          : 'clients have the content of before. Mend the content; the same one is tried again only with --retry-rolled-back',
      source,
    },
  );
}

/** Whoever stopped this one starts theirs a moment later. Who does not wait for that has seen a stop, and no more. */
async function isSupersededSoon(deployment: RunningDeployment, context: DeployContext): Promise<boolean> {
  const { connection, signal } = context;
  try {
    for (const pause of [0, 5_000]) {
      await connection.serviceClock.sleep(pause, signal);
      const superseded = await isSuperseded(deployment, context);
      if (superseded !== undefined) return superseded;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return false;
}
