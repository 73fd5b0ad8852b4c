import type { Context } from '../../engine/context.ts';
import type { CompareOptions, DiffOptions } from '../../engine/options.ts';
import { defineCommand } from '../command.ts';
import { commonFlags, fullFlag, verifyFlag, waveFlag } from '../common-flags.ts';
import { valueFlag } from '../flag.ts';
import { acknowledgeFlag, guardFlags } from '../guard-flags.ts';

/** Of a plan against what is live. */
const liveFlags = {
  ...guardFlags,
  wave: waveFlag('only the steps of the wave with this name'),
  verify: verifyFlag,
};

const base = valueFlag({
  name: '--base <revision>',
  help: 'compare with the tree at this Git revision instead, offline',
});

export const diffCommand = defineCommand({
  name: 'diff',
  alias: 'plan',
  summary: 'show what a sync would do',
  description:
    'Compares the tree with what is live, and shows the plan. Changes nothing. With --base it compares two revisions of the tree and does not use the network. A merge request that changes protected settings is also compared offline, with its target branch.',
  flags: { ...liveFlags, acknowledge: acknowledgeFlag, base, full: fullFlag },
  showsAll: fullFlag,
  conflicts: [{ flag: base, others: { ...liveFlags, accountRegions: commonFlags.accountRegions } }],
  examples: [
    'appcfg diff',
    'appcfg diff --tenant tenant1 --env dev',
    'appcfg diff --base origin/main',
    'appcfg diff --base origin/main --full',
    'appcfg diff -o text -o json=diff.json --detailed-exitcode',
  ],
  parse: ({ full: _, ...flags }, { common }) => ({ ...common, ...flags }),
  run: async ({ base, ...options }, context) => {
    if (base !== undefined) return compareWith({ revision: base, flag: '--base' }, options, context);
    const target = await targetBranchInstead(options, context);
    if (target !== undefined) return compareWith(target, options, context);
    const { diff } = await import('../../engine/inspect/diff.ts');
    await diff(options, context);
  },
});

/** Compares two revisions, offline. */
async function compareWith(base: CompareOptions['base'], options: DiffOptions, context: Context): Promise<void> {
  const { compare } = await import('../../engine/offline/compare.ts');
  await compare({ ...options, base }, context);
}

/** The target branch of a merge request whose change must not contact AWS. */
async function targetBranchInstead(
  { local }: DiffOptions,
  context: Context,
): Promise<CompareOptions['base'] | undefined> {
  if (local || context.job.mergeRequest === undefined) return undefined;
  const { comparedOffline } = await import('../../engine/settings-base.ts');
  return comparedOffline(context);
}
