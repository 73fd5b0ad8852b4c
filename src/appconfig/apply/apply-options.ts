// What applying a plan needs besides the plan.
import type { Emit } from '../../core/events/event.ts';
import type { AccountRegionId } from '../../core/model/account-region.ts';
import type { CommitRelation } from '../../core/model/origin.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Connection } from '../client/connection.ts';
import { readResources } from '../read/read-resources.ts';
import type { Reach, Resources } from '../read/resource-ids.ts';

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
  return new Map(known);
}
