// What AppConfig has: the cheap part, which every run reads, and single facts, which are read only where a decision needs them.
import type { DeploymentState, Monitor, ProfileType, StrategyNumbers, Tags } from '../model/resource.ts';
import type { Facts } from './facts.ts';

/** One application as the lists show it. Ids exist only in live state. */
export interface LiveApplication {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly environments: ReadonlyMap<string, LiveEnvironment>;
  readonly configurationProfiles: ReadonlyMap<string, LiveProfile>;
}

/** An application of which only ListApplications was asked. */
export type ListedApplication = Pick<LiveApplication, 'id' | 'name' | 'description'>;

export interface LiveEnvironment {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly monitors: readonly Monitor[];
  /** Number of the newest deployment over all profiles; undefined in an environment that never had one, or was not read. */
  readonly latestDeploymentNumber: number | undefined;
  /** The deployment that keeps the environment busy. */
  readonly inFlight: LiveDeployment | undefined;
  /** By configuration profile id. */
  readonly histories: ReadonlyMap<string, ProfileHistory>;
  /** Ids of profiles, also of such that the tree lacks, of which versions with a label of ours were deployed. */
  readonly deployedByUs: ReadonlySet<string>;
}

/** What the deployments of one profile in one environment come to, as far as they were read (newest first). */
export interface ProfileHistory {
  readonly newest: LiveDeployment;
  /** The newest COMPLETE one: what clients receive. Rolled back and reverted ones are passed over. */
  readonly completed: LiveDeployment | undefined;
  /** Deployments that were rolled back or reverted and whose version was not deployed again since, newest first. */
  readonly rolledBack: readonly LiveDeployment[];
}

export interface LiveDeployment {
  readonly number: number;
  readonly profileId: string | undefined;
  readonly versionNumber: number;
  readonly versionLabel: string | undefined;
  readonly state: DeploymentState;
  readonly strategy: StrategyNumbers;
  /** ISO 8601, UTC. */
  readonly startedAt: string | undefined;
  readonly completedAt: string | undefined;
}

export interface LiveProfile {
  readonly id: string;
  readonly name: string;
  readonly type: string | ProfileType;
  /** `hosted`, or where else the content comes from. */
  readonly locationUri: string;
}

export interface LiveStrategy {
  readonly id: string;
  readonly name: string;
  readonly numbers: StrategyNumbers;
  /** Read for strategies that may be ours. */
  readonly tags: Tags | undefined;
}

/** Everything a plan needs to know about AppConfig. */
export interface LiveState {
  readonly applications: ReadonlyMap<string, { readonly application: LiveApplication; readonly facts: Facts }>;
  /** All of the account and Region, whoever owns them. */
  readonly applicationCount: number;
  /** Applications of ours, by their tags, that the tree no longer has. Not looked for in a selective run. */
  readonly orphanedApplications: readonly ListedApplication[];
  /** Read when a deployment starts that needs an own strategy. */
  readonly deploymentStrategies: readonly LiveStrategy[] | undefined;
  /** Numbers of strategies that the settings name by an id of AppConfig, where a deployment needs them. */
  readonly strategyNumbers: ReadonlyMap<string, StrategyNumbers>;
  /** Names of the configuration profiles of which some address is to change. */
  readonly changingProfiles: ReadonlySet<string>;
  /** What was rolled back, by the addresses that went back to their old content; undefined where nobody asked. */
  readonly rolledBackChanges?: ReadonlyMap<string, RolledBackChange>;
}

/** A deployment that AppConfig rolled back. */
export interface RolledBackChange {
  readonly deploymentNumber: number;
  /** Id of how it would have changed the content. */
  readonly changeGroup: string;
}
