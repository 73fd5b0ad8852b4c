import type { Facts } from '../live/facts.ts';
import type { LiveApplication } from '../live/live-state.ts';
import type { Problem } from '../problem/problem.ts';
import type { Policy } from '../settings/policy.ts';

/** What a verdict on one address is made from, beside the address. */
export interface Surroundings {
  readonly application: LiveApplication;
  readonly facts: Facts;
  readonly policy: Policy;
  readonly warnings: Problem[];
}
