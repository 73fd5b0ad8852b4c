// The note of a merge request, as diff keeps it in GitLab: over HTTP, against a stand-in for GitLab's API.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createGitlab, type GitlabServer } from '../support/gitlab-server.ts';
import { commit, createWorld, type Outcome, type World } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: acme/config\n',
  'template/Limits.yml': 'rps: 100\n',
  'tenants/one/dev/.gitkeep': '',
  'tenants/two/dev/.gitkeep': '',
};

interface Scene {
  readonly world: World;
  readonly gitlab: GitlabServer;
  /** A diff in the merge request's pipeline of this number. */
  diff(pipeline: number, ...args: string[]): Promise<Outcome>;
  /** The only note of the bot. */
  body(): string;
}

async function scene(path?: string): Promise<Scene> {
  const gitlab = await createGitlab(path);
  const world = createWorld(tree);
  commit(world);
  execFileSync('git', ['update-ref', 'refs/remotes/origin/main', 'HEAD'], { cwd: world.directory });
  world.write('template/Limits.yml', 'rps: 200\n');
  return {
    world,
    gitlab,
    diff: (pipeline, ...args) => {
      const outputs = args.length === 0 ? ['-o', 'text', '-o', 'gitlab-note'] : args;
      return world.appcfgWith({ env: gitlab.variables(pipeline) }, 'diff', '--base', 'origin/main', ...outputs);
    },
    body: () =>
      gitlab
        .ownThreads()
        .map(({ notes }) => notes[0]?.body)
        .join('\n=====\n'),
  };
}

test('the first pipeline creates the note, the second updates it in place, and an equal one is left alone', async () => {
  const { world, gitlab, diff, body } = await scene();
  const first = await diff(1);
  expect(first.exitCode).toBe(0);
  expect(first.stderr).toContain('note "." created: ');
  expect(body()).toContain('**2 of 2 tenants get `/rps` 100 → 200.**');
  world.write('template/Limits.yml', 'rps: 300\n');
  const second = await diff(2);
  expect(second.stderr).toContain('note "." updated: ');
  expect(body()).toContain('**2 of 2 tenants get `/rps` 100 → 300.**');
  gitlab.takeWrites();
  const third = await diff(3);
  expect(third.stderr).toContain('note "." unchanged: ');
  expect(gitlab.takeWrites()).toEqual([]);
  expect(gitlab.ownThreads()).toHaveLength(1);
});
