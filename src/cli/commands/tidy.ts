import { defineCommand } from '../command.ts';

export const tidyCommand = defineCommand({
  name: 'tidy',
  summary: 'list redundant overrides, offline',
  description:
    'Lists the overrides that are equal to what they override, and the nulls that delete nothing, each with its file and line. Changes no file. A comment "# appcfg: keep" on the line keeps an override out of the list.',
  flags: {},
  examples: ['appcfg tidy', "appcfg tidy --tenant 'acme-*'"],
  parse: (_flags, { common: { selection } }) => ({ selection }),
  run: async (options, context) => {
    const { tidy } = await import('../../engine/offline/tidy.ts');
    await tidy(options, context);
  },
});
