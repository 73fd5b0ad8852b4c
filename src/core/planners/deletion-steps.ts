import type { Inventory, InventoryApplication, InventoryEnvironment } from '../live/inventory.ts';
import { ownerOf } from '../live/ownership.ts';
import type { Step, StepId, StepOperation } from '../plan/step.ts';
import type { CleanupPolicy, DoomedParts } from './plan-cleanup.ts';

/** Running deployments are stopped, then environments, versions, profiles and the application itself go. */
export function deletions(tenant: string, application: InventoryApplication, doomed: DoomedParts): Step[] {
  const steps: Step[] = [];
  const { name } = application;
  // Applications have one name each; two of them may seem to be one tenant's after `applicationName` was changed.
  const add = (place: string, after: readonly StepId[], operation: StepOperation, version = ''): StepId => {
    const id = `${operation.operation} ${name}${place}${version}`;
    steps.push({ id, after, reason: 'cleanup', address: `${tenant}${place}`, ...operation });
    return id;
  };
  const stopIn = (environment: InventoryEnvironment): readonly StepId[] =>
    environment.inFlight === undefined
      ? []
      : [
          add(`/${environment.name}`, [], {
            operation: 'StopDeployment',
            application: name,
            environment: environment.name,
            deploymentNumber: environment.inFlight.deploymentNumber,
            inFavourOf: undefined,
          }),
        ];
  const environmentSteps = doomed.environments.map((environment) =>
    add(`/${environment.name}`, stopIn(environment), {
      operation: 'DeleteEnvironment',
      application: name,
      environment: environment.name,
    }),
  );
  const goes = new Set(doomed.environments);
  const profileSteps = doomed.configurationProfiles.map((profile) => {
    const place = `/*/${profile.name}`;
    // A profile that is being deployed in an environment that stays cannot go before that has ended.
    const stops = application.environments
      .filter((environment) => !goes.has(environment) && environment.inFlight?.configurationProfileId === profile.id)
      .flatMap(stopIn);
    const before = [...environmentSteps, ...stops];
    const versions = profile.versions.map((versionNumber) =>
      add(
        place,
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
    return add(place, versions.length > 0 ? versions : before, {
      operation: 'DeleteConfigurationProfile',
      application: name,
      configurationProfile: profile.name,
    });
  });
  if (doomed.whole) {
    add('', [...environmentSteps, ...profileSteps], { operation: 'DeleteApplication', application: name });
  }
  return steps;
}

/** Own strategies serve every application, so they go last, and only when nothing of ours is left. */
export function strategyDeletions(inventory: Inventory, policy: CleanupPolicy, after: readonly StepId[]): Step[] {
  return inventory.deploymentStrategies
    .filter((strategy) => strategy.tags !== undefined && ownerOf(strategy.tags, policy.project).kind === 'ours')
    .map((strategy) => ({
      id: `DeleteDeploymentStrategy ${strategy.name} ${strategy.id}`,
      after,
      reason: 'cleanup',
      address: strategy.name,
      operation: 'DeleteDeploymentStrategy',
      deploymentStrategy: strategy.name,
      deploymentStrategyId: strategy.id,
    }));
}
