// A plan: everything that a run would do, as plain data that survives JSON. Applying it needs a connection and nothing else
// that the planner knew.
import type { Change } from '../document/diff-values.ts';
import type { Drift } from '../live/drifted-deployment.ts';
import type { LiveDeployment, RolledBackChange } from '../live/live-state.ts';
import type { AccountRegion, AccountRegionId } from '../model/account-region.ts';
import type { Address, Subject } from '../model/address.ts';
import { type LaneId, laneId } from '../model/lane.ts';
import type { StrategyNumbers } from '../model/resource.ts';
import type { Problem } from '../problem/problem.ts';
import type { ChangeCode } from '../problem/problem-codes.ts';
import type { SettingsChange } from '../settings-changes/compare-settings.ts';
import type { PlanBasis } from './plan-basis.ts';
import type { Step } from './step.ts';

export interface Plan {
  readonly formatVersion: 1;
  /** `comparison`: of two revisions of the tree, without steps. */
  readonly kind: 'sync' | 'cleanup' | 'rollback' | 'comparison';
  /** What the plan creates is managed by it. */
  readonly project: string;
  readonly basis: PlanBasis;
  /** Where a base is known: effective settings that change, those that are loosened first. */
  readonly settingsChanges: readonly SettingsChange[];
  /** The accounts and Regions of the run, its own first; each address and step names one of them. */
  readonly accountRegions: readonly [AccountRegion, ...AccountRegion[]];
  readonly steps: readonly Step[];
  /** Every address that was read, in the order of the tree; then the orphaned ones. */
  readonly addresses: readonly PlannedAddress[];
  /** Addresses whose content changes in the same way, together. */
  readonly changeGroups: readonly ChangeGroup[];
  /** In the order of the rollout; empty where the settings have none. */
  readonly waves: readonly PlannedWave[];
  /** Checks on the change that would have reported something, had the user not acknowledged it, and at how many addresses. */
  readonly acknowledged: readonly { readonly code: ChangeCode; readonly addresses: number }[];
  /** Guards that refuse the whole run: where there is one, no step may be carried out. */
  readonly refusals: readonly Problem[];
  /** Guards that block addresses, and warnings. The other steps are carried out; an error decides the exit code. */
  readonly problems: readonly Problem[];
  /** The digests of its changes, as `sync --expect` compares them; empty where they are not to be approved. */
  readonly expect: readonly string[];
  /** At AWS's rates, by the strategies and the soak of waves. Undefined while it is not computed, or where the numbers of a strategy are unknown. */
  readonly expectedMinutes: number | undefined;
}

export type AddressAction =
  | 'create'
  | 'update'
  | 'adopt'
  | 'await'
  | 'unchanged'
  | 'drifted'
  | 'blocked'
  | 'orphaned'
  | 'delete';

export interface PlannedAddress {
  /** A whole application, environment or profile that is orphaned or deleted lacks the other parts. */
  readonly address: Subject;
  readonly application: string;
  readonly accountRegion: AccountRegionId;
  readonly action: AddressAction;
  /** Name of its wave; absent without waves. */
  readonly wave?: string;
  /** Where the content changes. */
  readonly changeGroup: string | undefined;
  /** What clients receive: the newest completed deployment; `since` is when it completed, ISO 8601 in UTC. */
  readonly live:
    | {
        readonly versionNumber: number;
        readonly versionLabel: string | undefined;
        readonly since: string | undefined;
      }
    | undefined;
  readonly desired:
    | {
        /** Undefined for an unmanaged version, which a rollback can deploy again. */
        readonly versionLabel: string | undefined;
        /** Undefined in reports on addresses with a redacted value, like the labels. */
        readonly bytes: number | undefined;
        /** Of the version that a rollback deploys again. */
        readonly versionNumber?: number;
      }
    | undefined;
  readonly deploymentStrategy: string | undefined;
  /** Of a comparison, which has no steps: the numbers of the strategy, where the settings or AWS's documentation give them. */
  readonly strategyNumbers?: StrategyNumbers;
  /** Why the action is what it is, in a short clause: "content differs", "no owner". */
  readonly reason: string;
  /** What was deployed outside of appcfg: left as it is, blocked, or overwritten. */
  readonly drift?: Drift;
  /** What of the change of its content looks like a mistake, where something does. */
  readonly findings?: readonly ChangeFinding[];
  /** The guard that blocks it. */
  readonly blockedBy: Problem | undefined;
  /** Number of the deployment of the wanted content that AppConfig rolled back here, where that is what blocks it. */
  readonly rolledBack?: number;
  /** The newest deployment here, where AppConfig rolled it back and the tree has the old content again: blocks the same change elsewhere. */
  readonly rolledBackChange?: RolledBackChange;
}

/** A value whose change looks like a mistake. */
export interface ChangeFinding {
  readonly code: ChangeCode;
  /** JSON Pointer in the new content. */
  readonly path: string;
  readonly message: string;
  /** The message without what differs from address to address. */
  readonly common?: string;
  /** Only where a file of the tree deletes it: a key that is just missing is an ordinary change. */
  readonly ifNulled?: true;
}

export interface PlannedWave {
  readonly name: string;
  readonly soakMinutes: number;
  /** Addresses that may fail or be blocked before the following waves are blocked; computed from a percentage. */
  readonly maxFailures: number;
  /** Addresses of it that were read, unchanged ones included. */
  readonly addresses: number;
  /** Addresses whose live content is the desired one. */
  readonly live: number;
  /** Environments of the addresses; of several accounts and Regions the largest number in one, since each has its own rates. */
  readonly environments: number;
  /** Addresses that a guard blocks: they count as failed. */
  readonly blocked: number;
  /** When the newest deployment of a live desired content completed, ISO 8601 in UTC: the soak begins there. */
  readonly liveSince: string | undefined;
}

export interface ChangeGroup {
  /** Stable for equal changes: made from their digest. Reports have ordinals instead, which confirm no guess. */
  readonly id: string;
  readonly addresses: readonly Address[];
  /** Values that the settings redact are already replaced. Empty where live content cannot be compared structurally. */
  readonly changes: readonly Change[];
}

/** An address of a plan. What is not given is absent. */
export function plannedAddress(
  of: Pick<PlannedAddress, 'address' | 'application' | 'accountRegion' | 'action' | 'reason'> & Partial<PlannedAddress>,
): PlannedAddress {
  const nothing = { changeGroup: undefined, live: undefined, desired: undefined };
  return { ...nothing, deploymentStrategy: undefined, blockedBy: undefined, ...of };
}

export function liveVersion({ versionNumber, versionLabel, completedAt }: LiveDeployment): PlannedAddress['live'] {
  return { versionNumber, versionLabel, since: completedAt };
}

/** The lane of an address that has an environment. */
export function laneOf({ accountRegion, application, address: { environment = '' } }: PlannedAddress): LaneId {
  return laneId({ accountRegion, application, environment });
}

/** Whether the content changes. */
export function isChanged({ action }: { readonly action: AddressAction }): boolean {
  return action === 'create' || action === 'update';
}

/** Whether the live content was the desired one when the plan was made. */
export function isLive({ action }: PlannedAddress): boolean {
  return action === 'unchanged' || action === 'adopt';
}
