import { parseAddresses } from '../address-arguments.ts';
import { defineCommand } from '../command.ts';
import { switchFlag } from '../flag.ts';

export const tidyCommand = defineCommand({
  name: 'tidy',
  arguments: '[address...]',
  summary: 'remove redundant overrides and move repeated values, offline',
  description:
    'Lists the overrides that are equal to what they override, and the nulls that delete nothing, each with its file and line. Removes them, and moves what most tenants repeat into a less specific layer where fewer values are left. Every rendered byte stays the same, which is proved before a file is written. Without --write it shows what it would do. A comment "# appcfg: keep" on the line keeps an override. With an address, which is tenant/environment/Profile, globs allowed, only files that apply to nothing else are changed.',
  flags: {
    write: switchFlag({ name: '--write', help: 'change the files', env: false }),
  },
  examples: [
    'appcfg tidy',
    'appcfg tidy --write',
    "appcfg tidy --tenant 'acme-*'",
    "appcfg tidy '*/*/ThrottlingLimits' --write",
  ],
  parse: ({ write }, { common: { selection }, args }) => ({ write, selection, addresses: parseAddresses(args) }),
  run: async (options, context) => {
    const { tidy } = await import('../../engine/offline/tidy.ts');
    await tidy(options, context);
  },
});
