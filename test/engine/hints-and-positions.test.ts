// Small things that a user reads: what is missing in a message, where a value is set, what is gone.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: acme/config\n',
  'template/A.yml': 'a: 1\n',
  'tenants/one/dev/.gitkeep': '',
  'tenants/two/dev/.gitkeep': '',
};

test('a profile whose format changes has its content types as the change', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  world.write('appcfg.yml', 'project: acme/config\nprofiles: { A: { format: yaml } }\n');
  const { stdout } = await world.appcfg('diff');
  expect(stdout).toContain('~ (the whole content)   "application/json" → "application/x-yaml"');
  expect(stdout).not.toContain('cannot be read');
});

test('a map that is added has the file and line of its first value', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 1\nlimits:\n  rate: 5\n');
  expect((await world.appcfg('diff')).stdout).toMatch(/\+ \/limits +\{ "rate": 5 \} +template\/A\.yml:3/);
});

test('a new configuration without its size has the reason', async () => {
  const world = createWorld({ ...tree, 'appcfg.yml': 'project: acme/config\nredact: [/a]\n' });
  expect((await world.appcfg('diff')).stdout).toContain('+ new, with redacted values: its size is hidden');
});

test('a tenant that is gone is called a tenant', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  rmSync(join(world.directory, 'tenants/two'), { recursive: true });
  expect((await world.appcfg('diff')).stdout).toContain('1 tenant no longer in the tree\n  two');
});

test.each([
  ['cleanup', '--dry-run'],
  ['rollback', '--dry-run'],
])('a typo in a tenant has a suggestion: %s', async (...command) => {
  const world = createWorld({ ...tree, 'tenants/globex/dev/.gitkeep': '' });
  await world.appcfg('sync');
  const { exitCode, stderr } = await world.appcfg(...command, '--tenant', 'globx');
  expect(exitCode).toBe(3);
  expect(stderr).toContain('did you mean "globex"?');
});

test('a wrong value of a variable is reported with the name of the variable', async () => {
  const world = createWorld(tree);
  const env = { APPCFG_TENANT: 'nope', APPCFG_ENV: 'dev' };
  expect((await world.appcfgWith({ env }, 'validate')).stderr).toContain('error: APPCFG_TENANT "nope" matches nothing');
  const typed = await world.appcfgWith({ env }, 'validate', '--tenant', 'none');
  expect(typed.stderr).toContain('error: --tenant "none" matches nothing');
  const both = await world.appcfgWith({ env: { APPCFG_TENANT: '{1..99999}' } }, 'validate');
  expect(both.stderr).toContain('error: APPCFG_TENANT "{1..99999}" has a range');
});

test('a pointer without its slash has a suggestion', async () => {
  const world = createWorld({ ...tree, 'template/A.yml': 'database: { host: x }\n' });
  const { exitCode, stderr } = await world.appcfg('explain', 'one/dev/A', 'database');
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining('did you mean "/database"?')]);
});

test('a wave without anything, and an environment without a wave, are reported beside errors of files', async () => {
  const world = createWorld({
    ...tree,
    'appcfg.yml': 'project: p\nwaves: [{ name: first, tenants: [non] }, { name: last, tenants: [one] }]\n',
    'tenants/two/dev/A.yml': 'a: [1\n',
  });
  const { json } = await world.appcfg('validate', '-o', 'json');
  const found = json.problems.map(({ code, message }: { code: string; message: string }) => `${code} ${message}`);
  expect(found).toEqual([
    expect.stringContaining('syntax-invalid'),
    expect.stringMatching(/^wave-missing two\/dev is in no wave/),
    expect.stringMatching(/^wave-empty nothing is in wave "first"/),
  ]);
});

test.each([
  ['project: p\nredact: [/a', 'the file ends inside a list, map or string that is not closed'],
  ['project: p\ntags: { a: b\n', 'the file ends inside a list, map or string that is not closed'],
])('settings that end in an open bracket are reported as that: %s', async (settings, message) => {
  const world = createWorld({ ...tree, 'appcfg.yml': settings });
  const { stderr } = await world.appcfg('validate');
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('indent');
});
