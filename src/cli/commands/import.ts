import { failure } from '../../core/problem/problem.ts';
import { checkGlobs } from '../../core/settings-file/check-globs.ts';
import { defineCommand } from '../command.ts';
import { commonFlagsWithout, dryRunFlag } from '../common-flags.ts';
import { listFlag, valueFlag } from '../flag.ts';

const applicationName = valueFlag({
  name: '--application-name <pattern>',
  help: 'how applications are named after tenants, for example "{tenant}-config" (default: with --out, applicationName of an appcfg.yml here; else "{tenant}")',
  parse: parsePattern,
});

const map = valueFlag({
  name: '--map <file>',
  help: 'a YAML or JSON file with the tenant of each application: "application: tenant"',
});

export const importCommand = defineCommand({
  name: 'import',
  summary: 'write a tree from what is live',
  description:
    'Reads the live content of applications that no other project manages, and writes template, tenants and appcfg.yml into an empty folder: each value once, in the least specific layer where it holds. Before the files appear, appcfg verifies that they render to what is live, and that their adoption deploys nothing. Changes nothing in AppConfig.',
  flags: {
    out: valueFlag({
      name: '--out <dir>',
      help: 'the folder to write: an empty one, or one with only .git, a readme and what appcfg init --pipeline-only and npm install write (default: here)',
    }),
    applications: listFlag({
      name: '--application <glob>',
      help: 'only applications with these names; repeatable, ! excludes',
    }),
    applicationName,
    map,
    dryRun: dryRunFlag('show which files would be written, write none'),
  },
  conflicts: [{ flag: map, others: { applicationName } }],
  commonFlags: commonFlagsWithout('labels', 'accountRegions', 'settingsBase', 'yes'),
  examples: [
    'appcfg import',
    "appcfg import --out config --application-name '{tenant}-config'",
    "appcfg import --application 'acme-*' --dry-run",
  ],
  parse: (flags, { common }) => {
    checkGlobs('--application', flags.applications);
    return { ...common, ...flags };
  },
  run: async (options, context) => {
    const { importTree } = await import('../../engine/import/import.ts');
    await importTree(options, context);
  },
});

function parsePattern(text: string, flag: string): string {
  if (text.split('{tenant}').length === 2) return text;
  throw failure('usage-invalid', `${flag} "${text}" does not have {tenant} exactly once`, {
    hint: { text: 'write {tenant} where the name of the tenant is: "{tenant}-config"' },
  });
}
