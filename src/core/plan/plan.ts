// A plan: everything a run would do, as plain data that survives JSON. Also the complete list of what the tool can do
// to an account, because each step is named after the one AppConfig operation it performs.
import type { Change } from '../document/diff-values.ts';
import type { RolledBackChange } from '../live/live-state.ts';
import type { AccountRegion, AccountRegionId } from '../model/account-region.ts';
import type { Address, Subject } from '../model/address.ts';
import type { Problem } from '../problem/problem.ts';
import type { Step } from './step.ts';

export interface Plan {
  readonly formatVersion: 1;
  /** `comparison`: of two revisions of the tree; it has no steps. */
  readonly kind: 'sync' | 'cleanup' | 'rollback' | 'comparison';
  /** Project that owns what the plan creates. */
  readonly project: string;
  /** What changes in where and for whom things are created: only a comparison can tell. `path` points into appcfg.yml. */
  readonly settingsChanges: readonly Change[];
  /** The accounts and Regions of the run, its own first; each address and step names one of them. */
  readonly accountRegions: readonly [AccountRegion, ...AccountRegion[]];
  readonly steps: readonly Step[];
  /** Every address that was looked at, in the order of the tree; then the orphaned ones. */
  readonly addresses: readonly PlannedAddress[];
  /** Addresses whose content changes in the same way, together. */
  readonly changeGroups: readonly ChangeGroup[];
  /** In their order; none where the settings have none, and everything that is independent goes on. */
  readonly waves: readonly PlannedWave[];
  /** Guards that refuse the whole run. Where there is one, nothing of the plan may be carried out. */
  readonly refusals: readonly Problem[];
  /** Guards that block an address, and warnings. Errors here lead to the exit of their code, after the rest was carried out. */
  readonly problems: readonly Problem[];
  /** How long it takes at AWS's rates, by the strategies and the soak of waves. Undefined where a strategy's numbers are unknown, or nobody has worked it out yet. */
  readonly expectedMinutes: number | undefined;
}

export type AddressAction = 'create' | 'update' | 'adopt' | 'await' | 'unchanged' | 'blocked' | 'orphaned' | 'delete';

export interface PlannedAddress {
  /** An address; of what is orphaned or deleted as a whole only its parts that apply. */
  readonly address: Subject;
  readonly application: string;
  readonly environment: string;
  readonly accountRegion: AccountRegionId;
  readonly action: AddressAction;
  /** Name of its wave; absent without waves. */
  readonly wave?: string;
  /** Id of its change class, where the content changes. */
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
        /** Undefined for a version that somebody else made: only a rollback goes back to one. */
        readonly versionLabel: string | undefined;
        readonly bytes: number;
        /** Of a version that AppConfig has: what a rollback goes back to. */
        readonly versionNumber?: number;
      }
    | undefined;
  readonly deploymentStrategy: string | undefined;
  /** Why the action is what it is, in a short clause: "content differs", "no owner". */
  readonly reason: string;
  /** The guard that blocks it. */
  readonly blockedBy: Problem | undefined;
  /** Number of the deployment of the wanted content that AppConfig rolled back here, where that is what blocks it. */
  readonly rolledBack?: number;
  /** The newest deployment here, where AppConfig rolled it back and the tree has the old content again: its like is held back elsewhere. */
  readonly rolledBackChange?: RolledBackChange;
}

export interface PlannedWave {
  readonly name: string;
  readonly soakMinutes: number;
  /** Addresses that may fail or be blocked before what follows is held back: a percentage is worked out. */
  readonly maxFailures: number;
  /** Addresses of it that were looked at, unchanged ones included. */
  readonly addresses: number;
  /** Addresses that clients receive as the tree has them. */
  readonly live: number;
  /** Environments that the addresses are in; of several places the most in one, for each has rates of its own. */
  readonly environments: number;
  /** Addresses that a guard blocks: they count as failed. */
  readonly blocked: number;
  /** When the newest of its contents that are live as the tree has them completed, ISO 8601 in UTC: the soak counts from there. */
  readonly liveSince: string | undefined;
}

export interface ChangeGroup {
  /** Stable for equal changes: made from their digest. */
  readonly id: string;
  readonly addresses: readonly Address[];
  /** Values that the settings redact are already replaced. Empty where live content cannot be compared structurally. */
  readonly changes: readonly Change[];
}

/** What the tree wants was what clients received when the plan was made. */
export function isLive({ action }: PlannedAddress): boolean {
  return action === 'unchanged' || action === 'adopt';
}
