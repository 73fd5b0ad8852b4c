import { addressStates } from '../../core/assess/address-status.ts';
import { parseChoice } from '../../core/settings-file/parse-values.ts';
import { defineCommand } from '../command.ts';
import { verifyFlag, waveFlag } from '../common-flags.ts';
import { listFlag, switchFlag } from '../flag.ts';

export const statusCommand = defineCommand({
  name: 'status',
  summary: 'show what is live',
  description:
    'Counts the addresses of each environment by state, then lists those that are not synced (with -v all): why, which version is live since when, from which commit, and what to do.',
  flags: {
    wave: waveFlag('only the wave with this name'),
    verify: verifyFlag,
    failOn: listFlag({
      name: '--fail-on <state>',
      help: `exit with 2 if an address is in this state: ${addressStates.join(', ')}; repeatable, or separated by commas`,
      parse: (texts, name) =>
        texts.flatMap((text) => text.split(',')).map((text) => parseChoice(text.trim(), name, addressStates)),
    }),
    watch: switchFlag({
      name: '--watch',
      help: 'keep it up to date until Ctrl-C or --timeout; in a CI job until no deployment is in flight',
    }),
  },
  examples: [
    'appcfg status',
    "appcfg status --env 'prod*'",
    'appcfg status -v --tenant acme',
    'appcfg status --watch',
    'appcfg status --fail-on drifted,unknown',
    'appcfg status --verify',
  ],
  parse: (flags, { common }) => ({ ...common, ...flags }),
  run: async (options, context) => {
    const { status } = await import('../../engine/inspect/status.ts');
    await status(options, context);
  },
});
