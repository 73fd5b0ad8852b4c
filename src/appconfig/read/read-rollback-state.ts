// Reads as many deployments as it takes to know how each address can be rolled back, and which versions that needs.
import pLimit from 'p-limit';
import { assessRollback } from '../../core/assess/assess-rollback.ts';
import type { RollbackApplication, RollbackVerdict } from '../../core/assess/rollback-verdict.ts';
import { Facts } from '../../core/live/facts.ts';
import type { LiveProfile, NamedApplication } from '../../core/live/live-state.ts';
import { isManaged } from '../../core/live/ownership.ts';
import { isInFlight, type Tags } from '../../core/model/resource.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { type RollbackPlanOptions, type RollbackState, strategyOfRollback } from '../../core/planners/plan-rollback.ts';
import {
  assessRollbacks,
  isAppcfgVersion,
  type PrunableApplication,
  versionsInUse,
} from '../../core/planners/prune-versions.ts';
import type { Policy } from '../../core/settings/policy.ts';
import { defaultSettings } from '../../core/settings/settings.ts';
import type { Connection } from '../client/connection.ts';
import {
  applicationsAtOnce,
  listEnvironments,
  listVersions,
  liveEnvironment,
  readNeededStrategies,
} from './list-resources.ts';
import { DeploymentReader } from './read-deployments.ts';
import { type FactOptions, type ReadOptions, readFact, readTags } from './read-facts.ts';
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
        const assess = (application: RollbackApplication) => assessRollback(application, options);
        const { application, verdicts } = await readUntilAssessed(connection, target, { ...options, assess });
        for (const { outcome, address } of verdicts) {
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

interface Assessed {
  readonly application: RollbackApplication;
  readonly verdicts: readonly RollbackVerdict[];
}

async function readUntilAssessed(
  connection: Connection,
  target: Pick<RequestedApplication, 'tenant' | 'tags' | 'environments'> & { readonly application: NamedApplication },
  options: FactOptions & { readonly assess: (application: RollbackApplication) => readonly RollbackVerdict[] },
): Promise<Assessed> {
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
    const verdicts = options.assess(application);
    const wanted = facts.takeWanted();
    const older = new Set(
      verdicts.flatMap(({ outcome, environment }) =>
        outcome.kind === 'pending' && outcome.wants === 'older deployments' ? [environment.id] : [],
      ),
    );
    if (wanted.length + older.size === 0) return { application, verdicts };
    await Promise.all([
      ...wanted.map(async (fact) =>
        facts.learn(fact, await readFact(connection, { application: target.application, fact, options })),
      ),
      ...target.environments.filter(({ id }) => older.has(id)).map(({ deployments }) => deployments.readOlder()),
    ]);
  }
}

/** Profiles whose versions may be pruned. */
export interface PruneTarget {
  readonly tenant: string;
  readonly application: NamedApplication;
  /** Of the application; undefined: not read yet. */
  readonly tags?: Tags;
  readonly configurationProfiles: readonly LiveProfile[];
}

export interface PruneOptions extends FactOptions {
  readonly policy: Policy;
  /** How many of the newest versions of a profile are kept; undefined: all. */
  readonly keepOf: (profile: string) => number | undefined;
  /** Labels of versions that are wanted in any case. */
  readonly wanted: (application: string, profile: string) => readonly string[];
  /** Milliseconds since 1970, by the service's clock. */
  readonly now: number;
}

/**
 * Versions and their use, of managed profiles with more versions than are kept. The list of versions comes first: what is
 * created later is not in it, and what is deployed later is found when a version is deleted.
 * @throws CallFailure
 */
export async function readPrunable(
  connection: Connection,
  targets: readonly PruneTarget[],
  options: PruneOptions,
): Promise<readonly PrunableApplication[]> {
  const limit = pLimit(applicationsAtOnce);
  const read = await Promise.all(
    targets.map((target) => limit(() => readPrunableApplication(connection, target, options))),
  );
  return read.filter((application) => application !== undefined);
}

/** Undefined where there is nothing to prune. */
async function readPrunableApplication(
  connection: Connection,
  target: PruneTarget,
  options: PruneOptions,
): Promise<PrunableApplication | undefined> {
  const { application } = target;
  const { policy, signal } = options;
  const listed = await Promise.all(target.configurationProfiles.map((profile) => withVersions(profile)));
  const long = listed.filter((profile) => profile !== undefined);
  if (long.length === 0) return undefined;
  const tags = target.tags ?? (await readTags(connection, { application, signal }));
  if (!isManaged(tags, policy.project)) return undefined;
  const managed = await Promise.all(
    long.map(async (profile) =>
      isManaged(await readTags(connection, { application, profileId: profile.id, signal }), policy.project)
        ? [profile]
        : [],
    ),
  );
  const profiles = managed.flat();
  if (profiles.length === 0) return undefined;
  const environments = (await listEnvironments(connection, application, signal)).map(liveEnvironment);
  const deploymentsOf = (environmentId: string) =>
    new DeploymentReader(connection, { application, environmentId, profiles, signal });
  const requested = {
    tenant: target.tenant,
    application,
    tags,
    environments: environments.map((environment) => ({
      ...environment,
      configurationProfiles: profiles,
      deployments: deploymentsOf(environment.id),
    })),
  };
  // Also an environment that the settings have in another account or Region counts where it is.
  const assessing = { policy: { ...policy, settings: defaultSettings, supersede: true }, now: options.now };
  const assess = (read: RollbackApplication) => assessRollbacks(read, assessing);
  const { application: read, verdicts } = await readUntilAssessed(connection, requested, { ...options, assess });
  return {
    tenant: target.tenant,
    id: application.id,
    name: application.name,
    environments: read.environments.map(({ id, name, deployments: [newest] }) => ({
      id,
      name,
      newest: newest?.number ?? 0,
    })),
    configurationProfiles: profiles.map((profile) => {
      const { numbers, labels } = versionsInUse(read, profile.id, verdicts);
      const wanted = options.wanted(application.name, profile.name);
      return { ...profile, inUse: { numbers, labels: new Set([...labels, ...wanted]) } };
    }),
  };

  async function withVersions(profile: LiveProfile) {
    const keep = options.keepOf(profile.name);
    if (keep === undefined || profile.locationUri !== 'hosted') return undefined;
    const versions = await listVersions(connection, application, { id: profile.id, signal });
    const own = versions.filter((version) => isAppcfgVersion(version, policy.project));
    return own.length > keep ? { ...profile, keep, versions } : undefined;
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
