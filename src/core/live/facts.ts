import type { CommitRelation } from '../model/origin.ts';
import type { Tags } from '../model/resource.ts';
import type { LiveDeployment } from './live-state.ts';
import type { LiveProfileSettings } from './managed-profile.ts';

/** Something to read of an application besides its lists. */
export type Fact =
  | { readonly kind: 'tags'; readonly environmentId?: string; readonly profileId?: string }
  | { readonly kind: 'version'; readonly profileId: string; readonly versionNumber: number }
  | { readonly kind: 'label'; readonly profileId: string; readonly versionLabel: string }
  | { readonly kind: 'deployment'; readonly environmentId: string; readonly deploymentNumber: number }
  | { readonly kind: 'profile'; readonly profileId: string }
  | {
      readonly kind: 'earlier';
      readonly environmentId: string;
      readonly profileId: string;
      readonly deploymentNumber: number;
      readonly accepted: number;
    }
  | { readonly kind: 'commit'; readonly commit: string };

/** The value of each kind of fact. */
export interface FactValues {
  tags: Tags;
  /** The content's bytes as text; `missing`: the version was deleted. */
  version:
    | {
        readonly text: string;
        /** Where they are no UTF-8: the text has replacement characters then. */
        readonly bytes?: Uint8Array | undefined;
        readonly contentType: string;
        readonly versionLabel?: string | undefined;
      }
    | 'missing';
  /** Number of the version that carries the label. */
  label: number | 'missing';
  /** Of a profile what its lists do not show. */
  profile: LiveProfileSettings | 'missing';
  /** `rollbackReason` is AppConfig's own words from the event log, where it was rolled back. */
  deployment:
    | {
        readonly description: string;
        readonly rollbackReason: string | undefined;
        /** In AppConfig's words. It records no name. */
        readonly startedBy?: string | undefined;
      }
    | 'missing';
  /** Earlier deployments of the profile that appcfg may have made, or that are accepted: newest first, at least one if there is one. */
  earlier: readonly LiveDeployment[];
  /** How that commit stands to the commit of this run in Git's history. */
  commit: CommitRelation;
}

export type FactOf<K extends Fact['kind']> = Extract<Fact, { kind: K }>;

const factKeys: { readonly [K in Fact['kind']]: (fact: FactOf<K>) => string } = {
  tags: ({ environmentId = '', profileId = '' }) => `${environmentId} ${profileId}`,
  version: ({ profileId, versionNumber }) => `${profileId} ${versionNumber}`,
  label: ({ profileId, versionLabel }) => `${profileId} ${versionLabel}`,
  deployment: ({ environmentId, deploymentNumber }) => `${environmentId} ${deploymentNumber}`,
  profile: ({ profileId }) => profileId,
  earlier: ({ environmentId, profileId, deploymentNumber }) => `${environmentId} ${profileId} ${deploymentNumber}`,
  commit: ({ commit }) => commit,
};

/** The key under which a fact is kept. */
function factKey(fact: Fact): string {
  // The row found by a fact's kind takes that fact. The compiler does not relate the two.
  return `${fact.kind} ${(factKeys[fact.kind] as (fact: Fact) => string)(fact)}`;
}

/** Whether a fact shows what an application contains: such a fact is read only after its owner is known. */
const showsContent: { readonly [K in Fact['kind']]: boolean } = {
  tags: false,
  version: true,
  label: true,
  deployment: true,
  profile: false,
  earlier: true,
  commit: false,
};

/** The known facts of one application. Asking for an unknown one notes it as wanted. */
export class Facts {
  readonly #known = new Map<string, FactValues[Fact['kind']]>();
  readonly #wanted = new Map<string, Fact>();
  readonly #mayShow: ((tags: Tags) => boolean) | undefined;
  #isOwnerAsked = false;

  /**
   * @param mayShow whether content of an application with these tags may be read and shown; absent: the caller knows that
   * the project manages it
   */
  constructor(mayShow?: (tags: Tags) => boolean) {
    this.#mayShow = mayShow;
  }

  /** Content was asked for: who owns the application decides whether it is read. */
  get isOwnerAsked(): boolean {
    return this.#isOwnerAsked;
  }

  /** Undefined: not known yet, or content that may not be shown. */
  get<K extends Fact['kind']>(fact: FactOf<K>): FactValues[K] | undefined {
    if (showsContent[fact.kind] && !this.#mayShowContent()) return undefined;
    const key = factKey(fact);
    const value = this.#known.get(key);
    if (value === undefined) this.#wanted.set(key, fact);
    // The key begins with the kind: the value under it is of that kind.
    return value as FactValues[K] | undefined;
  }

  #mayShowContent(): boolean {
    if (this.#mayShow === undefined) return true;
    this.#isOwnerAsked = true;
    const tags = this.get({ kind: 'tags' });
    return tags !== undefined && this.#mayShow(tags);
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
