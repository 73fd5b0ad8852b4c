import { applyPlan } from '../../appconfig/apply/apply-plan.ts';
import { publishedRate } from '../../core/model/service-limits.ts';
import { AppcfgError } from '../../core/problem/problem.ts';
import { finalizePlan } from '../../core/rollout/finalize-plan.ts';
import { noWaitProblem } from '../../core/rollout/no-wait.ts';
import { scheduleOf } from '../../core/rollout/schedule.ts';
import { applicationsToRead } from '../../core/settings/waves.ts';
import { warnOfTime } from '../connect/job-limits.ts';
import { withSession } from '../connect/session.ts';
import type { Context } from '../context.ts';
import { planRun } from '../inspect/plan-run.ts';
import { emitStart, prepare, sessionOptions } from '../load-project.ts';
import type { SyncOptions } from '../options.ts';
import { emitPlan } from '../show-plan.ts';

/** Makes AppConfig match the tree: shows the plan and carries out that value. */
export async function sync(options: SyncOptions, context: Context): Promise<void> {
  const prepared = await prepare(options, context);
  if (prepared === undefined) return;
  const { settings, relationTo } = prepared;
  const wanted = { ...prepared, desired: applicationsToRead(prepared, options.wave) };
  await withSession(sessionOptions(wanted, { options, access: 'write', context }), async (session) => {
    emitStart('sync', session, context);
    const {
      plan: everything,
      counts,
      apply,
      connection,
    } = await planRun(session, { prepared: wanted, options, context });
    const now = connection.serviceClock.now();
    const plan = finalizePlan(everything, { ...options, settings, counts, now });
    const refusal = options.wait ? undefined : noWaitProblem(plan, now);
    if (refusal !== undefined) throw new AppcfgError([refusal]);
    emitPlan(plan, prepared, context);
    if (options.wait) warnOfTime(plan, connection, { options, context });
    if (plan.refusals.length > 0 || plan.steps.length === 0) return;
    if (options.dryRun) {
      const schedule = scheduleOf(plan, { rateOf: publishedRate, speed: 1, now });
      if (schedule !== undefined) context.emit({ type: 'schedule-made', schedule });
      return;
    }
    context.emit({ type: 'phase-started', phase: 'applying-plan', serviceNow: connection.serviceClock.now() });
    await applyPlan(plan, connection, {
      ...apply,
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
