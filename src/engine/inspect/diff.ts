import { reviewOfLive } from '../../core/review/make-review.ts';
import { applicationsToRead } from '../../core/settings/waves.ts';
import { runSession, sessionForTree } from '../connect/run-session.ts';
import type { Context } from '../context.ts';
import { loadProject } from '../load-project.ts';
import type { DiffOptions } from '../options.ts';
import { emitPlan } from '../show-plan.ts';
import { planRun } from './plan-run.ts';

/** Shows what a sync would do. */
export async function diff(options: DiffOptions, context: Context): Promise<void> {
  const loaded = await loadProject(options, context);
  if (loaded === undefined) return;
  const project = { ...loaded, desired: applicationsToRead(loaded, options.wave) };
  await runSession('diff', sessionForTree(project, { options, access: 'read', context }), async (session) => {
    const { plan } = await planRun(session, { project, options, context });
    await emitPlan(plan, project, context, reviewOfLive(loaded, plan));
  });
}
