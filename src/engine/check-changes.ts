// The checks on what a plan changes, at the lines of the tree.
import { isOn, levelOf } from '../core/change-checks/change-checks.ts';
import { dormantFiles } from '../core/change-checks/dormant-files.ts';
import { firstWaveReach, foundReach } from '../core/change-checks/first-wave-reach.ts';
import { isChecked, judgeChanges } from '../core/change-checks/judge-changes.ts';
import type { Selection } from '../core/model/selection.ts';
import { everything } from '../core/model/selection.ts';
import type { TracedTrees } from '../core/plan/group-sources.ts';
import type { Plan } from '../core/plan/plan.ts';
import type { ChangeCode } from '../core/problem/problem-codes.ts';
import { editedFiles } from '../core/review/find-edits.ts';
import { ReviewedTree } from '../core/review/reviewed-tree.ts';
import { desiredIn } from '../core/settings/select-account-regions.ts';
import { touchedFiles } from '../git/touched-files.ts';
import { DiskSource } from '../tree/disk-source.ts';
import { openTree } from '../tree/read-tree.ts';
import type { Context } from './context.ts';
import { withParser } from './load-tree.ts';
import type { LoadedBase, LoadedHead } from './review-plan.ts';
import { tracedTree } from './show-plan.ts';

/** What a change is judged with. */
export interface CheckedTrees {
  readonly head: LoadedHead;
  /** Undefined where nothing but what is live is known. */
  readonly base: LoadedBase | undefined;
  readonly acknowledged: readonly ChangeCode[];
  /** The run's own Region. */
  readonly region: string | undefined;
}

/** The plan with what the checks report, before its waves are assigned. */
export async function checkChanges(plan: Plan, of: CheckedTrees, context: Context): Promise<Plan> {
  const { head, base, acknowledged, region } = of;
  const { project, selection } = head;
  const { settings } = project;
  const checks = settings.guards.changes;
  const changed = plan.addresses.filter(isChecked);
  if (changed.length === 0 || !isOn(checks)) return plan;
  const isReachChecked = levelOf('change-reach', checks) !== 'off' && seesAllTenants(selection);
  // A comparison is in no account and Region.
  const judged =
    plan.kind === 'comparison'
      ? project.desired
      : desiredIn(plan.accountRegions, project.desired, { settings, region });
  const reach = isReachChecked ? firstWaveReach(plan, judged, settings) : undefined;
  const dormantAt = await dormancy(plan, of, context);
  const found = changed.filter(({ findings }) => findings !== undefined);
  const needed = [...found.map(({ address }) => address), ...(reach?.addresses ?? [])];
  const trees = await treesOf(needed, head, { base, context });
  return judgeChanges(plan, {
    ...{ checks, acknowledged, trees, dormantAt },
    reach: reach && { ...foundReach(reach, plan, trees), addresses: reach.addresses.length },
  });
}

/** How many tenants there are is not known of a part of them. */
function seesAllTenants({ tenants, labels }: Selection): boolean {
  return tenants.length === 0 && labels.length === 0;
}

/** Without a base, the files of these tenants are read again. */
async function treesOf(
  addresses: readonly { readonly tenant?: string }[],
  { files, project: { settings, cache } }: LoadedHead,
  { base, context }: { readonly base: LoadedBase | undefined; readonly context: Context },
): Promise<TracedTrees> {
  if (base !== undefined) return { head: { ...files, settings }, base };
  if (addresses.length === 0) return { head: { ...files, settings }, base: undefined };
  return withParser(context, async (parsing) => {
    const source = new DiskSource(context.directory);
    const tree = await openTree(source, { settings, selection: everything, cache, ...parsing });
    return { head: await tracedTree(addresses, tree, settings), base: undefined };
  });
}

const dayMs = 24 * 60 * 60 * 1000;

/** What of the change is in files that no commit has touched for long. Where Git cannot tell, nothing is. */
async function dormancy(plan: Plan, { head, base }: CheckedTrees, context: Context) {
  const { settings, desired } = head.project;
  const { changes } = settings.guards;
  const none = () => [];
  if (base === undefined || levelOf('change-dormant', changes) === 'off') return none;
  const { template, tenants } = head.files;
  const files = editedFiles(new ReviewedTree(base), new ReviewedTree({ settings, template, tenants, desired }));
  if (files.length === 0) return none;
  const days = changes.dormantDays;
  const touched = await touchedFiles(base.commit, new Date(context.clock.now() - days * dayMs), context);
  return touched === undefined ? none : dormantFiles(plan, { files, touched, days });
}
