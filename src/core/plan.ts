// A plan: everything a run would do, as plain data that survives JSON. Also the complete list of what the tool can do
// to an account, because each step is named after the one AppConfig operation it performs.
import type { Change } from './changes.ts';
import type { Problem } from './errors.ts';
import type { Content, DeploymentState, ProfileType, StrategyNumbers } from './model.ts';

export interface Plan {
  readonly formatVersion: 1;
  /** `comparison`: of two revisions of the tree; it has no steps. */
  readonly kind: 'sync' | 'cleanup' | 'rollback' | 'comparison';
  /** Project that owns what the plan creates. */
  readonly project: string;
  /** What changes in where and for whom things are created: only a comparison can tell. `path` points into appcfg.yml. */
  readonly settingsChanges: readonly Change[];
  /** Accounts and Regions, where there are several; each address and step then says which of them it is in. */
  readonly accountRegions?: readonly AccountRegion[];
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

export interface AccountRegion {
  /** `444455556666/eu-west-1`. */
  readonly id: string;
  /** Undefined where nobody got there. */
  readonly account: string | undefined;
  readonly region: string;
  /** The role that was assumed for it; undefined: the run's own credentials. */
  readonly roleArn: string | undefined;
}

export type AddressAction = 'create' | 'update' | 'adopt' | 'await' | 'unchanged' | 'blocked' | 'orphaned' | 'delete';

export interface PlannedAddress {
  /** `tenant/environment/Profile`. What is orphaned, or goes as a whole, has only as much of it as it takes. */
  readonly address: string;
  readonly application: string;
  readonly environment: string;
  /** Id of its place, where the plan has several. */
  readonly accountRegion?: string;
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

/** A deployment that AppConfig rolled back. */
export interface RolledBackChange {
  readonly deploymentNumber: number;
  /** Id of how it would have changed the content. */
  readonly changeGroup: string;
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
  readonly addresses: readonly string[];
  /** Values that the settings redact are already replaced. Empty where live content cannot be compared structurally. */
  readonly changes: readonly Change[];
}

export type StepId = string;

/**
 * `id` is readable and deterministic: the operation and its target. `after` holds the only ordering there is: those
 * steps must have succeeded. Two steps with one `lane` never run at the same time; the one that was ready first goes
 * first, and of those that were ready together the first in the plan.
 */
export type Step = {
  readonly id: StepId;
  readonly after: readonly StepId[];
  /** Why, in a short clause. */
  readonly reason: string;
  /** `tenant/environment/Profile`, or as much of it as the step concerns; a strategy's name for strategies. */
  readonly address: string;
  readonly lane?: string;
  /** Id of its place, where the plan has several. */
  readonly accountRegion?: string;
  /** Of a deployment: name of its wave, which it waits for. */
  readonly wave?: string;
  /** Of a deployment: how it changes the content. Where AppConfig rolls one back, none like it is started any more. */
  readonly changeGroup?: string;
} & StepOperation;

export type StepOperation =
  | {
      readonly operation: 'CreateApplication';
      readonly application: string;
      readonly description: string;
      readonly tags: Tags;
    }
  | { readonly operation: 'UpdateApplication'; readonly application: string; readonly description: string }
  | {
      readonly operation: 'TagResource';
      readonly application: string;
      /** Undefined: the application itself. */
      readonly environment: string | undefined;
      readonly configurationProfile: string | undefined;
      readonly tags: Tags;
    }
  | {
      readonly operation: 'CreateEnvironment';
      readonly application: string;
      readonly environment: string;
      readonly description: string;
      readonly monitors: readonly Monitor[];
      readonly tags: Tags;
    }
  | {
      readonly operation: 'UpdateEnvironment';
      readonly application: string;
      readonly environment: string;
      readonly monitors: readonly Monitor[];
    }
  | {
      readonly operation: 'CreateConfigurationProfile';
      readonly application: string;
      readonly configurationProfile: string;
      readonly profileType: ProfileType;
      readonly tags: Tags;
    }
  | {
      readonly operation: 'CreateDeploymentStrategy';
      readonly deploymentStrategy: string;
      readonly numbers: StrategyNumbers;
      readonly tags: Tags;
    }
  | {
      readonly operation: 'UpdateDeploymentStrategy';
      readonly deploymentStrategy: string;
      readonly deploymentStrategyId: string;
      readonly numbers: StrategyNumbers;
    }
  | {
      readonly operation: 'CreateHostedConfigurationVersion';
      readonly application: string;
      readonly configurationProfile: string;
      readonly profileType: ProfileType;
      readonly content: Content;
      readonly description: string;
    }
  | {
      readonly operation: 'StartDeployment';
      readonly application: string;
      readonly environment: string;
      readonly configurationProfile: string;
      readonly profileType: ProfileType;
      /** A rollback names a version without a label of ours by its number: AppConfig takes either. */
      readonly versionLabel: string;
      /** Id of a predefined strategy or an id of AppConfig, or the name of an own strategy. */
      readonly deploymentStrategy: string;
      readonly numbers: StrategyNumbers | undefined;
      /** `key=value` pairs: commit, pipeline and project. What was stopped for it is added when that is known. */
      readonly description: string;
      readonly tags: Tags;
      /** Of a rollback: the profile's newest deployment. Where somebody has started another one since, this one is not. */
      readonly replaces?: number;
      /** When, by its strategy, the deployment of somebody else ends that keeps the lane busy, ISO 8601 in UTC. */
      readonly environmentBusyUntil?: string;
    }
  | {
      readonly operation: 'AwaitDeployment';
      readonly application: string;
      readonly environment: string;
      readonly configurationProfile: string;
      readonly deploymentNumber: number;
      readonly numbers: StrategyNumbers | undefined;
      /** When it was started, ISO 8601 in UTC. */
      readonly startedAt: string | undefined;
    }
  | {
      readonly operation: 'StopDeployment';
      readonly application: string;
      readonly environment: string;
      readonly deploymentNumber: number;
      /** The version that is to be deployed in its place: it must exist before anything is stopped. */
      readonly inFavourOf:
        | {
            readonly configurationProfile: string;
            readonly profileType: ProfileType;
            readonly versionLabel: string;
          }
        | undefined;
      /** Takes the deployment back, also where it is complete: AppConfig brings back what was live before. */
      readonly rollsBack?: {
        readonly configurationProfile: string;
        /** State when the plan was made: one that is complete is reverted. */
        readonly state: DeploymentState;
        /** Number of the version that comes back, or stays; undefined where there is none. */
        readonly versionNumber: number | undefined;
        /** What deploys that version where AppConfig refuses to revert. */
        readonly fallback: FallbackDeployment | undefined;
      };
    }
  | {
      readonly operation: 'DeleteHostedConfigurationVersion';
      readonly application: string;
      readonly configurationProfile: string;
      readonly versionNumber: number;
    }
  | { readonly operation: 'DeleteEnvironment'; readonly application: string; readonly environment: string }
  | {
      readonly operation: 'DeleteConfigurationProfile';
      readonly application: string;
      readonly configurationProfile: string;
    }
  | { readonly operation: 'DeleteApplication'; readonly application: string }
  | {
      readonly operation: 'DeleteDeploymentStrategy';
      readonly deploymentStrategy: string;
      readonly deploymentStrategyId: string;
    };

export type FallbackDeployment = Pick<
  Extract<StepOperation, { operation: 'StartDeployment' }>,
  'profileType' | 'versionLabel' | 'deploymentStrategy' | 'numbers' | 'description' | 'tags'
>;

/** Whether a step is over when a deployment is. */
export function isDeployment<S extends StepOperation>(
  step: S,
): step is Extract<S, { operation: 'StartDeployment' | 'AwaitDeployment' }> {
  return step.operation === 'StartDeployment' || step.operation === 'AwaitDeployment';
}

/**
 * The steps that stay, in their order; what is taken out keeps none of them waiting.
 * @param isKept is asked from the last step to the first, with whether something that stays comes after it.
 */
export function keepSteps(steps: readonly Step[], isKept: (step: Step, isNeeded: boolean) => boolean): readonly Step[] {
  const kept = new Set<StepId>();
  const needed = new Set<StepId>();
  // What a step comes after stands before it.
  for (const step of steps.toReversed()) {
    if (!isKept(step, needed.has(step.id))) continue;
    kept.add(step.id);
    for (const id of step.after) needed.add(id);
  }
  if (kept.size === steps.length) return steps;
  return steps
    .filter(({ id }) => kept.has(id))
    .map((step) =>
      step.after.every((id) => kept.has(id)) ? step : { ...step, after: step.after.filter((id) => kept.has(id)) },
    );
}

export type Operation = StepOperation['operation'];

export interface Monitor {
  readonly alarmArn: string;
  readonly alarmRoleArn: string;
}

export type Tags = Readonly<Record<string, string>>;
