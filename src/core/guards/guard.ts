// What a guard is. A guard is one file with one row in guards.ts; it knows nothing of what happens after it refused.
import type { Facts } from '../live/facts.ts';
import type { LiveEnvironment, LiveProfile, ProfileHistory } from '../live/live-state.ts';
import type { DesiredConfiguration } from '../model/desired-state.ts';
import type { Problem } from '../problem/problem.ts';
import type { ProblemCode } from '../problem/problem-codes.ts';
import type { Policy } from '../settings/policy.ts';

export type GuardCode = Extract<ProblemCode, `guard-${string}`>;

/** A rule that refuses a run, or blocks a tenant or an address, before the first write. */
export interface Guard<Input> {
  readonly code: GuardCode;
  /** What it stops. */
  readonly reach: 'address' | 'tenant' | 'run';
  /** The flag with which the user continues all the same. */
  readonly override?: `--${string}`;
  /**
   * @returns undefined where the input passes; an error where it is refused; a warning where it passes and the user
   * should know something; `pending` while a fact is wanted
   */
  readonly check: (input: Input) => Problem | 'pending' | undefined;
}

/** Content that would be deployed at an address that had deployments before. */
export interface NewContent {
  readonly desired: DesiredConfiguration;
  readonly environment: LiveEnvironment;
  readonly profile: LiveProfile;
  readonly history: ProfileHistory;
  readonly facts: Facts;
  readonly policy: Policy;
}
