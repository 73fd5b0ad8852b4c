import { defineCommand } from '../command.ts';
import { commonFlagsWithout } from '../common-flags.ts';

export const validateCommand = defineCommand({
  name: 'validate',
  summary: 'read and check the tree, offline',
  description: 'Reads the tree and the settings, renders every address and checks it. Does not use the network.',
  flags: {},
  commonFlags: commonFlagsWithout('accountRegions'),
  examples: ['appcfg validate', "appcfg validate --tenant 'acme-*' -o text -o junit=validate.xml"],
  parse: (_flags, { common: { selection } }) => ({ selection }),
  run: async (options, context) => {
    const { validate } = await import('../../engine/offline/validate.ts');
    await validate(options, context);
  },
});
