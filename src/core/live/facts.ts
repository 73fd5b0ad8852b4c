import type { CommitRelation } from '../model/origin.ts';
import type { Tags } from '../model/resource.ts';

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
