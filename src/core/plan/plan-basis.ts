import type { Origin } from '../model/origin.ts';
import type { Policy } from '../settings/policy.ts';

/** By what the plan was judged, and by what apply judges a deployment that was started after the plan was made. */
export interface PlanBasis {
  /** When the first read of AppConfig began, by the service's clock: ISO 8601 in UTC. Absent: when apply begins. */
  readonly readAt?: string;
  readonly origin: Origin;
  /** Guards that the user overrides. */
  readonly overrides: Pick<Policy, 'supersede' | 'retryRolledBack' | 'allowOlder' | 'overwriteDrift'>;
}

export function basisOf({
  origin,
  supersede,
  retryRolledBack,
  allowOlder,
  overwriteDrift,
}: Pick<Policy, 'origin' | keyof PlanBasis['overrides']>): PlanBasis {
  return { origin, overrides: { supersede, retryRolledBack, allowOlder, overwriteDrift } };
}
