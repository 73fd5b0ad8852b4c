import { join, resolve } from 'node:path';
import { type NewRepository, pipelineFiles, treeFiles } from '../../core/init/new-repository.ts';
import type { Hint, HintCommand } from '../../core/problem/hint.ts';
import { defaultSettings } from '../../core/settings/settings.ts';
import { createFiles, exists } from '../../files/create-files.ts';
import { folderToWrite } from '../../files/folder-to-write.ts';
import { remoteUrl } from '../../git/remote-url.ts';
import { checkNewTenant } from '../../tree/checks/new-tenant.ts';
import type { Context } from '../context.ts';
import type { InitOptions } from '../options.ts';
import { projectName } from '../project-name.ts';
import { untrustedFolders } from '../untrusted-folders.ts';

/** Writes the files of a new repository: all of them, or, where one of them exists, none. */
export async function init(options: InitOptions, context: Context): Promise<void> {
  const { tenant, account, branch, pipelineOnly } = options;
  checkNewTenant(tenant);
  const directory = folderToWrite(resolve(context.directory, options.directory), {
    name: `"${options.directory}"`,
    untrusted: untrustedFolders(context),
  });
  const at = { ...context, directory };
  const project = options.project ?? (await projectName(defaultSettings, at)).name;
  const known = options.gitlab ?? (await gitlabOf(at));
  const gitlab = known ?? publicGitlab;
  const repository: NewRepository = { project, tenant, account, gitlab, branch };
  const all = [...(pipelineOnly ? [] : treeFiles(repository)), ...pipelineFiles(repository)];
  // Whoever installed appcfg has one already.
  const hasGitignore = await exists(join(directory, '.gitignore'));
  const files = all.filter(({ path }) => path !== '.gitignore' || !hasGitignore);
  const hint: Hint = pipelineOnly
    ? { text: 'remove what is there, or write these files into another folder and take what you need' }
    : {
        text: 'choose an empty folder, or remove what is there; for the pipeline and the roles of an existing tree alone',
        command: { run: 'same', args: ['--pipeline-only'] },
      };
  await createFiles(directory, files, hint);
  context.emit({
    type: 'files-changed',
    directory,
    files: files.map(({ path }) => ({ file: path, change: 'created' })),
    isWritten: true,
    next: nextSteps(options, { hasGitignore, project, gitlab, isGitlabGuessed: known === undefined }),
  });
}

/** What init has found. */
interface Found {
  readonly hasGitignore: boolean;
  readonly project: string;
  readonly gitlab: string;
  /** Neither a flag nor the Git remote names it. */
  readonly isGitlabGuessed: boolean;
}

function nextSteps(
  { account, directory, pipelineOnly }: InitOptions,
  { hasGitignore, project, gitlab, isGitlabGuessed }: Found,
): readonly Hint[] {
  const command = (run: 'sync' | 'diff', ...args: readonly string[]): HintCommand =>
    directory === '.'
      ? { run, args, selects: 'all' }
      : { program: ['appcfg', run, ...args, '--chdir'], paths: [directory], from: 'tree' };
  const tree: Hint[] = [
    { text: 'deploy to a local AppConfig, without credentials', command: command('sync', '--local') },
    {
      text: 'compare with AWS, with your own credentials; this changes nothing',
      command: command('diff', '--region', 'eu-west-1'),
    },
  ];
  return [
    ...(hasGitignore
      ? [{ text: 'see that .gitignore has node_modules/, .appcfg/, .terraform/ and *.tfstate*: it was there already' }]
      : []),
    ...(pipelineOnly ? [] : tree),
    ...(account === undefined
      ? [{ text: 'replace the account 111122223333 in iam/, and set allowedAccounts in appcfg.yml' }]
      : []),
    // Every project of GitLab is in a group or belongs to a user.
    ...(project.includes('/')
      ? []
      : [
          {
            text: `replace "${project}" in all files of iam/ and in appcfg.yml by the path of your GitLab project, GROUP/NAME: only its pipelines get the roles`,
          },
        ]),
    ...(isGitlabGuessed
      ? [
          {
            text: `if your GitLab is not ${gitlab}, replace it in all files of iam/: only its pipelines get the roles`,
          },
        ]
      : []),
    {
      text: `create the two roles, which pipelines of ${project} on ${gitlab} get: iam/roles.tf is for Terraform, iam/cloudformation.yml for CloudFormation`,
    },
    { text: 'set in GitLab what the head of .gitlab-ci.yml lists, and protect the default branch' },
  ];
}

/** Of a tree without a Git remote. */
const publicGitlab = 'https://gitlab.com';

/** The server of the Git remote. A port is that of the remote's own protocol; undefined where there is no server. */
async function gitlabOf(location: Pick<Context, 'directory' | 'environment'>): Promise<string | undefined> {
  const url = await remoteUrl(location);
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol, origin, hostname } = new URL(url);
  if (protocol === 'https:') return origin;
  return hostname === '' ? undefined : `https://${hostname}`;
}
