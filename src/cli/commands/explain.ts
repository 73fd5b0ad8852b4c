import { failure } from '../../core/errors.ts';
import type { Address } from '../../core/model.ts';
import type { Context } from '../context.ts';
import { explainAddress } from '../desired-state.ts';
import type { ExplainOptions } from '../options.ts';
import { prepareTree, Reporting } from '../prepare.ts';

/** Says of every value of one address which layer and line set it, and what it overrode. */
export async function explain(options: ExplainOptions, context: Context): Promise<void> {
  const reporting = new Reporting(context);
  const settings = await prepareTree(context, reporting);
  if (reporting.wrong) return;
  const address = parseAddress(options.address);
  const { pointer } = options;
  const { report } = reporting;
  const values = await explainAddress({ directory: context.directory, settings, address, pointer, report });
  if (values !== undefined) context.emit({ type: 'configuration-explained', address, values });
}

/** @throws AppcfgError */
export function parseAddress(text: string): Address {
  const [tenant, environment, ...profile] = text.split('/');
  const configurationProfile = profile.join('/');
  if (tenant && environment && configurationProfile) return { tenant, environment, configurationProfile };
  throw failure('usage-invalid', `"${text}" is not an address`, {
    hint: 'an address is tenant/environment/Profile, for example tenant1/dev/FeatureFlags',
  });
}
