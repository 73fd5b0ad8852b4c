// What the command line asks for, typed. How it is read is flags.ts and parse-values.ts.
import type { LabelSelector, Selection } from '../core/model/selection.ts';
import type { Limit } from '../core/settings/settings.ts';

export const outputFormats = ['text', 'json', 'jsonl', 'markdown', 'junit', 'tfplan'] as const;

export type OutputFormat = (typeof outputFormats)[number];

/** One `-o`: a format, on stdout or in a file. */
export interface OutputTarget {
  readonly format: OutputFormat;
  readonly file?: string;
}

export interface CommonOptions {
  readonly selection: Selection;
  readonly region: string | undefined;
  readonly awsProfile: string | undefined;
  readonly endpointUrl: string | undefined;
  readonly local: boolean;
  readonly insecure: boolean;
  /** Requests in flight at most. */
  readonly concurrency: number | undefined;
  /** For the whole run, in milliseconds. */
  readonly timeoutMs: number | undefined;
}

export interface ValidateOptions {
  readonly selection: Selection;
}

export interface RenderOptions {
  readonly selection: Selection;
  /** `tenant/environment/Profile`, globs allowed. Empty: what is selected. */
  readonly addresses: readonly string[];
  readonly out: string | undefined;
  readonly layout: 'tree' | 'agent';
  readonly unredacted: boolean;
}

export interface ExplainOptions {
  readonly address: string;
  readonly pointer: string | undefined;
}

/** What lets a guard go by; a diff takes them too, so that it shows the same plan. */
export interface GuardOptions {
  readonly adopt: boolean;
  readonly retryRolledBack: boolean;
  readonly allowOlder: boolean;
  readonly allowShrink: boolean;
  readonly supersede: boolean;
}

export interface WaveOption {
  /** Name of the wave to run; undefined: all of them. */
  readonly wave: string | undefined;
}

export interface DiffOptions extends CommonOptions, GuardOptions, WaveOption {
  /** A Git revision to compare with, in the place of AppConfig. */
  readonly base: string | undefined;
}

export interface SyncOptions extends CommonOptions, GuardOptions, WaveOption {
  readonly dryRun: boolean;
  readonly only: 'update' | 'deploy' | undefined;
  readonly wait: boolean;
  readonly failFast: boolean;
  readonly busyTimeoutMs: number;
}

export interface StatusOptions extends CommonOptions, WaveOption {
  /** Go on telling until nothing is in flight. */
  readonly watch: boolean;
}

export interface HistoryOptions extends CommonOptions {
  /** `tenant/environment/Profile`, globs allowed. Empty: what is selected. */
  readonly addresses: readonly string[];
  /** Deployments of each address. */
  readonly limit: number;
}

export interface RollbackOptions extends CommonOptions {
  /** As above. */
  readonly addresses: readonly string[];
  readonly commit: string | undefined;
  /** Number or label of a version. */
  readonly to: string | undefined;
  /** In the place of the environment's own. */
  readonly deploymentStrategy: string | undefined;
  readonly supersede: boolean;
  readonly dryRun: boolean;
  readonly busyTimeoutMs: number;
}

export interface CleanupOptions extends CommonOptions {
  /** Names or globs of tenants; empty with `all` or `orphans`. */
  readonly tenants: readonly string[];
  /** Of the tenants that the applications are named after. */
  readonly labels: readonly LabelSelector[];
  readonly all: boolean;
  readonly orphans: boolean;
  readonly includeAdopted: boolean;
  readonly bypassDeletionProtection: boolean;
  readonly maxDeletes: Limit | undefined;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

export interface EmulatorOptions {
  readonly host: string | undefined;
  readonly port: number;
  /** Undefined: no Agent. */
  readonly agentPort: number | undefined;
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly data: string | undefined;
  /** A folder with a tree. */
  readonly seedFrom: string | undefined;
  readonly speed: number;
  readonly latencyMs: number;
  readonly rates: boolean;
  readonly quotas: Readonly<Record<string, number>>;
}

/** How the run talks. */
export interface DisplayOptions {
  readonly outputs: readonly OutputTarget[];
  readonly color: 'auto' | 'always' | 'never';
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly detailedExitcode: boolean;
}
