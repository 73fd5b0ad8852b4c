// Why a deployment was rolled back, by AppConfig's event log: an alarm, an error, a user's stop, or another run.

import { rolledBack } from '../../core/guards/rolled-back.ts';
import { parseDescription } from '../../core/live/deployment-description.ts';
import { rollbackCause, rollbackReason } from '../../core/live/rollback-cause.ts';
import type { Step } from '../../core/plan/step.ts';
import { failure } from '../../core/problem/problem.ts';
import {
  type DeploymentResponse,
  eventsOf,
  pollIfReachable,
  type RunningDeployment,
} from '../read/await-deployment.ts';
import type { DeployContext } from './deploy-context.ts';

/** @returns the error to throw for a deployment that ended without completing. @throws CallFailure */
export async function deploymentFailure(
  step: Step,
  response: DeploymentResponse,
  { deployment, context }: { readonly deployment: RunningDeployment; readonly context: DeployContext },
): Promise<Error> {
  const { deploymentNumber: number } = deployment;
  const events = eventsOf(response);
  const { by } = rollbackCause(events) ?? {};
  const reason = rollbackReason(events) ?? 'AppConfig gives no reason';
  const { subject } = step;
  if (by === 'USER' && (await isSupersededSoon(deployment, context))) {
    return failure(
      'deployment-superseded',
      `deployment ${number} was stopped with --supersede, and deployment ${number + 1} replaced it`,
      {
        hint: { text: 'if that deployment has the newer content, do nothing; otherwise run the same command again' },
        subject,
      },
    );
  }
  if (by === 'USER') {
    return failure('deployment-stopped', `deployment ${number} was stopped by a user: ${reason}`, {
      common: 'a user stopped the deployment',
      hint: {
        text: 'CloudTrail shows who called StopDeployment; to deploy the same content again',
        command: { run: 'sync', args: [rolledBack.override], selects: subject },
      },
      quoted: reason,
      subject,
    });
  }
  const isRollback = step.operation === 'StartDeployment' && step.replaces !== undefined;
  // Of an alarm, the reason has the name.
  const trigger =
    by === undefined || (by === 'CLOUDWATCH_ALARM' && /alarm/i.test(reason)) ? '' : ` (triggered by ${by})`;
  return failure('deployment-rolled-back', `AppConfig rolled back deployment ${number}: ${reason}${trigger}`, {
    // The names of the alarms differ from environment to environment.
    common: `${isRollback ? 'the rollback was ' : ''}rolled back by ${by === 'CLOUDWATCH_ALARM' ? 'a CloudWatch alarm' : 'AppConfig'}`,
    hint: {
      text: isRollback
        ? 'the rollback was rolled back, and the bad content is live again: remove the alarm from the monitors of the environment, then run the same command again'
        : `clients have the earlier content. Fix the content; the same content is tried again only with ${rolledBack.override}`,
    },
    quoted: reason,
    subject,
  });
}

/** A run that supersedes a deployment starts its own a moment after the stop. Not awaited when the run is to end. */
async function isSupersededSoon(deployment: RunningDeployment, context: DeployContext): Promise<boolean> {
  const { connection, abandon } = context;
  try {
    for (const pause of [0, 5_000]) {
      await connection.serviceClock.sleep(pause, abandon);
      const superseded = await isSuperseded(deployment, context);
      if (superseded !== undefined) return superseded;
    }
  } catch (error) {
    if (!abandon.aborted) throw error;
  }
  return false;
}

/**
 * Whether the description of the next deployment of the environment names this one as superseded; undefined where there
 * is no next one.
 * @throws CallFailure
 */
async function isSuperseded(
  { deploymentNumber, ...environment }: RunningDeployment,
  { connection, abandon }: Pick<DeployContext, 'connection' | 'abandon'>,
): Promise<boolean | undefined> {
  const following = { ...environment, deploymentNumber: deploymentNumber + 1 };
  const next = await pollIfReachable(connection, following, abandon);
  return next && parseDescription(next.Description ?? '').supersedes === deploymentNumber;
}
