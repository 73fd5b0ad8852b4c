import { parseAddresses } from '../address-arguments.ts';
import { defineCommand } from '../command.ts';
import { dryRunFlag } from '../common-flags.ts';

export const pullCommand = defineCommand({
  name: 'pull',
  arguments: '<address...>',
  summary: 'write live content into the tree',
  description:
    'Changes the most specific file of each address, so that the address renders to what is live. Comments and formatting of the rest of the file stay. Changes nothing in AppConfig. An address is tenant/environment/Profile; globs are allowed.',
  flags: { dryRun: dryRunFlag('show which files would be written, write none') },
  examples: ['appcfg pull tenant1/prod/ThrottlingLimits', "appcfg pull 'tenant1/prod/*' --dry-run"],
  parse: ({ dryRun }, { common, args }) => ({ ...common, dryRun, addresses: parseAddresses(args) }),
  run: async (options, context) => {
    const { pull } = await import('../../engine/inspect/pull.ts');
    await pull(options, context);
  },
});
