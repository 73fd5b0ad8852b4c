import type { Plan } from '../../core/plan/plan.ts';
import { applicationsToRead } from '../../core/settings/waves.ts';
import { checkChanges } from '../check-changes.ts';
import { regionOf } from '../connect/open-appconfig.ts';
import { runSession, sessionForTree } from '../connect/run-session.ts';
import type { Context } from '../context.ts';
import type { DiffOptions } from '../options.ts';
import { loadReviewed, reviewPlan } from '../review-plan.ts';
import { emitPlan } from '../show-plan.ts';
import { planRun } from './plan-run.ts';

/** Shows what a sync would do. */
export async function diff(options: DiffOptions, context: Context): Promise<void> {
  const loaded = await loadReviewed(options, context);
  if (loaded === undefined) return;
  const { head, base } = loaded;
  const { project: whole } = head;
  const project = { ...whole, desired: applicationsToRead(whole, options.wave) };
  const { settings } = project;
  const region = regionOf({ options, settings, context, access: 'read' });
  const check = (plan: Plan) => checkChanges(plan, { head, base, acknowledged: options.acknowledge, region }, context);
  await runSession('diff', sessionForTree(project, { options, access: 'read', context }), async (session) => {
    const planned = await planRun(session, { project, options, context }, check);
    const { plan, review, trees } = reviewPlan(planned.plan, head, base);
    await emitPlan(plan, { ...project, ...(trees && { trees }) }, context, review);
  });
}
