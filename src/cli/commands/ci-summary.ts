import { defineCommand } from '../command.ts';
import { commonFlags } from '../common-flags.ts';

export const ciSummaryCommand = defineCommand({
  name: 'ci summary',
  arguments: '<file...>',
  summary: 'merge the JSON reports of the jobs of a rollout, offline',
  description:
    'Reads what the jobs of a rollout have written with sync -o json=FILE, in the order of the rollout, and reports it as one run: each step once, each cause once, the most serious exit code. A file that does not exist is a job that has not run; one that is no report of a sync, or of a dry run, is refused. Does not read the tree.',
  flags: {},
  commonFlags: [commonFlags.output, commonFlags.htmlUrl, commonFlags.color, commonFlags.quiet, commonFlags.verbose],
  examples: [
    'appcfg ci summary canary.json everyone.json',
    'appcfg ci summary -o text -o junit=summary.xml appcfg-sync-*.json',
  ],
  parse: (_flags, { args }) => ({ files: args }),
  run: async (options, context) => {
    const { summarizeJobs } = await import('../../engine/fleet/summarize-jobs.ts');
    await summarizeJobs(options, context);
  },
});
