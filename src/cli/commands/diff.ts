import { readLiveState } from '../../appconfig/read-live-state.ts';
import { planSync } from '../../core/make-plan.ts';
import type { Context } from '../context.ts';
import type { DiffOptions } from '../options.ts';
import { policyOf, prepare } from '../prepare.ts';
import { withSession } from '../session.ts';
import { emitPlan } from './emit-plan.ts';

/** Says what a sync would do to every address; changes nothing. */
export async function diff(options: DiffOptions, context: Context): Promise<void> {
  const prepared = await prepare(options, context);
  if (prepared === undefined) return;
  const { settings, project, desired, relationTo } = prepared;
  await withSession({ options, settings, project, access: 'read', context }, async ({ connection, place, signal }) => {
    context.emit({ type: 'run-started', command: 'diff', place });
    context.emit({ type: 'phase-started', phase: 'reading-live-state' });
    const policy = policyOf(prepared, place, options);
    const live = await readLiveState(connection, desired, { policy, relationTo, signal });
    await emitPlan(planSync(desired, live, policy), { settings, context });
  });
}
