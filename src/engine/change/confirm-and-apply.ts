// The end of every cleanup: what would be deleted is shown, confirmed, and deleted.
import { confirmation, confirmationQuestion } from '../../core/guards/confirmation.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { AppcfgError } from '../../core/problem/problem.ts';
import type { Session } from '../connect/session.ts';
import type { Context } from '../context.ts';
import type { CleanupOptions } from '../options.ts';
import { emitPlanEvents } from '../show-plan.ts';
import { type ApplyInput, applyRun, isAppliable } from './apply-run.ts';

/** @throws AppcfgError unless the user confirms */
export async function confirmAndApply(
  { plan: made, ...planned }: ApplyInput & { readonly plan: Plan },
  session: Session,
  { options, context }: { readonly options: CleanupOptions; readonly context: Context },
): Promise<void> {
  const plan = emitPlanEvents(made, context);
  if (options.dryRun || !isAppliable(plan)) return;
  if (!options.yes) await askForConfirmation(plan, session, context);
  await applyRun(plan, planned, { bypassDeletionProtection: options.bypassDeletionProtection });
}

/** @throws AppcfgError unless the user confirms */
async function askForConfirmation(plan: Plan, { reached }: Session, context: Context): Promise<void> {
  const [{ target }, ...others] = reached;
  const own = target.account === undefined ? target.region : `account ${target.account}, ${target.region}`;
  const accountRegions = [...new Set(plan.steps.map((step) => step.accountRegion))];
  const areVersions = plan.steps.every(({ operation }) => operation === 'DeleteHostedConfigurationVersion');
  const question = confirmationQuestion({
    areVersions,
    applications: plan.steps.filter((step) => step.operation === 'DeleteApplication').length,
    resources: plan.steps.length,
    from: others.length === 0 ? own : accountRegions.join(' and '),
    project: target.project,
  });
  const answer = await context.confirm(question);
  const problem = confirmation.check({ answer });
  if (problem !== undefined) throw new AppcfgError([problem]);
}
