// Shows a plan: where its changes come from in the tree, what guards say, and the plan itself.
import type { ChangeGroup, Plan } from '../core/plan/plan.ts';
import type { Settings } from '../core/settings/settings.ts';
import type { Context } from './context.ts';
import { traced, tracedClasses } from './trace-sources.ts';

/** @returns the plan with traced sources: the value that was emitted, and is to be applied */
export async function emitPlan(
  plan: Plan,
  options: { readonly settings: Settings; readonly context: Context },
): Promise<Plan> {
  const { settings, context } = options;
  const changeGroups: ChangeGroup[] = [];
  for (const [index, changeGroup] of plan.changeGroups.entries()) {
    changeGroups.push(index < tracedClasses ? await traced(changeGroup, settings, context) : changeGroup);
  }
  const shown = { ...plan, changeGroups };
  emitPlanEvents(shown, context);
  return shown;
}

/** The same for a plan whose contents do not come from the tree. */
export function emitPlanEvents(plan: Plan, { emit }: Pick<Context, 'emit'>): void {
  emit({ type: 'plan-made', plan });
  for (const problem of [...plan.refusals, ...plan.problems]) emit({ type: 'problem-found', problem });
}
