// Runs .gitlab-ci.yml unchanged, with a real runner, against an emulator over HTTP.
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { createEmulator } from '../../src/emulator/host/emulator.ts';
import { listen } from '../../src/emulator/host/http-server.ts';

const checkout = join(import.meta.dirname, '../..');
const runner = join(checkout, 'node_modules/gitlab-ci-local/dist/index.js');
const token = [{ alg: 'none' }, { sub: 'project_path:acme/config', exp: 4_000_000_000 }, {}]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.');

interface Pipeline {
  readonly jobs: Record<string, string>;
  readonly output: string;
  artifact(job: string, file: string): string;
}

/** A repository with this project's pipeline file and sample tree, and an emulator. */
async function createRepository() {
  const directory = mkdtempSync(join(tmpdir(), 'appcfg-pipeline-'));
  const repository = join(directory, 'repository');
  mkdirSync(repository);
  for (const part of ['.gitlab-ci.yml', 'template', 'tenants', 'appcfg.yml', 'bin', 'package.json', '.gitignore']) {
    cpSync(join(checkout, part), join(repository, part), { recursive: true });
  }
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: repository,
      stdio: 'ignore',
    });
  git('init', '-q', '-b', 'main');
  git('remote', 'add', 'origin', 'https://gitlab.example.com/acme/config.git');
  const remote = join(directory, 'remote');
  git('config', `url.${remote}.insteadOf`, 'https://gitlab.example.com/acme/config.git');
  git('add', '-A');
  git('commit', '-q', '-m', 'first');
  git('clone', '-q', '--bare', '.', remote);
  git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
  const emulator = createEmulator({ now: Date.now, speed: 3000 });
  const server = await listen(emulator, { port: 0 });
  onTestFinished(async () => {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function pipeline(jobs: readonly string[], variables: Record<string, string>, unset: readonly string[] = []) {
    const args = [
      runner,
      ...jobs,
      '--force-shell-executor',
      '--shell-isolation',
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
      PATH: `${join(checkout, 'test/support/bin')}:${process.env.PATH}`,
      HOME: directory,
      GIT_CONFIG_GLOBAL: '/dev/null',
      APPCFG_TEST_CHECKOUT: checkout,
    };
    const run = promisify(execFile)(process.execPath, args, { cwd: repository, env, maxBuffer: 10_000_000 });
    const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error);
    const output = stdout + stderr;
    const found = [...output.matchAll(/^ (PASS|FAIL|WARN) +(\S+)/gm)].map(([, result = '', job = '']) => [job, result]);
    return {
      jobs: Object.fromEntries(found),
      output,
      artifact: (job, file) => readFileSync(join(repository, '.gitlab-ci-local/artifacts', job, file), 'utf8'),
    } satisfies Pipeline;
  }
  return { emulator, url: server.url, pipeline };
}

const push = { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'main', CI_DEFAULT_BRANCH: 'main' };
const mergeRequest = {
  CI_PIPELINE_SOURCE: 'merge_request_event',
  CI_MERGE_REQUEST_IID: '7',
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
  CI_DEFAULT_BRANCH: 'main',
};
const withRole = {
  AWS_CREDS_TARGET_ROLE: 'arn:aws:iam::111122223333:role/appcfg',
  AWS_DEFAULT_REGION: 'eu-west-1',
  APPCFG_ID_TOKEN: token,
};

test('a push to the default branch ends with every address live', { timeout: 60_000 }, async () => {
  const { pipeline, url, emulator } = await createRepository();
  const { jobs, output } = await pipeline(['update-app-config', 'deploy-app-config'], {
    ...push,
    ...withRole,
    AWS_ENDPOINT_URL: url,
  });
  expect(jobs, output).toEqual({ 'update-app-config': 'PASS', 'deploy-app-config': 'PASS' });
  expect(emulator.stats()).toMatchObject({ StartDeployment: 12, CreateApplication: 2, AssumeRoleWithWebIdentity: 2 });
});

test('a merge request shows the difference and runs no job that writes', { timeout: 60_000 }, async () => {
  const { pipeline, url, emulator } = await createRepository();
  const { jobs, output, artifact } = await pipeline([], { ...mergeRequest, ...withRole, AWS_ENDPOINT_URL: url }, [
    'CI_COMMIT_BRANCH',
  ]);
  expect(jobs, output).toEqual({ validate: 'PASS', diff: 'PASS', lint: 'PASS', test: 'PASS' });
  expect(Object.keys(emulator.stats()).filter((name) => !/^(List|Get|Assume)/.test(name))).toEqual([]);
  expect(JSON.parse(artifact('diff', 'tfplan.json'))).toEqual({ create: 12, update: 0, delete: 0 });
});

test('without credentials the job fails, and one line names the variable to set', { timeout: 60_000 }, async () => {
  const { pipeline, url, emulator } = await createRepository();
  const { jobs, output } = await pipeline(['update-app-config'], {
    ...push,
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: url,
  });
  expect(jobs, output).toEqual({ 'update-app-config': 'FAIL' });
  expect(output).toMatch(/AWS_CREDS_TARGET_ROLE/);
  expect(emulator.stats()).toEqual({});
});

test('every job that calls AWS has an ID token and a timeout; jobs that write cannot be cancelled and run one at a time', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [runner, '--preview', '--no-color'], {
    cwd: checkout,
    env: { PATH: `${join(checkout, 'test/support/bin')}:${process.env.PATH}`, HOME: tmpdir() },
  });
  const { load } = await import('js-yaml');
  const preview = load(stdout) as Record<string, Record<string, unknown>>;
  for (const job of ['diff', 'update-app-config', 'deploy-app-config']) {
    expect(preview[job], job).toMatchObject({
      timeout: '1 hour',
      id_tokens: { APPCFG_ID_TOKEN: { aud: expect.any(String) } },
    });
  }
  for (const job of ['update-app-config', 'deploy-app-config']) {
    expect(preview[job], job).toMatchObject({ interruptible: false, resource_group: expect.anything() });
  }
  expect(preview.stages).toEqual(expect.arrayContaining(['validate', 'update-app-config', 'deploy-app-config']));
});
