import { parseAddressArgument } from '../../core/settings/parse-values.ts';
import type { Context } from '../context.ts';
import { explainAddress } from '../explain-address.ts';
import { prepareTree, Reporting } from '../load-project.ts';
import type { ExplainOptions } from '../options.ts';

/** Says of every value of one address which layer and line set it, and what it overrode. */
export async function explain(options: ExplainOptions, context: Context): Promise<void> {
  const reporting = new Reporting(context);
  const settings = await prepareTree(context, reporting);
  if (reporting.wrong) return;
  const address = parseAddressArgument(options.address);
  const { pointer } = options;
  const { report } = reporting;
  const values = await explainAddress({ directory: context.directory, settings, address, pointer, report });
  if (values !== undefined) context.emit({ type: 'configuration-explained', address, values });
}
