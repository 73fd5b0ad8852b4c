import type { Step } from '../../core/plan/step.ts';
import { failure } from '../../core/problem/problem.ts';
import type { DeploymentAnswer, RunningDeployment } from '../read/await-deployment.ts';
import { type DeployContext, isSuperseded } from './lane.ts';

/** Tells a rollback by AppConfig's event log: an alarm's, an error's, or somebody's stop. */
export async function failureOf(
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
  const { subject } = step;
  if (by === 'USER' && (await isSupersededSoon(about.deployment, about.context))) {
    return failure(
      'deployment-superseded',
      `deployment ${number} was stopped with --supersede, and deployment ${number + 1} started in its place`,
      { hint: { text: 'if that is the newer content, all is well; else run the same command again' }, subject },
    );
  }
  const { tenant = '', environment = '' } = subject;
  if (by === 'USER') {
    return failure('deployment-stopped', `deployment ${number} was stopped by somebody: ${said}`, {
      hint: {
        text: `find out who and why; to try the same content again`,
        command: { run: 'sync', args: ['--retry-rolled-back', '--tenant', tenant, '--env', environment] },
      },
      subject,
    });
  }
  return failure(
    'deployment-rolled-back',
    `AppConfig rolled deployment ${number} back: ${said}${by === undefined ? '' : ` (triggered by ${by})`}`,
    {
      hint:
        step.operation === 'StartDeployment' && step.replaces !== undefined
          ? {
              text: `what was to be rolled back is live again: take the alarm off the environment while it is still on, then run the same command again`,
            }
          : {
              text: 'clients have the content of before. Mend the content; the same one is tried again only with --retry-rolled-back',
            },
      subject,
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
