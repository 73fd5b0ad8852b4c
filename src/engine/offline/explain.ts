import { everything } from '../../core/model/selection.ts';
import { RenderCache } from '../../core/render/render-cache.ts';
import { parseAddress } from '../../core/settings/parse-values.ts';
import { openTree } from '../../tree/read-tree.ts';
import type { Context } from '../context.ts';
import { explainAddress } from '../explain-address.ts';
import { prepareTree, Reporting } from '../load-project.ts';
import type { ExplainOptions } from '../options.ts';

/** Says of every value of one address which layer and line set it, and what it overrode. */
export async function explain(options: ExplainOptions, context: Context): Promise<void> {
  const reporting = new Reporting(context);
  const settings = await prepareTree(context, reporting);
  if (reporting.wrong) return;
  const address = parseAddress(options.address);
  const { pointer } = options;
  const { report } = reporting;
  const tree = openTree(context.directory, { settings, selection: everything, cache: new RenderCache() });
  const values = explainAddress(tree, address, { settings, pointer, report });
  if (values !== undefined) context.emit({ type: 'configuration-explained', address, values });
}
