// The last steps of planning a sync: from what differs to what this run does, and how long it takes.

import { type Selection, selectsAll } from '../model/selection.ts';
import type { CountsByAccountRegion } from '../model/service-limits.ts';
import type { Plan } from '../plan/plan.ts';
import { restrictToStage } from '../plan/restrict-to-stage.ts';
import { blockSameChanges, partialRollbackCheck } from '../planners/block-same-changes.ts';
import { withinQuotas } from '../planners/within-quotas.ts';
import type { Policy } from '../settings/policy.ts';
import { assignWaves } from './assign-waves.ts';
import { withExpectedMinutes } from './simulate-plan.ts';

/**
 * Blocks changes that were rolled back elsewhere, assigns waves, and keeps the steps of the wanted stage. Quotas and
 * expected minutes are those of the steps that remain.
 * @param options.counts what each account and Region has
 * @param options.now milliseconds since 1970, by the service's clock
 */
export function finalizePlan(
  plan: Plan,
  options: Pick<Policy, 'settings' | 'only' | 'retryRolledBack'> & {
    readonly wave: string | undefined;
    readonly selection: Selection;
    readonly counts: CountsByAccountRegion;
    readonly now: number;
  },
): Plan {
  const { settings, only, retryRolledBack, selection, counts, now } = options;
  const final = withinQuotas(restrictToStage(assignWaves(blockSameChanges(plan), options), only), counts, settings);
  // The same change is always of one profile: a selection of whole profiles sees all of its addresses.
  const seesAll = retryRolledBack || selectsAll({ ...selection, configurationProfiles: [] });
  return withExpectedMinutes(
    seesAll ? final : { ...final, problems: [...final.problems, ...partialRollbackCheck(final)] },
    now,
  );
}
