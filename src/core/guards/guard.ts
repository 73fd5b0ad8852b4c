// What a guard is. A guard is one file with one row in guards.ts; it knows nothing of what happens after it refused.
import type { Facts } from '../live/facts.ts';
import type { LiveDeployment, LiveEnvironment, LiveProfile, ProfileHistory } from '../live/live-state.ts';
import type { Subject } from '../model/address.ts';
import type { DesiredConfiguration } from '../model/desired-state.ts';
import type { Problem } from '../problem/problem.ts';
import type { ProblemCode } from '../problem/problem-codes.ts';
import type { Policy } from '../settings/policy.ts';

export type GuardCode = Extract<ProblemCode, `guard-${string}`>;

/** A rule that refuses a run, or blocks a tenant or an address, before the first write. */
export interface Guard<Input> {
  readonly code: GuardCode;
  /** The flag with which the user continues all the same. */
  readonly override?: `--${string}`;
  /**
   * @returns undefined where the input passes; an error where it is refused; a warning where it passes and the user
   * should know something; `pending` while a fact is wanted
   */
  readonly check: (input: Input) => Problem | 'pending' | undefined;
}

/** A deployment that would follow others of its profile: known when the plan is made, or started by others since. */
export interface NextDeployment {
  readonly subject: Subject;
  readonly versionLabel: string;
  readonly environment: Pick<LiveEnvironment, 'id' | 'latestDeploymentNumber'>;
  readonly history: ProfileHistory;
  readonly facts: Facts;
  readonly policy: Pick<Policy, 'origin' | 'project' | 'retryRolledBack' | 'allowOlder' | 'overwriteDrift'>;
  /** Whether an earlier deployment has the same content; undefined: not known yet. */
  readonly hasSameContent: (deployment: LiveDeployment) => boolean | undefined;
}

/** Content that would be deployed at an address that had deployments before. */
export interface NewContent extends NextDeployment {
  readonly desired: DesiredConfiguration;
  readonly environment: LiveEnvironment;
  readonly profile: LiveProfile;
  readonly policy: Policy;
}
