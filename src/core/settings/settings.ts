// What `appcfg.yml` says, checked, and what holds without one. Reading is tree/read-settings.ts.
import type { ContentFormat } from '../model/content.ts';
import type { ProfileType, StrategyNumbers } from '../model/resource.ts';
import type { QuotaName } from '../model/service-limits.ts';
import type { SourcePosition } from '../model/source-position.ts';

export interface Settings {
  /** Owner of what is created; undefined when the file does not name one (the command line finds a default). */
  readonly project: string | undefined;
  readonly aws: {
    readonly region: string | undefined;
    readonly allowedAccounts: readonly string[] | undefined;
    /** What the account was granted; undefined where only AWS's default is known. */
    readonly quotas: Readonly<Record<QuotaName, number | undefined>>;
  };
  /** Pattern with `{tenant}`. */
  readonly applicationName: string;
  /** Globs of application names that may be taken over. */
  readonly adopt: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** JSON Pointers, globs allowed, whose values no output shows. */
  readonly redact: readonly string[];
  /** Id of a predefined strategy, name of an own one, or an id as AppConfig gives them. */
  readonly deploymentStrategy: string;
  /** The closed list of environments, where given. */
  readonly environments: ReadonlyMap<string, EnvironmentSettings> | undefined;
  /** What holds for single tenants, in the order of the file; tenants.ts takes it together. */
  readonly tenants: readonly TenantEntry[];
  /** Own strategies by name. */
  readonly deploymentStrategies: ReadonlyMap<string, StrategyNumbers>;
  readonly profiles: ReadonlyMap<string, ProfileSettings>;
  readonly waves: readonly WaveSettings[] | undefined;
  readonly guards: { readonly maxDeletes: Limit; readonly maxShrink: Limit };
  /** `appcfg.yml:3:5` for what stands at these keys; of the nearest that the file has. */
  readonly sourceOf: (...keys: readonly string[]) => SourcePosition;
}

export interface EnvironmentSettings {
  readonly deploymentStrategy: string | undefined;
  /** Undefined: monitors are not managed. Empty: there shall be none. */
  readonly monitors: readonly MonitorSettings[] | undefined;
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly roleArn: string | undefined;
}

/** What holds for the tenants that some globs match. */
export interface TenantEntry {
  readonly match: readonly string[];
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly roleArn: string | undefined;
  readonly deploymentStrategy: string | undefined;
  readonly monitors: readonly MonitorSettings[] | undefined;
  /** Globs of configuration profiles that they do not have. */
  readonly excludeProfiles: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
}

/** ARNs may hold `{tenant}`, `{environment}`, `{account}` and `{region}`. */
export interface MonitorSettings {
  readonly alarmArn: string;
  readonly alarmRoleArn: string;
}

/** How the layers of lists at one path are combined. */
export type ListStrategy = 'append' | 'prepend' | 'union' | { readonly by: string };

export interface ProfileSettings {
  readonly type: ProfileType;
  readonly format: ContentFormat;
  /** Path of a JSON Schema below the tree, with `/`. */
  readonly schema: string | undefined;
  readonly merge: 'merge' | 'replace';
  readonly null: 'delete' | 'keep';
  /** JSON Pointer to strategy. */
  readonly lists: ReadonlyMap<string, ListStrategy>;
}

export interface WaveSettings {
  readonly name: string;
  readonly tenants: readonly string[];
  readonly environments: readonly string[];
  /** Labels that a tenant has to have; values may be globs. */
  readonly labels: ReadonlyMap<string, string>;
  readonly soakMinutes: number;
  readonly maxFailures: Limit;
}

/** A number of things, or a percentage of them (0 to 100). */
export type Limit = { readonly count: number } | { readonly percent: number };

/** What holds for a profile that the settings do not mention. */
export const defaultProfileSettings: ProfileSettings = {
  type: 'AWS.Freeform',
  format: 'json',
  schema: undefined,
  merge: 'merge',
  null: 'delete',
  lists: new Map(),
};

/** What holds without an `appcfg.yml`. */
export const defaultSettings: Settings = {
  project: undefined,
  aws: {
    region: undefined,
    allowedAccounts: undefined,
    quotas: { applications: undefined, environments: undefined, profiles: undefined, strategies: undefined },
  },
  applicationName: '{tenant}',
  adopt: [],
  tags: {},
  redact: [],
  deploymentStrategy: 'AppConfig.Linear50PercentEvery30Seconds',
  environments: undefined,
  tenants: [],
  deploymentStrategies: new Map(),
  profiles: new Map(),
  waves: undefined,
  guards: { maxDeletes: { percent: 10 }, maxShrink: { percent: 50 } },
  sourceOf: () => ({ file: 'appcfg.yml' }),
};
