// What applying a plan needs besides the plan.
import pLimit from 'p-limit';
import type { Emit } from '../../core/events/event.ts';
import type { AccountRegionId } from '../../core/model/account-region.ts';
import type { Subject } from '../../core/model/address.ts';
import type { CommitRelation } from '../../core/model/origin.ts';
import type { SourcePosition } from '../../core/model/source-position.ts';
import { isChanged, type Plan } from '../../core/plan/plan.ts';
import type { StrategyReference } from '../../core/plan/step.ts';
import type { Connection } from '../client/connection.ts';
import {
  listApplications,
  listEnvironments,
  listProfiles,
  liveEnvironment,
  readStrategies,
} from '../read/list-resources.ts';
import { type Reach, Resources } from '../read/resource-ids.ts';

const applicationsAtOnce = 32;

/** An account and Region with the ids that the plan needs there. */
export interface KnownReach {
  readonly connection: Connection;
  readonly resources: Resources;
}

/** A plan that is applied: the plan, and the options with all ids. */
export interface AppliedPlan {
  readonly plan: Plan;
  readonly options: Omit<ApplyOptions, 'reaches'> & { readonly reaches: ReadonlyMap<AccountRegionId, KnownReach> };
}

export interface ApplyOptions {
  /** The plan's accounts and Regions, except those that could not be reached: the plan has no step there. */
  readonly reaches: ReadonlyMap<AccountRegionId, Reach>;
  readonly relationTo: (commit: string) => Promise<CommitRelation>;
  /** Where the tree sets the values of a version that AppConfig refuses: by JSON Pointer, undefined where that is not known. */
  readonly locate?: (
    version: Subject & { readonly versionLabel: string },
  ) => Promise<(pointer: string) => SourcePosition | undefined>;
  readonly emit: Emit;
  /** Ends the run; with the reason `timeout`, because of its time limit. Calls under way finish. */
  readonly signal: AbortSignal;
  /** False: start deployments and leave. */
  readonly wait: boolean;
  /** How long a start waits for a busy environment, in milliseconds of this machine's clock. */
  readonly busyTimeoutMs: number;
  /** Start nothing new after the first failure. */
  readonly failFast: boolean;
  readonly bypassDeletionProtection: boolean;
}

/** Throws an internal error where the plan has a step in an account and Region that was not reached. */
export function reachOf(
  { reaches }: Pick<AppliedPlan['options'], 'reaches'>,
  { accountRegion }: { readonly accountRegion: AccountRegionId },
): KnownReach {
  const reach = reaches.get(accountRegion);
  if (reach === undefined) throw new Error(`no connection to ${accountRegion}`);
  return reach;
}

/** The accounts and Regions with their ids, which are read where the planner has not. @throws CallFailure */
export async function knownReaches(
  plan: Plan,
  { reaches, signal }: Pick<ApplyOptions, 'reaches' | 'signal'>,
): Promise<ReadonlyMap<AccountRegionId, KnownReach>> {
  const known = await Promise.all(
    [...reaches].map(async ([accountRegion, { connection, resources }]) => {
      const ids = resources ?? (await readResources(connection, plan, { accountRegion, signal }));
      return [accountRegion, { connection, resources: ids }] as const;
    }),
  );
  const found = new Map(known);
  keepDrift(plan, found);
  return found;
}

/** What has drifted is not stopped in favour of another profile. */
function keepDrift({ addresses }: Plan, reaches: ReadonlyMap<AccountRegionId, KnownReach>): void {
  for (const planned of addresses) {
    const { drift, application, accountRegion, address } = planned;
    if (drift === undefined || isChanged(planned)) continue;
    const lane = reaches.get(accountRegion)?.resources.lane(application, address.environment ?? '');
    lane?.kept.add(drift.deploymentNumber);
  }
}

/**
 * The ids of what a plan names, for a run that has not made the plan itself. Nothing is read of deployments: apply reads and judges those of an environment before it starts one.
 * @throws CallFailure
 */
async function readResources(
  connection: Connection,
  plan: Plan,
  { accountRegion, signal }: { readonly accountRegion: AccountRegionId; readonly signal: AbortSignal },
): Promise<Resources> {
  const steps = plan.steps.filter((step) => step.accountRegion === accountRegion);
  const addresses = plan.addresses.filter((address) => address.accountRegion === accountRegion);
  const named = new Set([
    ...steps.flatMap((step) => ('application' in step ? [step.application] : [])),
    // Waves are verified at addresses that have no step.
    ...(plan.waves.length === 0 ? [] : addresses.map(({ application }) => application)),
  ]);
  const limit = pLimit(applicationsAtOnce);
  const listed = named.size === 0 ? [] : await listApplications(connection, signal);
  const applications = await Promise.all(
    listed
      .filter(({ name }) => named.has(name))
      .map((application) =>
        limit(async () => {
          const [environments, configurationProfiles] = await Promise.all([
            listEnvironments(connection, application, signal),
            listProfiles(connection, application, signal),
          ]);
          return { ...application, environments: environments.map(liveEnvironment), configurationProfiles };
        }),
      ),
  );
  const needed = new Set(
    steps.flatMap((step) => (step.operation === 'StartDeployment' ? managedName(step.strategy) : [])),
  );
  const strategies = needed.size === 0 ? [] : await readStrategies(connection, ({ name }) => needed.has(name), signal);
  return new Resources({ applications, strategies, project: plan.project });
}

function managedName(strategy: StrategyReference): readonly string[] {
  return 'managed' in strategy ? [strategy.managed] : [];
}
