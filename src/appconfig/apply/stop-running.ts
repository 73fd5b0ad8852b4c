// Sends the stop or revert of one deployment, and waits until clients have the earlier version again.
import { StopDeploymentCommand } from '@aws-sdk/client-appconfig';
import { rollbackCause } from '../../core/live/rollback-cause.ts';
import { isInFlight, isStoppable } from '../../core/model/resource.ts';
import { CallFailure, mayHaveActed } from '../client/call-failure.ts';
import {
  awaitDeployment,
  type DeploymentAnswer,
  eventsOf,
  pollDeployment,
  type RunningDeployment,
  stateOf,
} from '../read/await-deployment.ts';
import type { Lane } from '../read/resource-ids.ts';
import type { DeployContext } from './deploy-context.ts';

/**
 * Stops a deployment in flight; one that has ended by then is left as it is. Never reverts a completed one.
 * @returns its last state, and whether it was this stop that ended it
 * @throws CallFailure
 */
export async function stopRunning(
  deployment: RunningDeployment,
  lane: Lane,
  context: DeployContext,
): Promise<{ readonly answer: DeploymentAnswer; readonly stopped: boolean }> {
  const sent = await sendStop(deployment, context, { revert: false });
  if (sent.hasActed) lane.superseded = deployment.deploymentNumber;
  const answer = await endOfStop(deployment, sent, context);
  noteEnd(lane, answer);
  return { answer, stopped: sent.hasActed && stateOf(answer) === 'ROLLED_BACK' };
}

/**
 * Rolls a deployment back: stops it where it runs, reverts it where it is complete.
 * @throws CallFailure; of kind `bad-request` or `conflict` where AppConfig refuses to revert
 */
export async function rollBackDeployment(
  deployment: RunningDeployment,
  lane: Lane,
  context: DeployContext,
): Promise<DeploymentAnswer> {
  const answer = await endOfStop(deployment, await sendStop(deployment, context, { revert: true }), context);
  noteEnd(lane, answer);
  return answer;
}

/** Records that a deployment of the environment has ended, and whether the old content of its profile is live again. */
export function noteEnd(lane: Lane, answer: DeploymentAnswer): void {
  if (lane.busyWith === answer.DeploymentNumber) lane.busyWith = undefined;
  if (stateOf(answer) !== 'COMPLETE' && answer.ConfigurationProfileId !== undefined) {
    lane.restoredProfiles.add(answer.ConfigurationProfileId);
  }
}

interface SentStop {
  readonly answer: DeploymentAnswer;
  /** It is this stop that ends the deployment. */
  readonly hasActed: boolean;
}

/** A stop that was sent is waited for even where nothing new may begin. */
async function endOfStop(
  deployment: RunningDeployment,
  { answer: known, hasActed }: SentStop,
  { connection, abandon, onSent }: DeployContext,
): Promise<DeploymentAnswer> {
  if (hasActed) onSent();
  if (!isInFlight(stateOf(known))) return known;
  return (await awaitDeployment(connection, deployment, { known, onProgress: () => {}, signal: abandon })).answer;
}

async function sendStop(
  deployment: RunningDeployment,
  context: DeployContext,
  how: { readonly revert: boolean },
): Promise<SentStop> {
  const { connection, halt } = context;
  for (let attempt = 1, mayHaveStopped = false; ; attempt += 1) {
    try {
      const answer = await connection.once(
        new StopDeploymentCommand({
          ApplicationId: deployment.applicationId,
          EnvironmentId: deployment.environmentId,
          DeploymentNumber: deployment.deploymentNumber,
          ...(how.revert ? { AllowRevert: true } : {}),
        }),
        deployment.what,
        halt,
      );
      return { answer, hasActed: true };
    } catch (error) {
      if (!(error instanceof CallFailure) || error.kind === 'access' || error.kind === 'aborted') throw error;
      mayHaveStopped ||= mayHaveActed(error);
      const answer = await pollDeployment(connection, deployment);
      const isStillToRevert = how.revert && stateOf(answer) === 'COMPLETE';
      if (!isStillToRevert && !isStoppable(stateOf(answer))) {
        return { answer, hasActed: mayHaveStopped && rollbackCause(eventsOf(answer))?.by === 'USER' };
      }
      const mayRetry = mayHaveActed(error) || error.kind === 'unreachable';
      if (!mayRetry || !(await connection.mayTryAgain(error, attempt, halt))) throw error;
    }
  }
}
