import type { Tags } from '../model/resource.ts';
import type { LiveStrategy } from './live-state.ts';

/** Everything in the applications that a cleanup may delete. */
export interface Inventory {
  readonly applications: readonly InventoryApplication[];
  readonly deploymentStrategies: readonly LiveStrategy[];
}

export interface InventoryApplication {
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  readonly environments: readonly InventoryEnvironment[];
  readonly configurationProfiles: readonly InventoryProfile[];
  /** Also archived ones. */
  readonly experimentDefinitions?: readonly InventoryExperiment[];
  readonly extensionAssociations?: readonly InventoryAssociation[];
}

/** An experiment definition, which keeps AppConfig from deleting its environment or application. */
export interface InventoryExperiment {
  readonly id: string;
  readonly name: string;
  readonly environmentId: string | undefined;
  /** Then it blocks its application only. */
  readonly isArchived: boolean;
}

/** An extension association, which keeps AppConfig from deleting the resource. */
export interface InventoryAssociation {
  readonly id: string;
  /** Id of the extension. */
  readonly extension: string;
  /** Id of the environment or profile; undefined: the application itself. */
  readonly partId: string | undefined;
}

export interface InventoryEnvironment {
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  /** Number of the deployment in flight. */
  readonly inFlight:
    | { readonly deploymentNumber: number; readonly configurationProfileId: string | undefined }
    | undefined;
}

export interface InventoryProfile {
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  readonly versions: readonly number[];
}
