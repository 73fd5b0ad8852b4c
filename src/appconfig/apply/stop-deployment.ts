import { StopDeploymentCommand } from '@aws-sdk/client-appconfig';
import { formatAddress } from '../../core/model/address.ts';
import { isInFlight } from '../../core/model/resource.ts';
import type { Step } from '../../core/plan/step.ts';
import { failure } from '../../core/problem/problem.ts';
import { CallFailure, mayHaveActed } from '../client/call-failure.ts';
import {
  awaitDeployment,
  type DeploymentAnswer,
  pollDeployment,
  pollIfReachable,
  type RunningDeployment,
  stateOf,
} from '../read/await-deployment.ts';
import { requireVersion } from '../read/find-version.ts';
import type { Lane } from '../read/resource-ids.ts';
import { type DeployContext, noteEnd, running, startedMeanwhile } from './lane.ts';
import { type Done, startDeployment } from './start-deployment.ts';

type StopStep = Extract<Step, { operation: 'StopDeployment' }>;

/** Stops a running deployment, where it makes room only once there is something to start in its place. */
export async function stopDeployment(step: StopStep, context: DeployContext): Promise<Done> {
  const lane = context.resources.lane(step.application, step.environment);
  if (step.rollsBack !== undefined) return rollBack({ ...step, rollsBack: step.rollsBack }, lane, context);
  if (step.inFavourOf !== undefined) {
    await requireVersion(
      { application: step.application, ...step.inFavourOf },
      { ...context, subject: step.subject, signal: context.halt },
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
        hint: {
          text: 'find the version that was live before, and deploy it with appcfg rollback --to <version>',
          command: { run: 'history', args: [formatAddress(step.subject)] },
        },
        subject: step.subject,
      });
    }
    const { application, environment, subject, accountRegion, id, after, reason } = step;
    return startDeployment(
      {
        ...fallback,
        operation: 'StartDeployment',
        id,
        after,
        reason,
        subject,
        accountRegion,
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
 * A deployment of the profile that was started after the plan was made is not rolled back with an older one. One number is
 * asked for after the other: that is cheaper than the list. @throws AppcfgError
 */
async function refuseNews(
  step: StopStep & { readonly rollsBack: NonNullable<StopStep['rollsBack']> },
  lane: Lane,
  context: DeployContext,
): Promise<void> {
  const { connection, resources, halt } = context;
  const profileId = resources.profile(step.application, step.rollsBack.configurationProfile);
  for (;;) {
    const number: number = (lane.latest ?? step.rollsBack.newest) + 1;
    const next = await pollIfReachable(connection, running(step, context, number), halt);
    if (next === undefined) return;
    if (next.ConfigurationProfileId === profileId) throw startedMeanwhile(number, step.subject);
    lane.latest = number;
    lane.busyWith = isInFlight(stateOf(next)) ? number : undefined;
  }
}

/**
 * Stops a running deployment and waits until its clients are back; one that ends by itself is let end. Never reverts a
 * completed one. @returns whether it was this stop that ended it
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
 * Takes a deployment back: stops it where it runs, reverts it where it is complete; and waits until its clients are back.
 * @throws CallFailure of kind `bad-request` or `conflict` where AppConfig refuses to revert
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

/** A stop that has been sent is waited for, also where nothing new may begin. */
async function endOfStop(
  deployment: RunningDeployment,
  { answer: known, hasActed }: SentStop,
  { connection, signal, onSent }: DeployContext,
): Promise<DeploymentAnswer> {
  if (hasActed) onSent();
  if (!isInFlight(stateOf(known))) return known;
  return (await awaitDeployment(connection, deployment, { known, onProgress: () => {}, signal })).answer;
}

interface SentStop {
  readonly answer: DeploymentAnswer;
  /** It is this stop that ends the deployment. */
  readonly hasActed: boolean;
}

async function sendStop(
  deployment: RunningDeployment,
  context: DeployContext,
  how: { readonly revert: boolean },
): Promise<SentStop> {
  const { connection, halt } = context;
  for (let attempt = 1, mayHaveCome = false; ; attempt += 1) {
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
      mayHaveCome ||= mayHaveActed(error);
      const answer = await pollDeployment(connection, deployment);
      // What AppConfig rolls back already cannot be stopped, and need not be.
      const stays = how.revert && stateOf(answer) === 'COMPLETE';
      if (!stays && (!isInFlight(stateOf(answer)) || stateOf(answer) === 'ROLLING_BACK')) {
        return { answer, hasActed: mayHaveCome && stoppedByUser(answer) };
      }
      const mayPass = mayHaveActed(error) || error.kind === 'unreachable';
      if (!mayPass || !(await connection.mayTryAgain(error, attempt, halt))) throw error;
    }
  }
}

function stoppedByUser(answer: DeploymentAnswer): boolean {
  return (answer.EventLog ?? []).some(
    ({ EventType, TriggeredBy }) => EventType?.startsWith('ROLLBACK') && TriggeredBy === 'USER',
  );
}
