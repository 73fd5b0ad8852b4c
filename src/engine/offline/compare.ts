import { compareRevisions } from '../../core/planners/compare-revisions.ts';
import { KeptFiles } from '../../core/review/reviewed-tree.ts';
import { assignWaves } from '../../core/rollout/assign-waves.ts';
import { checkChanges } from '../check-changes.ts';
import type { Context } from '../context.ts';
import { loadProject } from '../load-project.ts';
import type { CompareOptions } from '../options.ts';
import { ProblemReporter } from '../problem-reporter.ts';
import { loadBase, reviewPlan } from '../review-plan.ts';
import { emitPlan } from '../show-plan.ts';

/** Shows what changed in the tree since another revision of it. */
export async function compare(options: CompareOptions, context: Context): Promise<void> {
  const { selection } = options;
  const settingsBases = [...context.settingsBases, options.base];
  const files = new KeptFiles();
  const project = await loadProject(options, { ...context, settingsBases }, { onFiles: files.add });
  if (project === undefined) return;
  const head = { project, files, selection };
  const reporter = new ProblemReporter(context);
  const base = await loadBase(options.base, head, { context, report: reporter.report });
  if (reporter.hasErrors) return;
  context.emit({ type: 'run-started', command: 'diff', targets: [] });
  const { redact, secretsShown } = project.settings;
  const settings = { ...base.settings, redact, secretsShown };
  const differences = compareRevisions({ settings, desired: base.desired }, project, project.project);
  const checked = await checkChanges(differences, { head, base, acknowledged: options.acknowledge }, context);
  const compared = assignWaves(checked, { settings: project.settings, wave: undefined });
  const { plan, review, trees } = reviewPlan(compared, head, base);
  await emitPlan(plan, { ...project, ...(trees && { trees }) }, context, review);
}
