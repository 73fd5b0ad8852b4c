import { deletes } from '../../core/guards/deletes.ts';
import { everything } from '../../core/model/selection.ts';
import { exampleAddress } from '../../core/problem/example-address.ts';
import { type AppcfgError, failure } from '../../core/problem/problem.ts';
import { parseLimit } from '../../core/settings-file/parse-values.ts';
import { type CommandInput, defineCommand } from '../command.ts';
import { commonFlags, dryRunFlag } from '../common-flags.ts';
import { switchFlag, valueFlag } from '../flag.ts';

export const cleanupCommand = defineCommand({
  name: 'cleanup',
  summary: 'delete what appcfg manages',
  description:
    'Deletes what is managed by this project in AppConfig: the applications of selected tenants (--tenant, --selector), what is no longer in the tree (--orphans), everything (--all), or only versions beyond the newest that appcfg.yml keeps (--versions, also with --tenant, --selector and --config-profile). Shows the plan first.',
  flags: {
    all: switchFlag({ name: '--all', help: 'everything that is managed by this project', env: false }),
    orphans: switchFlag({ name: '--orphans', help: 'what is in AppConfig and no longer in the tree', env: false }),
    versions: switchFlag({
      name: '--versions',
      help: 'only old versions: those beyond versions.keep in appcfg.yml that nothing needs',
      env: false,
    }),
    includeAdopted: switchFlag({
      name: '--include-adopted',
      help: 'also resources that were adopted, not created by appcfg',
      env: false,
    }),
    bypassDeletionProtection: switchFlag({
      name: '--bypass-deletion-protection',
      help: "also resources that AppConfig's deletion protection covers",
      env: false,
    }),
    maxDeletes: valueFlag({
      name: `${deletes.override} <limit>`,
      help: 'maximum number of environments that cleanup may delete with globs or --orphans, or a percentage of the managed environments; with --versions, of versions',
      parse: parseLimit,
      env: false,
    }),
    dryRun: dryRunFlag('show the plan, delete nothing'),
  },
  confirms: true,
  typedOnly: [commonFlags.tenants, commonFlags.labels, commonFlags.configurationProfiles],
  examples: [
    'appcfg cleanup --tenant tenant1',
    'appcfg cleanup --orphans --dry-run',
    'appcfg cleanup --all --yes',
    'appcfg cleanup --versions --dry-run',
  ],
  parse: (flags, { common, yes }) => {
    const { tenants, labels, configurationProfiles } = common.selection;
    refuseOtherSelections(flags, common.selection);
    // What is selected is deleted, not compared: the tree is read as a whole.
    return { ...common, ...flags, selection: everything, tenants, labels, configurationProfiles, yes };
  },
  run: async (options, context) => {
    if (options.versions) {
      const { cleanupVersions } = await import('../../engine/change/cleanup-versions.ts');
      return cleanupVersions(options, context);
    }
    const { cleanup } = await import('../../engine/change/cleanup.ts');
    return cleanup(options, context);
  },
});

/** @throws AppcfgError */
function refuseOtherSelections(
  flags: { readonly all: boolean; readonly orphans: boolean } & Readonly<
    Record<'versions' | 'includeAdopted' | 'bypassDeletionProtection', boolean>
  >,
  { tenants, labels, environments, configurationProfiles }: CommandInput['common']['selection'],
): void {
  const { all, orphans } = flags;
  if (flags.versions) {
    refuseBesideVersions(flags, { environments });
    return;
  }
  const kinds = [all, orphans, tenants.length + labels.length > 0].filter(Boolean).length;
  if (kinds !== 1) {
    throw refusal(
      `cleanup needs ${kinds === 0 ? 'one' : 'only one'} of --tenant (or --selector), --all, --orphans and --versions`,
      {
        text: 'see what would be deleted',
        command: { run: 'cleanup', args: ['--dry-run'], selects: { tenant: exampleAddress().tenant } },
      },
    );
  }
  if (environments.length + configurationProfiles.length > 0) {
    throw refusal('cleanup deletes whole tenants: --env and --config-profile cannot be used', {
      text: 'to delete environments, delete their folders from the tree first',
      command: { run: 'cleanup', args: ['--orphans'], selects: 'all' },
    });
  }
}

/** Only versions are deleted: they belong to a profile, and have no environment, owner or protection of their own. @throws AppcfgError */
function refuseBesideVersions(
  { all, orphans, includeAdopted, bypassDeletionProtection }: Parameters<typeof refuseOtherSelections>[0],
  { environments }: Pick<CommandInput['common']['selection'], 'environments'>,
): void {
  const others: readonly (readonly [string, boolean])[] = [
    ['--all', all],
    ['--orphans', orphans],
    ['--include-adopted', includeAdopted],
    ['--bypass-deletion-protection', bypassDeletionProtection],
    ['--env', environments.length > 0],
  ];
  const [flag] = others.find(([, isGiven]) => isGiven) ?? [];
  if (flag === undefined) return;
  const text = 'combine --versions only with --tenant, --selector or --config-profile, for example';
  throw refusal(`--versions and ${flag} cannot be combined`, {
    text,
    command: { run: 'cleanup', args: ['--versions', '--dry-run'] },
  });
}

function refusal(message: string, hint: NonNullable<AppcfgError['problems'][0]['hint']>): AppcfgError {
  return failure('usage-invalid', message, { hint });
}
