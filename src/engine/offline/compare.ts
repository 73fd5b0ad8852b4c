import type { DesiredApplication } from '../../core/model/desired-state.ts';
import { compareRevisions } from '../../core/planners/compare-revisions.ts';
import { failure } from '../../core/problem/problem.ts';
import { checkOut } from '../../git/revision-source.ts';
import { readSettings } from '../../tree/read-settings.ts';
import type { Context } from '../context.ts';
import { type Prepared, Reporting } from '../load-project.ts';
import { readDesiredApplications } from '../load-tree.ts';
import type { DiffOptions } from '../options.ts';
import { emitPlan } from '../show-plan.ts';

/** Compares the tree with itself at another revision, offline. */
export async function diffRevisions(
  base: string,
  head: Prepared,
  about: { readonly options: DiffOptions; readonly context: Context },
): Promise<void> {
  const { options, context } = about;
  if (options.wave !== undefined) {
    throw failure('usage-invalid', '--base compares the whole tree, and --wave names a part of it', {
      hint: { text: 'leave one of them out' },
    });
  }
  const checkedOut = await checkOut(context.directory, base, context.environment);
  try {
    const reporting = new Reporting(context);
    const { settings, problems } = await readSettings(checkedOut.directory);
    // What is wrong with an old revision is told at its place there; that something is missing from it is no problem.
    const report: typeof reporting.report = (problem) => {
      if (problem.severity === 'warning' || missing.has(problem.code)) return;
      const { file = '', ...position } = problem.source ?? {};
      reporting.report({ ...problem, source: { file: `${base}:${file}`, ...position } });
    };
    for (const problem of problems) report(problem);
    const desired: DesiredApplication[] = [];
    const { selection } = options;
    const { cache } = head;
    for await (const application of readDesiredApplications({ ...checkedOut, settings, selection, cache, report })) {
      desired.push(application);
    }
    if (reporting.wrong) return;
    context.emit({ type: 'run-started', command: 'diff', target: undefined });
    emitPlan(compareRevisions({ settings, desired }, head, head.project), head, context);
  } finally {
    await checkedOut.close();
  }
}

const missing = new Set(['tree-not-found', 'selection-empty']);
