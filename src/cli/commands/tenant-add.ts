import { defineCommand } from '../command.ts';
import { commonFlags } from '../common-flags.ts';
import { valueFlag } from '../flag.ts';

export const tenantAddCommand = defineCommand({
  name: 'tenant add',
  arguments: '<name>',
  summary: 'add a tenant to the tree, offline',
  description:
    'Makes the folder of a tenant, with a folder for each environment of the settings or, where they list none, of the tree. --env chooses some, or names new ones. --like copies the files of another tenant, byte for byte, and its settings in appcfg.yml. Nothing is overwritten.',
  flags: { like: valueFlag({ name: '--like <tenant>', help: 'copy this tenant, with its settings' }) },
  commonFlags: [
    commonFlags.chdir,
    commonFlags.settingsBase,
    commonFlags.environments,
    commonFlags.output,
    commonFlags.color,
    commonFlags.quiet,
    commonFlags.verbose,
  ],
  examples: [
    'appcfg tenant add acme',
    'appcfg tenant add acme --env dev --env prod',
    'appcfg tenant add acme --like tenant1',
  ],
  parse: ({ like }, { common: { selection }, args: [name = ''] }) => ({
    name,
    like,
    environments: selection.environments,
  }),
  run: async (options, context) => {
    const { addTenant } = await import('../../engine/tenants/add-tenant.ts');
    await addTenant(options, context);
  },
});
