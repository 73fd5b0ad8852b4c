// What each use case is asked to do. It knows no flags: cli/ parses these from the command line.
import type { AddressState } from '../core/assess/address-status.ts';
import type { CheckedCommand } from '../core/doctor/needed-actions.ts';
import type { VersionReference } from '../core/live/version-reference.ts';
import type { Address, AddressGlob } from '../core/model/address.ts';
import type { LabelSelector, Selection } from '../core/model/selection.ts';
import type { ChangeCode } from '../core/problem/problem-codes.ts';
import type { GuardOverrides } from '../core/settings/policy.ts';
import type { Limit } from '../core/settings/settings.ts';
import type { NamedRevision } from '../git/revision-source.ts';

export interface CommonOptions {
  readonly selection: Selection;
  /** Globs of the ids of accounts and Regions; empty: all of the run. */
  readonly accountRegions: readonly string[];
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

export interface InitOptions {
  /** Relative to the folder of the tree. */
  readonly directory: string;
  readonly project: string | undefined;
  readonly tenant: string;
  /** 12 digits. */
  readonly account: string | undefined;
  /** The URL of a GitLab. */
  readonly gitlab: string | undefined;
  readonly branch: string;
  readonly pipelineOnly: boolean;
}

export interface AddTenantOptions {
  readonly name: string;
  /** The tenant that is copied. */
  readonly like: string | undefined;
  /** Globs, or names of new ones; empty: those of the settings or the tree. */
  readonly environments: readonly string[];
}

export interface RenameTenantOptions extends CommonOptions {
  readonly from: string;
  readonly to: string;
  /** Remove the old one. */
  readonly finish: boolean;
}

export interface GenerateOptions extends CommonOptions {
  /** Where the pipeline is written; undefined: it is printed. */
  readonly out: string | undefined;
  readonly maxJobs: number;
  /** Undefined: that of the job. */
  readonly image: string | undefined;
  /** A line of the shell that installs appcfg; empty: the image has it. */
  readonly install: string;
  /** Undefined: where npm installs it, or its name where the image has it. */
  readonly cli: string | undefined;
  readonly audience: string;
  readonly gitlabEnvironment: string;
  readonly writeRole: string | undefined;
  /** A job takes at most so long. */
  readonly jobTimeoutMs: number;
  /** A file with the plan that was approved. */
  readonly expect: string | undefined;
}

export interface SummaryOptions {
  /** At least one, in the order of the rollout. */
  readonly files: readonly string[];
}

export interface ValidateOptions {
  readonly selection: Selection;
}

export interface TidyOptions {
  readonly selection: Selection;
  /** Empty: what is selected. */
  readonly addresses: readonly AddressGlob[];
  readonly write: boolean;
}

export interface RenderOptions {
  readonly selection: Selection;
  /** Empty: what is selected. */
  readonly addresses: readonly AddressGlob[];
  readonly out: string | undefined;
  readonly layout: 'tree' | 'agent';
  readonly unredacted: boolean;
}

export interface ExplainOptions {
  readonly address: Address;
  /** JSON Pointer to a value; undefined: the whole document. */
  readonly pointer: string | undefined;
}

export interface WaveOption {
  /** Name of the wave to run; undefined: all of them. */
  readonly wave: string | undefined;
}

export interface AcknowledgeOption {
  /** Checks on the change that report nothing. */
  readonly acknowledge: readonly ChangeCode[];
}

/** A diff takes the overrides of guards, too, so that it shows the plan of the sync. */
export interface DiffOptions extends CommonOptions, GuardOverrides, WaveOption, VerifyOption, AcknowledgeOption {}

export interface CompareOptions extends CommonOptions, AcknowledgeOption {
  /** What the tree is compared with. */
  readonly base: NamedRevision;
}

export interface SyncOptions extends CommonOptions, GuardOverrides, WaveOption, AcknowledgeOption {
  readonly dryRun: boolean;
  readonly only: 'update' | 'deploy' | undefined;
  readonly wait: boolean;
  readonly failFast: boolean;
  readonly busyTimeoutMs: number;
  /** A file with the plan that was approved; undefined: any plan is carried out. */
  readonly expect: string | undefined;
  /** The environment in GitLab under which its waves are recorded as deployments. */
  readonly gitlabDeployments: string | undefined;
  /** Do not ask. */
  readonly yes: boolean;
}

/** Of commands that compare with what is live. */
export interface VerifyOption {
  /** Read every live version, and compare its content with its label. */
  readonly verify: boolean;
}

export interface StatusOptions extends CommonOptions, WaveOption, VerifyOption {
  /** Continue until the run is interrupted; in a CI job until no deployment is in flight. */
  readonly watch: boolean;
  /** The run fails where an address is in one of these states. */
  readonly failOn: readonly AddressState[];
}

export interface HistoryOptions extends CommonOptions {
  /** Empty: what is selected. */
  readonly addresses: readonly AddressGlob[];
  /** Deployments of each address. */
  readonly limit: number;
}

export interface DoctorOptions extends CommonOptions {
  /** Whose permissions are checked. */
  readonly for: CheckedCommand;
}

export interface PullOptions extends CommonOptions {
  /** At least one. */
  readonly addresses: readonly AddressGlob[];
  readonly dryRun: boolean;
}

export interface ImportOptions extends CommonOptions {
  /** Where the tree is written; undefined: the folder of the tree. */
  readonly out: string | undefined;
  /** Globs of the names of applications; empty: all. */
  readonly applications: readonly string[];
  /** A pattern with `{tenant}`; undefined: that of the settings. */
  readonly applicationName: string | undefined;
  /** A file with the tenant of each application, instead of the pattern. */
  readonly map: string | undefined;
  readonly dryRun: boolean;
}

export interface RollbackOptions extends CommonOptions {
  /** Empty: what is selected, or all of `commit`. */
  readonly addresses: readonly AddressGlob[];
  readonly commit: string | undefined;
  readonly to: VersionReference | undefined;
  /** Used instead of the environment's own. */
  readonly deploymentStrategy: string | undefined;
  readonly supersede: boolean;
  readonly dryRun: boolean;
  readonly busyTimeoutMs: number;
}

export interface CleanupOptions extends CommonOptions {
  /** Names or globs of tenants; empty with `all` or `orphans`. */
  readonly tenants: readonly string[];
  /** Labels of the tenants that the applications are named after. */
  readonly labels: readonly LabelSelector[];
  readonly all: boolean;
  readonly orphans: boolean;
  /** Only old versions, of what is selected. */
  readonly versions: boolean;
  /** Globs of profiles, with `versions`. */
  readonly configurationProfiles: readonly string[];
  readonly includeAdopted: boolean;
  readonly bypassDeletionProtection: boolean;
  readonly maxDeletes: Limit | undefined;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

export interface EmulatorOptions {
  readonly host: string | undefined;
  /** Names by which clients call it, besides `host`. */
  readonly allowedHosts: readonly string[];
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
  /** A file with an IAM policy; undefined: everything is allowed. */
  readonly policy: string | undefined;
}
