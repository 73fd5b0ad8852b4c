// `appcfg init`: a repository that deploys as it is, and nothing that exists is overwritten.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { createWorld, type World } from '../support/world.ts';

const filesOf = (world: World, folder = '.') =>
  readdirSync(join(world.directory, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(join(world.directory, folder).length + 1))
    .sort();
const git = ({ directory }: World, ...args: readonly string[]) => execFileSync('git', args, { cwd: directory });
const textOf = (world: World, file: string) => readFileSync(join(world.directory, file), 'utf8');

test('what init writes is valid, deploys, and has the names that were given', async () => {
  const world = createWorld({});
  const made = await world.appcfg(
    ...['init', '--project', 'acme/config', '--tenant', 'umbrella', '--account', '123456789012'],
    ...['--gitlab', 'https://git.example.com/', '--branch', 'trunk', '-o', 'json'],
  );
  expect(made).toMatchObject({ exitCode: 0, stderr: '' });
  expect(made.json.files.map(({ file }: { file: string }) => file).sort()).toEqual(filesOf(world));
  expect(await world.appcfg('validate')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await world.appcfg('sync')).toMatchObject({ exitCode: 0 });
  expect(await world.appcfg('render', 'umbrella/dev/Limits')).toMatchObject({
    stdout: expect.stringContaining('"requests_per_second": 10'),
  });
  expect(textOf(world, 'iam/write-trust.json')).toContain(
    '"git.example.com:sub": "project_path:acme/config:ref_type:branch:ref:trunk"',
  );
  expect(textOf(world, 'iam/roles.tf')).toContain('url            = "https://git.example.com"');
  const texts = filesOf(world).filter((file) => file !== '.gitlab/appcfg.yml');
  for (const file of texts) expect(textOf(world, file), file).not.toMatch(/\{\{|111122223333/);
});

test('a project that is in no group is named as what to replace in the trust policies', async () => {
  const { stdout } = await createWorld({}).appcfg('init', '--project', 'config');
  expect(stdout).toContain('replace "config" in all files of iam/ and in appcfg.yml');
  expect((await createWorld({}).appcfg('init', '--project', 'acme/config')).stdout).not.toContain('GROUP/NAME');
});

test('the template for CloudFormation has the policies of the JSON files', async () => {
  const world = createWorld({});
  await world.appcfg('init', '--project', 'true');
  const { Resources } = load(textOf(world, 'iam/cloudformation.yml')) as {
    Resources: Record<
      string,
      { Properties: { AssumeRolePolicyDocument: object; Policies: { PolicyDocument: object }[] } }
    >;
  };
  for (const [role, resource] of [
    ['read', Resources.ReadRole],
    ['write', Resources.WriteRole],
  ] as const) {
    expect(resource?.Properties.AssumeRolePolicyDocument).toEqual(JSON.parse(textOf(world, `iam/${role}-trust.json`)));
    expect(resource?.Properties.Policies[0]?.PolicyDocument).toEqual(
      JSON.parse(textOf(world, `iam/${role}-policy.json`)),
    );
  }
  expect(load(textOf(world, 'appcfg.yml'))).toMatchObject({ project: 'true' });
});

test.each(['appcfg.yml', 'CODEOWNERS', 'iam/roles.tf', 'tenants/acme/dev/Limits.yml'])(
  'where %s exists, nothing is written',
  async (file) => {
    const world = createWorld({ [file]: 'mine' });
    const { exitCode, stderr } = await world.appcfg('init');
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining(`${file} exists already; nothing was written`)]);
    expect(filesOf(world)).toEqual([file]);
    expect(textOf(world, file)).toBe('mine');
  },
);

test('a .gitignore that exists stays, and a second run for the pipeline names no command that is refused again', async () => {
  const world = createWorld({ '.gitignore': 'node_modules/\n' });
  const made = await world.appcfg('init');
  expect([made.exitCode, made.stdout]).toEqual([0, expect.stringContaining('see that .gitignore has')]);
  expect(textOf(world, '.gitignore')).toBe('node_modules/\n');
  const again = await world.appcfg('init', '--pipeline-only');
  expect([again.exitCode, again.stderr]).toEqual([3, expect.not.stringContaining('appcfg init')]);
});

test('with an account of AWS, a local AppConfig is not refused', async () => {
  const world = createWorld({});
  await world.appcfg('init', '--account', '111122223333');
  const { exitCode, stderr } = await world.appcfg('sync', '--local');
  expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('account-not-allowed')]);
});

test('a tree that exists gets the pipeline and the roles alone', async () => {
  const tree = { 'appcfg.yml': 'project: acme/config\n', 'tenants/acme/dev/A.yml': 'a: 1\n' };
  const world = createWorld(tree);
  expect(await world.appcfg('init', '--pipeline-only')).toMatchObject({ exitCode: 0 });
  expect(filesOf(world)).toEqual(expect.arrayContaining([...Object.keys(tree), '.gitlab-ci.yml', 'iam/roles.tf']));
  expect(filesOf(world)).not.toContain('template/Limits.yml');
});

test('in a folder of its own, commands in hints name the folder', async () => {
  const world = createWorld({});
  const { stdout } = await world.appcfg('init', 'my config');
  expect(stdout).toContain("appcfg sync --local --chdir 'my config'");
  expect(existsSync(join(world.directory, 'my config/appcfg.yml'))).toBe(true);
});

test.each([
  [['--tenant', '../acme'], 'cannot be the name of a tenant'],
  [['--tenant', '.acme'], 'cannot be the name of a tenant'],
  [['--tenant', 'a*'], 'special in globs'],
  [['--tenant', 'a\u202eb'], 'U+202E'],
  [['--tenant', 'a', '--tenant', 'b'], '--tenant is given more than once'],
  [['--account', '1234'], 'not an account number'],
  [['--gitlab', 'http://git.example.com'], 'needs the https URL'],
  [['--gitlab', 'ftp://git.example.com'], 'for example --gitlab https://gitlab.example.com'],
  [['--gitlab', 'git.example.com'], 'needs the https URL'],
  [['--gitlab', 'https://:secret@git.example.com'], 'needs the https URL'],
  [['--gitlab', 'https://*'], 'needs the https URL'],
  [['--project', 'acme/co*fig'], '--project is "acme/co*fig", not a name'],
  [['--project', ''], '--project'],
  [['--branch', 'x; rm -rf'], '--branch is "x; rm -rf", not the name of a branch'],
  [['--branch', 'release/*'], 'not the name of a branch'],
  [['--gitlab', 'https://user:secret@git.example.com'], 'needs the https URL'],
  [['a', 'b'], 'too many arguments'],
])('init %j is refused, and writes nothing', async (args, message) => {
  const world = createWorld({});
  const { exitCode, stderr } = await world.appcfg('init', ...args);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining(message)]);
  expect(stderr).not.toContain('secret');
  expect(filesOf(world)).toEqual([]);
});

test.each([
  ['https://git.example.com/acme/config.git', 'git.example.com'],
  ['https://git.example.com:8443/acme/config.git', 'git.example.com:8443'],
  ['http://git.example.com:8080/acme/config.git', 'git.example.com'],
  ['git@git.example.com:acme/config.git', 'git.example.com'],
  ['ssh://git@git.example.com:2222/acme/config.git', 'git.example.com'],
  ['ssh://git.example.com/acme/config', 'git.example.com'],
  ['git+ssh://git@git.example.com/acme/config.git', 'git.example.com'],
  ['git://git.example.com/acme/config.git', 'git.example.com'],
])('of the remote %s the roles trust its own server, never another one', async (remote, server) => {
  const world = createWorld({});
  git(world, 'init', '-q');
  git(world, 'remote', 'add', 'origin', remote);
  const { stdout } = await world.appcfg('init', '--account', '111122223333');
  expect(stdout).toContain(`create the two roles, which pipelines of acme/config on https://${server} get`);
  expect(stdout).not.toContain('if your GitLab is not');
  for (const file of ['read-trust.json', 'write-trust.json', 'roles.tf', 'cloudformation.yml']) {
    const text = readFileSync(join(world.directory, 'iam', file), 'utf8');
    expect([file, text.includes(server), text.includes('gitlab.com')]).toEqual([file, true, false]);
  }
});

test.each(['/srv/git/acme/config.git', 'file:///srv/git/acme/config.git', undefined])(
  'where the remote %s names no server, one step names the GitLab that is trusted',
  async (remote) => {
    const world = createWorld({});
    git(world, 'init', '-q');
    if (remote !== undefined) git(world, 'remote', 'add', 'origin', remote);
    const { stdout } = await world.appcfg('init', '--project', 'acme/config');
    expect(stdout).toContain('if your GitLab is not https://gitlab.com');
  },
);
