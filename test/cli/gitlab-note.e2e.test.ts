// The built program with a note: it ends with the last response, and a signal ends it although GitLab does not respond.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkout } from '../support/documents.ts';
import { createGitlab, type GitlabServer } from '../support/gitlab-server.ts';
import { commit, createWorld } from '../support/world.ts';

const tree = { 'appcfg.yml': 'project: p\n', 'template/A.yml': 'a: 1\n', 'tenants/one/dev/.gitkeep': '' };

function start(gitlab: GitlabServer): { readonly child: ChildProcess; readonly ended: Promise<string> } {
  const world = createWorld(tree);
  commit(world);
  execFileSync('git', ['update-ref', 'refs/remotes/origin/main', 'HEAD'], { cwd: world.directory });
  world.write('template/A.yml', 'a: 2\n');
  const args = ['diff', '--base', 'origin/main', '-o', 'text', '-o', 'gitlab-note', '-v'];
  const child = spawn(process.execPath, [join(checkout, 'bin/appcfg.js'), ...args], {
    cwd: world.directory,
    env: { PATH: process.env.PATH, ...gitlab.variables(1) },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += String(chunk)));
  return { child, ended: once(child, 'close').then(([code]) => `${text}exit ${code}`) };
}

test('the note is created, and the program ends', { timeout: 60_000 }, async () => {
  const gitlab = await createGitlab('/gitlab');
  const text = await start(gitlab).ended;
  expect(text).toContain('GitLab note created: ');
  expect(text).toMatch(/exit 0$/);
  expect(text).not.toContain(gitlab.token);
  expect(gitlab.ownThreads()).toHaveLength(1);
});

test('a signal ends the program while GitLab does not respond', { timeout: 60_000 }, async () => {
  const gitlab = await createGitlab();
  const { child, ended } = start(gitlab);
  let signalledAt = 0;
  gitlab.fault = () => {
    signalledAt ||= performance.now();
    child.kill('SIGTERM');
    return 'no response';
  };
  expect(await ended).toMatch(/exit 143$/);
  expect(performance.now() - signalledAt).toBeLessThan(4_000);
  expect(gitlab.requests).toHaveLength(1);
});
