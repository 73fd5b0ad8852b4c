import { parseAddress } from '../../core/model/address.ts';
import { parseAddressArgument } from '../../core/settings-file/parse-values.ts';
import { defineCommand } from '../command.ts';
import { commonFlagsWithout } from '../common-flags.ts';

export const explainCommand = defineCommand({
  name: 'explain',
  arguments: '<address> [pointer]',
  summary: 'show where each value comes from, offline',
  description: 'Shows every value of an address, the file and line that set it, and the values that it overrides.',
  flags: {},
  commonFlags: commonFlagsWithout('accountRegions'),
  examples: [
    'appcfg explain tenant1/dev/ThrottlingLimits',
    'appcfg explain tenant1/dev/ThrottlingLimits /api_limits/global',
  ],
  parse: (_flags, { args: [address = '', pointer] }) => ({
    address: parseAddressArgument(address, parseAddress),
    pointer,
  }),
  run: async (options, context) => {
    const { explain } = await import('../../engine/offline/explain.ts');
    await explain(options, context);
  },
});
