import { defineCommand } from '../command.ts';
import { commonFlags, commonFlagsWithout } from '../common-flags.ts';
import { switchFlag } from '../flag.ts';

export const tenantRenameCommand = defineCommand({
  name: 'tenant rename',
  arguments: '<old> <new>',
  summary: 'rename a tenant, in steps that keep its clients served',
  description:
    "Clients find their configuration by the application's name, so a rename is a copy and a later deletion. Without --finish: copies files and settings offline, and prints the next steps: sync, move the clients, --finish, cleanup. With --finish: compares with what is live, and removes the old tenant from the tree once the new one serves the same at all addresses; until then it lists those that are missing (exit 5). Nothing is overwritten.",
  flags: {
    finish: switchFlag({
      name: '--finish',
      help: 'remove the old tenant from the tree once the new one serves the same everywhere',
      env: false,
    }),
  },
  // All accounts and Regions are compared: the tenant may have addresses in each.
  commonFlags: commonFlagsWithout(
    'tenants',
    'labels',
    'environments',
    'configurationProfiles',
    'accountRegions',
    'yes',
    'detailedExitcode',
    'htmlUrl',
  ),
  typedOnly: [commonFlags.accountRegions],
  examples: ['appcfg tenant rename acme acme-corp', 'appcfg tenant rename acme acme-corp --finish'],
  parse: ({ finish }, { common, args: [from = '', to = ''] }) => ({ ...common, from, to, finish }),
  run: async (options, context) => {
    if (options.finish) {
      const { finishRename } = await import('../../engine/tenants/finish-rename.ts');
      await finishRename(options, context);
    } else {
      const { renameTenant } = await import('../../engine/tenants/rename-tenant.ts');
      await renameTenant(options, context);
    }
  },
});
