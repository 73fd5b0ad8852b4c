// A plan as it is carried out: what waits, what is held back, what of it is done now; and whether nobody need wait for it.
import { withinQuotas } from '../guards/quota.ts';
import { blockSameChanges, partialRollbackCheck } from '../guards/same-change.ts';
import { type Selection, selectsAll } from '../model/selection.ts';
import type { CountsByAccountRegion } from '../model/service-limits.ts';
import type { Plan } from '../plan/plan.ts';
import { restrictToStage } from '../plan/restrict-to-stage.ts';
import type { Policy } from '../settings/policy.ts';
import { assignWaves } from './assign-waves.ts';
import { timed } from './simulate-plan.ts';

/**
 * What was rolled back somewhere is held back elsewhere, waves wait, and of two stages one is left. Only what then remains
 * is judged by the quotas and takes time.
 * @param about.counts what there is in each place
 * @param about.now milliseconds since 1970, by the service's clock
 */
export function finalizePlan(
  plan: Plan,
  about: Pick<Policy, 'settings' | 'only' | 'retryRolledBack'> & {
    readonly wave: string | undefined;
    readonly selection: Selection;
    readonly counts: CountsByAccountRegion;
    readonly now: number;
  },
): Plan {
  const { settings, only, retryRolledBack, selection, counts, now } = about;
  const final = withinQuotas(restrictToStage(assignWaves(blockSameChanges(plan), about), only), counts, settings);
  // What changes alike is of one profile: who selects whole profiles sees all of it, but for the waves after that of `--wave`.
  const seesAll = retryRolledBack || selectsAll({ ...selection, configurationProfiles: [] });
  return timed(seesAll ? final : { ...final, problems: [...final.problems, ...partialRollbackCheck(final)] }, now);
}
