// diff -o gitlab-note, as a job of a merge request runs it: which note it keeps, and what the job's log and documents have of it.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { markerOf } from '../../src/core/discussion/note-marker.ts';
import { createGitlab, type GitlabServer } from '../support/gitlab-server.ts';
import { commit, createWorld, type World } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: acme/config\nwaves: [{ name: canary, tenants: [one] }, { name: everyone }]\n',
  'template/Limits.yml': 'rps: 100\n',
  'tenants/one/dev/.gitkeep': '',
  'tenants/two/dev/.gitkeep': '',
};

/** The target branch has the tree, below the folder; the merge request changes a value. */
function repository(folder = ''): World {
  const world = createWorld(Object.fromEntries(Object.entries(tree).map(([path, text]) => [folder + path, text])));
  commit(world);
  execFileSync('git', ['update-ref', 'refs/remotes/origin/main', 'HEAD'], { cwd: world.directory });
  world.write(`${folder}template/Limits.yml`, 'rps: 200\n');
  return world;
}

function diff(world: World, gitlab: GitlabServer, pipeline: number, ...args: string[]) {
  return world.appcfgWith({ env: gitlab.variables(pipeline) }, 'diff', ...args);
}

const offline = ['--base', 'origin/main'];

function notes({ discussions }: GitlabServer) {
  return discussions.map(({ notes: [note] }) => ({
    scope: markerOf(note?.body ?? '')?.scope,
    title: note?.body.split('\n')[1],
    isOpen: note?.resolved === false,
  }));
}

test('the scope is the path of the tree in its repository, or what the flag names', async () => {
  const gitlab = await createGitlab();
  const world = repository('config/');
  const outputs = ['-o', 'json', '-o', 'gitlab-note', '-o', 'gitlab-note=production'];
  const { exitCode, stdout, stderr } = await diff(world, gitlab, 1, '-C', 'config', ...offline, ...outputs);
  expect({ exitCode, problems: JSON.parse(stdout).problems }).toEqual({ exitCode: 0, problems: [] });
  expect(notes(gitlab)).toEqual([
    { scope: 'config', title: '### appcfg `config`', isOpen: false },
    { scope: 'production', title: '### appcfg `production`', isOpen: false },
  ]);
  expect(stderr).toMatch(/^GitLab note "config" created: http.*\/acme\/config\/-\/merge_requests\/7#note_[0-9]+$/m);
  expect(stderr).toMatch(/^GitLab note "production" created: /m);
});

test('the thread is opened by a loosened setting, a removed tenant and an error, and resolved without them', async () => {
  const gitlab = await createGitlab();
  const world = repository();
  let pipeline = 0;
  const isOpenAfter = async (exit: number) => {
    pipeline += 1;
    expect((await diff(world, gitlab, pipeline, ...offline, '-o', 'gitlab-note')).exitCode).toBe(exit);
    expect(notes(gitlab)).toHaveLength(1);
    return notes(gitlab)[0]?.isOpen;
  };
  expect(await isOpenAfter(0)).toBe(false);
  world.write('appcfg.yml', tree['appcfg.yml'].replace('[one] }', '[one], maxFailures: 5 }'));
  expect(await isOpenAfter(0), 'a loosened setting').toBe(true);
  world.write('appcfg.yml', tree['appcfg.yml']);
  expect(await isOpenAfter(0)).toBe(false);
  world.write('tenants/two', undefined);
  expect(await isOpenAfter(0), 'a removed tenant').toBe(true);
  world.write('tenants/two/dev/.gitkeep', '');
  expect(await isOpenAfter(0)).toBe(false);
  world.write('template/Limits.yml', 'rps: [1\n');
  expect(await isOpenAfter(3), 'an error').toBe(true);
});

test('an address that is blocked in AppConfig opens the thread', async () => {
  const gitlab = await createGitlab();
  const world = repository();
  world.write('appcfg.yml', 'project: other/config\n');
  await world.appcfg('sync');
  world.write('appcfg.yml', tree['appcfg.yml']);
  const { exitCode } = await diff(world, gitlab, 1, '-o', 'gitlab-note');
  expect(exitCode).toBe(5);
  expect(notes(gitlab)).toEqual([{ scope: '.', title: '### appcfg', isOpen: true }]);
});

test('a note that GitLab refuses is a warning in each document, and changes nothing else', async () => {
  const gitlab = await createGitlab();
  const world = repository();
  gitlab.fault = () => ({ status: 403 });
  const args = [...offline, '-o', 'json', '-o', 'gitlab-note', '--detailed-exitcode'];
  const { exitCode, stdout, stderr } = await diff(world, gitlab, 1, ...args);
  expect(exitCode).toBe(2);
  const { problems, summary } = JSON.parse(stdout);
  expect(problems).toMatchObject([{ code: 'note-failed', severity: 'warning' }]);
  expect(summary).toMatchObject({ update: 2 });
  expect(stderr).toContain('status 403 (GET /projects/17/merge_requests/7/discussions)\n');
});

test('without a token one line names it, and without a merge request one line has the reason', async () => {
  const gitlab = await createGitlab();
  const world = repository();
  const args = ['diff', ...offline, '-o', 'gitlab-note'] as const;
  const variables = gitlab.variables(1);
  const noToken = await world.appcfgWith({ env: { ...variables, APPCFG_GITLAB_TOKEN: '' } }, ...args);
  expect(noToken.exitCode).toBe(0);
  expect(noToken.stderr).toBe(
    'GitLab note not sent: set the CI/CD variable APPCFG_GITLAB_TOKEN, masked and not protected, to a project access token with the role Developer and the scope api\n',
  );
  const elsewhere = await world.appcfgWith({ env: { ...variables, CI_MERGE_REQUEST_IID: '' } }, ...args);
  expect(elsewhere.exitCode).toBe(0);
  expect(elsewhere.stderr).toBe('GitLab note not sent: this is not a merge request pipeline of GitLab\n');
  const quiet = await world.appcfgWith({ env: { ...variables, APPCFG_GITLAB_TOKEN: '' } }, ...args, '-q');
  expect(quiet.stderr).toBe('');
  expect(gitlab.requests).toEqual([]);
});

test('of wrong flags, and of a folder that does not exist, no note is sent: its scope is not known', async () => {
  const gitlab = await createGitlab();
  const world = repository();
  for (const wrong of [
    ['-C', 'nowhere'],
    ['--timeout', 'soon'],
    ['-o', 'gitlab-note='],
    ['-o', `gitlab-note=${'x'.repeat(201)}`],
  ]) {
    expect((await diff(world, gitlab, 1, ...wrong, '-o', 'gitlab-note')).exitCode).toBe(3);
  }
  expect(gitlab.requests).toEqual([]);
});

test('commands without a note refuse the format', async () => {
  const world = createWorld(tree);
  const { exitCode, stderr } = await world.appcfg('sync', '-o', 'gitlab-note');
  expect(exitCode).toBe(3);
  expect(stderr).toContain('--output is "gitlab-note", not one of');
});
