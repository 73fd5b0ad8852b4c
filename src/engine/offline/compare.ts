import { learnApplication } from '../../core/events/learn-contents.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import { compareRevisions } from '../../core/planners/compare-revisions.ts';
import type { Problem } from '../../core/problem/problem.ts';
import type { ProblemCode } from '../../core/problem/problem-codes.ts';
import { makeReview } from '../../core/review/make-review.ts';
import { KeptFiles, withOwnRedaction } from '../../core/review/reviewed-tree.ts';
import { assignWaves } from '../../core/rollout/assign-waves.ts';
import { readRevision } from '../../git/revision-source.ts';
import { readSettings } from '../../tree/read-settings.ts';
import { StoredSource } from '../../tree/stored-source.ts';
import type { Context } from '../context.ts';
import { loadProject } from '../load-project.ts';
import { readDesiredApplications } from '../load-tree.ts';
import type { CompareOptions } from '../options.ts';
import { ProblemReporter } from '../problem-reporter.ts';
import { inRevision } from '../settings-base.ts';
import { emitPlan } from '../show-plan.ts';

/** Shows what changed in the tree since another revision of it. */
export async function compare(options: CompareOptions, context: Context): Promise<void> {
  const { selection } = options;
  const base = options.base.revision;
  const settingsBases = [...context.settingsBases, options.base];
  const headFiles = new KeptFiles();
  const head = await loadProject(options, { ...context, settingsBases }, { onFiles: headFiles.add });
  if (head === undefined) return;
  const { files, commit } = await readRevision(options.base, context);
  const revision = new StoredSource(base, files);
  const reporter = new ProblemReporter(context);
  const report = (problem: Problem) => {
    if (concernsBase(problem)) reporter.report(inRevision(problem, base));
  };
  const { settings: ownSettings, problems } = await readSettings(revision);
  const settings = { ...ownSettings, redact: head.settings.redact };
  for (const problem of problems) report(problem);
  const { directory, signal, startBudget, scrubber, verbose } = context;
  scrubber.redactBy(settings.redact);
  for (const application of head.desired) learnApplication(scrubber, application);
  const desired: DesiredApplication[] = [];
  const { cache } = head;
  const baseFiles = new KeptFiles();
  for await (const application of readDesiredApplications({
    directory,
    revision,
    settings,
    selection,
    cache,
    scrubber,
    report,
    signal,
    startBudget,
    verbose,
    onFiles: baseFiles.add,
  })) {
    desired.push(application);
  }
  if (reporter.hasErrors) return;
  context.emit({ type: 'run-started', command: 'diff', targets: [] });
  const differences = compareRevisions({ settings, desired }, head, head.project);
  const compared = assignWaves(differences, { settings: head.settings, wave: undefined });
  const { review, settingsChanges } = makeReview({
    base: { revision: base, commit, settings: ownSettings, ...baseFiles, desired },
    head: { settings: withOwnRedaction(head.settings), ...headFiles, desired: head.desired },
    plan: compared,
    redact: [...ownSettings.redact, ...head.settings.redact],
    selection,
  });
  const trees = {
    head: { ...headFiles, settings: head.settings },
    base: { ...baseFiles, settings: ownSettings },
  };
  await emitPlan({ ...compared, settingsChanges }, { ...head, trees }, context, review);
}

/** Only the errors of an old revision matter. What is missing from it was added since. */
function concernsBase({ severity, code }: Problem): boolean {
  const missing: readonly ProblemCode[] = ['tree-not-found', 'selection-empty'];
  return severity === 'error' && !missing.includes(code);
}
