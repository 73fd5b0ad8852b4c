import { parseEnvironmentName } from '../../core/settings-file/parse-values.ts';
import { defineCommand } from '../command.ts';
import { busyTimeoutFlag, dryRunFlag, fullFlag, waveFlag } from '../common-flags.ts';
import { choiceFlag, switchFlag, valueFlag } from '../flag.ts';
import { acknowledgeFlag, guardFlags } from '../guard-flags.ts';

const gitlabDeployments = valueFlag({
  name: '--gitlab-deployments <env>',
  help: 'show each wave as a GitLab deployment to <env>/<wave> (to <env> if there are no waves); ignored with --local',
  parse: parseEnvironmentName,
});

const wait = switchFlag({ name: '--no-wait', help: 'start deployments and do not wait for them' });

export const syncCommand = defineCommand({
  name: 'sync',
  alias: 'apply',
  summary: 'make AppConfig match the tree',
  description:
    'Shows the plan, asks for confirmation on a terminal, and applies it: creates and deploys what the tree (template/ and tenants/) contains. Starts one deployment at a time in each environment, environments in parallel. It deletes nothing except old versions, and those only with versions.keep in appcfg.yml. appcfg cleanup deletes tenants, and what is no longer in the tree.',
  flags: {
    ...guardFlags,
    acknowledge: acknowledgeFlag,
    dryRun: dryRunFlag('show the plan, write nothing'),
    wave: waveFlag('only the wave with this name; the waves before it must be complete'),
    only: choiceFlag({
      name: '--only <stage>',
      help: 'update: create resources and versions, start no deployment; deploy: only start deployments',
      choices: ['update', 'deploy'],
    }),
    expect: valueFlag({
      name: '--expect <file>',
      help: 'the JSON of an approved diff: refuse the run if it has a change that is not in that file',
    }),
    wait,
    failFast: switchFlag({ name: '--fail-fast', help: 'start nothing new after the first failure' }),
    busyTimeoutMs: busyTimeoutFlag,
    gitlabDeployments,
    full: fullFlag,
  },
  conflicts: [
    {
      flag: gitlabDeployments,
      others: { wait },
      hint: 'a run that does not wait cannot record how a deployment ended',
    },
  ],
  showsAll: fullFlag,
  confirms: true,
  examples: [
    'appcfg sync --local',
    'appcfg sync --tenant tenant1',
    'appcfg sync --only update && appcfg sync --only deploy',
    'appcfg diff -o text -o json=diff.json && appcfg sync --expect diff.json',
  ],
  parse: ({ full: _, ...flags }, { common, yes }) => ({ ...common, ...flags, yes }),
  run: async (options, context) => {
    const { sync } = await import('../../engine/change/sync.ts');
    await sync(options, context);
  },
});
