// The resources that an account has in a Region, as they are stored.
import type { Ending, Timing } from './deployment-progress.ts';

/** What most resources have. */
interface Resource {
  readonly order: number;
  readonly id: string;
  name: string;
  description?: string | undefined;
  tags: Record<string, string>;
}

/** An application and its resources. */
export interface Application extends Resource {
  readonly environments: Map<string, Environment>;
  readonly profiles: Map<string, Profile>;
  readonly experiments: Map<string, ExperimentDefinition>;
}

/** The combined state of an environment's alarms. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** An alarm, spelled as on the wire. */
export interface Monitor {
  readonly AlarmArn: string;
  readonly AlarmRoleArn: string;
}

/** An environment and its deployments. */
export interface Environment extends Resource {
  monitors: readonly Monitor[];
  alarm: AlarmState;
  readonly createdAt: number;
  /** When a client last received a configuration from it. */
  lastRead?: number | undefined;
  /** The number of the newest deployment, or 0. */
  lastDeployment: number;
  readonly deployments: Map<number, Deployment>;
}

/** A validator, spelled as on the wire. */
export interface Validator {
  readonly Type: string;
  readonly Content: string;
}

/** A configuration profile and its hosted versions. */
export interface Profile extends Resource {
  readonly type: string;
  readonly locationUri: string;
  retrievalRoleArn?: string | undefined;
  kmsKey?: string | undefined;
  validators: readonly Validator[];
  readonly createdAt: number;
  /** When a client last received a configuration from it. */
  lastRead?: number | undefined;
  /** The highest number ever used; a deleted version's number is not used again. */
  lastVersion: number;
  readonly versions: Map<number, HostedVersion>;
  /** Version numbers by label. */
  readonly labels: Map<string, number>;
}

/** A hosted configuration version. It never changes. */
export interface HostedVersion {
  readonly number: number;
  readonly contentType: string;
  readonly description?: string | undefined;
  readonly label?: string | undefined;
  readonly kmsKey?: string | undefined;
  /** Not part of the library's types, which need no types of Node. @internal */
  readonly content: Buffer;
}

/** A deployment strategy. */
export interface Strategy extends Resource {
  timing: Timing;
  readonly replicateTo: string;
}

/** A deployment, with copies of what it needs from its profile and strategy. */
export interface Deployment {
  readonly number: number;
  readonly profileId: string;
  readonly profileName: string;
  readonly profileType?: string | undefined;
  readonly locationUri: string;
  /** A deployment of an experiment run has none. */
  readonly strategyId?: string | undefined;
  /** Made by an experiment run. */
  readonly managed?: boolean | undefined;
  readonly version: string;
  readonly label?: string | undefined;
  readonly description?: string | undefined;
  readonly kmsKey?: string | undefined;
  tags: Record<string, string>;
  readonly startedAt: number;
  readonly timing: Timing;
  readonly instant: boolean;
  /** The content clients receive. Kept here because it outlives its version. */
  readonly served?: HostedVersion | undefined;
  ending?: Ending | undefined;
}

/** An experiment over one flag. Treatments are spelled as on the wire. */
export interface ExperimentDefinition {
  readonly order: number;
  readonly id: string;
  readonly name: string;
  readonly profileId: string;
  readonly environmentId: string;
  status: 'IDLE' | 'ACTIVE' | 'ARCHIVED';
  readonly flagKey: string;
  hypothesis?: string | undefined;
  audienceDescription?: string | undefined;
  launchCriteria?: string | undefined;
  audienceRule: string;
  control: Readonly<Record<string, unknown>>;
  treatments: readonly Readonly<Record<string, unknown>>[];
  tags: Record<string, string>;
  readonly createdAt: number;
  updatedAt: number;
  /** Oldest first. */
  readonly runs: ExperimentRun[];
}

/** A run of an experiment. */
export interface ExperimentRun {
  readonly number: number;
  description?: string | undefined;
  status: 'RUNNING' | 'DONE';
  exposure: number;
  overrides?: Record<string, string> | undefined;
  result?: Readonly<Record<string, unknown>> | undefined;
  readonly startedAt: number;
  updatedAt: number;
  endedAt?: number | undefined;
  /** The definition when it started, spelled as on the wire. */
  readonly snapshot: Readonly<Record<string, unknown>>;
  /** Oldest first. */
  readonly events: {
    readonly type: 'RUN_STARTED' | 'EXPOSURE_UPDATED' | 'OVERRIDES_UPDATED' | 'RUN_STOPPED';
    readonly at: number;
    readonly deployment: number;
    readonly exposure: number;
  }[];
}

/** An extension's action, spelled as on the wire. It is stored and never run. */
export interface ExtensionAction {
  readonly Name: string;
  readonly Description?: string | undefined;
  readonly Uri: string;
  readonly RoleArn?: string | undefined;
}

/** A parameter of an extension, spelled as on the wire. */
export interface ExtensionParameter {
  readonly Description?: string | undefined;
  readonly Required: boolean;
  readonly Dynamic: boolean;
}

/** A version of an extension. */
export interface ExtensionVersion {
  readonly number: number;
  description?: string | undefined;
  tags: Record<string, string>;
  actions: Readonly<Record<string, ExtensionAction[]>>;
  parameters?: Readonly<Record<string, ExtensionParameter>> | undefined;
}

/** An extension and its versions, oldest first. There is at least one. */
export interface Extension {
  readonly order: number;
  readonly id: string;
  readonly name: string;
  /** The highest number ever used. */
  lastVersion: number;
  readonly versions: ExtensionVersion[];
}

/** An extension associated with a resource. */
export interface ExtensionAssociation {
  readonly order: number;
  readonly id: string;
  readonly extensionId: string;
  readonly extensionVersion: number;
  readonly resourceArn: string;
  tags: Record<string, string>;
  parameters?: Readonly<Record<string, string>> | undefined;
}

/** The settings of an account in a Region. */
export interface AccountSettings {
  deletionProtection: { enabled: boolean; minutes: number };
  vendedMetrics?: boolean | undefined;
}

/** All resources of one account in one Region. */
export interface AccountRegion {
  readonly account: string;
  readonly region: string;
  readonly applications: Map<string, Application>;
  readonly strategies: Map<string, Strategy>;
  readonly extensions: Map<string, Extension>;
  readonly associations: Map<string, ExtensionAssociation>;
  readonly settings: AccountSettings;
}

/** The resource with an id or a name. An id wins over a name that looks like one. */
export function findByIdOrName<T extends { readonly name: string }>(
  resources: ReadonlyMap<string, T>,
  idOrName: string,
): T | undefined {
  return resources.get(idOrName) ?? [...resources.values()].find(({ name }) => name === idOrName);
}
