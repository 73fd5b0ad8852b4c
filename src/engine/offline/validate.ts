import { RenderCache } from '../../core/render/render-cache.ts';
import type { Context } from '../context.ts';
import { prepareTree, Reporting, readCheckedApplications } from '../load-project.ts';
import type { ValidateOptions } from '../options.ts';

/** Reads, renders and checks the tree and the settings; touches no network. */
export async function validate(options: ValidateOptions, context: Context): Promise<void> {
  const reporting = new Reporting(context);
  const settings = await prepareTree(context, reporting);
  let tenants = 0;
  let environments = 0;
  let configurations = 0;
  for await (const application of readCheckedApplications({
    directory: context.directory,
    settings,
    selection: options.selection,
    cache: new RenderCache(),
    report: reporting.report,
  })) {
    if (context.signal.aborted) return;
    tenants += 1;
    environments += application.environments.length;
    for (const environment of application.environments) configurations += environment.configurations.length;
  }
  if (!reporting.wrong) context.emit({ type: 'tree-validated', tenants, environments, configurations });
}
