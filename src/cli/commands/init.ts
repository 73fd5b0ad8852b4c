import { failure } from '../../core/problem/problem.ts';
import { parseAccount, parseBranch, parseProject } from '../../core/settings-file/parse-values.ts';
import { defineCommand } from '../command.ts';
import { commonFlags } from '../common-flags.ts';
import { switchFlag, valueFlag } from '../flag.ts';

export const initCommand = defineCommand({
  name: 'init',
  arguments: '[dir]',
  summary: 'make a new repository, offline',
  description:
    'Writes a tree with one tenant, commented settings, a GitLab pipeline, CODEOWNERS, and the IAM and trust policies of two roles, as JSON, for Terraform and for CloudFormation. Writes nothing if one of the files exists; a .gitignore stays as it is.',
  flags: {
    project: valueFlag({
      name: '--project <name>',
      help: 'name of the project, as the path of the GitLab project (default: that of the Git remote, else the name of the folder)',
      parse: parseProject,
    }),
    account: valueFlag({ name: '--account <id>', help: 'the AWS account, 12 digits', parse: parseAccount }),
    gitlab: valueFlag({
      name: '--gitlab <url>',
      help: 'your GitLab, whose ID tokens the roles trust (default: that of the Git remote, else https://gitlab.com)',
      parse: parseGitLab,
    }),
    branch: valueFlag({
      name: '--branch <name>',
      help: 'the default branch: only its pipelines get the role that writes',
      parse: parseBranch,
      default: 'main',
    }),
    pipelineOnly: switchFlag({
      name: '--pipeline-only',
      help: 'only the pipeline, CODEOWNERS, .gitignore and the roles: for a tree that exists',
    }),
  },
  commonFlags: [
    commonFlags.chdir,
    commonFlags.tenants,
    commonFlags.output,
    commonFlags.color,
    commonFlags.quiet,
    commonFlags.verbose,
  ],
  shownAs: [valueFlag({ name: '-t, --tenant <name>', help: 'name of the tenant (default: acme)' })],
  examples: ['appcfg init', 'appcfg init config --project acme/config --tenant acme --account 111122223333'],
  parse: (flags, { common: { selection }, args: [directory = '.'] }) => ({
    ...flags,
    directory,
    tenant: oneName(selection.tenants),
  }),
  run: async (options, context) => {
    const { init } = await import('../../engine/offline/init.ts');
    await init(options, context);
  },
});

/** The issuer of ID tokens: IAM knows it by its host, and AWS reads it by HTTPS. @throws AppcfgError */
function parseGitLab(text: string, name: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    url?.protocol === 'https:' && /^[a-z0-9.-]+(:[0-9]+)?$/i.test(url.host) && url.origin + url.pathname === url.href;
  if (!isPlain) {
    throw failure('usage-invalid', `${name} needs the https URL of a GitLab, without user name and query`, {
      hint: { text: `for example ${name} https://gitlab.example.com` },
    });
  }
  return url.href.replace(/\/+$/, '');
}

/** @throws AppcfgError */
function oneName([name = 'acme', ...others]: readonly string[]): string {
  if (others.length === 0) return name;
  throw failure('usage-invalid', '--tenant is given more than once; init makes one tenant', {
    hint: { text: 'name one: appcfg tenant add NAME makes others' },
  });
}
