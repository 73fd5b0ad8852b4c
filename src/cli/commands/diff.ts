import { defineCommand } from '../command.ts';
import { verifyFlag, waveFlag } from '../common-flags.ts';
import { valueFlag } from '../flag.ts';
import { guardFlags } from '../guard-flags.ts';

export const diffCommand = defineCommand({
  name: 'diff',
  summary: 'show what a sync would do',
  description:
    'Compares the tree with what is live, and shows the plan. Changes nothing. With --base it compares two revisions of the tree and does not use the network.',
  flags: {
    ...guardFlags,
    wave: waveFlag('only the steps of the wave with this name'),
    verify: verifyFlag,
    base: valueFlag({ name: '--base <revision>', help: 'compare with the tree at this Git revision instead, offline' }),
  },
  examples: [
    'appcfg diff',
    'appcfg diff --tenant tenant1 --env dev',
    'appcfg diff --base origin/main',
    'appcfg diff -o text -o json=diff.json --detailed-exitcode',
  ],
  parse: (flags, { common }) => ({ ...common, ...flags }),
  run: async ({ base, ...options }, context) => {
    if (base === undefined) {
      const { diff } = await import('../../engine/inspect/diff.ts');
      await diff(options, context);
    } else {
      const { compare } = await import('../../engine/offline/compare.ts');
      await compare({ ...options, base }, context);
    }
  },
});
