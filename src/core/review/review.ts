// What a change of the tree does to every tenant: the one value that all reporters draw. Contents are compared before their
// variables are replaced. Values that the settings redact are already replaced.
import type { Change } from '../document/diff-values.ts';
import type { Address } from '../model/address.ts';
import type { SourcePosition } from '../model/source-position.ts';
import type { GroupingLabel } from '../settings/grouping-label.ts';

export interface Review {
  /** What the tree is compared with; undefined: with what is live alone, so that only totals and verdict are known. */
  readonly base: { readonly revision: string; readonly commit: string } | undefined;
  /** One sentence. */
  readonly verdict: string;
  /** Of each profile that changes, by environment in the order of the settings. */
  readonly totals: readonly Total[];
  /** Changed files of the shared layers, and changed files of tenants that change no address. */
  readonly edits: readonly Edit[];
  readonly shielded: readonly Shielded[];
  readonly outliers: readonly Outlier[];
  readonly tenants: ComingAndGoing<ChangedTenant>;
  /** Of tenants that both trees have. */
  readonly environments: ComingAndGoing<ChangedEnvironment>;
  readonly newAddresses: readonly NewAddresses[];
  /** Of the tenants of both trees; undefined where none groups them. */
  readonly label: GroupingLabel | undefined;
  /** Of a comparison without what is live, and where an address changes. */
  readonly rollout: Rollout | undefined;
}

/** When the changes reach the tenants, if each is deployed. In minutes from the start; undefined where a strategy's numbers are unknown. */
export interface Rollout {
  readonly minutes: number | undefined;
  /** Those with a change, in their order; one without a name where the settings have no waves. */
  readonly waves: readonly {
    readonly wave: string | undefined;
    /** That change. */
    readonly addresses: number;
    readonly startsAfter: number | undefined;
    readonly endsAfter: number | undefined;
    /** The pause after it; 0 for the last one. */
    readonly soakMinutes: number;
  }[];
}

/** How many addresses of a profile change in an environment. */
export interface Total {
  readonly configurationProfile: string;
  readonly environment: string;
  /** Of both trees. */
  readonly addresses: number;
  readonly changed: number;
  readonly shielded: number;
  readonly outliers: number;
}

/** A changed file. The numbers are of addresses. */
export interface Edit {
  readonly file: string;
  /** Of the first value that it changes. */
  readonly source: SourcePosition;
  readonly layer: EditLayer;
  readonly configurationProfile: string;
  /** Undefined for a layer of all environments. */
  readonly environment: string | undefined;
  /** Where it changes what the layers up to its own come to. */
  readonly paths: readonly string[];
  readonly concerned: number;
  /** It changes no address: also none comes or goes with the file. Never known of the template's where only some addresses are selected. */
  readonly reachesNone: boolean;
  readonly reached: number;
  readonly shielded: number;
  readonly outliers: number;
  /** Environments in which the template itself keeps some of the values, and changes the others. */
  readonly keptByTemplate: readonly KeptByTemplate[];
}

export interface KeptByTemplate {
  readonly environment: string;
  readonly paths: readonly string[];
  /** Of the first value that is kept. */
  readonly source: SourcePosition | undefined;
  /** What is kept at the first paths. */
  readonly values: readonly KeptValue[];
}

export type EditLayer = 'template' | 'template-environment' | 'tenant' | 'tenant-environment';

/** Addresses that keep their values at all paths of an edit. */
export interface Shielded {
  /** Of the edit. */
  readonly file: string;
  readonly paths: readonly string[];
  /** Of the first value that is kept. */
  readonly source: SourcePosition | undefined;
  /** What is kept at the first paths, as changes show values; absent is undefined. */
  readonly values: readonly KeptValue[];
  readonly addresses: readonly Address[];
}

export interface KeptValue {
  readonly path: string;
  readonly value: string | undefined;
}

/** An address that ends up with something other than the shared layers give. */
export interface Outlier {
  readonly address: Address;
  /** Of the edit. */
  readonly file: string;
  /** Of the first value that differs. */
  readonly source: SourcePosition | undefined;
  readonly changes: readonly Change[];
  /** Where it differs: from what the shared layers give, `before`, to what it has, `after`. */
  readonly expected: readonly Change[];
}

/** Whether an outlier keeps its values wherever it differs from the shared layers: it gets the other values of the edit. */
export function keepsOwn({ changes, expected }: Outlier): boolean {
  const changed = new Set(changes.map(({ path }) => path));
  return expected.every(({ path }) => !changed.has(path));
}

export interface ComingAndGoing<T> {
  readonly added: readonly T[];
  /** What is live stays until it is cleaned up. */
  readonly removed: readonly T[];
  /** Equal contents, or equal own files, under another name. */
  readonly renamed: readonly T[];
}

export interface ChangedTenant {
  readonly tenant: string;
  /** Its name in the base. */
  readonly from: string | undefined;
  readonly environments: readonly string[];
  readonly configurations: number;
}

export interface ChangedEnvironment {
  readonly environment: string;
  /** Undefined: all tenants. */
  readonly tenant: string | undefined;
  /** Its name in the base. */
  readonly from: string | undefined;
  readonly configurations: number;
}

/** Addresses that only the head has, and what each has besides the shared layers. */
export interface NewAddresses {
  readonly configurationProfile: string;
  readonly environment: string;
  readonly addresses: readonly Address[];
  readonly changes: readonly Change[];
}
