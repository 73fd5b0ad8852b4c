import type { Problem } from '../../core/problem/problem.ts';
import { RenderCache } from '../../core/render/render-cache.ts';
import type { Context } from '../context.ts';
import { loadSettings, readCheckedApplications } from '../load-project.ts';
import type { TidyOptions } from '../options.ts';
import { ProblemReporter } from '../problem-reporter.ts';

/** Lists the redundant overrides of the tree, and its errors, but none of its other warnings. */
export async function tidy({ selection }: TidyOptions, context: Context): Promise<void> {
  const reporter = new ProblemReporter(context);
  const settings = await loadSettings(context, reporter);
  const { directory, signal, startBudget, scrubber } = context;
  let overrides = 0;
  const report = (problem: Problem) => {
    if (problem.code === 'override-redundant') {
      overrides += 1;
      // The settings may silence them elsewhere: who asks for the list gets it.
      context.emit({ type: 'problem-found', problem });
    } else if (problem.severity === 'error') reporter.report(problem);
  };
  const cache = new RenderCache();
  const reading = { directory, settings, selection, cache, scrubber, report, signal, startBudget, verbose: true };
  for await (const _application of readCheckedApplications(reading)) signal.throwIfAborted();
  if (!reporter.hasErrors) context.emit({ type: 'overrides-listed', overrides });
}
