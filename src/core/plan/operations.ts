import type { AccountRegionId } from '../model/account-region.ts';
import { type LaneId, laneId } from '../model/lane.ts';
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

/** AppConfig runs one deployment at a time in an environment, over all its profiles. */
export function laneOf(operation: StepOperation, accountRegion: AccountRegionId): LaneId | undefined {
  switch (operation.operation) {
    case 'StartDeployment':
    case 'AwaitDeployment':
    case 'StopDeployment':
      return laneId(accountRegion, operation.application, operation.environment);
    default:
      return undefined;
  }
}
