import type { ProfileUpdate } from '../live/managed-profile.ts';
import type { AccountRegionId } from '../model/account-region.ts';
import type { Subject } from '../model/address.ts';
import type { Content } from '../model/content.ts';
import type { LaneId } from '../model/lane.ts';
import type { DeploymentState, Monitor, ProfileType, StrategyNumbers, Tags } from '../model/resource.ts';
import type { DeploymentParameters } from '../settings/effective-settings.ts';

export type StepId = string;

/** A strategy of the settings by its name, or any other by its id. */
export type StrategyReference = { readonly managed: string } | { readonly id: string };

/**
 * `id` is readable and deterministic: the operation and its target. `after` is the only ordering: those
 * steps must have succeeded. Two steps with one `lane` never run at the same time; the one that was ready first goes
 * first, and of those that were ready together the first in the plan.
 */
export type Step = {
  readonly id: StepId;
  readonly after: readonly StepId[];
  /** Why, in a short clause. */
  readonly reason: string;
  readonly subject: Subject;
  /** Of a step that keeps its environment busy. */
  readonly lane?: LaneId;
  readonly accountRegion: AccountRegionId;
  /** Of a deployment: name of its wave, which it waits for. */
  readonly wave?: string;
  /** Of a deployment: id of how it changes the content. After AppConfig rolled one back, no other of the group is started. */
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
  | ({
      readonly operation: 'CreateConfigurationProfile';
      readonly application: string;
      readonly configurationProfile: string;
      readonly profileType: ProfileType;
      readonly tags: Tags;
    } & ProfileUpdate)
  | ({
      readonly operation: 'UpdateConfigurationProfile';
      readonly application: string;
      readonly configurationProfile: string;
    } & ProfileUpdate)
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
      /** Runs the profile's validators on a version that the run has created. */
      readonly operation: 'ValidateConfiguration';
      readonly application: string;
      readonly configurationProfile: string;
      readonly versionLabel: string;
    }
  | ({
      readonly operation: 'StartDeployment';
      readonly application: string;
      readonly environment: string;
      readonly configurationProfile: string;
      readonly version: VersionToDeploy;
      readonly strategy: StrategyReference;
      readonly numbers: StrategyNumbers | undefined;
      /** Commit, pipeline and project. Apply adds the deployment that was stopped for it. */
      readonly description: string;
      readonly tags: Tags;
      /** Of a rollback: the profile's newest deployment. If another one was started since, this one is not started. */
      readonly replaces?: number;
      /** When the other deployment that keeps the lane busy should end, by its strategy. ISO 8601 in UTC. */
      readonly environmentBusyUntil?: string;
    } & DeploymentParameters)
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
      /** The version that replaces it: it must exist before anything is stopped. */
      readonly inFavourOf: { readonly configurationProfile: string; readonly version: VersionToDeploy } | undefined;
      /** Rolls the deployment back, or reverts it if it is complete: AppConfig restores what was live before. */
      readonly rollsBack?: {
        readonly configurationProfile: string;
        /** When the plan was made: a complete one is reverted. */
        readonly state: DeploymentState;
        /** The profile's newest deployment when the plan was made. If another one was started since, nothing is rolled back. */
        readonly newest: number;
        /** Number of the version that is live then; undefined where there is none. */
        readonly versionNumber: number | undefined;
        /** Deploys that version if AppConfig refuses to revert. */
        readonly fallback: FallbackDeployment | undefined;
      };
    }
  | {
      readonly operation: 'DeleteHostedConfigurationVersion';
      readonly application: string;
      readonly configurationProfile: string;
      readonly versionNumber: number;
      /** Of a version that is pruned: it is kept if one of these environments has a newer deployment now. */
      readonly unlessDeployed?: readonly NewestDeployment[];
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

/** The version that a deployment starts. It is read before the start, and must have the digest. */
export interface VersionToDeploy {
  readonly profileType: ProfileType;
  /** Undefined where a rollback deploys a version without a label of appcfg. */
  readonly versionLabel: string | undefined;
  /** Undefined where the run creates the version, or finds it by its label. */
  readonly versionNumber: number | undefined;
  /** As `versionDigest` in core/live/live-content.ts computes it. */
  readonly digest: string;
}

/** The newest deployment of an environment when the plan was made; 0 where there was none. */
export interface NewestDeployment {
  readonly environment: string;
  readonly deploymentNumber: number;
}

export type FallbackDeployment = Pick<
  Extract<StepOperation, { operation: 'StartDeployment' }>,
  'version' | 'strategy' | 'numbers' | 'description' | 'tags' | keyof DeploymentParameters
>;

export type Operation = StepOperation['operation'];

export type StepOf<O extends Operation> = Extract<Step, { operation: O }>;
