import { learnLayers } from '../../core/events/learn-contents.ts';
import { everything } from '../../core/model/selection.ts';
import type { Layers } from '../../core/render/layers.ts';
import { RenderCache } from '../../core/render/render-cache.ts';
import { DiskSource } from '../../tree/disk-source.ts';
import { openTree } from '../../tree/read-tree.ts';
import type { Context } from '../context.ts';
import { explainAddress } from '../explain-address.ts';
import { loadSettings } from '../load-project.ts';
import { withParser } from '../load-tree.ts';
import type { ExplainOptions } from '../options.ts';
import { ProblemReporter } from '../problem-reporter.ts';

/** Shows for every value of one address which layer and line set it, and what it overrode. */
export async function explain({ address, pointer }: ExplainOptions, context: Context): Promise<void> {
  const reporter = new ProblemReporter(context);
  const settings = await loadSettings(context, reporter);
  if (reporter.hasErrors) return;
  const source = new DiskSource(context.directory);
  const values = await withParser(context, async (parsing) => {
    const tree = await openTree(source, { settings, selection: everything, cache: new RenderCache(), ...parsing });
    learnLayers(context.scrubber, tree.template);
    const onTenant = (tenant: Layers) => learnLayers(context.scrubber, tenant, address.tenant);
    return explainAddress(tree, address, { settings, pointer, onTenant, report: reporter.report });
  });
  if (values !== undefined) context.emit({ type: 'configuration-explained', address, values });
}
