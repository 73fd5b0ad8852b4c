// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the notation of variables in files
// pull: what is live is written into the tree, and then there is nothing to do.
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OtherClient } from '../support/other-client.ts';
import { createWorld, inPipeline, type World } from '../support/world.ts';

const settings =
  'project: acme/config\ndeploymentStrategy: instant\ndeploymentStrategies: { instant: { durationMinutes: 0, bakeMinutes: 0, growthFactor: 100, growthType: LINEAR } }\n';
const own = 'tenants/one/prod/Limits.yml';
const address = 'one/prod/Limits';

/** A synced tree whose profile has other content after it. @param profiles settings of the profile */
async function hotfixed(
  files: Readonly<Record<string, string>>,
  live: unknown,
  { profile = '', more = '' } = {},
): Promise<World> {
  const world = createWorld(
    {
      'appcfg.yml': `${settings}${profile === '' ? '' : `profiles: { Limits: ${profile} }\n`}${more}`,
      'tenants/one/prod/.gitkeep': '',
      ...files,
    },
    inPipeline,
  );
  const sync = await world.appcfg('sync');
  expect(sync.exitCode, sync.stderr).toBe(0);
  await hotfix(world, live, profile.includes('feature-flags') ? 'AWS.AppConfig.FeatureFlags' : undefined);
  return world;
}

async function hotfix(world: World, live: unknown, type?: string, configurationProfile = 'Limits'): Promise<void> {
  const others = new OtherClient(world.emulator);
  await others.deploy({
    application: 'one',
    environment: 'prod',
    configurationProfile,
    content: typeof live === 'string' ? live : JSON.stringify(live),
    type,
    description: 'hotfix',
    deploymentStrategyId: await others.strategy('instant'),
  });
}

/** Pulls. The next diff is empty. @returns the address's own file */
async function pulled(world: World, path = own): Promise<string> {
  const before = await world.appcfg('diff');
  expect(before.stdout, before.stderr).toContain('drifted');
  const { exitCode, stderr } = await world.appcfg('pull', address);
  expect(exitCode, stderr).toBe(0);
  const diff = await world.appcfg('diff', '--detailed-exitcode');
  expect(diff.exitCode, diff.stdout + diff.stderr).toBe(0);
  const sync = await world.appcfg('sync', '--detailed-exitcode');
  expect(sync.exitCode, sync.stdout + sync.stderr).toBe(0);
  return read(world, path);
}

async function refused(world: World, path = own): Promise<string> {
  const before = read(world, path);
  const { exitCode, stderr } = await world.appcfg('pull', address);
  expect(exitCode).not.toBe(0);
  expect(read(world, path)).toBe(before);
  return stderr;
}

function read(world: World, path: string): string {
  return readFileSync(join(world.directory, path), 'utf8');
}

const variables = '{ variables: true }';
const urls = {
  'template/Limits.yml': 'url: https://${tenant}.example.com\nlist: ["${environment}", b]\nrate: 1\n',
};

test('strings whose replaced text is live stay as they are written', async () => {
  const world = await hotfixed(
    { ...urls, [own]: '# own\nname: "${tenant}-${environment}" # kept\nrate: 5\n' },
    { url: 'https://one.example.com', list: ['prod', 'b'], rate: 7, name: 'one-prod' },
    { profile: variables },
  );
  expect(await pulled(world)).toBe('# own\nname: "${tenant}-${environment}" # kept\nrate: 7\n');
});

test('other strings of a profile with variables are literal', async () => {
  const world = await hotfixed(
    { ...urls, [own]: 'name: "${tenant}"\n' },
    {
      url: 'https://two.example.com',
      list: ['prod', 'b', '${x'],
      rate: 1,
      name: '$${tenant} ${no} $${',
      more: { a: '${b}' },
    },
    { profile: variables },
  );
  expect(await pulled(world)).toBe(
    'name: "$$${tenant} $${no} $$${"\nurl: "https://two.example.com"\nlist:\n  - "${environment}"\n  - b\n  - "$${x"\nmore:\n  a: "$${b}"\n',
  );
});

test('an override that hides a variable with the live text is removed', async () => {
  const world = await hotfixed(
    { ...urls, [own]: '# c\nurl: other\nrate: 2\n' },
    { url: 'https://one.example.com', list: ['prod', 'b'], rate: 2 },
    { profile: variables },
  );
  expect(await pulled(world)).toBe('# c\nrate: 2\n');
});

test('a profile without variables keeps ${ as it is', async () => {
  const world = await hotfixed({ 'template/Limits.yml': 'a: 1\n' }, { a: '${tenant}' });
  expect(await pulled(world)).toBe('a: "${tenant}"\n');
});

test('merge keys, anchors and aliases stay where they can', async () => {
  const text =
    '# top\nbase: &base # b\n  rate: 1\n  burst: 2\nread:\n  <<: *base\n  burst: 5 # own\nwrite: *base\nlast: 1 # l\n';
  const of = (world: Promise<World>) => world.then((each) => pulled(each));
  const files = { 'template/Limits.yml': 'x: 1\n', [own]: text };
  const was = { x: 1, base: { rate: 1, burst: 2 }, read: { rate: 1, burst: 5 }, write: { rate: 1, burst: 2 }, last: 1 };
  expect(await of(hotfixed(files, { ...was, last: 2 }))).toBe(text.replace('last: 1', 'last: 2'));
  expect(await of(hotfixed(files, { ...was, read: { rate: 9, burst: 6 } }))).toBe(
    text.replace('burst: 5 # own\n', 'burst: 6 # own\n  rate: 9\n'),
  );
  expect(await of(hotfixed(files, { ...was, write: { rate: 3 } }))).toBe(
    text.replace('write: *base\n', 'write:\n  rate: 3\n'),
  );
  const all = { ...was, base: { rate: 4, burst: 2 }, read: { rate: 4, burst: 5 }, write: { rate: 4, burst: 2 } };
  expect(await of(hotfixed(files, all))).toBe(text.replace('rate: 1', 'rate: 4'));
  expect(await of(hotfixed(files, { ...was, base: { rate: 4, burst: 2 } }))).toBe(
    '# top\nbase: &base # b\n  rate: 4\n  burst: 2\nread:\n  <<: *base\n  burst: 5 # own\n  rate: 1\nwrite:\n  rate: 1\n  burst: 2\nlast: 1 # l\n',
  );
});

test('JSON files keep their formatting', async () => {
  const path = 'tenants/one/prod/Limits.json';
  const text =
    '{\n    "rate": 1,   "burst": {"a": 1.0, "b": [1, 2]},\n    "gone": true,\n    "last": 12345678901234567890\n}\n';
  const world = await hotfixed(
    { 'template/Limits.yml': 'x: 1\n', [path]: text },
    '{"x": 1, "rate": 2, "burst": {"a": 1, "b": [1, 3]}, "last": 12345678901234567890, "new": {"n": 98765432109876543210, "l": []}}',
  );
  expect(await pulled(world, path)).toBe(
    '{\n    "rate": 2,   "burst": {"a": 1.0, "b": [1, 3]},\n    "last": 12345678901234567890,\n    "new": {\n        "n": 98765432109876543210,\n        "l": []\n    }\n}\n',
  );
});

const flags = (values: string, flag = 'f: { name: F, attributes: { n: { constraints: { type: number } } } }') =>
  `version: "1"\nflags: { ${flag} }\nvalues:\n  ${values}\n`;

test('a flags profile gets what differs as AppConfig reads it', async () => {
  const world = await hotfixed(
    {
      'template/Limits.yml': flags(
        'f: { enabled: "true", n: 1.0 }\n  g: { enabled: false }',
        'f: { name: F, attributes: { n: { constraints: { type: number } } } }, g: { name: G }',
      ),
    },
    {
      version: '1',
      flags: { f: { name: 'F', attributes: { n: { constraints: { type: 'number' } } } }, g: { name: 'G' } },
      values: { f: { enabled: true, n: 2 }, g: { enabled: true } },
    },
    { profile: '{ type: feature-flags }' },
  );
  expect(await pulled(world)).toBe('values:\n  f:\n    "n": 2\n  g:\n    enabled: true\n');
});

test('a flag that was added or deleted in the console is pulled', async () => {
  const world = await hotfixed(
    {
      'template/Limits.yml': flags('f: { enabled: true, n: 1 }'),
      [own]: '# ours\nvalues: { f: { enabled: false, n: 3 } }\n',
    },
    { version: '1', flags: { h: { name: 'H' } }, values: { h: { enabled: 'true' } } },
    { profile: '{ type: feature-flags }' },
  );
  expect(await pulled(world)).toBe(
    '# ours\nvalues:\n  h:\n    enabled: true\n  f: null\nflags:\n  h:\n    name: H\n  f: null\n',
  );
});

test('several addresses are pulled in one command', async () => {
  const world = await hotfixed({ 'template/Limits.yml': 'a: 1\n', 'template/Texts.yml': 't: x\n' }, { a: 2 });
  await hotfix(world, { t: 'y' }, undefined, 'Texts');
  const { exitCode, stdout } = await world.appcfg('pull', 'one/prod/Texts', 'one/*/L*', address);
  expect(exitCode).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(2);
  expect([read(world, own), read(world, 'tenants/one/prod/Texts.yml')]).toEqual(['a: 2\n', 't: "y"\n']);
  expect((await world.appcfg('diff', '--detailed-exitcode')).exitCode).toBe(0);
});

test('inherited keys are deleted by null, at any depth', async () => {
  const world = await hotfixed(
    { 'template/Limits.yml': 'a: { b: 1, c: { d: 1, e: 2 } }\nf: 1\n', 'tenants/one/Limits.yml': 'f: 2\n' },
    { a: { b: 1, c: { e: 2 } } },
  );
  expect(await pulled(world)).toBe('a:\n  c:\n    d: null\nf: null\n');
});

test('lists with list rules get the items that they lack', async () => {
  const files = {
    'template/Limits.yml': 'u: [a, b]\nk: [{ id: 1, x: 1, y: 1 }, { id: 2 }]\nap: [1]\n',
    [own]: '# c\nu: [c] # own\n',
  };
  const profile = '{ lists: { /u: union, /k: { by: id }, /ap: append } }';
  const live = { u: ['a', 'b', 'c', 'd'], k: [{ id: 1, x: 2 }, { id: 2 }, { id: 3 }], ap: [1, 2] };
  const world = await hotfixed(files, live, { profile });
  expect(await pulled(world)).toBe(
    '# c\nu: [c, "d"] # own\nk:\n  - id: 1\n    x: 2\n    "y": null\n  - id: 3\nap:\n  - 2\n',
  );
  const gone = await hotfixed(files, { ...live, u: ['b', 'c'] }, { profile });
  expect(await refused(gone)).toMatch(/no override renders to the live content.*\/u/);
});

test('what null: keep cannot express is refused, and what it can is written', async () => {
  const files = { 'template/Limits.yml': 'a: 1\nb: 2\n', [own]: 'a: 3\n' };
  const kept = await hotfixed(files, { a: null, b: 2 }, { profile: '{ null: keep }' });
  expect(await pulled(kept)).toBe('a: null\n');
  const deleted = await hotfixed(files, { b: 2 }, { profile: '{ null: keep }' });
  expect(await refused(deleted)).toMatch(/no override renders to the live content.*\/a/);
});

test('merge: replace gets the whole content', async () => {
  const world = await hotfixed(
    { 'template/Limits.yml': 'a: 1\nb: 2\n', [own]: '# c\na: 1 # one\n' },
    { a: 1, b: { c: null } },
    { profile: '{ merge: replace }' },
  );
  expect(await pulled(world)).toBe('# c\na: 1 # one\nb:\n  c: null\n');
});

test('a version of appcfg that was deployed again by hand is pulled with its forms of numbers', async () => {
  const world = createWorld(
    { 'appcfg.yml': settings, 'template/Limits.yml': 'a: 1\nb: 2\n', [own]: '# c\na: 1.0 # x\nb: 3\n' },
    inPipeline,
  );
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  world.write(own, '# c\na: 1.00 # x\nb: 4\n');
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  await new OtherClient(world.emulator).redeploy(address, { version: '1', strategy: 'instant' });
  expect(await pulled(world)).toBe('# c\na: 1.0 # x\nb: 3\n');
});

test('line ends of Windows stay, in YAML and in JSON', async () => {
  const yaml = await hotfixed(
    { 'template/Limits.yml': 'a: 1\r\nb: 2\r\n', [own]: '# c\r\na: 2 # x\r\n' },
    { a: 3, b: { c: [1] } },
  );
  expect(await pulled(yaml)).toBe('# c\r\na: 3 # x\r\nb:\r\n  c:\r\n    - 1\r\n');
  const path = 'tenants/one/prod/Limits.json';
  const json = await hotfixed(
    { 'template/Limits.yml': 'b: 2\n', [path]: '{\r\n\t"a": 2\r\n}\r\n' },
    { a: 3, b: 2, c: { d: 1 } },
  );
  expect(await pulled(json, path)).toBe('{\r\n\t"a": 3,\r\n\t"c": {\r\n\t\t"d": 1\r\n\t}\r\n}\r\n');
});

test('comments, blank lines and quotes of the rest stay', async () => {
  const text =
    '# head\n\n# of a\na: "one" # x\n\n# of b\nb:\n    # inside\n    c: \'two\'\n\n    d: [ 1,2 ] # list\n# tail\n';
  const world = await hotfixed(
    { 'template/Limits.yml': 'z: 1\n', [own]: text },
    { z: 1, a: 'one', b: { c: 'two', d: [1, 2], e: true } },
  );
  expect(await pulled(world)).toBe(text.replace('# list\n', '# list\n    e: true\n'));
});

test('what would make the tree invalid is reported at the address, and nothing is written', async () => {
  const world = await hotfixed({ 'template/Limits.yml': 'a: 1\n', 'tenants/two/prod/.gitkeep': '' }, 'a text');
  const { exitCode, stderr } = await world.appcfg('pull', address);
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(
    /one\/prod\/Limits\b.*the tree would be invalid with the live content: .*; nothing was written/,
  );
  expect(stderr).not.toContain(own);
  expect(() => read(world, own)).toThrow('ENOENT');
});

test('a hotfix of a string with variables is shown before it is pulled', async () => {
  const world = await hotfixed(
    { 'template/Limits.yml': "url: 'https://${tenant}.example.com'\n", 'tenants/two/prod/.gitkeep': '' },
    { url: 'https://hotfix.example.com' },
    { profile: '{ variables: true }' },
  );
  const { stdout } = await world.appcfg('diff');
  expect(stdout).toContain('https://hotfix.example.com');
  expect(stdout).toContain('https://one.example.com');
});

test('a read-only file is not written, and the mode of others stays', async () => {
  const files = { 'template/Limits.yml': 'a: 1\n', [own]: 'a: 2\n' };
  const readOnly = await hotfixed(files, { a: 3 });
  chmodSync(join(readOnly.directory, own), 0o444);
  expect(await refused(readOnly)).toContain('read-only');
  const shared = await hotfixed(files, { a: 3 });
  chmodSync(join(shared.directory, own), 0o664);
  await pulled(shared);
  expect(statSync(join(shared.directory, own)).mode & 0o777).toBe(0o664);
});

test('whole values are pulled, too: a list, a text, nothing but a map', async () => {
  const list = await hotfixed({ 'template/Limits.yml': '[1, 2]\n', [own]: '# c\n[1, 3]\n' }, [1, 4]);
  expect(await pulled(list)).toBe('# c\n[1, 4]\n');
  const empty = await hotfixed({ [own]: '# c\na: 1 # x\n' }, {});
  expect(await pulled(empty)).toBe('# c\n{}\n');
});
