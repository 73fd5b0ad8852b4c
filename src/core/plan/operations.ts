import type { StepOperation } from './step.ts';

/** Whether a step is over when a deployment is. */
export function isDeployment<S extends StepOperation>(
  step: S,
): step is Extract<S, { operation: 'StartDeployment' | 'AwaitDeployment' }> {
  return step.operation === 'StartDeployment' || step.operation === 'AwaitDeployment';
}

export function isDeploymentStep(step: StepOperation): boolean {
  return isDeployment(step) || step.operation === 'StopDeployment';
}
