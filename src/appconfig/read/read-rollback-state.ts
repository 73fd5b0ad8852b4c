// Reads as many deployments as it takes to know how each address can be rolled back.
import pLimit from 'p-limit';
import { assessRollback } from '../../core/assess/assess-rollback.ts';
import type { RollbackApplication } from '../../core/assess/rollback-verdict.ts';
import { Facts } from '../../core/live/facts.ts';
import { isInFlight } from '../../core/model/resource.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { type RollbackPlanOptions, type RollbackState, strategyOfRollback } from '../../core/planners/plan-rollback.ts';
import type { Connection } from '../client/connection.ts';
import { applicationsAtOnce, readNeededStrategies } from './list-resources.ts';
import { type ReadOptions, readFact } from './read-facts.ts';
import type { RequestedApplication } from './read-requested.ts';
import { Resources } from './resource-ids.ts';

/** Reads until no verdict of the assessment needs another fact. @throws CallFailure */
export async function readRollbackState(
  connection: Connection,
  targets: readonly RequestedApplication[],
  options: RollbackPlanOptions & Pick<ReadOptions, 'relationTo' | 'signal' | 'onProgress' | 'onContent'>,
): Promise<RollbackState> {
  const { policy, signal } = options;
  const limit = pLimit(applicationsAtOnce);
  const needed = new Set<string>();
  let read = 0;
  const applications = await Promise.all(
    targets.map((target) =>
      limit(async () => {
        const application = await readApplication(connection, target, options);
        for (const { outcome, address } of assessRollback(application, options)) {
          if (outcome.kind === 'roll back' && outcome.start !== undefined) {
            needed.add(strategyOfRollback(options, address));
          }
        }
        read += 1;
        options.onProgress?.(read, targets.length);
        return application;
      }),
    ),
  );
  return {
    applications,
    ...(await readNeededStrategies(connection, needed, { settings: policy.settings, signal })),
  };
}

async function readApplication(
  connection: Connection,
  target: RequestedApplication,
  options: RollbackPlanOptions & Pick<ReadOptions, 'relationTo' | 'signal' | 'onContent'>,
): Promise<RollbackApplication> {
  const facts = new Facts();
  facts.learn({ kind: 'tags' }, target.tags);
  await Promise.all(target.environments.map(({ deployments }) => deployments.readOlder()));
  for (;;) {
    const application: RollbackApplication = {
      tenant: target.tenant,
      id: target.application.id,
      name: target.application.name,
      facts,
      environments: target.environments.map(({ deployments, ...environment }) => ({
        ...environment,
        deployments: [...deployments.rows],
        complete: deployments.complete,
      })),
    };
    const verdicts = assessRollback(application, options);
    const wanted = facts.takeWanted();
    const older = new Set(
      verdicts.flatMap(({ outcome, environment }) =>
        outcome.kind === 'pending' && outcome.wants === 'older deployments' ? [environment.id] : [],
      ),
    );
    if (wanted.length + older.size === 0) return application;
    await Promise.all([
      ...wanted.map(async (fact) =>
        facts.learn(fact, await readFact(connection, { application: target.application, fact, options })),
      ),
      ...target.environments.filter(({ id }) => older.has(id)).map(({ deployments }) => deployments.readOlder()),
    ]);
  }
}

/** The ids that a rollback has read. */
export function resourcesOfRollback(state: RollbackState, plan: Plan): Resources {
  const applications = state.applications.map((application) => ({
    ...application,
    configurationProfiles: application.environments.flatMap((environment) => environment.configurationProfiles),
  }));
  const resources = new Resources({ applications, strategies: state.deploymentStrategies, project: plan.project });
  for (const { name, environments } of applications) {
    for (const environment of environments) {
      resources.learnLane(name, environment.name, {
        latest: environment.deployments[0]?.number,
        busyWith: environment.deployments.find((row) => isInFlight(row.state))?.number,
      });
    }
  }
  return resources;
}
