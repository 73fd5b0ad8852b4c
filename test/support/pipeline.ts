// Runs the pipeline file, unchanged, with a real runner on a repository of its own, against an emulator over HTTP.
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { load } from 'js-yaml';
import { onTestFinished } from 'vitest';
import { createEmulator } from '../../src/emulator/host/emulator.ts';
import { listen } from '../../src/emulator/host/http-server.ts';
import { checkout } from './documents.ts';

const runner = join(checkout, 'node_modules/gitlab-ci-local/dist/index.js');

/** An ID token as GitLab's look; nothing checks its signature. */
export const idToken = [{ alg: 'none' }, { sub: 'project_path:acme/config', exp: 4_000_000_000 }, {}]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.');

export const push = { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'main', CI_DEFAULT_BRANCH: 'main' };
export const mergeRequest = {
  CI_PIPELINE_SOURCE: 'merge_request_event',
  CI_MERGE_REQUEST_IID: '7',
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
  CI_DEFAULT_BRANCH: 'main',
};
export const withRoles = {
  AWS_CREDS_READ_ROLE: 'arn:aws:iam::111122223333:role/reader',
  AWS_CREDS_TARGET_ROLE: 'arn:aws:iam::111122223333:role/appcfg',
  AWS_DEFAULT_REGION: 'eu-west-1',
  APPCFG_ID_TOKEN: idToken,
};

export interface Pipeline {
  /** PASS, FAIL or WARN of each job. */
  readonly jobs: Record<string, string>;
  readonly output: string;
  artifact(job: string, file: string): string;
}

/**
 * A repository with the pipeline file and the sample tree, and an emulator.
 * @param npm `stand-in` puts this checkout's program where `npm ci` would install it
 */
export async function createRepository({ npm }: { readonly npm: 'stand-in' | 'real' } = { npm: 'stand-in' }) {
  const directory = mkdtempSync(join(tmpdir(), 'appcfg-pipeline-'));
  const repository = join(directory, 'repository');
  mkdirSync(repository);
  for (const part of [
    '.gitlab-ci.yml',
    'templates',
    'template',
    'tenants',
    'appcfg.yml',
    'package.json',
    '.gitignore',
  ]) {
    cpSync(join(checkout, part), join(repository, part), { recursive: true });
  }
  const standIns = join(checkout, 'test/support/bin');
  const programs = join(directory, 'programs');
  mkdirSync(programs);
  for (const name of npm === 'real' ? ['rsync'] : ['rsync', 'npm']) {
    symlinkSync(join(standIns, name), join(programs, name));
  }
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: repository,
      stdio: 'ignore',
    });
  git('init', '-q', '-b', 'main');
  git('remote', 'add', 'gcl-origin', 'https://gitlab.example.com/acme/config.git');
  git('remote', 'add', 'origin', repository);
  const commit = (message: string) => {
    git('add', '-A');
    git('commit', '-q', '-m', message);
  };
  commit('first');
  git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
  const emulator = createEmulator({ now: Date.now, speed: 3000 });
  const server = await listen(emulator, { port: 0 });
  onTestFinished(async () => {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function pipeline(
    jobs: readonly string[],
    variables: Record<string, string>,
    unset: readonly string[] = [],
  ): Promise<Pipeline> {
    const args = [
      runner,
      ...jobs,
      '--force-shell-executor',
      '--shell-isolation',
      '--no-artifacts-to-source',
      '--no-color',
      // The test that previews the pipeline validates it.
      '--no-json-schema-validation',
      '--ignore-predefined-vars',
      'CI_PIPELINE_SOURCE,GITLAB_CI,CI_COMMIT_BRANCH,CI_DEFAULT_BRANCH',
      ...Object.entries({ GITLAB_CI: 'true', AWS_EC2_METADATA_DISABLED: 'true', ...variables }).flatMap(
        ([name, value]) => ['--variable', `${name}=${value}`],
      ),
      ...unset.flatMap((name) => ['--unset-variable', name]),
    ];
    const env = {
      PATH: `${programs}:${process.env.PATH}`,
      HOME: directory,
      GIT_CONFIG_GLOBAL: '/dev/null',
      CHECKOUT_OF_TEST: checkout,
      npm_config_offline: 'true',
    };
    const run = promisify(execFile)(process.execPath, args, { cwd: repository, env, maxBuffer: 10_000_000 });
    const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error);
    const output = stdout + stderr;
    const found = [...output.matchAll(/^ (PASS|FAIL|WARN) +(\S+)/gm)].map(([, result = '', job = '']) => [job, result]);
    return {
      jobs: Object.fromEntries(found),
      output,
      artifact: (job, file) =>
        readFileSync(join(repository, '.gitlab-ci-local/artifacts', folderOf(job), file), 'utf8'),
    };
  }

  return {
    directory,
    repository,
    emulator,
    url: server.url,
    pipeline,
    git,
    commit,
    write: (path: string, text: string, mode = 0o644) => {
      mkdirSync(dirname(join(repository, path)), { recursive: true });
      writeFileSync(join(repository, path), text, { mode });
    },
  };
}

/** Where the runner keeps the artifacts of a job. */
function folderOf(job: string): string {
  return job.replaceAll(/[^\w-]+/g, (characters) => Buffer.from(characters).toString('base64url'));
}

/** The jobs as GitLab sees them: with what they extend. */
export async function previewJobs(): Promise<Record<string, Record<string, unknown>>> {
  return load(await ofCheckout('--preview')) as Record<string, Record<string, unknown>>;
}

/** The names of the jobs that a pipeline with these variables has. Those of the source that start by hand, too. */
export async function jobsOf(
  variables: Readonly<Record<string, string>>,
  unset: readonly string[] = [],
): Promise<string[]> {
  const text = await ofCheckout(
    '--list-csv',
    '--ignore-predefined-vars',
    Object.keys(variables).join(','),
    ...Object.entries(variables).flatMap(([name, value]) => ['--variable', `${name}=${value}`]),
    ...unset.flatMap((name) => ['--unset-variable', name]),
  );
  const [, ...rows] = text.split('\n').filter((line) => line.includes(';'));
  return rows.map((row) => row.split(';')[0] ?? '').sort();
}

/** What the runner prints of this checkout's pipeline. It refuses what GitLab's schema refuses. */
async function ofCheckout(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [runner, ...args, '--no-color'], {
    cwd: checkout,
    env: { PATH: `${join(checkout, 'test/support/bin')}:${process.env.PATH}`, HOME: tmpdir() },
  });
  return stdout;
}
