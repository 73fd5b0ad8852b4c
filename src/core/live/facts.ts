import type { CommitRelation } from '../model/origin.ts';
import type { Tags } from '../model/resource.ts';

/** Something to read of an application besides its lists. */
export type Fact =
  | { readonly kind: 'tags'; readonly environmentId?: string; readonly profileId?: string }
  | { readonly kind: 'version'; readonly profileId: string; readonly versionNumber: number }
  | { readonly kind: 'label'; readonly profileId: string; readonly versionLabel: string }
  | { readonly kind: 'deployment'; readonly environmentId: string; readonly deploymentNumber: number }
  | { readonly kind: 'commit'; readonly commit: string };

/** The value of each kind of fact. */
export interface FactValues {
  tags: Tags;
  /** The content's bytes as text; `missing`: the version was deleted. */
  version:
    | { readonly text: string; readonly contentType: string; readonly versionLabel?: string | undefined }
    | 'missing';
  /** Number of the version that carries the label. */
  label: number | 'missing';
  /** `rollbackReason` is AppConfig's own words from the event log, where it was rolled back. */
  deployment: { readonly description: string; readonly rollbackReason: string | undefined } | 'missing';
  /** How that commit stands to the commit of this run in Git's history. */
  commit: CommitRelation;
}

export type FactOf<K extends Fact['kind']> = Extract<Fact, { kind: K }>;

const factKeys: { readonly [K in Fact['kind']]: (fact: FactOf<K>) => string } = {
  tags: ({ environmentId = '', profileId = '' }) => `${environmentId} ${profileId}`,
  version: ({ profileId, versionNumber }) => `${profileId} ${versionNumber}`,
  label: ({ profileId, versionLabel }) => `${profileId} ${versionLabel}`,
  deployment: ({ environmentId, deploymentNumber }) => `${environmentId} ${deploymentNumber}`,
  commit: ({ commit }) => commit,
};

/** The key under which a fact is kept. */
export function factKey(fact: Fact): string {
  // The row found by a fact's kind takes that fact. The compiler does not relate the two.
  return `${fact.kind} ${(factKeys[fact.kind] as (fact: Fact) => string)(fact)}`;
}

/** The known facts of one application. Asking for an unknown one notes it as wanted. */
export class Facts {
  readonly #known = new Map<string, FactValues[Fact['kind']]>();
  readonly #wanted = new Map<string, Fact>();

  get<K extends Fact['kind']>(fact: FactOf<K>): FactValues[K] | undefined {
    const key = factKey(fact);
    const value = this.#known.get(key);
    if (value === undefined) this.#wanted.set(key, fact);
    // The key begins with the kind: the value under it is of that kind.
    return value as FactValues[K] | undefined;
  }

  learn(fact: Fact, value: FactValues[Fact['kind']]): void {
    const key = factKey(fact);
    this.#known.set(key, value);
    this.#wanted.delete(key);
  }

  /** What was asked for since the last call and is not known. */
  takeWanted(): readonly Fact[] {
    const wanted = [...this.#wanted.values()];
    this.#wanted.clear();
    return wanted;
  }
}
