import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: p\napplicationName: "acme-{tenant}"\n',
  'template/A.yml': 'a: "x\\u202ey"\n',
  'tenants/one/dev/.gitkeep': '',
  'tenants/two/dev/.gitkeep': '',
};

test('a pipe and a file get the exact bytes', async () => {
  const world = createWorld(tree);
  const { stdout } = await world.appcfg('render', '-o', 'text', '-o', 'text=out.txt');
  expect(stdout).toBe('# one/dev/A\n{\n  "a": "x\u202ey"\n}\n\n# two/dev/A\n{\n  "a": "x\u202ey"\n}\n');
  expect(readFileSync(join(world.directory, 'out.txt'), 'utf8')).toBe(stdout);
});

test('characters that change the direction of text are escaped on a terminal', async () => {
  const outcome = await createWorld(tree).appcfgWith({ isTTY: true }, 'render', 'one/dev/A');
  expect(outcome.stdout).toBe('{\n  "a": "x\\u{202e}y"\n}\n');
});

test('files for the Agent are named after the application', async () => {
  const world = createWorld(tree);
  await world.appcfg('render', '--out', 'out', '--layout', 'agent');
  expect(readdirSync(join(world.directory, 'out'))).toEqual(['acme-one:dev:A.json', 'acme-two:dev:A.json']);
});

test('the JSON document of written files lists them, without their contents', async () => {
  const world = createWorld({ ...tree, 'appcfg.yml': 'project: p\nredact: [/password]\n' });
  world.write('tenants/two/dev/A.yml', 'password: hunter22\n');
  const { json } = await world.appcfg('render', '--out', 'out', '-o', 'json');
  const { text: _, ...printed } = (await world.appcfg('render', 'one/dev/A', '-o', 'json')).json.configurations[0];
  const bytes = readFileSync(join(world.directory, 'out/one/dev/A.json')).length;
  const digest = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(json.configurations).toEqual([
    { ...printed, file: 'out/one/dev/A.json', bytes, digest },
    // A length, or a digest, would confirm a guess.
    { ...printed, address: 'two/dev/A', versionLabel: null, file: 'out/two/dev/A.json', bytes: null, digest: null },
  ]);
  expect(printed.versionLabel).toBe(`sha256-${json.configurations[0].digest.slice(0, 32)}`);
  const lines = (await world.appcfg('render', '--out', 'out', '-o', 'jsonl')).stdout.trim().split('\n');
  const events = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'file-written');
  expect(events.map(({ written }) => written)).toEqual(json.configurations);
});

test('the list of written files has the names of the layout, the selection, and the folder as it was named', async () => {
  const world = createWorld(tree);
  const out = join(world.directory, 'out');
  const { json } = await world.appcfg('render', '--out', out, '--layout', 'agent', '-t', 'two', '-o', 'json');
  expect(json.configurations.map(({ file }: { file: string }) => file)).toEqual([join(out, 'acme-two:dev:A.json')]);
  world.write('out/acme-one:dev:A.json/x', '');
  const failed = await world.appcfg('render', '--out', out, '--layout', 'agent', '-o', 'json');
  expect(failed).toMatchObject({ exitCode: 3, json: { configurations: [] } });
});

test.each([
  ['one/dev/AA', 'did you mean "one/dev/A"?'],
  ['onee/dev/A', 'did you mean "one/dev/A"?'],
  ['two/dve/A', 'did you mean "two/dev/A"?'],
  ['*/dve/A', 'globs allowed: appcfg render -- -x/dev/A'],
  ['-x/dev/Bb', 'did you mean "-x/dev/B"?'],
  ['unknown/production/Limits', 'globs allowed: appcfg render -- -x/dev/A'],
])('an address that the tree does not have, %s, gets the hint: %s', async (address, hint) => {
  const world = createWorld({ ...tree, 'tenants/-x/dev/B.yml': 'b: 1\n' });
  const { exitCode, stderr } = await world.appcfg('render', '--', address);
  expect(exitCode).toBe(3);
  expect(stderr).toContain(hint);
});

test('where the tree has no address, the example in a hint has placeholders', async () => {
  const world = createWorld({ 'appcfg.yml': 'project: p\n', 'tenants/one/dev/.gitkeep': '' });
  const { stderr } = await world.appcfg('render', 'one/dev/A');
  expect(stderr).toContain('globs allowed: appcfg render TENANT/ENVIRONMENT/PROFILE');
});

test('nothing is written while any tenant has a problem', async () => {
  const world = createWorld({ ...tree, 'tenants/two/dev/A.yml': 'a: [\n' });
  const outcome = await world.appcfg('render', '-o', 'text');
  expect(outcome).toMatchObject({ exitCode: 3, stdout: '' });
});

test('lists that cannot be combined are reported at the layer that is wrong', async () => {
  const world = createWorld({
    ...tree,
    'appcfg.yml': 'project: p\nprofiles: { A: { lists: { /l: { by: id }, /m: append } } }\n',
    'template/A.yml': 'l:\n- {id: 1}\n- {id: 1}\nm: 1\n',
    'tenants/one/dev/A.yml': 'l: [{id: 2}]\nm: [1]\n',
    'tenants/two/dev/A.yml': 'l: 1\n',
  });
  const { json } = await world.appcfg('validate', '-o', 'json');
  expect(json.problems.map(({ source }: { source: string }) => source)).toEqual([
    'template/A.yml:1:1',
    'template/A.yml:4:1',
    'tenants/two/dev/A.yml:1:1',
  ]);
});

test.each(['validate', 'render', 'diff', 'sync', 'status'])(
  '%s refuses globs that select nothing in combination',
  async (command) => {
    const world = createWorld({ ...tree, 'tenants/one/qa/B.yml': 'b: 1\n' });
    const outcome = await world.appcfg(command, '-e', 'dev', '-p', 'B');
    expect(outcome.stderr).toContain("no address matches all of --env 'dev' --config-profile 'B'");
    expect(outcome.exitCode).toBe(3);
  },
);

test('a tenant with a name that is too long is one problem', async () => {
  const name = 't'.repeat(65);
  const world = createWorld({ ...tree, [`tenants/${name}/dev/.gitkeep`]: '' });
  const { json } = await world.appcfg('validate', '-t', name, '-o', 'json');
  expect(json.problems.map(({ code }: { code: string }) => code)).toEqual(['name-invalid']);
});

test.each([
  'redact: [/password]\nredakt: 1\n',
  'redact: [/password]\nproject: 5\n',
  'redact: [password]\n',
  'redact: /password\n',
  'redact: [/password\n',
])('where the settings are wrong, %j, no problem shows a value', async (settings) => {
  const world = createWorld({ ...tree, 'appcfg.yml': settings, 'template/A.yml': 'password: yes\n' });
  const outcome = await world.appcfg('validate');
  expect(outcome.exitCode).toBe(3);
  expect(outcome.stderr).toContain('YAML 1.1 clients read (redacted) as a boolean');
});
