// What applying a plan needs besides the plan.
import type { Emit } from '../../core/events/event.ts';
import type { AccountRegionId } from '../../core/model/account-region.ts';
import type { CommitRelation } from '../../core/model/origin.ts';
import type { Policy } from '../../core/settings/policy.ts';
import type { Connection } from '../client/connection.ts';
import type { Resources } from '../read/resource-ids.ts';

/** An account and Region, and the ids of what was read there. */
export interface Reach {
  readonly connection: Connection;
  readonly resources: Resources;
}

export interface ApplyOptions {
  readonly policy: Policy;
  /** When reading the live state began: milliseconds since 1970, by the service's clock. Now, if it is not given. */
  readonly readAt?: number;
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
  { reaches }: Pick<ApplyOptions, 'reaches'>,
  { accountRegion }: { readonly accountRegion: AccountRegionId },
): Reach {
  const reach = reaches.get(accountRegion);
  if (reach === undefined) throw new Error(`no connection to ${accountRegion}`);
  return reach;
}
