import { finalizePlan } from '../../core/rollout/finalize-plan.ts';
import { applicationsToRead } from '../../core/settings/waves.ts';
import { withSession } from '../connect/session.ts';
import type { Context } from '../context.ts';
import { emitStart, prepare, sessionOptions } from '../load-project.ts';
import { diffRevisions } from '../offline/compare.ts';
import type { DiffOptions } from '../options.ts';
import { emitPlan } from '../show-plan.ts';
import { planRun } from './plan-run.ts';

/** Says what a sync would do to every address, or what changed since another revision; changes nothing. */
export async function diff(options: DiffOptions, context: Context): Promise<void> {
  const prepared = await prepare(options, context);
  if (prepared === undefined) return;
  if (options.base !== undefined) return diffRevisions(options.base, prepared, { options, context });
  const wanted = { ...prepared, desired: applicationsToRead(prepared, options.wave) };
  await withSession(sessionOptions(wanted, { options, access: 'read', context }), async (session) => {
    emitStart('diff', session, context);
    const { settings } = prepared;
    const { plan, counts, connection } = await planRun(session, { prepared: wanted, options, context });
    const now = connection.serviceClock.now();
    const whole = finalizePlan(plan, { ...options, settings, only: undefined, counts, now });
    emitPlan(whole, prepared, context);
  });
}
