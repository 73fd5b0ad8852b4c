// What starting, stopping and following a deployment needs.
import { formatAddress, type Subject } from '../../core/model/address.ts';
import type { CommitRelation } from '../../core/model/origin.ts';
import type { PlanBasis } from '../../core/plan/plan-basis.ts';
import type { StepOf } from '../../core/plan/step.ts';
import type { Problem } from '../../core/problem/problem.ts';
import type { Connection } from '../client/connection.ts';
import type { Progress, RunningDeployment } from '../read/await-deployment.ts';
import type { Lane, Resources } from '../read/resource-ids.ts';

export type StartStep = StepOf<'StartDeployment'>;
export type AwaitStep = StepOf<'AwaitDeployment'>;
export type StopStep = StepOf<'StopDeployment'>;

export interface DeployContext {
  readonly connection: Connection;
  readonly resources: Resources;
  /** Its deployments are no drift. */
  readonly project: string;
  /** By it the guards judge a deployment that is newer than the plan. */
  readonly basis: PlanBasis;
  readonly relationTo: (commit: string) => Promise<CommitRelation>;
  /** False: start and leave. */
  readonly wait: boolean;
  /** How long a start waits for deployments of other runs, in milliseconds of this machine's clock. */
  readonly busyTimeoutMs: number;
  /** The start or stop of a deployment has reached AppConfig: the step cannot be recalled. */
  readonly onSent: () => void;
  readonly onProgress: (progress: Progress) => void;
  readonly onProblem: (problem: Problem) => void;
  /** Aborts when nothing new may begin. */
  readonly halt: AbortSignal;
  /** Aborts when deployments in flight are left to AppConfig. */
  readonly abandon: AbortSignal;
}

/** A step that starts a deployment, and the queue of its environment. */
export interface StartTarget {
  readonly step: StartStep;
  readonly profileId: string;
  readonly lane: Lane;
  readonly context: DeployContext;
}

/** A deployment in the step's environment. @throws MissingResource */
export function runningDeployment(
  step: { readonly application: string; readonly environment: string; readonly subject: Subject },
  { resources }: Pick<DeployContext, 'resources'>,
  deploymentNumber: number,
): RunningDeployment {
  return {
    applicationId: resources.application(step.application),
    environmentId: resources.environment(step.application, step.environment),
    deploymentNumber,
    what: formatAddress(step.subject),
  };
}
