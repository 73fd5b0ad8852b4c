import type { Context } from '../context.ts';
import { explainAddress } from '../explain-address.ts';
import { loadSettings } from '../load-project.ts';
import type { ExplainOptions } from '../options.ts';
import { ProblemReporter } from '../problem-reporter.ts';

/** Shows for every value of one address which layer and line set it, and what it overrode. */
export async function explain({ address, pointer }: ExplainOptions, context: Context): Promise<void> {
  const reporter = new ProblemReporter(context);
  const settings = await loadSettings(context, reporter);
  if (reporter.hasErrors) return;
  const { directory } = context;
  const values = await explainAddress({ directory, settings, address, pointer, report: reporter.report });
  if (values !== undefined) context.emit({ type: 'configuration-explained', address, values });
}
