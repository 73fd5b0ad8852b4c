import { parseAddresses } from '../address-arguments.ts';
import { defineCommand } from '../command.ts';
import { commonFlagsWithout } from '../common-flags.ts';
import { switchFlag } from '../flag.ts';

export const tidyCommand = defineCommand({
  name: 'tidy',
  arguments: '[address...]',
  summary: 'remove redundant overrides and move repeated values, offline',
  description:
    'Shows which redundant overrides and ineffective nulls can be removed, each with its file and line, and which repeated values can move to a less specific layer. --write changes the files. Every rendered byte stays the same, which is proved before a file is written. A comment "# appcfg: keep" on the line keeps an override. With addresses (tenant/environment/Profile, globs allowed) it changes only files that affect no other address.',
  commonFlags: commonFlagsWithout(
    'accountRegions',
    'region',
    'awsProfile',
    'endpointUrl',
    'local',
    'insecure',
    'concurrency',
    'yes',
    'htmlUrl',
  ),
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
