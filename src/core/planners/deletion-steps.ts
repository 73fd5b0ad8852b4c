import type { Inventory, InventoryApplication, InventoryEnvironment, InventoryProfile } from '../live/inventory.ts';
import { isManaged } from '../live/ownership.ts';
import { formatAddress, type Subject } from '../model/address.ts';
import type { StepId, StepOperation } from '../plan/step.ts';
import type { StepList } from '../plan/step-list.ts';
import type { DeletedParts } from './cleanup-selection.ts';

/** Stops deployments in flight, then deletes environments, versions, profiles and the application itself. */
export function addDeletions(
  application: InventoryApplication,
  deleted: DeletedParts,
  { tenant, steps }: { readonly tenant: string; readonly steps: StepList },
): void {
  const { name } = application;
  const add = (part: Omit<Subject, 'tenant'>, after: readonly StepId[], operation: StepOperation, version = '') =>
    steps.add({
      subject: { tenant, ...part },
      after,
      reason: 'cleanup',
      ...operation,
      // By the application: after a change of `applicationName` two applications can seem to be one tenant's.
      target: `${formatAddress({ ...part, tenant: name })}${version}`,
    });
  const stopIn = ({ name: environment, inFlight }: InventoryEnvironment): readonly StepId[] => {
    if (inFlight === undefined) return [];
    const { deploymentNumber } = inFlight;
    const target = { application: name, environment, deploymentNumber, inFavourOf: undefined };
    return [add({ environment }, [], { operation: 'StopDeployment', ...target })];
  };
  const environments = deleted.environments.map((each) => {
    const environment = each.name;
    return add({ environment }, stopIn(each), { operation: 'DeleteEnvironment', application: name, environment });
  });
  const deleteProfile = ({ id, name: configurationProfile, versions }: InventoryProfile): StepId => {
    // A profile cannot be deleted while one of its deployments runs, also in an environment that is kept.
    const stops = application.environments
      .filter((each) => !deleted.environments.includes(each) && each.inFlight?.configurationProfileId === id)
      .flatMap(stopIn);
    const before = [...environments, ...stops];
    const target = { application: name, configurationProfile };
    const versionSteps = versions.map((versionNumber) =>
      add(
        { configurationProfile },
        before,
        { operation: 'DeleteHostedConfigurationVersion', ...target, versionNumber },
        ` ${versionNumber}`,
      ),
    );
    const after = versionSteps.length > 0 ? versionSteps : before;
    return add({ configurationProfile }, after, { operation: 'DeleteConfigurationProfile', ...target });
  };
  const profiles = deleted.configurationProfiles.map(deleteProfile);
  if (deleted.whole) {
    add({}, [...environments, ...profiles], { operation: 'DeleteApplication', application: name });
  }
}

/** Managed strategies serve every application: they are deleted last, and only with everything else. */
export function addStrategyDeletions(
  { deploymentStrategies }: Inventory,
  { project, steps }: { readonly project: string; readonly steps: StepList },
): void {
  const after = steps.steps.filter(({ operation }) => operation === 'DeleteApplication').map(({ id }) => id);
  for (const { id, name, tags } of deploymentStrategies) {
    if (tags === undefined || !isManaged(tags, project)) continue;
    steps.add({
      subject: { deploymentStrategy: name },
      after,
      reason: 'cleanup',
      operation: 'DeleteDeploymentStrategy',
      deploymentStrategy: name,
      deploymentStrategyId: id,
      // Names of strategies are not unique.
      target: `${name} ${id}`,
    });
  }
}
