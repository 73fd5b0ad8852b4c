import type { AccountRegion } from '../model/account-region.ts';
import type { Plan } from './plan.ts';
import { basisOf } from './plan-basis.ts';

/**
 * A plan that does nothing, for planners to fill in. Its basis is that of a plan that starts no deployment of the tree, and
 * its duration is not computed.
 */
export function emptyPlan(kind: Plan['kind'], project: string, accountRegion: AccountRegion): Plan {
  return {
    formatVersion: 1,
    kind,
    project,
    basis: basisOf({
      origin: { commit: undefined, dirty: false, pipeline: undefined, url: undefined },
      supersede: false,
      retryRolledBack: false,
      allowOlder: false,
      overwriteDrift: false,
    }),
    settingsChanges: [],
    accountRegions: [accountRegion],
    steps: [],
    addresses: [],
    changeGroups: [],
    waves: [],
    acknowledged: [],
    refusals: [],
    problems: [],
    expect: [],
    expectedMinutes: undefined,
  };
}
