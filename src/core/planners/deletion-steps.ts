import type { Inventory, InventoryApplication, InventoryEnvironment } from '../live/inventory.ts';
import { ownerOf } from '../live/ownership.ts';
import type { AccountRegionId } from '../model/account-region.ts';
import { formatAddress, type Subject } from '../model/address.ts';
import { laneOf } from '../plan/operations.ts';
import type { Step, StepId, StepOperation } from '../plan/step.ts';
import type { CleanupPolicy, DoomedParts } from './plan-cleanup.ts';

/** Running deployments are stopped, then environments, versions, profiles and the application itself go. */
export function deletions(
  application: InventoryApplication,
  doomed: DoomedParts,
  { tenant, accountRegion }: { readonly tenant: string; readonly accountRegion: AccountRegionId },
): Step[] {
  const steps: Step[] = [];
  const { name } = application;
  // Applications have one name each; two of them may seem to be one tenant's after `applicationName` was changed.
  const add = (
    part: Omit<Subject, 'tenant'>,
    after: readonly StepId[],
    operation: StepOperation,
    version = '',
  ): StepId => {
    const id = `${operation.operation} ${formatAddress({ ...part, tenant: name })}${version}`;
    const lane = laneOf(operation, accountRegion);
    const subject = { tenant, ...part };
    steps.push({ id, after, reason: 'cleanup', subject, accountRegion, ...(lane && { lane }), ...operation });
    return id;
  };
  const stopIn = (environment: InventoryEnvironment): readonly StepId[] =>
    environment.inFlight === undefined
      ? []
      : [
          add({ environment: environment.name }, [], {
            operation: 'StopDeployment',
            application: name,
            environment: environment.name,
            deploymentNumber: environment.inFlight.deploymentNumber,
            inFavourOf: undefined,
          }),
        ];
  const environmentSteps = doomed.environments.map((environment) =>
    add({ environment: environment.name }, stopIn(environment), {
      operation: 'DeleteEnvironment',
      application: name,
      environment: environment.name,
    }),
  );
  const goes = new Set(doomed.environments);
  const profileSteps = doomed.configurationProfiles.map((profile) => {
    const part = { configurationProfile: profile.name };
    // A profile that is being deployed in an environment that stays cannot go before that has ended.
    const stops = application.environments
      .filter((environment) => !goes.has(environment) && environment.inFlight?.configurationProfileId === profile.id)
      .flatMap(stopIn);
    const before = [...environmentSteps, ...stops];
    const versions = profile.versions.map((versionNumber) =>
      add(
        part,
        before,
        {
          operation: 'DeleteHostedConfigurationVersion',
          application: name,
          configurationProfile: profile.name,
          versionNumber,
        },
        ` ${versionNumber}`,
      ),
    );
    return add(part, versions.length > 0 ? versions : before, {
      operation: 'DeleteConfigurationProfile',
      application: name,
      configurationProfile: profile.name,
    });
  });
  if (doomed.whole) {
    add({}, [...environmentSteps, ...profileSteps], { operation: 'DeleteApplication', application: name });
  }
  return steps;
}

/** Own strategies serve every application, so they go last, and only when nothing of ours is left. */
export function strategyDeletions(
  inventory: Inventory,
  options: {
    readonly policy: CleanupPolicy;
    readonly accountRegion: AccountRegionId;
    readonly after: readonly StepId[];
  },
): Step[] {
  const { policy, accountRegion, after } = options;
  return inventory.deploymentStrategies
    .filter((strategy) => strategy.tags !== undefined && ownerOf(strategy.tags, policy.project).kind === 'ours')
    .map((strategy) => ({
      id: `DeleteDeploymentStrategy ${strategy.name} ${strategy.id}`,
      after,
      reason: 'cleanup',
      subject: { deploymentStrategy: strategy.name },
      accountRegion,
      operation: 'DeleteDeploymentStrategy',
      deploymentStrategy: strategy.name,
      deploymentStrategyId: strategy.id,
    }));
}
