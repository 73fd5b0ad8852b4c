import { parseVersionReference } from '../../core/live/version-reference.ts';
import { addressesOf, parseAddresses } from '../address-arguments.ts';
import { defineCommand } from '../command.ts';
import { busyTimeoutFlag, commonFlags, dryRunFlag } from '../common-flags.ts';
import { valueFlag } from '../flag.ts';
import { supersedeFlag } from '../guard-flags.ts';

const commit = valueFlag({
  name: '--commit <revision>',
  help: 'roll back everything that this commit deployed and that is live or in flight; 7 digits or more of its SHA, or a Git revision',
  env: false,
});

const to = valueFlag({
  name: '--to <version>',
  help: 'deploy this version, a number or a label',
  parse: parseVersionReference,
  env: false,
});

export const rollbackCommand = defineCommand({
  name: 'rollback',
  arguments: '[address...]',
  summary: 'roll deployments back',
  description:
    'Stops deployments in flight, reverts those that completed within 72 hours, and otherwise deploys the version that was live before. Content that it replaces is quarantined: it is not deployed again until it changes. Reads AppConfig and appcfg.yml, not template/ and tenants/. Shows the plan and does not ask for confirmation.',
  flags: {
    commit,
    to,
    deploymentStrategy: valueFlag({
      name: '--deployment-strategy <name>',
      help: "deploy with this strategy instead of the environment's",
    }),
    supersede: supersedeFlag(
      'stop deployments in flight of other profiles that keep the environment busy, instead of waiting',
    ),
    busyTimeoutMs: busyTimeoutFlag,
    dryRun: dryRunFlag('show the plan, change nothing'),
  },
  conflicts: [
    {
      flag: commit,
      others: { to },
      hint: '--commit deploys what was live before, --to a version that you name: use only one of them',
    },
  ],
  typedOnly: [commonFlags.tenants, commonFlags.labels, commonFlags.environments, commonFlags.configurationProfiles],
  examples: [
    'appcfg rollback tenant1/prod/FeatureFlags',
    'appcfg rollback tenant1/prod/FeatureFlags --to 7',
    'appcfg rollback --commit 1a2b3c4 --dry-run',
    'appcfg rollback --commit 1a2b3c4 --deployment-strategy AppConfig.AllAtOnce',
  ],
  parse: (flags, { common, args }) => {
    const addresses = flags.commit === undefined ? addressesOf('rollback', args, common) : parseAddresses(args);
    return { ...common, ...flags, addresses };
  },
  run: async (options, context) => {
    const { rollback } = await import('../../engine/change/rollback.ts');
    await rollback(options, context);
  },
});
