import { parseAddresses } from '../address-arguments.ts';
import { defineCommand } from '../command.ts';
import { commonFlagsWithout } from '../common-flags.ts';
import { choiceFlag, switchFlag, valueFlag } from '../flag.ts';

const unredacted = switchFlag({
  name: '--unredacted',
  help: 'also show the values that the settings redact',
  env: false,
});

export const renderCommand = defineCommand({
  name: 'render',
  arguments: '[address...]',
  summary: 'print rendered configurations, offline',
  description:
    'Merges the layers and prints the content of each address. An address is tenant/environment/Profile; globs are allowed.',
  reveals: unredacted,
  flags: {
    out: valueFlag({
      name: '--out <dir>',
      help: 'write files into this folder instead of printing; it is relative to where you are, also with -C',
    }),
    layout: choiceFlag({
      name: '--layout <layout>',
      help: 'names of the files: as in the tree, or as the AppConfig Agent reads them in local development mode',
      choices: ['tree', 'agent'],
      default: 'tree',
    }),
    unredacted,
  },
  commonFlags: commonFlagsWithout('accountRegions'),
  examples: [
    'appcfg render tenant1/dev/ThrottlingLimits',
    'appcfg render --out rendered',
    'appcfg render --out "$LOCAL_DEVELOPMENT_DIRECTORY" --layout agent',
  ],
  parse: (flags, { common: { selection }, args }) => ({ ...flags, selection, addresses: parseAddresses(args) }),
  run: async (options, context) => {
    const { render } = await import('../../engine/offline/render.ts');
    await render(options, context);
  },
});
