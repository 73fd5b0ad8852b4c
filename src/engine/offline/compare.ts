import type { Event } from '../../core/events/event.ts';
import type { Selection } from '../../core/model/selection.ts';
import { compareRevisions } from '../../core/planners/compare-revisions.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { compareTenants } from '../../core/review/compare-tenants.ts';
import { KeptFiles, ReviewedTree } from '../../core/review/reviewed-tree.ts';
import { assignWaves } from '../../core/rollout/assign-waves.ts';
import { checkChanges } from '../check-changes.ts';
import type { Context } from '../context.ts';
import { type LoadedProject, loadProject } from '../load-project.ts';
import type { CompareOptions } from '../options.ts';
import { ProblemReporter } from '../problem-reporter.ts';
import { type LoadedBase, type LoadedHead, loadBase, reviewPlan } from '../review-plan.ts';
import { emitPlan } from '../show-plan.ts';

/** Shows what changed in the tree since another revision of it. */
export async function compare(options: CompareOptions, context: Context): Promise<void> {
  const settingsBases = [...context.settingsBases, options.base];
  const trees = await loadWithRenamed(options, { ...context, settingsBases });
  if (trees === undefined) return;
  const { head, base } = trees;
  const { project } = head;
  context.emit({ type: 'run-started', command: 'diff', targets: [] });
  const { redact, secretsShown } = project.settings;
  const settings = { ...base.settings, redact, secretsShown };
  const differences = compareRevisions({ settings, desired: base.desired }, project, project.project);
  const judged = { head, base, acknowledged: options.acknowledge, region: undefined };
  const checked = await checkChanges(differences, judged, context);
  const compared = assignWaves(checked, { settings: project.settings, wave: undefined, isRestricted: false });
  const { plan, review, trees: traced } = reviewPlan(compared, head, base);
  await emitPlan(plan, { ...project, ...(traced && { trees: traced }) }, context, review);
}

interface BothTrees {
  readonly head: LoadedHead<LoadedProject>;
  readonly base: LoadedBase;
}

/** Both trees, with a selected tenant that has another name in one of them under both names. */
async function loadWithRenamed(options: CompareOptions, context: Context): Promise<BothTrees | undefined> {
  const held: Event[] = [];
  const { tenants, labels } = options.selection;
  let loaded: BothTrees | undefined;
  try {
    loaded = await loadBoth(options, { ...context, emit: (event) => held.push(event) });
    const names = loaded && tenants.length + labels.length > 0 ? await otherNames(loaded, options, context) : [];
    if (names.length === 0) return loaded;
    // Labels are those of the head: a tenant that is gone has none.
    const selection = { ...options.selection, tenants: [...selectedTenants(loaded), ...names], labels: [] };
    held.length = 0;
    loaded = await loadBoth({ ...options, selection }, { ...context, emit: (event) => held.push(event) });
    return loaded;
  } finally {
    for (const event of held) context.emit(event);
  }
}

function selectedTenants(loaded: BothTrees | undefined): readonly string[] {
  const desired = loaded === undefined ? [] : [...loaded.base.desired, ...loaded.head.project.desired];
  return [...new Set(desired.map(({ tenant }) => tenant))];
}

/** Of the selected tenants that are in one tree alone: what they are called in the other, if they are there. */
async function otherNames(loaded: BothTrees, options: CompareOptions, context: Context): Promise<readonly string[]> {
  const { added, removed } = comingAndGoing(loaded);
  const open = new Set([...added, ...removed].map(({ tenant }) => tenant));
  if (open.size === 0) return [];
  const selection: Selection = { ...options.selection, tenants: [], labels: [] };
  // What is wrong with other tenants is not reported here.
  const all = await loadBoth({ ...options, selection }, { ...context, emit: () => {} });
  if (all === undefined) return [];
  return comingAndGoing(all).renamed.flatMap(({ tenant, from = '' }) =>
    open.has(tenant) ? [from] : open.has(from) ? [tenant] : [],
  );
}

function comingAndGoing({ head: { project, files }, base }: BothTrees) {
  const { settings, desired } = project;
  const { template, tenants } = files;
  const head = new ReviewedTree({ settings, desired, template, tenants });
  return compareTenants(new ReviewedTree(base), head).tenants;
}

/** What is selected has to be in one of the trees: what is removed or renamed is in the base alone. */
async function loadBoth(options: CompareOptions, context: Context): Promise<BothTrees | undefined> {
  const { selection } = options;
  const files = new KeptFiles();
  const [inHead, inBase]: [Problem[], Problem[]] = [[], []];
  const project = await loadProject(options, context, {
    onFiles: files.add,
    onUnmatched: (problem) => inHead.push(problem),
  });
  if (project === undefined) return undefined;
  const head = { project, files, selection };
  const reporter = new ProblemReporter(context);
  const base = await loadBase(options.base, head, {
    context,
    report: reporter.report,
    onUnmatched: (problem) => inBase.push(problem),
  });
  const missing = new Set(inBase.map(({ message }) => message));
  const isEmpty = project.desired.length + base.desired.length === 0;
  for (const problem of inHead) if (isEmpty || missing.has(problem.message)) reporter.report(problem);
  return reporter.hasErrors ? undefined : { head, base };
}
