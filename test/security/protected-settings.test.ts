// Settings that protect cannot be loosened by the change that they protect from: a clone with its origin, the variables of a
// merge-request pipeline, and the emulator.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatsOf } from '../../src/report/formats.ts';
import { commit, createWorld, type RunOptions, type World } from '../support/world.ts';

const secret = 'hunter2-4711';
const settings = 'project: acme/config\nredact: [/database/password]\n';
const tree = {
  'appcfg.yml': settings,
  'template/Service.yml': `database: { password: ${secret}, host: db }\n`,
  'tenants/one/dev/.gitkeep': '',
  'tenants/two/dev/.gitkeep': '',
};

function git(world: World, ...args: string[]): string {
  return execFileSync('git', args, {
    cwd: world.directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

/** A clone whose `origin/BRANCH` is the tree, and what is live of it; the change is not committed. */
async function cloned(files: Readonly<Record<string, string>> = tree, branch = 'main'): Promise<World> {
  const world = createWorld(files);
  world.write('.gitignore', 'out.*\n');
  commit(world);
  git(world, 'remote', 'add', 'origin', 'https://gitlab.example.com/acme/config.git');
  git(world, 'update-ref', `refs/remotes/origin/${branch}`, 'HEAD');
  return world;
}

/** The same, with the tree live twice: so that there is something to roll back. */
async function live(): Promise<World> {
  const world = await cloned();
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  world.write('template/Service.yml', `database: { password: ${secret}-2, host: db }\n`);
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  git(world, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
  world.write('template/Service.yml', `database: { password: ${secret}-3, host: db2 }\n`);
  world.takeCalls();
  return world;
}

const inMergeRequest = (branch = 'main'): RunOptions => ({
  env: {
    GITLAB_CI: 'true',
    CI_MERGE_REQUEST_IID: '7',
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: branch,
    CI_DEFAULT_BRANCH: 'main',
    CI_COMMIT_SHA: 'c'.repeat(40),
  },
});

/** Every command that reads settings. */
const commands = [
  ['validate', '-v'],
  ['render'],
  ['explain', 'one/dev/Service'],
  ['diff', '-v'],
  ['diff', '--base', 'HEAD'],
  ['status', '-v'],
  ['history', 'one/dev/Service'],
  ['rollback', 'one/dev/Service', '--dry-run'],
  ['sync', '--dry-run', '-v'],
] as const;

/** Runs every command with all of its formats. @returns what each command printed and wrote */
async function everyOutput(world: World, options: RunOptions): Promise<ReadonlyMap<string, string>> {
  const outputs = new Map<string, string>();
  for (const args of commands) {
    const formats = formatsOf(args[0]);
    const files = formats.map((format) => `out.${format}`);
    const flags = formats.flatMap((format) => ['-o', format === 'text' ? format : `${format}=out.${format}`]);
    const { exitCode, stdout, stderr } = await world.appcfgWith(options, ...args, ...flags);
    expect(exitCode, stderr).toBe(0);
    const written = files
      .filter((file) => file !== 'out.text')
      .map((file) => readFileSync(join(world.directory, file), 'utf8'));
    outputs.set(args.join(' '), [stdout, stderr, ...written].join('\n'));
  }
  return outputs;
}

/** What the change makes of the settings; all of it would show the secret. */
const loosened: Readonly<Record<string, string>> = {
  'the member is gone': 'project: acme/config\n',
  'an empty list': 'project: acme/config\nredact: []\n',
  'a narrower pattern': 'project: acme/config\nredact: [/database/password/old]\n',
  'another pattern': "project: acme/config\nredact: ['/database/pass', '/*/host']\n",
  'an alias and a merge key': 'project: acme/config\ntags: &t { a: b }\nredact: &r []\n',
};

describe('the redaction of the settings base', () => {
  test.each(Object.entries(loosened))('holds in a merge request where %s', async (_name, text) => {
    const world = await cloned();
    world.write('appcfg.yml', text);
    const printed = [];
    for (const args of [['render'], ['explain', 'one/dev/Service'], ['diff', '-o', 'json']]) {
      printed.push((await world.appcfgWith(inMergeRequest(), ...args)).stdout);
    }
    expect(printed.join()).toContain('(redacted)');
    expect(printed.join()).not.toContain(secret);
  });

  test.each([
    ['in a merge request', inMergeRequest()],
    ['beside origin/HEAD', {}],
  ] as const)('holds in every command and format %s', async (_name, options) => {
    const world = await live();
    world.write('appcfg.yml', 'project: acme/config\nredact: [/database/host]\n');
    for (const [command, output] of await everyOutput(world, options)) {
      expect(output, command).not.toContain(secret);
      // The patterns of the tree hold, too.
      expect(output, command).not.toContain('db2');
    }
  });

  test('is what hides the value: without a base, the commands that show values show it', async () => {
    const world = await live();
    world.write('appcfg.yml', 'project: acme/config\n');
    git(world, 'symbolic-ref', '--delete', 'refs/remotes/origin/HEAD');
    const outputs = await everyOutput(world, {});
    expect([...outputs].filter(([, output]) => output.includes(secret)).map(([command]) => command)).toEqual([
      'render',
      'explain one/dev/Service',
      'diff -v',
      'rollback one/dev/Service --dry-run',
      'sync --dry-run -v',
    ]);
  });
});
