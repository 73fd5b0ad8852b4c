import { applyPlan } from '../../appconfig/apply-plan.ts';
import { AppcfgError } from '../../core/errors.ts';
import { publishedRate } from '../../core/published-rates.ts';
import { finalizePlan, noWaitProblem } from '../../core/roll-out.ts';
import { scheduleOf } from '../../core/schedule.ts';
import type { Context } from '../context.ts';
import type { SyncOptions } from '../options.ts';
import { planRun } from '../plan-places.ts';
import { emitStart, prepare, sessionOptions } from '../prepare.ts';
import { withSession } from '../session.ts';
import { warnOfTime } from '../time-limits.ts';
import { applicationsToRead } from '../waves.ts';
import { emitPlan } from './emit-plan.ts';

/** Makes AppConfig match the tree: shows the plan and carries out that value. */
export async function sync(options: SyncOptions, context: Context): Promise<void> {
  const prepared = await prepare(options, context);
  if (prepared === undefined) return;
  const { settings, relationTo } = prepared;
  const wanted = { ...prepared, desired: applicationsToRead(prepared, options.wave) };
  await withSession(sessionOptions(wanted, { options, access: 'write', context }), async (session) => {
    emitStart('sync', session, context);
    const { plan: everything, counts, reach } = await planRun(session, { prepared: wanted, options, context });
    const { connection, ...at } = reach;
    const now = connection.serviceClock.now();
    const plan = finalizePlan(everything, { ...options, settings, counts, now });
    const refusal = options.wait ? undefined : noWaitProblem(plan, now);
    if (refusal !== undefined) throw new AppcfgError([refusal]);
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
      busyTimeoutMs: options.busyTimeoutMs,
      failFast: options.failFast,
      bypassDeletionProtection: false,
    });
  });
}
