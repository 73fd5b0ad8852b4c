import type { PlannedWave } from '../../src/core/plan/plan.ts';

/** A wave with one address, which is neither live nor blocked. */
export function plannedWave(name: string, more: Partial<PlannedWave> = {}): PlannedWave {
  return {
    name,
    soakMinutes: 0,
    maxFailures: 0,
    addresses: 1,
    environments: 1,
    live: 0,
    blocked: 0,
    liveSince: undefined,
    ...more,
  };
}
