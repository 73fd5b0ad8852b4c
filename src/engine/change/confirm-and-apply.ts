// The end of every cleanup: what would be deleted is shown, confirmed, and deleted.
import { confirmationQuestion } from '../../core/guards/confirmation.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Session } from '../connect/session.ts';
import type { Context } from '../context.ts';
import type { CleanupOptions } from '../options.ts';
import { emitPlanEvents } from '../show-plan.ts';
import { type ApplyInput, applyRun, isAppliable } from './apply-run.ts';
import { ask, whereOf } from './ask.ts';

/** @throws AppcfgError unless the user confirms */
export async function confirmAndApply(
  { plan: made, ...planned }: ApplyInput & { readonly plan: Plan },
  session: Session,
  { options, context }: { readonly options: CleanupOptions; readonly context: Context },
): Promise<void> {
  const plan = emitPlanEvents(made, context);
  if (options.dryRun || !isAppliable(plan)) return;
  if (!options.yes) await ask(questionOf(plan, session), 'deletion', context);
  await applyRun(plan, planned, { bypassDeletionProtection: options.bypassDeletionProtection });
}

function questionOf(plan: Plan, session: Session): string {
  return confirmationQuestion({
    areVersions: plan.steps.every(({ operation }) => operation === 'DeleteHostedConfigurationVersion'),
    applications: plan.steps.filter((step) => step.operation === 'DeleteApplication').length,
    resources: plan.steps.length,
    from: whereOf(plan, session),
    project: plan.project,
  });
}
