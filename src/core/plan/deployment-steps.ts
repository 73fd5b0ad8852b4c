// Steps on deployments in flight, as every planner adds them to a StepList.
import type { LiveDeployment } from '../live/live-state.ts';
import type { Address } from '../model/address.ts';
import type { FallbackDeployment, Operation } from './step.ts';
import type { NewStep } from './step-list.ts';

type Step<O extends Operation> = Extract<NewStep, { operation: O }>;

/** Waits for a deployment of an address. */
export function awaitStep(
  application: string,
  address: Address,
  { number, strategy, startedAt }: LiveDeployment,
): Omit<Step<'AwaitDeployment'>, 'reason'> {
  const { environment, configurationProfile } = address;
  return {
    subject: address,
    operation: 'AwaitDeployment',
    application,
    environment,
    configurationProfile,
    deploymentNumber: number,
    numbers: strategy,
    startedAt,
  };
}

/** With `--supersede`, stops the deployment that keeps the environment of an address busy. */
export function supersedeStep(
  application: string,
  { tenant, environment, configurationProfile }: Address,
  stop: Pick<FallbackDeployment, 'version'> & { readonly deploymentNumber: number },
): Step<'StopDeployment'> {
  const { deploymentNumber, version } = stop;
  return {
    subject: { tenant, environment },
    reason: '--supersede',
    operation: 'StopDeployment',
    application,
    environment,
    deploymentNumber,
    inFavourOf: { configurationProfile, version },
  };
}
