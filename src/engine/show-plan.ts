// Shows a plan: the plan itself, with the file and line of each change, and its problems.
import type { Subject } from '../core/model/address.ts';
import { groupsBy } from '../core/model/groups-by.ts';
import { everything } from '../core/model/selection.ts';
import { lookOf } from '../core/plan/change-groups.ts';
import { type TracedTree, type TracedTrees, withSources } from '../core/plan/group-sources.ts';
import type { ChangeGroup, Plan } from '../core/plan/plan.ts';
import { mergeProblems } from '../core/problem/merge-problems.ts';
import type { Tenant } from '../core/render/layers.ts';
import type { RenderCache } from '../core/render/render-cache.ts';
import type { Review } from '../core/review/review.ts';
import type { Settings } from '../core/settings/settings.ts';
import { DiskSource } from '../tree/disk-source.ts';
import { type OpenTree, openTree } from '../tree/read-tree.ts';
import type { Context } from './context.ts';
import { explainAddress } from './explain-address.ts';
import { withParser } from './load-tree.ts';

/** Change groups whose files are read again to trace them; a report of more is too long to be read to that detail. */
const maxTraced = 100;

interface ShownProject {
  readonly settings: Settings;
  readonly cache: RenderCache;
  /** Where the files of the trees were kept: then every change has its line. */
  readonly trees?: TracedTrees;
}

/** Change groups with a content that is shown whole: the largest. */
const maxExplained = 60;

/** Values of such a content: it is held until the end of the run. */
const mostExplained = 2_000;

/** Emits a plan whose contents come from the tree. @returns the emitted plan, with the sources of its changes. */
export async function emitPlan(
  plan: Plan,
  { settings, cache, trees }: ShownProject,
  context: Context,
  review?: Review,
): Promise<Plan> {
  const groups = context.scrubber.isRedacting ? mergedByLook(plan.changeGroups) : plan.changeGroups;
  const traced =
    trees &&
    withChangesOf(
      plan,
      groups.map((group) => withSources(group, trees)),
    );
  const isDone = traced !== undefined && !context.explainsChanges;
  if (plan.changeGroups.length === 0 || isDone) return emitPlanEvents(traced ?? plan, context, review);
  return withParser(context, async (parsing) => {
    const source = new DiskSource(context.directory);
    const tree = await openTree(source, { settings, selection: everything, cache, ...parsing });
    const first = groups.slice(0, maxTraced);
    const shown = traced ?? withChangesOf(plan, await withLinesOfTree(first, tree, settings));
    if (context.explainsChanges) {
      const largest = groups.toSorted((a, b) => b.addresses.length - a.addresses.length).slice(0, maxExplained);
      for (const group of largest) await explainChange(group, { tree, settings }, context);
    }
    return emitPlanEvents(shown, context, review);
  });
}

/** Groups that differ in redacted values alone are one, as reports have them: their lines must not show which of them are equal. */
function mergedByLook(groups: readonly ChangeGroup[]): readonly ChangeGroup[] {
  return groupsBy(groups, lookOf).map((same) => ({
    ...same[0],
    addresses: same.flatMap(({ addresses }) => addresses),
  }));
}

/** @param traced change groups whose changes have their lines, for all that look the same */
function withChangesOf(plan: Plan, traced: readonly ChangeGroup[]): Plan {
  const changes = new Map(traced.map((group) => [lookOf(group), group.changes]));
  const changeGroups = plan.changeGroups.map((group) => ({
    ...group,
    changes: changes.get(lookOf(group)) ?? group.changes,
  }));
  return { ...plan, changeGroups };
}

/** The change groups with their lines in the tree. @param tree with all tenants selected */
async function withLinesOfTree(
  groups: readonly ChangeGroup[],
  tree: OpenTree,
  settings: Settings,
): Promise<readonly ChangeGroup[]> {
  const head = await tracedTree(
    groups.flatMap(({ addresses }) => addresses),
    tree,
    settings,
  );
  return groups.map((group) => withSources(group, { head, base: undefined }));
}

/** The files of the tenants of these addresses. @param tree with all tenants selected */
export async function tracedTree(
  addresses: readonly Subject[],
  tree: OpenTree,
  settings: Settings,
): Promise<TracedTree> {
  const tenants = new Map<string, Tenant>();
  for (const name of new Set(addresses.map(({ tenant = '' }) => tenant))) {
    if (tree.tenantNames.includes(name)) tenants.set(name, await tree.readTenant(name));
  }
  // Problems of the tree are already reported.
  tree.takeProblems();
  return { template: tree.template, tenants, settings };
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
  if (values !== undefined && values.length <= mostExplained) emit({ type: 'change-explained', address, values });
}

/** Emits a plan whose contents do not come from the tree, such as a rollback. */
export function emitPlanEvents(plan: Plan, { emit }: Pick<Context, 'emit'>, review?: Review): Plan {
  emit({ type: 'plan-made', plan, ...(review === undefined ? {} : { review }) });
  for (const problem of mergeProblems([...plan.refusals, ...plan.problems])) emit({ type: 'problem-found', problem });
  return plan;
}
