// Changed files that no commit has touched for long, by the history of a repository.
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorld, type World } from '../support/world.ts';

const files = {
  'appcfg.yml': 'project: p\nguards: { changes: { dormant: error } }\n',
  'template/Old.yml': '# as ever\nlimits:\n  rps: 100\n',
  'template/New.yml': 'a: 1\n',
  'tenants/acme/dev/Old.yml': 'limits:\n  burst: 5\n',
  'tenants/globex/dev/.gitkeep': '',
};

const day = 24 * 60 * 60 * 1000;

function git(world: World, daysAgo: number, ...args: string[]): void {
  const date = new Date(world.clock.now() - daysAgo * day).toISOString();
  const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: world.directory,
    env,
    stdio: 'ignore',
  });
}

/** Old.yml was last touched 400 days ago, New.yml 10 days ago. */
function repository(folder = ''): World {
  const inFolder = Object.fromEntries(Object.entries(files).map(([path, text]) => [join(folder, path), text]));
  const world = createWorld(inFolder);
  git(world, 400, 'init', '-q', '-b', 'main');
  git(world, 400, 'add', '-A');
  git(world, 400, 'commit', '-q', '-m', 'old');
  world.write(join(folder, 'template/New.yml'), 'a: 2\n');
  git(world, 10, 'commit', '-q', '-a', '-m', 'new');
  return world;
}

const found = ({ json }: { json: { problems: { code: string; source: string }[] } }) =>
  json.problems.filter(({ code }) => code === 'change-dormant').map(({ source }) => source);

test.each(['', 'config ü'])(
  'a file that was untouched for long is reported at its first changed line, in folder "%s"',
  async (folder) => {
    const world = repository(folder);
    const diff = (...args: string[]) =>
      world.appcfg('diff', '-C', folder || '.', '--base', 'HEAD', '-o', 'json', ...args);
    world.write(join(folder, 'template/New.yml'), 'a: 3\n');
    expect(found(await diff())).toEqual([]);
    world.write(join(folder, 'template/Old.yml'), '# as ever\nlimits:\n  rps: 110\n');
    world.write(join(folder, 'tenants/acme/dev/Old.yml'), 'limits:\n  burst: 6\n');
    const both = await diff();
    expect(found(both).toSorted()).toEqual(['template/Old.yml:3', 'tenants/acme/dev/Old.yml:2']);
    expect(both.exitCode).toBe(5);
    expect(both.json.problems[0].message).toBe('the file was untouched for more than 365 days');
    expect((await diff('--acknowledge', 'change-dormant')).json).toMatchObject({
      problems: [],
      acknowledged: [{ code: 'change-dormant', addresses: 2 }],
    });
  },
);

test('what was touched since is not reported, nor what a setting allows', async () => {
  const world = repository();
  world.write('template/Old.yml', '# as ever\nlimits:\n  rps: 110\n');
  git(world, 1, 'commit', '-q', '-a', '-m', 'touched');
  expect(found(await world.appcfg('diff', '--base', 'HEAD~1', '-o', 'json'))).toEqual(['template/Old.yml:3']);
  world.write('template/Old.yml', '# as ever\nlimits:\n  rps: 120\n');
  expect(found(await world.appcfg('diff', '--base', 'HEAD', '-o', 'json'))).toEqual([]);
  world.write('appcfg.yml', 'project: p\nguards: { changes: { dormant: error, dormantDays: 500 } }\n');
  expect(found(await world.appcfg('diff', '--base', 'HEAD~1', '-o', 'json'))).toEqual([]);
});

test('a shallow clone shows too little', async () => {
  const world = repository();
  git(world, 0, 'clone', '-q', '--depth', '1', `file://${world.directory}`, 'clone');
  const clone = createWorld({});
  cpSync(join(world.directory, 'clone'), clone.directory, { recursive: true });
  clone.write('template/Old.yml', '# as ever\nlimits:\n  rps: 110\n');
  const { exitCode, stderr } = await clone.appcfg('diff', '--base', 'HEAD');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});
