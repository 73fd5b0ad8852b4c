// Sends the stop or revert of one deployment, and waits until clients have the earlier version again.
import { StopDeploymentCommand } from '@aws-sdk/client-appconfig';
import { rollbackCause } from '../../core/live/rollback-cause.ts';
import { isInFlight, isStoppable } from '../../core/model/resource.ts';
import { CallFailure, mayHaveActed } from '../client/call-failure.ts';
import {
  awaitDeployment,
  type DeploymentResponse,
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
): Promise<{ readonly response: DeploymentResponse; readonly stopped: boolean }> {
  const sent = await sendStop(deployment, context, { revert: false });
  if (sent.hasActed) lane.superseded = deployment.deploymentNumber;
  const response = await endOfStop(deployment, sent, context);
  noteEnd(lane, response);
  return { response, stopped: sent.hasActed && stateOf(response) === 'ROLLED_BACK' };
}

/**
 * Rolls a deployment back: stops it where it runs, reverts it where it is complete.
 * @throws CallFailure; of kind `bad-request` or `conflict` where AppConfig refuses to revert
 */
export async function rollBackDeployment(
  deployment: RunningDeployment,
  lane: Lane,
  context: DeployContext,
): Promise<DeploymentResponse> {
  const response = await endOfStop(deployment, await sendStop(deployment, context, { revert: true }), context);
  noteEnd(lane, response);
  return response;
}

/** Records that a deployment of the environment has ended, and whether the old content of its profile is live again. */
export function noteEnd(lane: Lane, response: DeploymentResponse): void {
  if (lane.busyWith === response.DeploymentNumber) lane.busyWith = undefined;
  if (stateOf(response) !== 'COMPLETE' && response.ConfigurationProfileId !== undefined) {
    lane.restoredProfiles.add(response.ConfigurationProfileId);
  }
}

interface SentStop {
  readonly response: DeploymentResponse;
  /** It is this stop that ends the deployment. */
  readonly hasActed: boolean;
}

/** A stop that was sent is waited for even where nothing new may begin. */
async function endOfStop(
  deployment: RunningDeployment,
  { response: known, hasActed }: SentStop,
  { connection, abandon, onSent }: DeployContext,
): Promise<DeploymentResponse> {
  if (hasActed) onSent();
  if (!isInFlight(stateOf(known))) return known;
  return (await awaitDeployment(connection, deployment, { known, onProgress: () => {}, signal: abandon })).response;
}

async function sendStop(
  deployment: RunningDeployment,
  context: DeployContext,
  how: { readonly revert: boolean },
): Promise<SentStop> {
  const { connection, halt } = context;
  for (let attempt = 1, mayHaveStopped = false; ; attempt += 1) {
    try {
      const response = await connection.once(
        new StopDeploymentCommand({
          ApplicationId: deployment.applicationId,
          EnvironmentId: deployment.environmentId,
          DeploymentNumber: deployment.deploymentNumber,
          ...(how.revert ? { AllowRevert: true } : {}),
        }),
        deployment.what,
        halt,
      );
      return { response, hasActed: true };
    } catch (error) {
      if (!(error instanceof CallFailure) || error.kind === 'access' || error.kind === 'aborted') throw error;
      mayHaveStopped ||= mayHaveActed(error);
      const response = await pollDeployment(connection, deployment);
      const isStillToRevert = how.revert && stateOf(response) === 'COMPLETE';
      if (!isStillToRevert && !isStoppable(stateOf(response))) {
        return { response, hasActed: mayHaveStopped && rollbackCause(eventsOf(response))?.by === 'USER' };
      }
      const mayRetry = mayHaveActed(error) || error.kind === 'unreachable';
      if (!mayRetry || !(await connection.mayTryAgain(error, attempt, halt))) throw error;
    }
  }
}
