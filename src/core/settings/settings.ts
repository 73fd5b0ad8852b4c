// The settings in appcfg.yml after all checks, and their defaults. parse-settings.ts makes them from the file.
import type { ContentFormat } from '../model/content.ts';
import type { ProfileType, StrategyNumbers } from '../model/resource.ts';
import type { QuotaName } from '../model/service-limits.ts';
import type { SourcePosition } from '../model/source-position.ts';
import type { Severities, SeveritySetting } from '../problem/severities.ts';
import { noTenantEntries, type TenantEntries } from './tenant-entries.ts';

export interface Settings {
  /** Owner of what appcfg creates; undefined where the file has none (engine/project-name finds one). */
  readonly project: string | undefined;
  readonly aws: {
    readonly region: string | undefined;
    readonly allowedAccounts: readonly string[] | undefined;
    /** Granted to the account; undefined: AWS's default is assumed. */
    readonly quotas: Readonly<Record<QuotaName, number | undefined>>;
  };
  /** A pattern with `{tenant}`, for tenants whose entries have none. */
  readonly applicationName: string;
  /** Globs of the names of applications that may be adopted. */
  readonly adopt: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** JSON Pointers, globs allowed. No output shows the values there. In a run it is the redaction in force: also that of the settings base. */
  readonly redact: readonly string[];
  /** Those of `redact` that the file lacks: they come from the settings base. */
  readonly redactOfBase: readonly string[];
  /** Where secrets may be shown: `guards.secretsAllowed`; in a run only what the settings base has, too. */
  readonly secretsShown: readonly string[];
  /** Of profiles that have no setting of their own. Undefined: all versions are kept. */
  readonly versions?: VersionSettings | undefined;
  /** The id of a predefined strategy, a name from `deploymentStrategies`, or an id. */
  readonly deploymentStrategy: string;
  /** The closed list of environments, where given. */
  readonly environments: ReadonlyMap<string, EnvironmentSettings> | undefined;
  readonly tenants: TenantEntries;
  /** Strategies that appcfg creates, by name. */
  readonly deploymentStrategies: ReadonlyMap<string, StrategyNumbers>;
  readonly profiles: ReadonlyMap<string, ProfileSettings>;
  readonly waves: readonly WaveSettings[] | undefined;
  readonly guards: {
    readonly maxDeletes: Limit;
    readonly maxShrink: Limit;
    readonly drift: 'block' | 'overwrite';
    /** The severity of secrets in contents. They are redacted whatever it is. */
    readonly secrets: SeveritySetting;
    /** JSON Pointers, globs allowed, of values that are no secrets, although they look like one. */
    readonly secretsAllowed: readonly string[];
    readonly changes: ChangeChecks;
  };
  /** Of warnings, by code. */
  readonly severities: Severities;
  /** The position of the value at these keys, or of the nearest parent that the file has. */
  readonly sourceOf: (...keys: readonly string[]) => SourcePosition;
}

/** Checks on what a change does, and their limits. */
export interface ChangeChecks {
  readonly emptied: SeveritySetting;
  readonly kind: SeveritySetting;
  readonly factor: SeveritySetting;
  readonly reach: SeveritySetting;
  readonly dormant: SeveritySetting;
  /** By which a number may grow or shrink, at least 1. */
  readonly maxFactor: number;
  /** Of an environment's tenants, how many the first wave may change. */
  readonly maxReach: Limit;
  readonly dormantDays: number;
}

/** What environments and tenants both have. */
interface Overrides {
  readonly deploymentStrategy?: string | undefined;
  /** Undefined: monitors are not managed. Empty: all monitors are removed. */
  readonly monitors?: readonly MonitorSettings[] | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly roleArn?: string | undefined;
}

export interface EnvironmentSettings extends Overrides {
  /** Of deployments. May contain `{tenant}`, `{environment}`, `{account}` and `{region}`, like the parameters. */
  readonly kmsKey?: string | undefined;
  /** `EXTENSION#PARAMETER` to value; `{commit}`, `{pipeline}` and `{url}` are replaced, too. */
  readonly dynamicExtensionParameters?: Readonly<Record<string, string>> | undefined;
}

/** Settings of the tenants that match. */
export interface TenantEntry extends Overrides {
  readonly match: readonly string[];
  /** A pattern with `{tenant}`, or the name of the application of the one tenant that `match` names. */
  readonly applicationName?: string | undefined;
  /** Globs of configuration profiles that are not rendered for these tenants. */
  readonly excludeProfiles: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
}

/** ARNs may contain `{tenant}`, `{environment}`, `{account}` and `{region}`. */
export interface MonitorSettings {
  readonly alarmArn: string;
  readonly alarmRoleArn: string;
}

/** How the lists of the layers at one pointer are combined. */
export type ListStrategy = 'append' | 'prepend' | 'union' | { readonly by: string };

export interface ProfileSettings {
  readonly type: ProfileType;
  readonly format: ContentFormat;
  /** Path of a JSON Schema, relative to the tree, with `/`. */
  readonly schema?: string | undefined;
  /** Whether the schema is the profile's JSON_SCHEMA validator in AppConfig. Undefined: as `validators`. */
  readonly installValidator?: boolean | undefined;
  /** ARNs of Lambda functions, with placeholders as in the key. Undefined: not managed. Empty: the profile has no validators. */
  readonly validators?: readonly string[] | undefined;
  /** Undefined: not managed. Empty: none. May contain `{tenant}`, `{account}` and `{region}`. */
  readonly kmsKey?: string | undefined;
  /** Whether variables in strings are replaced. */
  readonly variables?: boolean;
  readonly merge: 'merge' | 'replace';
  readonly null: 'delete' | 'keep';
  /** JSON Pointer to strategy. */
  readonly lists: ReadonlyMap<string, ListStrategy>;
  readonly versions?: VersionSettings | undefined;
}

export interface VersionSettings {
  /** How many of the newest versions are kept, at least 1. */
  readonly keep: number;
}

/** As the settings have them: with placeholders. */
export function profileAsWritten({ profiles }: Pick<Settings, 'profiles'>, profile: string): ProfileSettings {
  return profiles.get(profile) ?? defaultProfileSettings;
}

/** How many of the newest versions of a profile are kept; undefined: all. */
export function versionsToKeep(
  { profiles, versions }: Pick<Settings, 'profiles' | 'versions'>,
  profile: string,
): number | undefined {
  return (profiles.get(profile)?.versions ?? versions)?.keep;
}

export interface WaveSettings {
  readonly name: string;
  readonly tenants: readonly string[];
  readonly environments: readonly string[];
  /** Labels that a tenant needs; values may be globs. */
  readonly labels: ReadonlyMap<string, string>;
  readonly soakMinutes: number;
  readonly maxFailures: Limit;
}

/** A number of things, or a percentage of them, 0 to 100. */
export type Limit = { readonly count: number } | { readonly percent: number };

/** How many of `whole` a limit allows. A percentage is rounded down. */
export function limitOf(limit: Limit, whole: number): number {
  return 'count' in limit ? limit.count : Math.floor((whole * limit.percent) / 100);
}

/** Settings of a profile that the file does not have. */
export const defaultProfileSettings: ProfileSettings = {
  type: 'AWS.Freeform',
  format: 'json',
  merge: 'merge',
  null: 'delete',
  lists: new Map(),
};

const defaultChangeChecks: ChangeChecks = {
  emptied: 'warn',
  kind: 'warn',
  factor: 'warn',
  reach: 'off',
  dormant: 'off',
  maxFactor: 10,
  maxReach: { percent: 50 },
  dormantDays: 365,
};

/** Settings without an `appcfg.yml`. */
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
  redactOfBase: [],
  secretsShown: [],
  deploymentStrategy: 'AppConfig.Linear50PercentEvery30Seconds',
  environments: undefined,
  tenants: noTenantEntries,
  deploymentStrategies: new Map(),
  profiles: new Map(),
  waves: undefined,
  guards: {
    maxDeletes: { percent: 10 },
    maxShrink: { percent: 50 },
    drift: 'block',
    secrets: 'warn',
    secretsAllowed: [],
    changes: defaultChangeChecks,
  },
  severities: new Map(),
  sourceOf: () => ({ file: 'appcfg.yml' }),
};
