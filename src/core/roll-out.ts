// A plan as it is carried out: what waits, what is held back, what of it is done now; and whether nobody need wait for it.
import type { Problem } from './errors.ts';
import { timed } from './estimate.ts';
import { blockSameChanges, partialRollbackCheck } from './like-changes.ts';
import { lanesWithSeveralDeployments, restrictPlan } from './make-plan.ts';
import type { Plan } from './plan.ts';
import type { Policy } from './policy.ts';
import { type CountsOfPlaces, withinQuotas } from './quotas.ts';
import { type Selection, selectsAll } from './selection.ts';
import { assignWaves, needsSeveralWaves, soakEndsAt } from './waves.ts';

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
    readonly counts: CountsOfPlaces;
    readonly now: number;
  },
): Plan {
  const { settings, only, retryRolledBack, selection, counts, now } = about;
  const final = withinQuotas(restrictPlan(assignWaves(blockSameChanges(plan), about), only), counts, settings);
  // What changes alike is of one profile: who selects whole profiles sees all of it, but for the waves after that of `--wave`.
  const seesAll = retryRolledBack || selectsAll({ ...selection, configurationProfiles: [] });
  return timed(seesAll ? final : { ...final, problems: [...final.problems, ...partialRollbackCheck(final)] }, now);
}

/** Why a plan cannot be begun and left: somebody has to be there to start what comes later. */
export function noWaitProblem(plan: Plan, now: number): Problem | undefined {
  if (needsSeveralWaves(plan)) {
    return {
      code: 'usage-invalid',
      severity: 'error',
      message: '--no-wait cannot begin a second wave, and more than one has something to deploy',
      hint: 'leave out --no-wait, or run one wave at a time: --wave <name>',
    };
  }
  const [lane, ...others] = lanesWithSeveralDeployments(plan);
  if (lane !== undefined) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    return {
      code: 'usage-invalid',
      severity: 'error',
      message: `--no-wait cannot deploy more than one configuration in an environment, and ${lane}${more} needs several`,
      hint: 'leave out --no-wait, or select one profile at a time: --config-profile <name>',
    };
  }
  const endsAt = soakEndsAt(plan, now);
  if (endsAt === undefined) return undefined;
  const until = new Date(endsAt).toISOString().slice(0, 16).replace('T', ' ');
  return {
    code: 'wave-soaking',
    severity: 'error',
    message: `a wave is watched until ${until} UTC, and --no-wait does not wait for that`,
    hint: 'run the same command again after that, or leave out --no-wait',
  };
}
