import { applyPlan } from '../../appconfig/apply-plan.ts';
import { failure } from '../../core/errors.ts';
import { unseenRollbacks } from '../../core/like-changes.ts';
import { lanesWithSeveralDeployments } from '../../core/make-plan.ts';
import type { Plan } from '../../core/plan.ts';
import { publishedRate } from '../../core/published-rates.ts';
import { scheduleOf } from '../../core/schedule.ts';
import { selectsAll } from '../../core/selection.ts';
import { needsSeveralWaves, soakEndsAt } from '../../core/waves.ts';
import type { Context } from '../context.ts';
import type { SyncOptions } from '../options.ts';
import { planPlaces } from '../plan-places.ts';
import { emitStart, placesAbout, prepare } from '../prepare.ts';
import { withSession } from '../session.ts';
import { warnOfTime } from '../time-limits.ts';
import { applicationsToRead, rolledOut } from '../waves.ts';
import { emitPlan } from './emit-plan.ts';

/** Makes AppConfig match the tree: shows the plan and carries out that value. */
export async function sync(options: SyncOptions, context: Context): Promise<void> {
  const prepared = await prepare(options, context);
  if (prepared === undefined) return;
  const { settings, relationTo } = prepared;
  const wanted = { ...prepared, desired: applicationsToRead(prepared, options.wave) };
  await withSession(placesAbout(wanted, { options, access: 'write', context }), async (session) => {
    emitStart('sync', session, context);
    const { plan: everything, counts, reach } = await planPlaces(session, { prepared: wanted, options, context });
    const { connection, ...at } = reach;
    const now = connection.serviceClock.now();
    const final = rolledOut(everything, { settings, wave: options.wave, only: options.only, counts, now });
    // What changes alike is of one profile: who selects whole profiles sees all of it.
    const seesAll = options.retryRolledBack || selectsAll({ ...options.selection, configurationProfiles: [] });
    const plan = seesAll ? final : { ...final, problems: [...final.problems, ...unseenRollbacks(final)] };
    if (!options.wait) {
      refuseSeveralDeployments(plan);
      refuseSoak(plan, now);
    }
    await emitPlan(plan, { settings, context });
    if (options.wait) warnOfTime(plan, connection, { options, context });
    if (plan.refusals.length > 0 || plan.steps.length === 0) return;
    if (options.dryRun) {
      const schedule = scheduleOf(plan, { rateOf: publishedRate, speed: 1, now });
      if (schedule !== undefined) context.emit({ type: 'schedule-made', schedule });
      return;
    }
    context.emit({ type: 'phase-started', phase: 'applying-plan', serviceNow: connection.serviceClock.now() });
    await applyPlan(plan, connection, {
      ...at,
      relationTo,
      emit: context.emit,
      signal: session.signal,
      wait: options.wait,
      laneWaitMs: options.laneWaitMs,
      failFast: options.failFast,
      bypassDeletionProtection: false,
    });
  });
}

/** Without waiting nobody is there to start a lane's second deployment, or a second wave. @throws AppcfgError */
function refuseSeveralDeployments(plan: Plan): void {
  if (needsSeveralWaves(plan)) {
    throw failure('usage-wrong', '--no-wait cannot begin a second wave, and more than one has something to deploy', {
      hint: 'leave out --no-wait, or run one wave at a time: --wave <name>',
    });
  }
  const lanes = lanesWithSeveralDeployments(plan);
  if (lanes.length === 0) return;
  throw failure(
    'usage-wrong',
    `--no-wait cannot deploy more than one configuration in an environment, and ${lanes[0]}${lanes.length > 1 ? ` (and ${lanes.length - 1} more)` : ''} needs several`,
    { hint: 'leave out --no-wait, or select one profile at a time: --config-profile <name>' },
  );
}

/** Without waiting nobody is there when a wave has been watched for long enough. @throws AppcfgError */
function refuseSoak(plan: Plan, now: number): void {
  const endsAt = soakEndsAt(plan, now);
  if (endsAt === undefined) return;
  const until = new Date(endsAt).toISOString().slice(0, 16).replace('T', ' ');
  throw failure('wave-soaking', `a wave is watched until ${until} UTC, and --no-wait does not wait for that`, {
    hint: 'run the same command again after that, or leave out --no-wait',
  });
}
