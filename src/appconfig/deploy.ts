// Starts one deployment in its lane, once, whatever the answers; and follows it to its end.
import { GetDeploymentCommand, StartDeploymentCommand, StopDeploymentCommand } from '@aws-sdk/client-appconfig';
import { failure, type Problem } from '../core/errors.ts';
import type { CommitRelation, LiveDeployment } from '../core/live.ts';
import { isInFlight } from '../core/model.ts';
import type { Step } from '../core/plan.ts';
import type { Policy } from '../core/policy.ts';
import { parseDescription } from '../core/provenance.ts';
import {
  awaitDeployment,
  type DeploymentAnswer,
  look,
  type Progress,
  type RunningDeployment,
  stateOf,
} from './await-deployment.ts';
import type { Connection } from './client.ts';
import { CallFailure, mayHaveActed } from './failure.ts';
import { deploymentPages, liveDeployment } from './read-live-state.ts';
import type { Lane, Resources } from './resources.ts';

type StartStep = Extract<Step, { operation: 'StartDeployment' }>;
type AwaitStep = Extract<Step, { operation: 'AwaitDeployment' }>;
type StopStep = Extract<Step, { operation: 'StopDeployment' }>;

export interface DeployContext {
  readonly connection: Connection;
  readonly resources: Resources;
  readonly policy: Policy;
  readonly relationTo: (commit: string) => Promise<CommitRelation>;
  /** False: start and leave. */
  readonly wait: boolean;
  /** How long to wait for someone else's deployment, in milliseconds. */
  readonly laneWaitMs: number;
  readonly onProgress: (progress: Progress) => void;
  readonly onProblem: (problem: Problem) => void;
  /** Aborts when the run is to end: deployments are left to AppConfig. */
  readonly signal: AbortSignal;
  /** Aborts when nothing new may begin. */
  readonly halt: AbortSignal;
}

/** What a step came to, where it came to a good end. */
export interface Done {
  readonly note?: string;
  /** Nothing had to be changed after all. */
  readonly wasThere?: boolean;
}

/** Longest series of refusals to start that is taken for other runs at work in the same lane. */
const startAttempts = 12;

/** @throws CallFailure, AppcfgError */
export async function startDeployment(step: StartStep, context: DeployContext): Promise<Done> {
  const { connection, resources } = context;
  const profileId = resources.profile(step.application, step.configurationProfile);
  const ids = {
    ApplicationId: resources.application(step.application),
    EnvironmentId: resources.environment(step.application, step.environment),
  };
  const lane = resources.lane(step.application, step.environment);
  for (let attempt = 1; ; attempt += 1) {
    if (lane.busyWith !== undefined) {
      const follow = await waitForLane(step, lane, context);
      if (follow !== undefined) return follow;
    }
    context.halt.throwIfAborted();
    try {
      const answer = await connection.once(
        new StartDeploymentCommand({
          ...ids,
          ConfigurationProfileId: profileId,
          ConfigurationVersion: resources.versionFor(profileId, step.versionLabel),
          DeploymentStrategyId: resources.strategy(step.deploymentStrategy),
          Description: step.description,
          Tags: step.tags,
          ...(lane.latest === undefined ? {} : { LatestDeploymentNumber: lane.latest }),
        }),
        step.address,
        context.halt,
      );
      lane.latest = answer.DeploymentNumber;
      return await follow(step, { ...ids, answer }, context);
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      if (error.kind === 'not-found') throw versionMissing(step, error);
      if (error.kind !== 'conflict' && !mayHaveActed(error)) throw error;
      // Busy, already existing, or an answer that got lost: what the lane holds decides, not the message.
      const started = await lookAtLane(step, { profileId, lane }, context);
      if (started !== undefined) {
        const answer = await look(connection, running(step, context, started.number));
        return await follow(step, { ...ids, answer }, context);
      }
      if (lane.busyWith === undefined) {
        if (attempt >= startAttempts) throw error;
        await connection.clock.sleep(Math.min(10_000, 250 * 2 ** attempt), context.halt);
      }
    }
  }
}

/** Follows a deployment of the wanted content that was in flight when the plan was made. */
export async function followDeployment(step: AwaitStep, context: DeployContext): Promise<Done> {
  const { resources } = context;
  const deployment = running(step, context, step.deploymentNumber);
  const lane = resources.lane(step.application, step.environment);
  const answer = await look(context.connection, deployment, context.signal);
  const done = await follow(
    step,
    { ApplicationId: deployment.applicationId, EnvironmentId: deployment.environmentId, answer },
    context,
  );
  if (lane.busyWith === step.deploymentNumber) lane.busyWith = undefined;
  return done;
}

/** Stops a running deployment; one that has ended by itself is left as it is. Never reverts a completed one. */
export async function stopDeployment(step: StopStep, context: DeployContext): Promise<Done> {
  const deployment = running(step, context, step.deploymentNumber);
  const lane = context.resources.lane(step.application, step.environment);
  const free = () => {
    if (lane.busyWith === step.deploymentNumber) lane.busyWith = undefined;
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await context.connection.once(
        new StopDeploymentCommand({
          ApplicationId: deployment.applicationId,
          EnvironmentId: deployment.environmentId,
          DeploymentNumber: deployment.deploymentNumber,
        }),
        step.address,
        context.halt,
      );
      free();
      return {};
    } catch (error) {
      if (!(error instanceof CallFailure) || error.kind === 'access' || error.kind === 'aborted') throw error;
      const answer = await look(context.connection, deployment);
      if (!isInFlight(stateOf(answer))) {
        free();
        return { note: `it had ended: ${stateOf(answer)}` };
      }
      if (!mayHaveActed(error) || !(await context.connection.mayTryAgain(error, attempt, context.halt))) throw error;
    }
  }
}

/** Waits for the end of what the lane is busy with. Returns a result when that turns out to be the wanted content. */
async function waitForLane(step: StartStep, lane: Lane, context: DeployContext): Promise<Done | undefined> {
  const deployment = running(step, context, lane.busyWith ?? 0);
  const first = await look(context.connection, deployment, context.halt);
  if (isInFlight(stateOf(first))) context.onProblem(waitingForOther(step, first, context));
  const { answer, ended } = await awaitDeployment(context.connection, deployment, {
    known: first,
    onProgress: () => {},
    patienceMs: context.laneWaitMs,
    signal: context.halt,
  });
  if (!ended) {
    throw failure(
      'lane-busy',
      `${step.application}/${step.environment} is busy with deployment ${deployment.deploymentNumber} of ${answer.ConfigurationName ?? 'another profile'} (${stateOf(answer)})`,
      {
        hint: 'run the same command again later, wait longer with --lane-wait, or stop that deployment with --supersede',
        source: step.address,
      },
    );
  }
  lane.busyWith = undefined;
  // While this run waited, others may have been at work in the lane.
  const profileId = context.resources.profile(step.application, step.configurationProfile);
  const started = await lookAtLane(step, { profileId, lane }, context);
  if (started === undefined) return undefined;
  const known = await look(context.connection, running(step, context, started.number));
  return follow(
    step,
    { ApplicationId: deployment.applicationId, EnvironmentId: deployment.environmentId, answer: known },
    context,
  );
}

function waitingForOther(step: StartStep, other: DeploymentAnswer, context: DeployContext): Problem {
  return {
    code: 'foreign-deployment',
    severity: 'warning',
    message: `waits for deployment ${other.DeploymentNumber} of ${other.ConfigurationName ?? 'another profile'} (${stateOf(other)}) to end, at most ${Math.ceil(context.laneWaitMs / 60_000)} min`,
    hint: 'to stop it instead: --supersede',
    source: step.address,
  };
}

/**
 * Reads what is newer in the lane than this run knows. Returns the deployment that carries the wanted content: it *is*
 * the start. Notes what keeps the lane busy, and judges *newer* and *rolled back* again. @throws AppcfgError
 */
async function lookAtLane(
  step: StartStep,
  about: { readonly profileId: string; readonly lane: Lane },
  context: DeployContext,
): Promise<LiveDeployment | undefined> {
  const { profileId, lane } = about;
  const news = await newerDeployments(step, lane.latest ?? 0, context);
  const newest = news.find((row) => row.profileId === profileId);
  const wanted = context.resources.versionFor(profileId, step.versionLabel);
  if (newest !== undefined) {
    const carriesWanted = newest.versionLabel === step.versionLabel || String(newest.versionNumber) === wanted;
    if (carriesWanted && newest.state !== 'ROLLED_BACK' && newest.state !== 'REVERTED') {
      lane.latest = Math.max(lane.latest ?? 0, news[0]?.number ?? 0);
      return newest;
    }
    await judgeAgain(step, newest, { carriesWanted, context });
  }
  lane.latest = news[0]?.number ?? lane.latest;
  lane.busyWith = news.find((row) => isInFlight(row.state))?.number;
  return undefined;
}

async function newerDeployments(
  step: StartStep,
  than: number,
  context: DeployContext,
): Promise<readonly LiveDeployment[]> {
  const { connection, resources } = context;
  const application = { id: resources.application(step.application), name: step.application, description: undefined };
  const idsByName = new Map([
    [step.configurationProfile, resources.profile(step.application, step.configurationProfile)],
  ]);
  const rows: LiveDeployment[] = [];
  const environmentId = resources.environment(step.application, step.environment);
  for await (const page of deploymentPages(connection, { application, environmentId, signal: undefined })) {
    for (const row of page) {
      const deployment = liveDeployment(row, idsByName);
      // The newest known one is looked at again too: it may have kept the lane busy.
      if (deployment.number < than || (deployment.number === than && !isInFlight(deployment.state))) return rows;
      rows.push(deployment);
    }
  }
  return rows;
}

async function judgeAgain(
  step: StartStep,
  newest: LiveDeployment,
  about: { readonly carriesWanted: boolean; readonly context: DeployContext },
): Promise<void> {
  const { policy, connection, relationTo } = about.context;
  if (about.carriesWanted && !policy.retryRolledBack) {
    throw failure('guard-rolled-back', `deployment ${newest.number} of this content was rolled back meanwhile`, {
      hint: 'change the content, or try it again with --retry-rolled-back',
      source: step.address,
    });
  }
  if (policy.allowOlder) return;
  const deployment = running(step, about.context, newest.number);
  const answer = await connection.repeatable(
    new GetDeploymentCommand({
      ApplicationId: deployment.applicationId,
      EnvironmentId: deployment.environmentId,
      DeploymentNumber: newest.number,
    }),
    step.address,
  );
  const theirs = parseDescription(answer.Description ?? '');
  const relation = theirs.commit === undefined ? 'unknown' : await relationTo(theirs.commit);
  const laterPipeline =
    relation !== 'same' &&
    relation !== 'older' &&
    theirs.pipeline !== undefined &&
    policy.origin.pipeline !== undefined &&
    theirs.pipeline > policy.origin.pipeline;
  if (relation !== 'newer' && !laterPipeline) return;
  throw failure('guard-newer', `deployment ${newest.number} from a newer commit was started meanwhile`, {
    hint: 'run the newest pipeline, or put the older content back on purpose: appcfg sync --allow-older',
    source: step.address,
  });
}

async function follow(
  step: StartStep | AwaitStep,
  started: { readonly ApplicationId: string; readonly EnvironmentId: string; readonly answer: DeploymentAnswer },
  context: DeployContext,
): Promise<Done> {
  const number = started.answer.DeploymentNumber ?? 0;
  if (!context.wait) return { note: `deployment ${number} started` };
  const lane = context.resources.lane(step.application, step.environment);
  const deployment = running(step, context, number);
  const { answer, ended } = await awaitDeployment(context.connection, deployment, {
    known: started.answer,
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
  if (stateOf(answer) === 'COMPLETE') return { note: `deployment ${number}` };
  throw failureOf(step, number, answer);
}

/** Tells a rollback by AppConfig's event log: an alarm's, an error's, or somebody's stop. */
function failureOf(step: Step, number: number, answer: DeploymentAnswer) {
  const events = answer.EventLog ?? [];
  const cause =
    events.find((event) => event.EventType === 'ROLLBACK_STARTED') ??
    events.find((event) => event.EventType === 'ROLLBACK_COMPLETED' || event.EventType === 'REVERT_COMPLETED');
  const said = cause?.Description ?? 'AppConfig gives no reason';
  const by = cause?.TriggeredBy;
  const source = step.address;
  if (by === 'USER') {
    return failure('deployment-stopped', `deployment ${number} was stopped by somebody: ${said}`, {
      hint: 'find out who and why; to try the same content again: appcfg sync --retry-rolled-back',
      source,
    });
  }
  return failure(
    'deployment-rolled-back',
    `AppConfig rolled deployment ${number} back: ${said}${by === undefined ? '' : ` (triggered by ${by})`}`,
    {
      hint: 'clients have the content of before. Mend the content; the same one is tried again only with --retry-rolled-back',
      source,
    },
  );
}

function versionMissing(step: StartStep, cause: CallFailure): Error {
  const problem: Problem = {
    code: 'version-missing',
    severity: 'error',
    message: `${cause.problem.message} (wanted: version ${step.versionLabel})`,
    hint: 'create it first: appcfg sync --only update; or do both stages in one: appcfg sync',
    source: step.address,
  };
  return new CallFailure('not-found', problem, cause);
}

function running(
  step: { readonly application: string; readonly environment: string; readonly address: string },
  context: DeployContext,
  deploymentNumber: number,
): RunningDeployment {
  return {
    applicationId: context.resources.application(step.application),
    environmentId: context.resources.environment(step.application, step.environment),
    deploymentNumber,
    what: step.address,
  };
}
