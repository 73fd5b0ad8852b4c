// The ids of what a plan names, for a run that has not made the plan itself.
import pLimit from 'p-limit';
import { managedStrategy } from '../../core/live/ownership.ts';
import type { AccountRegionId } from '../../core/model/account-region.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { StrategyReference } from '../../core/plan/step.ts';
import type { Connection } from '../client/connection.ts';
import { listApplications, listEnvironments, listProfiles, readStrategies } from './list-resources.ts';
import { Resources } from './resource-ids.ts';

const applicationsAtOnce = 32;

/** Nothing is read of deployments: apply reads and judges those of an environment before it starts one. @throws CallFailure */
export async function readResources(
  connection: Connection,
  plan: Plan,
  { accountRegion, signal }: { readonly accountRegion: AccountRegionId; readonly signal: AbortSignal },
): Promise<Resources> {
  const resources = new Resources();
  const steps = plan.steps.filter((step) => step.accountRegion === accountRegion);
  const addresses = plan.addresses.filter((address) => address.accountRegion === accountRegion);
  const named = new Set([
    ...steps.flatMap((step) => ('application' in step ? [step.application] : [])),
    // Waves are verified at addresses that have no step.
    ...(plan.waves.length === 0 ? [] : addresses.map(({ application }) => application)),
  ]);
  const limit = pLimit(applicationsAtOnce);
  const applications = named.size === 0 ? [] : await listApplications(connection, signal);
  await Promise.all(
    applications
      .filter(({ name }) => named.has(name))
      .map((application) =>
        limit(async () => {
          const [environments, profiles] = await Promise.all([
            listEnvironments(connection, application, signal),
            listProfiles(connection, application, signal),
          ]);
          resources.learnApplication(application.name, application.id);
          for (const { Name = '', Id = '' } of environments) resources.learnEnvironment(application.name, Name, Id);
          for (const { name, id } of profiles) resources.learnProfile(application.name, name, id);
        }),
      ),
  );
  const strategies = new Set(
    steps.flatMap((step) => (step.operation === 'StartDeployment' ? managedName(step.strategy) : [])),
  );
  const live =
    strategies.size === 0 ? [] : await readStrategies(connection, ({ name }) => strategies.has(name), signal);
  for (const name of strategies) {
    const found = managedStrategy(live, name, plan.project);
    if (found !== undefined) resources.learnStrategy(name, found.id);
  }
  return resources;
}

function managedName(strategy: StrategyReference): readonly string[] {
  return 'managed' in strategy ? [strategy.managed] : [];
}
