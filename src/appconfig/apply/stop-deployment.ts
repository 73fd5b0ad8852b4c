// The step StopDeployment: stops a deployment in favour of another one, or rolls it back.

import { isInFlight } from '../../core/model/resource.ts';
import { failure } from '../../core/problem/problem.ts';
import { CallFailure } from '../client/call-failure.ts';
import { pollIfReachable, stateOf } from '../read/await-deployment.ts';
import type { Lane } from '../read/resource-ids.ts';
import { verifyVersion } from '../read/verify-version.ts';
import { type DeployContext, runningDeployment, type StopStep } from './deploy-context.ts';
import { startedMeanwhile } from './lane.ts';
import { type StepOutcome, startDeployment } from './start-deployment.ts';
import { rollBackDeployment, stopRunning } from './stop-running.ts';

/**
 * Stops a deployment. In favour of another one only once its version was verified; as a rollback also where it is complete.
 * @throws CallFailure, AppcfgError, MissingResource
 */
export async function stopDeployment(step: StopStep, context: DeployContext): Promise<StepOutcome> {
  const lane = context.resources.lane(step.application, step.environment);
  if (step.rollsBack !== undefined) return rollBack({ ...step, rollsBack: step.rollsBack }, lane, context);
  if (step.inFavourOf !== undefined) {
    await verifyVersion(
      { application: step.application, ...step.inFavourOf },
      { ...context, subject: step.subject, signal: context.halt },
    );
  }
  const deployment = runningDeployment(step, context, step.deploymentNumber);
  const { response, stopped } = await stopRunning(deployment, lane, context);
  return stopped ? {} : { note: `already ended: ${stateOf(response)}` };
}

type RollbackStep = StopStep & { readonly rollsBack: NonNullable<StopStep['rollsBack']> };

/** Where AppConfig refuses to revert, the earlier version is deployed instead. */
async function rollBack(step: RollbackStep, lane: Lane, context: DeployContext): Promise<StepOutcome> {
  const { fallback, versionNumber } = step.rollsBack;
  const { deploymentNumber: number } = step;
  await refuseNewerDeployment(step, lane, context);
  try {
    const response = await rollBackDeployment(runningDeployment(step, context, number), lane, context);
    const how = stateOf(response) === 'REVERTED' ? 'reverted' : 'rolled back';
    const live = versionNumber === undefined ? '' : `, version ${versionNumber} is live`;
    return { note: `deployment ${number} ${how}${live}` };
  } catch (error) {
    if (!(error instanceof CallFailure) || (error.kind !== 'bad-request' && error.kind !== 'conflict')) throw error;
    if (fallback === undefined) {
      throw failure(error.problem.code, error.problem.message, {
        hint: {
          text: 'find the version that was live before, and deploy it with rollback --to <version>',
          command: { run: 'history', args: [], selects: step.subject },
        },
        subject: step.subject,
      });
    }
    const { application, environment, subject, accountRegion, id, after, reason, rollsBack } = step;
    const start = {
      ...fallback,
      operation: 'StartDeployment',
      ...{ id, after, reason, subject, accountRegion, application, environment },
      configurationProfile: rollsBack.configurationProfile,
      replaces: number,
    } as const;
    return startDeployment(start, context);
  }
}

/**
 * A deployment of the profile that was started after the rollback was planned stays. One number after the other is read:
 * that takes fewer calls than the list.
 * @throws AppcfgError, CallFailure
 */
async function refuseNewerDeployment(step: RollbackStep, lane: Lane, context: DeployContext): Promise<void> {
  const { connection, resources, halt } = context;
  const profileId = resources.profile(step.application, step.rollsBack.configurationProfile);
  for (;;) {
    const number: number = (lane.latest ?? step.rollsBack.newest) + 1;
    const next = await pollIfReachable(connection, runningDeployment(step, context, number), halt);
    if (next === undefined) return;
    if (next.ConfigurationProfileId === profileId) throw startedMeanwhile(number, step.subject);
    lane.latest = number;
    lane.busyWith = isInFlight(stateOf(next)) ? number : undefined;
  }
}
