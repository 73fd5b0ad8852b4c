import { RenderCache } from '../../core/render/render-cache.ts';
import type { Context } from '../context.ts';
import { loadSettings, readCheckedApplications, readingOf } from '../load-project.ts';
import type { ValidateOptions } from '../options.ts';
import { ProblemReporter } from '../problem-reporter.ts';

/** Reads, renders and checks the tree and the settings. */
export async function validate({ selection }: ValidateOptions, context: Context): Promise<void> {
  const reporter = new ProblemReporter(context);
  const settings = await loadSettings(context, reporter);
  let tenants = 0;
  let environments = 0;
  let addresses = 0;
  const cache = new RenderCache();
  const reading = readingOf({ settings, selection, cache }, context, reporter);
  for await (const application of readCheckedApplications(reading)) {
    tenants += 1;
    environments += application.environments.length;
    for (const environment of application.environments) addresses += environment.configurations.length;
  }
  if (!reporter.hasErrors) context.emit({ type: 'tree-validated', tenants, environments, addresses });
}
