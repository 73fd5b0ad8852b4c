// Shows a plan: the plan itself, with the file and line of each change, and its problems.
import { everything } from '../core/model/selection.ts';
import type { ChangeGroup, Plan } from '../core/plan/plan.ts';
import { mergeProblems } from '../core/problem/merge-problems.ts';
import type { RenderCache } from '../core/render/render-cache.ts';
import type { Review } from '../core/review/review.ts';
import type { Settings } from '../core/settings/settings.ts';
import { DiskSource } from '../tree/disk-source.ts';
import { type OpenTree, openTree } from '../tree/read-tree.ts';
import type { Context } from './context.ts';
import { explainAddress } from './explain-address.ts';
import { withParser } from './load-tree.ts';
import { traceSources } from './trace-sources.ts';

/** Change groups that are traced to their files; a report of more is too long to be read to that detail. */
const maxTraced = 100;

/** Emits a plan whose contents come from the tree. @returns the emitted plan, with the sources of its changes. */
export async function emitPlan(
  plan: Plan,
  { settings, cache }: { readonly settings: Settings; readonly cache: RenderCache },
  context: Context,
  review?: Review,
): Promise<Plan> {
  if (plan.changeGroups.length === 0) return emitPlanEvents(plan, context, review);
  return withParser(context, async (parsing) => {
    const source = new DiskSource(context.directory);
    const tree = await openTree(source, { settings, selection: everything, cache, ...parsing });
    const changeGroups: ChangeGroup[] = [];
    for (const [index, changeGroup] of plan.changeGroups.entries()) {
      changeGroups.push(index < maxTraced ? await traceSources(changeGroup, tree, settings) : changeGroup);
      if (context.explainsChanges && index < maxTraced) await explainChange(changeGroup, { tree, settings }, context);
    }
    return emitPlanEvents({ ...plan, changeGroups }, context, review);
  });
}

/** The whole content of the first address, with what sets each value. */
async function explainChange(
  { addresses: [address], changes }: ChangeGroup,
  { tree, settings }: { readonly tree: OpenTree; readonly settings: Settings },
  { emit }: Pick<Context, 'emit'>,
): Promise<void> {
  const isRemoved = changes.some(({ op, path }) => op === 'remove' && path === '');
  if (address === undefined || isRemoved) return;
  const values = await explainAddress(tree, address, { settings, report: () => {} });
  if (values !== undefined) emit({ type: 'change-explained', address, values });
}

/** Emits a plan whose contents do not come from the tree, such as a rollback. */
export function emitPlanEvents(plan: Plan, { emit }: Pick<Context, 'emit'>, review?: Review): Plan {
  emit({ type: 'plan-made', plan, ...(review === undefined ? {} : { review }) });
  for (const problem of mergeProblems([...plan.refusals, ...plan.problems])) emit({ type: 'problem-found', problem });
  return plan;
}
