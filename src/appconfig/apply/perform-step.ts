// Carries out one step and turns what happens into its result.
import type { StepResult } from '../../core/events/event.ts';
import type { Step } from '../../core/plan/step.ts';
import { handleStep, type StepHandlers } from '../../core/plan/step-handlers.ts';
import { AppcfgError, type Problem } from '../../core/problem/problem.ts';
import type { Ending } from '../../core/rollout/wave-state.ts';
import { CallFailure, endsCredentials } from '../client/call-failure.ts';
import { refusedValuesOf } from '../client/refused-values.ts';
import { MissingResource } from '../read/resource-ids.ts';
import type { ActiveStep } from './active-step.ts';
import { type AppliedPlan, reachOf } from './apply-options.ts';
import type { DeployContext } from './deploy-context.ts';
import { followDeployment, type StepOutcome, startDeployment } from './start-deployment.ts';
import { stopDeployment } from './stop-deployment.ts';
import { blockedByOf, type StopReason } from './stop-reason.ts';
import { type WriteContext, writes } from './write-resources.ts';

export interface Outcome {
  readonly result: StepResult;
  /** When its deployment completed: milliseconds since 1970, by the service's clock. */
  readonly completedAt?: number | undefined;
  /** What it used up: other steps that need it cannot succeed either. */
  readonly usedUp?: 'quota' | 'credentials';
}

/** What the run is notified of while a step is carried out. */
export interface StepHooks {
  /** Its start or stop of a deployment has reached AppConfig. May be called more than once. */
  readonly onSent: () => void;
  /** AppConfig is rolling its deployment back, or has. */
  readonly onRollingBack: () => void;
}

/** Carries out a step. @throws internal errors only: every failed call is a result */
export async function performStep(active: ActiveStep, applied: AppliedPlan, hooks: StepHooks): Promise<Outcome> {
  const { step } = active;
  try {
    const { completedAt, kept, ...done } = await handleStep(handlers, step, contextOf(active, applied, hooks));
    if (kept !== undefined) {
      return { result: { step: step.id, status: 'skipped', blockedBy: 'in-use', note: `kept: ${kept}` } };
    }
    return { result: { step: step.id, status: 'succeeded', ...done }, completedAt };
  } catch (error) {
    const stopReason = active.stoppedBy(error);
    if (stopReason !== undefined) return { result: stopped(active, stopReason) };
    if (error instanceof MissingResource) return { result: failed(step, missingProblem(error)) };
    if (error instanceof AppcfgError || error instanceof CallFailure)
      return afterFailure(active, error, applied.options);
    throw error;
  }
}

/** A missing operation does not compile. */
const handlers: StepHandlers<Promise<StepOutcome>, [DeployContext & WriteContext]> = {
  ...writes,
  StartDeployment: startDeployment,
  AwaitDeployment: followDeployment,
  StopDeployment: stopDeployment,
};

function contextOf(
  active: ActiveStep,
  { plan, options }: AppliedPlan,
  { onSent, onRollingBack }: StepHooks,
): DeployContext & WriteContext {
  const { relationTo, wait, busyTimeoutMs, bypassDeletionProtection, emit } = options;
  const { step, halt, abandon } = active;
  return {
    ...reachOf(options, step),
    project: plan.project,
    basis: plan.basis,
    relationTo,
    wait,
    busyTimeoutMs,
    bypassDeletionProtection,
    halt,
    abandon,
    onSent,
    onProgress: (progress) => {
      active.deployment = progress.deploymentNumber;
      onSent();
      active.isRolledBack ||= progress.state === 'ROLLED_BACK';
      if (progress.state === 'ROLLED_BACK' || progress.state === 'ROLLING_BACK') onRollingBack();
      emit({ type: 'deployment-progressed', step: step.id, ...progress });
    },
    onProblem: (problem) => emit({ type: 'problem-found', problem }),
  };
}

async function afterFailure(
  { step, deployment }: ActiveStep,
  error: AppcfgError | CallFailure,
  options: AppliedPlan['options'],
): Promise<Outcome> {
  const isCall = error instanceof CallFailure;
  const [problem, ...others] = isCall ? await problemsOf(error, step, options) : error.problems;
  for (const other of others) options.emit({ type: 'problem-found', problem: about(step, other) });
  // After a failed call, this run cannot follow the deployment any more.
  const continues = isCall && deployment !== undefined ? `; deployment ${deployment} continues in AppConfig` : '';
  const result = failed(step, { ...problem, message: problem.message + continues });
  if (isCall && error.kind === 'quota') return { result, usedUp: 'quota' };
  return endsCredentials(problem) ? { result, usedUp: 'credentials' } : { result };
}

/** One problem for each value that AppConfig refuses, where the tree sets it. */
async function problemsOf(
  failure: CallFailure,
  step: Step,
  { locate }: AppliedPlan['options'],
): Promise<readonly [Problem, ...Problem[]]> {
  const { problem } = failure;
  const refusedValues = refusedValuesOf(failure);
  if (refusedValues.length === 0) return [problem];
  const sourceOf = await locate?.({ ...step.subject, versionLabel: labelOf(step) });
  const [first, ...others] = refusedValues.map(({ pointer, message }): Problem => {
    const source = sourceOf?.(pointer);
    // The text of a validator has only these.
    const quoted = problem.code === 'content-rejected' ? message : `${problem.quoted ?? ''}: ${message}`;
    const whole = problem.message.replace(problem.quoted ?? '', () => quoted);
    const common = problem.common?.replace(problem.quoted ?? '', () => quoted);
    return { ...problem, message: whole, ...(common && { common }), quoted, ...(source && { source }) };
  });
  return first === undefined ? [problem] : [first, ...others];
}

/** Of the version that a step is about; empty where it has none. */
function labelOf(step: Step): string {
  if ('content' in step) return step.content.versionLabel;
  if ('versionLabel' in step) return step.versionLabel;
  return step.operation === 'StartDeployment' ? (step.version.versionLabel ?? '') : '';
}

/** The result of a step that was stopped. Its deployment, if it has one, continues. */
export function stopped({ step, deployment }: ActiveStep, reason: StopReason): StepResult {
  return {
    step: step.id,
    status: 'skipped',
    blockedBy: blockedByOf(reason),
    ...(deployment === undefined
      ? {}
      : { note: `deployment ${deployment} continues in AppConfig`, running: deployment }),
  };
}

export function failed(step: Step, problem: Problem): StepResult {
  return {
    step: step.id,
    status: 'failed',
    problem: about(step, problem),
  };
}

function about({ subject, accountRegion }: Step, problem: Problem): Problem {
  return { subject, accountRegion, ...problem };
}

/** What a step's end means to the waves. @param completedAt milliseconds since 1970, by the service's clock */
export function endingOf(
  { isRolledBack }: ActiveStep,
  result: Exclude<StepResult, { status: 'skipped' }>,
  completedAt: number,
): Ending {
  if (result.status === 'succeeded') return { how: 'live', at: completedAt };
  const { code } = result.problem;
  const counts = code === 'guard-rolled-back' || (isRolledBack && code !== 'deployment-superseded');
  return { how: counts ? 'rolled back' : 'failed' };
}

function missingProblem(error: MissingResource): Problem {
  return {
    code: 'resource-missing',
    severity: 'error',
    message: error.message,
    hint: {
      text: 'leave out --only to run both stages, or create it first',
      command: { run: 'sync', args: ['--only', 'update'] },
    },
  };
}
