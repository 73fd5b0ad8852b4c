// What happens during a command, in AppConfig's terms. All output is made from events; reporters decide how it looks.
import type { AddressState, AddressStatus } from '../assess/address-status.ts';
import type { Check } from '../doctor/check.ts';
import type { PipelineJob } from '../fleet/child-pipeline.ts';
import type { AddressHistory } from '../live/deployment-history.ts';
import type { AccountRegionId } from '../model/account-region.ts';
import type { Address } from '../model/address.ts';
import type { Content } from '../model/content.ts';
import type { DeploymentState } from '../model/resource.ts';
import type { Plan } from '../plan/plan.ts';
import type { StepId } from '../plan/step.ts';
import type { Hint } from '../problem/hint.ts';
import type { Problem } from '../problem/problem.ts';
import type { ExplainedValue } from '../render/explain.ts';
import type { Review } from '../review/review.ts';
import type { Schedule } from '../rollout/schedule.ts';
import type { WaveChange } from '../rollout/wave-messages.ts';
import type { Move } from '../tidy/lift-values.ts';
import type { Removal } from '../tidy/tidy-profile.ts';

export type Event =
  /** `targets`: the accounts and Regions of a run, the main one first; none for a run that does not contact AWS. */
  | {
      readonly type: 'run-started';
      readonly command: string;
      readonly targets: readonly RunTarget[];
    }
  /** `serviceNow`: milliseconds since 1970 by the service's clock, in phases that depend on it. */
  | { readonly type: 'phase-started'; readonly phase: Phase; readonly serviceNow?: number }
  /** How many applications of the tree were read so far, and of how many. */
  | { readonly type: 'reading-progressed'; readonly applications: number; readonly of: number }
  | { readonly type: 'call-throttled'; readonly operation: string }
  | {
      readonly type: 'tree-validated';
      readonly tenants: number;
      readonly environments: number;
      readonly addresses: number;
    }
  /** What makes the tree smaller. `files-changed` follows, where something does. */
  | {
      readonly type: 'tree-tidied';
      /** Those that are removed. Each is a problem. */
      readonly redundantOverrides: number;
      /** Those that stay as they are. */
      readonly left: number;
      readonly removals: readonly Removal[];
      readonly moves: readonly Move[];
      readonly proof: TidyProof;
      /** False where it is only shown. */
      readonly isWritten: boolean;
    }
  | { readonly type: 'content-rendered'; readonly address: Address; readonly content: Content }
  | { readonly type: 'file-written'; readonly written: WrittenFile }
  | { readonly type: 'files-written'; readonly directory: string; readonly files: number }
  /** Files of a tree or repository. `files`: relative to `directory`, in the order of reading. */
  | {
      readonly type: 'files-changed';
      readonly directory: string;
      readonly files: readonly FileChange[];
      /** False where they are only shown. */
      readonly isWritten: boolean;
      /** What to do next. */
      readonly next: readonly Hint[];
    }
  | { readonly type: 'configuration-explained'; readonly address: Address; readonly values: readonly ExplainedValue[] }
  | {
      readonly type: 'status-read';
      readonly addresses: readonly AddressStatus[];
      /** The environments of the addresses, in the order of reports. */
      readonly environments: readonly string[];
      /** Changes of it follow, until the run ends. */
      readonly isFollowed: boolean;
      /** States of addresses with which the run ends in exit code 2. */
      readonly failOn?: readonly AddressState[];
    }
  | { readonly type: 'status-changed'; readonly status: AddressStatus }
  /** With `status --watch`: a deployment in flight was polled. */
  | ({ readonly type: 'deployment-polled'; readonly address: Address } & Omit<DeploymentProgressed, 'type' | 'step'>)
  /** Live content was written into the tree. `file`: relative to the tree; undefined where the tree had it already. */
  | {
      readonly type: 'configuration-pulled';
      readonly address: Address;
      readonly file: string | undefined;
      /** False in a dry run. */
      readonly isWritten: boolean;
    }
  /** A tree was made from what is live. */
  | {
      readonly type: 'tree-imported';
      /** As the user named it. */
      readonly directory: string;
      readonly files: readonly ImportedFile[];
      readonly summary: ImportSummary;
      /** False in a dry run. */
      readonly isWritten: boolean;
      readonly next: readonly Hint[];
    }
  /** What sets each value of the first address of a change group, for a report that shows contents whole. */
  | { readonly type: 'change-explained'; readonly address: Address; readonly values: readonly ExplainedValue[] }
  /** A child pipeline of GitLab was made. `file`: as the user named it; undefined: the pipeline itself is the result. */
  | {
      readonly type: 'pipeline-generated';
      readonly text: string;
      readonly jobs: readonly PipelineJob[];
      readonly file: string | undefined;
    }
  /** What the jobs of a rollout have reported: as one plan, with the results of its steps. Their problems follow. */
  | {
      readonly type: 'jobs-read';
      readonly jobs: readonly JobSummary[];
      readonly plan: Plan;
      readonly results: readonly StepResult[];
      readonly interruptedBy: 'SIGINT' | 'SIGTERM' | undefined;
    }
  /** What `doctor` found about a command. */
  | { readonly type: 'checks-made'; readonly command: string; readonly checks: readonly Check[] }
  | { readonly type: 'history-read'; readonly histories: readonly AddressHistory[] }
  /** `review`: of a plan that comes from the tree. */
  | { readonly type: 'plan-made'; readonly plan: Plan; readonly review?: Review }
  /** After a sync that has succeeded: the old versions that are deleted now. Its steps follow those of the plan. */
  | { readonly type: 'prune-planned'; readonly plan: Plan }
  /** When each part of a plan would happen; only in a dry run. */
  | { readonly type: 'schedule-made'; readonly plan: Plan; readonly schedule: Schedule }
  | { readonly type: 'step-started'; readonly step: StepId }
  | DeploymentProgressed
  | ({ readonly type: 'step-finished' } & StepResult)
  | { readonly type: 'problem-found'; readonly problem: Problem }
  | { readonly type: 'wave-begun'; readonly wave: string }
  /** The deployments of a wave have ended, and it soaks. Times are milliseconds since 1970 by the service's clock. */
  | {
      readonly type: 'wave-soaking';
      readonly wave: string;
      readonly endsAt: number;
      /** The service's clock at the event, and how many times as fast as this machine's clock it runs. */
      readonly serviceNow: number;
      readonly clockSpeed: number;
    }
  /** A wave is in another state; at first each of the plan. */
  | ({
      readonly type: 'wave-changed';
      /** The service's clock at the event, and how many times as fast as this machine's clock it runs. */
      readonly serviceNow: number;
      readonly clockSpeed: number;
    } & WaveChange)
  /** Whether the note of a merge request is as the run would have it, and if not, why. */
  | {
      readonly type: 'note-kept';
      /** Which note of the merge request. */
      readonly scope: string;
      /** `newer`: it is left to a newer pipeline. */
      readonly outcome: NoteOutcome;
      readonly url?: string;
    }
  | { readonly type: 'interrupted'; readonly signal: 'SIGINT' | 'SIGTERM' }
  | {
      readonly type: 'server-started';
      readonly url: string;
      /** The URL of the AppConfig Agent's API, if it was started. */
      readonly agentUrl?: string;
      readonly environment: Readonly<Record<string, string>>;
      readonly speed: number;
    };

/** What became of a job of a rollout. */
export interface JobSummary {
  /** The report that it writes, as the user named it. */
  readonly file: string;
  /** False where there is none: the other members are 0, and the exit code is unknown. */
  readonly isRead: boolean;
  readonly succeeded: number;
  readonly failed: number;
  /** With those in flight. */
  readonly skipped: number;
  /** Deployments that continue in AppConfig without it. */
  readonly inFlight: number;
  /** Why it failed or was refused before its first step; undefined where it was not. */
  readonly problem: Problem | undefined;
  /** Of its run; undefined where there is no report. */
  readonly exitCode: number | undefined;
  /** Where it had something to do. */
  readonly accountRegions: readonly AccountRegionId[];
}

/** Every address was rendered from the tree as it is and as it will be. */
export interface TidyProof {
  /** How many were rendered, both to the same bytes. */
  readonly addresses: number;
  /** Scalars, lists and empty maps in all files. */
  readonly leavesBefore: number;
  readonly leavesAfter: number;
}

/** A file that a command creates, changes or removes. */
export interface FileChange {
  /** With `/`. */
  readonly file: string;
  readonly change: 'created' | 'changed' | 'removed';
}

/** A rendered content in a file. */
export interface WrittenFile extends Pick<Content, 'contentType' | 'versionLabel' | 'bytes' | 'digest'> {
  readonly address: Address;
  /** Below the folder as it was named. */
  readonly file: string;
}

/** A file of an imported tree. */
export interface ImportedFile {
  /** Relative to the tree, with `/`. */
  readonly path: string;
  /** Values that it sets; undefined of a file that is no layer. */
  readonly leaves: number | undefined;
}

export interface ImportSummary {
  readonly tenants: number;
  /** Of all tenants. */
  readonly environments: number;
  readonly addresses: number;
  /** Of all files. */
  readonly leaves: number;
  /** Of all contents, as they are live. */
  readonly liveLeaves: number;
  /** Contents that are kept below `_unparsed/`. */
  readonly unparsed: number;
  /** Applications, profiles, names and addresses that the tree does not have. */
  readonly skipped: number;
}

/** Where a run works: an account and Region of AWS, or the emulator. */
export interface RunTarget {
  readonly region: string;
  /** Undefined where STS was not asked. */
  readonly account: string | undefined;
  readonly endpoint: string | undefined;
  readonly local: boolean;
  /** How many times as fast as this machine's clock the emulator's runs; 1 for AWS. */
  readonly clockSpeed: number;
  readonly project: string;
}

export type NoteOutcome = 'created' | 'updated' | 'unchanged' | 'newer' | 'no-token' | 'no-merge-request';

export type Phase = 'reading-tree' | 'reading-live-state' | 'applying-plan';

/** A deployment in flight was polled. Times are milliseconds since 1970 by the service's clock. */
export interface DeploymentProgressed {
  readonly type: 'deployment-progressed';
  readonly step: StepId;
  readonly deploymentNumber: number;
  readonly state: DeploymentState;
  /** Percentage of clients that may receive it. The time left cannot be worked out from it. */
  readonly percentageComplete: number;
  readonly startedAt: number;
  /** When growth and baking end, by the strategy. */
  readonly growthEndsAt: number;
  readonly bakeEndsAt: number;
  /** The service's clock at the poll, and how many times as fast as this machine's clock it runs. */
  readonly serviceNow: number;
  readonly clockSpeed: number;
}

export type StepResult = { readonly step: StepId } & (
  | {
      readonly status: 'succeeded';
      readonly note?: string;
      /** Nothing had to be changed. */
      readonly unchanged?: boolean;
      /** Number of a deployment that continues without this run. */
      readonly running?: number;
    }
  | { readonly status: 'failed'; readonly problem: Problem }
  | {
      readonly status: 'skipped';
      /**
       * A step; `wave <name>`, where a wave is blocked; or one of `not-applied`, `in-use`, `not-pruned`, `interrupted`, `timeout`,
       * `fail-fast`, `internal-error`.
       */
      readonly blockedBy: StepId;
      readonly note?: string;
      /** Number of a deployment that continues without this run. */
      readonly running?: number;
    }
);

export type Emit = (event: Event) => void;
