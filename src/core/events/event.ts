// What happens during a command, in AppConfig's terms. Every output is made from these; how it looks is the reporter's.
import type { AddressStatus } from '../assess/address-status.ts';
import type { AddressHistory } from '../live/deployment-history.ts';
import type { Address } from '../model/address.ts';
import type { Content } from '../model/content.ts';
import type { DeploymentState } from '../model/resource.ts';
import type { Plan } from '../plan/plan.ts';
import type { StepId } from '../plan/step.ts';
import type { Problem } from '../problem/problem.ts';
import type { ExplainedValue } from '../render/explain.ts';
import type { Schedule } from '../rollout/schedule.ts';

export type Event =
  /** `others`: the places beside the first, where a run is about several. */
  | {
      readonly type: 'run-started';
      readonly command: string;
      readonly target: RunTarget | undefined;
      readonly otherTargets?: readonly RunTarget[];
    }
  /** `serviceNow`: the service's clock, in milliseconds since 1970, where the phase goes by it. */
  | { readonly type: 'phase-started'; readonly phase: Phase; readonly serviceNow?: number }
  /** So many applications of those that the tree names were read. */
  | { readonly type: 'reading-progressed'; readonly applications: number; readonly of: number }
  | { readonly type: 'call-throttled'; readonly operation: string }
  | {
      readonly type: 'tree-validated';
      readonly tenants: number;
      readonly environments: number;
      readonly configurations: number;
    }
  | { readonly type: 'content-rendered'; readonly address: Address; readonly content: Content }
  | { readonly type: 'files-written'; readonly directory: string; readonly files: number }
  | { readonly type: 'configuration-explained'; readonly address: Address; readonly values: readonly ExplainedValue[] }
  /** `watched`: so many lanes have something in flight, and are told of until they have not. */
  | { readonly type: 'status-read'; readonly addresses: readonly AddressStatus[]; readonly watched: number }
  | { readonly type: 'status-changed'; readonly status: AddressStatus }
  /** A deployment that somebody started was looked at. */
  | ({ readonly type: 'deployment-watched'; readonly address: Address } & Omit<DeploymentProgressed, 'type' | 'step'>)
  | { readonly type: 'history-read'; readonly histories: readonly AddressHistory[] }
  | { readonly type: 'plan-made'; readonly plan: Plan }
  /** When what would happen; said where nothing is carried out. */
  | { readonly type: 'schedule-made'; readonly schedule: Schedule }
  | { readonly type: 'step-started'; readonly step: StepId }
  | DeploymentProgressed
  | ({ readonly type: 'step-finished' } & StepResult)
  | { readonly type: 'problem-found'; readonly problem: Problem }
  | { readonly type: 'wave-begun'; readonly wave: string }
  /** A wave has ended well, and is watched for a while. Times are milliseconds since 1970 by the service's clock. */
  | {
      readonly type: 'wave-soaking';
      readonly wave: string;
      readonly endsAt: number;
      /** The service's clock when this was said, and how many times as fast as ours it runs. */
      readonly serviceNow: number;
      readonly clockSpeed: number;
    }
  | { readonly type: 'interrupted'; readonly signal: 'SIGINT' | 'SIGTERM' }
  | {
      readonly type: 'server-started';
      readonly url: string;
      /** Where an AppConfig Agent would be, if that was asked for. */
      readonly agentUrl?: string;
      readonly environment: Readonly<Record<string, string>>;
      readonly speed: number;
    };

/** Where the run looks: an account and Region of AWS, or the embedded AppConfig. */
export interface RunTarget {
  readonly region: string;
  /** Undefined until somebody asked STS. */
  readonly account: string | undefined;
  readonly endpoint: string | undefined;
  readonly local: boolean;
  /** How many times as fast as ours the clock of the embedded AppConfig runs; 1 for any other. */
  readonly clockSpeed: number;
  readonly project: string;
}

export type Phase = 'reading-tree' | 'reading-live-state' | 'applying-plan';

/** Something was learnt about a running deployment. Times are milliseconds since 1970 by the service's clock. */
export interface DeploymentProgressed {
  readonly type: 'deployment-progressed';
  readonly step: StepId;
  readonly deploymentNumber: number;
  readonly state: DeploymentState;
  /** Share of clients that may receive it, 0 to 100; not a gauge of completion. */
  readonly percentageComplete: number;
  readonly startedAt: number;
  /** When the strategy says that growth ends, and that baking ends. */
  readonly growthEndsAt: number;
  readonly bakeEndsAt: number;
  /** The service's clock when this was learnt, and how many times as fast as ours it runs. */
  readonly serviceNow: number;
  readonly clockSpeed: number;
}

export type StepResult = {
  readonly step: StepId;
} /** `unchanged`: nothing had to be changed after all. `running`: number of a deployment that goes on without this run. */ & (
  | { readonly status: 'succeeded'; readonly note?: string; readonly unchanged?: boolean; readonly running?: number }
  | { readonly status: 'failed'; readonly problem: Problem }
  /** `blockedBy` is a step, `wave <name>` where guards block too much of that wave, or one of `not-applied`, `interrupted`, `timeout`, `fail-fast`, `order`, `defect`. `running` as above. */
  | { readonly status: 'skipped'; readonly blockedBy: StepId; readonly note?: string; readonly running?: number }
);

export type Emit = (event: Event) => void;
