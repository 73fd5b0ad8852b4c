// `appcfg tenant`: tenants are added as copies with their settings, and renamed in steps in which clients are served.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorld, type World } from '../../support/world.ts';

const region = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's' };
const settings = `# ours
project: acme/config
environments: { dev: {}, prod: {} }
tenants:
  # large ones
  - { match: ["acme", "!acme-test"], labels: { tier: gold } } # by contract
  - match: zeta # alone
    labels: { tier: free }
waves:
  - { name: canary, tenants: [acme] }
  - name: rest
deploymentStrategy: instant
deploymentStrategies: { instant: { durationMinutes: 0, bakeMinutes: 0, growthFactor: 100, growthType: LINEAR } }
`;
const tree = {
  'appcfg.yml': settings,
  'template/Limits.yml': 'rate: 1\n',
  'tenants/acme/Limits.yml': 'rate: 2 # two\r\n',
  'tenants/acme/dev/.gitkeep': '',
  'tenants/acme/prod/Limits.yml': 'burst: 9\n',
  'tenants/acme/_notes.txt': 'mine',
  'tenants/zeta/dev/.gitkeep': '',
};

const textOf = (world: World, file: string) => readFileSync(join(world.directory, file), 'utf8');
const filesOf = (world: World) =>
  readdirSync(world.directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(world.directory.length + 1))
    .filter((file) => !file.startsWith('.appcfg/'))
    .sort();

test('a tenant gets a folder for each environment of the settings', async () => {
  const world = createWorld(tree);
  const added = await world.appcfg('tenant', 'add', 'new', '-o', 'json');
  expect(added).toMatchObject({ exitCode: 0, stderr: '' });
  expect(added.json).toMatchObject({
    written: true,
    files: [
      { file: 'tenants/new/dev/.gitkeep', change: 'created' },
      { file: 'tenants/new/prod/.gitkeep', change: 'created' },
    ],
  });
  expect(textOf(world, 'appcfg.yml')).toBe(settings);
  expect(await world.appcfg('validate')).toMatchObject({ exitCode: 0 });
});

test('without settings, the environments are those of the tree, and --env names new ones', async () => {
  const world = createWorld({ 'template/prod/A.yml': 'a: 1\n', 'tenants/one/dev/.gitkeep': '' });
  await world.appcfg('tenant', 'add', 'two');
  await world.appcfg('tenant', 'add', 'three', '--env', 'stage', '-e', 'd*');
  expect(filesOf(world).filter((file) => /t(?:wo|hree)/.test(file))).toEqual([
    'tenants/three/dev/.gitkeep',
    'tenants/three/stage/.gitkeep',
    'tenants/two/dev/.gitkeep',
    'tenants/two/prod/.gitkeep',
  ]);
});

test('a copy has the files byte for byte, and the settings with their comments', async () => {
  const world = createWorld(tree);
  const { exitCode, stdout } = await world.appcfg('tenant', 'add', 'true', '--like', 'acme');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('appcfg sync --tenant true');
  for (const file of ['Limits.yml', 'dev/.gitkeep', 'prod/Limits.yml', '_notes.txt']) {
    expect(textOf(world, `tenants/true/${file}`)).toBe(textOf(world, `tenants/acme/${file}`));
  }
  expect(textOf(world, 'appcfg.yml')).toBe(
    settings
      .replace('["acme", "!acme-test"]', '["acme", "true", "!acme-test"]')
      .replace('tenants: [acme]', 'tenants: [acme, "true"]'),
  );
  expect((await world.appcfg('render', 'true/prod/Limits')).stdout).toContain('"burst": 9');
});

test('a glob of one tenant becomes a list', async () => {
  const world = createWorld(tree);
  await world.appcfg('tenant', 'add', 'eta', '--like', 'zeta', '--env', 'dev');
  expect(textOf(world, 'appcfg.yml')).toBe(
    settings.replace('match: zeta # alone', 'match:\n      - zeta\n      - eta # alone'),
  );
});

test('globs that select both need nothing; one that selects only the new tenant is named', async () => {
  const world = createWorld({
    'appcfg.yml':
      'project: a/b\ntenants:\n  - { match: ["a*"], labels: { x: y } }\n  - { match: ["*2"], labels: { z: y } }\n',
    'tenants/a1/dev/A.yml': 'a: 1\n',
  });
  const before = textOf(world, 'appcfg.yml');
  const { stdout } = await world.appcfg('tenant', 'add', 'a2', '--like', 'a1');
  expect(stdout).toContain('appcfg.yml:4 applies to "a2" only: exclude it there');
  expect(textOf(world, 'appcfg.yml')).toBe(before);
});

test.each([
  [['acme'], 'destination-exists', 'the tenant "acme" exists already'],
  [['ACME'], 'destination-exists', 'differ only in case'],
  [['\uff41cme'], 'destination-exists', 'differ only in case or Unicode form'],
  [['\u0430\u0441m\u0435'], 'destination-exists', 'look the same'],
  [['a\u200bcme'], 'name-invalid', 'U+200B'],
  [['new*'], 'name-invalid', 'special in globs'],
  [['../new'], 'name-invalid', 'cannot be the name of a tenant'],
  [['a/b'], 'name-invalid', 'cannot be the name of a tenant'],
  [['.new'], 'name-invalid', 'cannot be the name of a tenant'],
  [[''], 'name-invalid', 'cannot be the name of a tenant'],
  [['x'.repeat(65)], 'name-invalid', '65 characters'],
  [['new', '--like', 'acm'], 'selection-empty', 'the tree has no tenant "acm"'],
  [['new', '--env', 'staging'], 'environment-unknown', 'there is no such environment'],
  [['new', '--like', 'zeta', '--env', 'prod'], 'environment-unknown', 'there is no such environment'],
  [['new', '--env', '../x'], 'environment-unknown', 'there is no such environment'],
])('tenant add %j is refused: %s', async (args, code, message) => {
  const world = createWorld(tree);
  const before = filesOf(world);
  const refused = await world.appcfg('tenant', 'add', ...args, '-o', 'json');
  expect(refused.exitCode).toBe(3);
  expect(refused.json.problems).toEqual([expect.objectContaining({ code, message: expect.stringContaining(message) })]);
  expect([filesOf(world), textOf(world, 'appcfg.yml')]).toEqual([before, settings]);
});

test('the name of the application counts, too', async () => {
  const world = createWorld({
    'appcfg.yml': `project: a/b\napplicationName: "{tenant}-${'x'.repeat(50)}"\n`,
    'tenants/one/dev/A.yml': 'a: 1\n',
  });
  const { exitCode, stderr } = await world.appcfg('tenant', 'add', 'y'.repeat(20));
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining('the application name')]);
});

test.each([
  [['tenant'], 'appcfg tenant needs a command (available: add, rename)'],
  [['tenant', 'ad'], 'unknown command "tenant ad" (did you mean "add"?)'],
  [['tenant', 'add'], "missing required argument 'name'"],
  [['tenant', 'add', 'a', 'b'], 'too many arguments'],
  [['tenant', 'rename', 'a'], "missing required argument 'new'"],
  [['tenant', 'add', 'new', '--tenant', 'acme'], '--tenant has no effect on appcfg tenant add'],
  [['help', 'tenant', 'ad'], 'did you mean "add"?'],
])('%j is refused', async (args, message) => {
  const world = createWorld(tree);
  const { exitCode, stderr } = await world.appcfg(...args);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining(message)]);
});

test('help knows the commands of a group', async () => {
  const world = createWorld({});
  expect((await world.appcfg('help', 'tenant', 'add')).stdout).toContain('Usage: appcfg tenant add [options] <name>');
  expect((await world.appcfg('tenant', '--help')).stdout).toContain('rename [options] <old> <new>');
});

test('a renaming ends when the new tenant serves the same', async () => {
  const world = createWorld(tree, region);
  await world.appcfg('sync', '--yes');
  const renamed = await world.appcfg('tenant', 'rename', 'acme', 'umbrella');
  expect(renamed).toMatchObject({ exitCode: 0, stderr: '' });
  expect(renamed.stdout).toContain('appcfg sync --tenant umbrella');
  expect(renamed.stdout).toContain('appcfg tenant rename --finish acme umbrella');
  expect(renamed.stdout).toContain('appcfg cleanup --tenant acme');
  const before = filesOf(world);

  const early = await world.appcfg('tenant', 'rename', 'acme', 'umbrella', '--finish', '-o', 'json');
  expect(early.exitCode).toBe(5);
  expect(early.json.problems).toMatchObject([
    { code: 'rename-unfinished', addresses: ['umbrella/dev/Limits', 'umbrella/prod/Limits'] },
  ]);
  expect(filesOf(world)).toEqual(before);

  await world.appcfg('sync', '--yes', '--tenant', 'umbrella');
  const finished = await world.appcfg('tenant', 'rename', 'acme', 'umbrella', '--finish');
  expect(finished).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('error') });
  expect(existsSync(join(world.directory, 'tenants/acme'))).toBe(false);
  expect(textOf(world, 'appcfg.yml')).toBe(
    settings
      .replace('["acme", "!acme-test"]', '["umbrella", "!acme-test"]')
      .replace('tenants: [acme]', 'tenants: ["umbrella"]'),
  );
  expect(await world.appcfg('cleanup', '--yes', '--tenant', 'acme')).toMatchObject({ exitCode: 0 });
});

test.each([
  ['other content', 'tenants/umbrella/prod/Limits.yml', 'burst: 10\n', 'the content differs'],
  ['a missing address', 'tenants/acme/prod/More.yml', 'a: 1\n', '"umbrella" has no such address'],
])('a renaming does not end with %s', async (_what, file, text, reason) => {
  const world = createWorld(tree, region);
  await world.appcfg('tenant', 'rename', 'acme', 'umbrella');
  world.write(file, text);
  await world.appcfg('sync', '--yes');
  const before = filesOf(world);
  const { exitCode, stderr } = await world.appcfg('tenant', 'rename', 'acme', 'umbrella', '--finish');
  expect([exitCode, stderr]).toEqual([5, expect.stringContaining(reason)]);
  expect(filesOf(world)).toEqual(before);
});

test('a renaming overwrites nothing, and ends only between two tenants of the tree', async () => {
  const world = createWorld(tree, region);
  expect(await world.appcfg('tenant', 'rename', 'acme', 'zeta')).toMatchObject({ exitCode: 3 });
  expect(await world.appcfg('tenant', 'rename', 'acme', 'acme', '--finish')).toMatchObject({ exitCode: 3 });
  expect(await world.appcfg('tenant', 'rename', 'acme', 'none', '--finish')).toMatchObject({ exitCode: 3 });
  expect(filesOf(world)).toEqual(Object.keys(tree).sort());
});

test('variables with the name of the tenant are no difference', async () => {
  const world = createWorld(
    {
      'appcfg.yml': 'project: a/b\nprofiles: { A: { variables: true } }\n',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of a content.
      'template/A.yml': 'name: ${tenant}\n',
      'tenants/one/dev/.gitkeep': '',
    },
    region,
  );
  await world.appcfg('tenant', 'rename', 'one', 'two');
  await world.appcfg('sync', '--yes');
  expect(await world.appcfg('tenant', 'rename', 'one', 'two', '--finish')).toMatchObject({ exitCode: 0 });
});
