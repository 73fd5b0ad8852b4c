import { parseInteger } from '../../core/settings-file/parse-values.ts';
import { addressesOf } from '../address-arguments.ts';
import { defineCommand } from '../command.ts';
import { valueFlag } from '../flag.ts';

export const historyCommand = defineCommand({
  name: 'history',
  arguments: '[address...]',
  summary: 'show past deployments',
  description:
    'Shows the deployments of addresses, newest first: state, version, commit and pipeline, start, duration, and who started it. Reads AppConfig and appcfg.yml, not template/ and tenants/. An address is tenant/environment/Profile; globs are allowed.',
  flags: {
    limit: valueFlag({
      name: '--limit <n>',
      help: 'number of deployments shown for each address',
      parse: (text, name) => parseInteger(text, name, { min: 1, max: 1000, example: 20 }),
      default: '10',
    }),
  },
  examples: [
    'appcfg history tenant1/dev/FeatureFlags',
    "appcfg history 'tenant1/*/FeatureFlags' --limit 3",
    'appcfg history --tenant tenant1 --env dev -o markdown',
  ],
  parse: ({ limit }, { common, args }) => ({ ...common, limit, addresses: addressesOf('history', args, common) }),
  run: async (options, context) => {
    const { history } = await import('../../engine/inspect/history.ts');
    await history(options, context);
  },
});
