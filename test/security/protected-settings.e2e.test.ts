// Settings that protect cannot be loosened by the change that they protect from: a clone with its origin, the variables of a
// merge-request pipeline, and the emulator.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatsOf, isSent } from '../../src/report/formats.ts';
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

function move({ directory }: World, from: string, to: string): void {
  renameSync(join(directory, from), join(directory, to));
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

/** Every command that contacts AWS, but for `diff`. */
const contacting = [
  ['status'],
  ['history', 'one/dev/Service'],
  ['rollback', 'one/dev/Service'],
  ['sync'],
  ['sync', '--only', 'deploy'],
  ['cleanup', '-t', 'one', '--yes'],
] as const;

/** Runs every command with all of its formats. @returns what each command printed and wrote */
async function everyOutput(world: World, options: RunOptions): Promise<ReadonlyMap<string, string>> {
  const outputs = new Map<string, string>();
  for (const args of commands) {
    const formats = formatsOf(args[0]).filter((format) => !isSent(format));
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
    const { stdout } = await world.appcfgWith(inMergeRequest(), 'render');
    expect(stdout).toContain('(redacted)');
    expect(stdout).not.toContain(secret);
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

describe('in a merge request, settings that differ from the target branch', () => {
  const protectedTree = {
    ...tree,
    'appcfg.yml': `${settings}aws: { allowedAccounts: ["123456789012"] }\nenvironments: { dev: { region: us-east-1 } }\n`,
  };
  const changes: Readonly<Record<string, readonly [from: string, to: string]>> = {
    project: ['acme/config', 'globex/config'],
    applicationName: ['environments:', 'applicationName: "globex-{tenant}"\nenvironments:'],
    adopt: ['environments:', 'adopt: ["*"]\nenvironments:'],
    allowedAccounts: ['["123456789012"]', '["123456789012", "999988887777"]'],
    'the Region of an environment': ['us-east-1', 'eu-west-1'],
    'a role': ['us-east-1', 'us-east-1, roleArn: "arn:aws:iam::123456789012:role/admin"'],
    'an account by merge keys and aliases': [
      'environments: { dev: { region: us-east-1 } }',
      'environments: { dev: &d { region: us-east-1, account: "999988887777" }, qa: { <<: *d } }',
    ],
    'the role of a tenant': [
      'environments:',
      'tenants: [{ match: t*, roleArn: "arn:aws:iam::999988887777:role/a" }, { match: one, account: "123456789012" }]\nenvironments:',
    ],
  };

  test.each(Object.entries(changes))(
    '%s: diff compares offline, and no command contacts AWS',
    async (name, [from, to]) => {
      const world = await cloned(protectedTree);
      world.write('appcfg.yml', protectedTree['appcfg.yml'].replace(from, to));
      world.write('template/Service.yml', `database: { password: ${secret}-2, host: db2 }\n`);
      const diff = await world.appcfgWith(inMergeRequest(), 'diff', '--detailed-exitcode');
      expect(diff.exitCode, diff.stderr).toBe(2);
      expect(diff.stderr).toContain('compared with origin/main offline, not with what is live');
      expect(diff.stdout).toContain('"db" → "db2"');
      expect(diff.stdout + diff.stderr).not.toContain(secret);
      // All of them once: each starts Git a dozen times.
      for (const args of name === 'project' ? contacting : contacting.slice(0, 1)) {
        const { exitCode, stderr } = await world.appcfgWith(inMergeRequest(), ...args);
        expect(exitCode, stderr).toBe(5);
        expect(stderr).toContain('changes protected settings of origin/main');
      }
      expect(world.takeCalls()).toEqual({});
    },
  );

  test('are none: AWS is contacted, also for other settings and new tenants', async () => {
    const world = await cloned(protectedTree);
    world.write('appcfg.yml', `${protectedTree['appcfg.yml']}deploymentStrategy: AppConfig.AllAtOnce\n`);
    world.write('tenants/three/dev/.gitkeep', '');
    const { exitCode, stderr } = await world.appcfgWith(inMergeRequest(), 'diff');
    expect(exitCode, stderr).toBe(0);
    expect(stderr).not.toContain('offline');
    expect(world.takeCalls().ListApplications).toBeGreaterThan(0);
  });

  test('do not matter where only the local AppConfig is used', async () => {
    const world = await cloned();
    world.write('appcfg.yml', 'project: globex/config\n');
    const { exitCode, stderr } = await world.appcfgWith(inMergeRequest(), 'diff', '--local');
    expect(exitCode, stderr).toBe(0);
    expect(stderr).not.toContain('offline');
  });
});

/** What the tree, the clone or the pipeline may be like. The change is always of `project` and `redact`. */
interface Setting {
  readonly name: string;
  readonly prepare: (world: World) => void;
  readonly branch?: string;
  /** The base cannot be read. */
  readonly isUnreadable?: boolean;
}

const changed = 'project: globex/config\nredact: []\n';
const change = (world: World) => world.write('appcfg.yml', changed);

const tricks: readonly Setting[] = [
  {
    name: 'the settings move to appcfg.yaml',
    prepare: (world) => {
      world.write('appcfg.yml', undefined);
      world.write('appcfg.yaml', changed);
    },
  },
  {
    name: 'the settings become a link to another file of the tree',
    prepare: (world) => {
      world.write('template/_other.yml', changed);
      rmSync(join(world.directory, 'appcfg.yml'));
      symlinkSync('template/_other.yml', join(world.directory, 'appcfg.yml'));
    },
  },
  {
    name: 'the settings of the target branch are a link',
    prepare: (world) => {
      world.write('appcfg.yml', undefined);
      world.write('shared/settings.yml', settings);
      symlinkSync('shared/settings.yml', join(world.directory, 'appcfg.yml'));
      commit(world);
      git(world, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
      rmSync(join(world.directory, 'appcfg.yml'));
      change(world);
    },
  },
  { name: 'the settings are deleted', prepare: (world) => world.write('appcfg.yml', undefined) },
  {
    name: 'the change is committed, HEAD is detached, and a tag has the name of the target branch',
    prepare: (world) => {
      change(world);
      commit(world);
      git(world, 'checkout', '-q', '--detach');
      git(world, 'tag', 'origin/main');
      git(world, 'tag', 'refs/remotes/origin/main');
    },
  },
  {
    name: 'a clone that is shallow',
    prepare: (world) => {
      change(world);
      commit(world);
      writeFileSync(join(world.directory, '.git/shallow'), `${git(world, 'rev-parse', 'origin/main')}\n`);
    },
  },
  {
    name: 'a target branch with unusual characters',
    branch: 'größe/#1-$(x)',
    prepare: (world) => {
      git(world, 'update-ref', 'refs/remotes/origin/größe/#1-$(x)', 'HEAD');
      change(world);
    },
  },
  {
    name: 'a target branch that begins with a hyphen',
    branch: '--all',
    prepare: (world) => {
      git(world, 'update-ref', 'refs/remotes/origin/--all', 'HEAD');
      change(world);
    },
  },
  { name: 'a target branch that was not fetched', branch: 'release', isUnreadable: true, prepare: change },
  { name: 'a target branch without a name', branch: '', isUnreadable: true, prepare: change },
  { name: 'a name that leads to another commit', branch: 'main^{/change}', isUnreadable: true, prepare: change },
  {
    name: 'a target branch that only a tag has as its name',
    branch: 'release',
    isUnreadable: true,
    prepare: (world) => {
      change(world);
      commit(world);
      git(world, 'tag', 'origin/release');
    },
  },
  {
    name: 'settings of the target branch that are invalid',
    isUnreadable: true,
    prepare: (world) => {
      world.write('appcfg.yml', 'project: [acme\n');
      commit(world);
      git(world, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
      change(world);
    },
  },
  {
    name: 'no repository',
    isUnreadable: true,
    prepare: (world) => {
      world.write('.git', undefined);
      change(world);
    },
  },
];

describe('the target branch counts, whatever the change does:', () => {
  test.each(tricks)('$name', async ({ prepare, branch, isUnreadable = false }) => {
    const world = await cloned();
    prepare(world);
    const inJob = inMergeRequest(branch);
    const outcomes = [await world.appcfgWith(inJob, 'render'), await world.appcfgWith(inJob, 'history', '-t', 'one')];
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 5]);
    const shown = outcomes.map(({ stdout, stderr }) => stdout + stderr).join('\n');
    expect(shown).toContain('(redacted)');
    expect(shown.includes('"host": "db"')).toBe(!isUnreadable);
    expect(shown).not.toContain(secret);
    expect(world.takeCalls()).toEqual({});
  });
});

test('a diff fails where the target branch cannot be read: there is nothing to compare with', async () => {
  const world = await cloned();
  const { exitCode, stderr } = await world.appcfgWith(inMergeRequest('release'), 'diff');
  expect(exitCode).toBe(3);
  expect(stderr).toContain('the target branch "refs/remotes/origin/release" is not a revision');
  expect(stderr).toContain('git fetch origin +refs/heads/release:refs/remotes/origin/release');
  expect(stderr).not.toContain('offline');
  expect(world.takeCalls()).toEqual({});
});

test('a revision of --settings-base that cannot be read is an error; origin/HEAD that cannot be read redacts everything', async () => {
  const world = await cloned();
  const { exitCode, stderr } = await world.appcfg('render', '--settings-base', 'nowhere');
  expect(exitCode).toBe(3);
  expect(stderr).toContain('--settings-base "nowhere" is not a revision');
  world.write('appcfg.yml', 'redact: [\n');
  commit(world);
  git(world, 'update-ref', 'refs/remotes/origin/HEAD', 'HEAD');
  world.write('appcfg.yml', 'project: acme/config\n');
  const rendered = await world.appcfg('render');
  expect(rendered.exitCode).toBe(0);
  expect(rendered.stderr).toContain('the settings of origin/HEAD cannot be read, so every value is redacted');
  expect(rendered.stdout).not.toContain(secret);
  const named = await world.appcfgWith({ env: { APPCFG_SETTINGS_BASE: 'HEAD~1' } }, 'render');
  expect(named.stdout).toContain('"host": "db"');
  expect(named.stdout).not.toContain(secret);
});

test('a tree in a folder that the change makes a link to another one is not read', async () => {
  const world = await cloned();
  mkdirSync(join(world.directory, 'config'));
  for (const part of ['appcfg.yml', 'template', 'tenants']) move(world, part, `config/${part}`);
  commit(world);
  git(world, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
  expect((await world.appcfgWith(inMergeRequest(), 'render', '-C', 'config')).stdout).toContain('(redacted)');
  move(world, 'config', 'config2');
  symlinkSync('config2', join(world.directory, 'config'));
  world.write('config2/appcfg.yml', 'project: acme/config\n');
  for (const command of ['render', 'diff', 'status']) {
    const { exitCode, stdout, stderr } = await world.appcfgWith(inMergeRequest(), command, '-C', 'config');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('leads through a symbolic link');
    expect(stdout).not.toContain(secret);
  }
  expect(world.takeCalls()).toEqual({});
});
