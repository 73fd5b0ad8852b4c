import { checkedCommands } from '../../core/doctor/needed-actions.ts';
import { defineCommand } from '../command.ts';
import { commonFlagsWithout } from '../common-flags.ts';
import { choiceFlag } from '../flag.ts';

export const doctorCommand = defineCommand({
  name: 'doctor',
  summary: 'check what a command needs: credentials, permissions, …',
  description:
    'Checks Node, Git, settings, credentials, account, Region, each permission, quotas, the ID token, deletion protection and the clock, by calls that change nothing. Exit code 6 if it finds a fault.',
  flags: {
    for: choiceFlag({
      name: '--for <command>',
      help: 'the command whose permissions are checked',
      choices: checkedCommands,
      default: 'sync',
    }),
  },
  // It is about the whole tree, and finds faults, not differences.
  commonFlags: commonFlagsWithout('tenants', 'labels', 'environments', 'configurationProfiles', 'detailedExitcode'),
  examples: ['appcfg doctor', 'appcfg doctor --for diff --region eu-west-1'],
  parse: (flags, { common }) => ({ ...common, ...flags }),
  run: async (options, context) => {
    const { doctor } = await import('../../engine/inspect/doctor.ts');
    await doctor(options, context);
  },
});
