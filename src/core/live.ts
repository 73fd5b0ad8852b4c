// What AppConfig has: the cheap part, which every run reads, and single facts, which are read only where a decision needs them.
import type { DeploymentState, ProfileType, StrategyNumbers } from './model.ts';
import type { Monitor, RolledBackChange, Tags } from './plan.ts';

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

/** One thing to find out about an application, beyond its lists. */
export type Fact =
  | { readonly kind: 'tags'; readonly environmentId?: string; readonly profileId?: string }
  | { readonly kind: 'version'; readonly profileId: string; readonly versionNumber: number }
  | { readonly kind: 'label'; readonly profileId: string; readonly versionLabel: string }
  | { readonly kind: 'deployment'; readonly environmentId: string; readonly deploymentNumber: number }
  | { readonly kind: 'commit'; readonly commit: string };

/** The answer to each kind of fact. */
export interface FactAnswers {
  tags: Tags;
  /** The content's bytes as text, or that the version is gone. */
  version:
    | { readonly text: string; readonly contentType: string; readonly versionLabel?: string | undefined }
    | 'missing';
  /** Number of the version that carries the label. */
  label: number | 'missing';
  /** `rollbackReason` is AppConfig's own words from the event log, where it was rolled back. */
  deployment: { readonly description: string; readonly rollbackReason: string | undefined } | 'missing';
  /** How that commit stands to ours in Git's history. */
  commit: CommitRelation;
}

export type CommitRelation = 'same' | 'older' | 'newer' | 'unrelated' | 'unknown';

/** The key under which a fact is kept. */
export function factKey(fact: Fact): string {
  switch (fact.kind) {
    case 'tags':
      return `tags ${fact.environmentId ?? ''} ${fact.profileId ?? ''}`;
    case 'version':
      return `version ${fact.profileId} ${fact.versionNumber}`;
    case 'label':
      return `label ${fact.profileId} ${fact.versionLabel}`;
    case 'deployment':
      return `deployment ${fact.environmentId} ${fact.deploymentNumber}`;
    case 'commit':
      return `commit ${fact.commit}`;
    default:
      return fact satisfies never;
  }
}

/** Facts known about one application; asking for one that is not known notes it as wanted. */
export class Facts {
  readonly #known = new Map<string, FactAnswers[Fact['kind']]>();
  readonly #wanted = new Map<string, Fact>();

  get<K extends Fact['kind']>(fact: Extract<Fact, { kind: K }>): FactAnswers[K] | undefined {
    const key = factKey(fact);
    const answer = this.#known.get(key);
    if (answer === undefined) this.#wanted.set(key, fact);
    // The key begins with the kind, so what is kept under it is that kind's answer.
    return answer as FactAnswers[K] | undefined;
  }

  learn(fact: Fact, answer: FactAnswers[Fact['kind']]): void {
    const key = factKey(fact);
    this.#known.set(key, answer);
    this.#wanted.delete(key);
  }

  /** What was asked for and is not known; asking again starts from nothing. */
  takeWanted(): readonly Fact[] {
    const wanted = [...this.#wanted.values()];
    this.#wanted.clear();
    return wanted;
  }
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
