// What AppConfig has: the lists, which every run reads, and single facts, which are read only where a decision needs them.
import type {
  DeploymentState,
  DeploymentType,
  Monitor,
  ProfileType,
  StrategyNumbers,
  Tags,
} from '../model/resource.ts';
import type { Facts } from './facts.ts';

/** One application as the lists show it. */
export interface LiveApplication {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly environments: ReadonlyMap<string, LiveEnvironment>;
  readonly configurationProfiles: ReadonlyMap<string, LiveProfile>;
}

/** An application as calls and messages name it. */
export type NamedApplication = Pick<LiveApplication, 'id' | 'name'>;

/** An application as ListApplications shows it. */
export type ListedApplication = Pick<LiveApplication, 'id' | 'name' | 'description'>;

export interface LiveEnvironment {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly monitors: readonly Monitor[];
  /** Number of the newest deployment over all profiles; undefined where there is none, or none was read. */
  readonly latestDeploymentNumber: number | undefined;
  /** The deployment that keeps the environment busy. */
  readonly inFlight: LiveDeployment | undefined;
  /** By configuration profile id. */
  readonly histories: ReadonlyMap<string, ProfileHistory>;
  /** Ids of profiles, also of those that the tree lacks, of which versions with a label of appcfg were deployed. */
  readonly deployedByAppcfg: ReadonlySet<string>;
}

/** The deployments of one profile in one environment, as far as they were read. */
export interface ProfileHistory {
  /** The newest of type USER, if there is one. */
  readonly newest: LiveDeployment;
  /** The newest COMPLETE one: what clients receive. Rolled back and reverted ones do not count. */
  readonly completed: LiveDeployment | undefined;
  /** The newest COMPLETE one of type USER, where an experiment run has deployed its version again. */
  readonly completedByUser?: LiveDeployment | undefined;
  /** The newest of all, where an experiment run made it. */
  readonly managed?: LiveDeployment | undefined;
  /** Deployments that were rolled back or reverted and whose version was not deployed again since, newest first. */
  readonly rolledBack: readonly LiveDeployment[];
}

export interface LiveDeployment {
  readonly number: number;
  readonly profileId: string | undefined;
  readonly versionNumber: number;
  readonly versionLabel: string | undefined;
  readonly state: DeploymentState;
  /** Absent: USER. */
  readonly type?: DeploymentType | undefined;
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

/** A version as ListHostedConfigurationVersions shows it. */
export interface ListedVersion {
  readonly number: number;
  readonly label: string | undefined;
  /** Empty where it has none. */
  readonly description: string;
}

export interface LiveStrategy {
  readonly id: string;
  readonly name: string;
  readonly numbers: StrategyNumbers;
  /** Read for strategies that may be managed. */
  readonly tags: Tags | undefined;
}

/** Everything a plan needs to know about AppConfig. */
export interface LiveState {
  readonly applications: ReadonlyMap<string, { readonly application: LiveApplication; readonly facts: Facts }>;
  /** Of the account and Region, unmanaged ones included. */
  readonly applicationCount: number;
  /** Managed applications, by their tags, that the tree no longer has. Empty in a selective run. */
  readonly orphanedApplications: readonly ListedApplication[];
  /** Read where a deployment needs a strategy of the settings. */
  readonly deploymentStrategies: readonly LiveStrategy[] | undefined;
  /** Numbers of strategies that the settings name by an id of AppConfig, where a deployment needs them. */
  readonly strategyNumbers: ReadonlyMap<string, StrategyNumbers>;
  /** Names of the configuration profiles of which some address is to change. */
  readonly changingProfiles: ReadonlySet<string>;
  /** What was rolled back, by the addresses that have their old content again; undefined where it was not read. */
  readonly rolledBackChanges?: ReadonlyMap<string, RolledBackChange>;
}

/** A deployment that AppConfig rolled back. */
export interface RolledBackChange {
  readonly deploymentNumber: number;
  /** Id of how it would have changed the content. */
  readonly changeGroup: string;
}
