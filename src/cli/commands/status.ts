import { addressStates } from '../../core/assess/address-status.ts';
import { parseChoice } from '../../core/settings-file/parse-values.ts';
import { defineCommand } from '../command.ts';
import { verifyFlag, waveFlag } from '../common-flags.ts';
import { listFlag, switchFlag } from '../flag.ts';

export const statusCommand = defineCommand({
  name: 'status',
  summary: 'show what is live',
  description:
    'Shows every address: the live version, since when and from which commit, and whether it matches the tree.',
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
      help: 'follow deployments in flight, and those that start after them, until none is in flight',
    }),
  },
  examples: [
    'appcfg status',
    "appcfg status --env 'prod*'",
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
