import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: p\nprofiles: { A: { lists: { /l: append } } }\n',
  'template/A.yml': 'a: 1\nl: [1]\n',
  'template/B.yml': 'b: 1\n',
  'tenants/one/dev/A.yml': 'a: 2\n',
};

test.each([
  [
    'a layer that cannot be read',
    { 'tenants/one/dev/A.yml': 'a: [\n' },
    /tenants\/one\/dev\/A\.yml:1:5 {2}invalid YAML/,
  ],
  [
    'a layer that cannot be merged',
    { 'tenants/one/dev/A.yml': 'l: 1\n' },
    /tenants\/one\/dev\/A\.yml:1:1 {2}the settings combine lists/,
  ],
])('explain refuses %s', async (_what, files, message) => {
  const world = createWorld({ ...tree, ...files });
  const outcome = await world.appcfg('explain', 'one/dev/A');
  expect(outcome.stderr).toMatch(message);
  expect(outcome).toMatchObject({ exitCode: 3, stdout: '' });
});

test('explain shows an address although other files of the tree have problems, which it reports', async () => {
  const world = createWorld({ ...tree, 'template/B.yml': 'b: [\n' });
  const outcome = await world.appcfg('explain', 'one/dev/A', '/a');
  expect(outcome.stderr).toMatch(/template\/B\.yml:1:5 {2}invalid YAML/);
  expect(outcome.stdout).toContain('/a   2  tenants/one/dev/A.yml:1:1');
  expect(outcome.exitCode).toBe(3);
});

test('explain suggests a similar pointer where it finds none', async () => {
  const outcome = await createWorld(tree).appcfg('explain', 'one/dev/A', '/aa');
  expect(outcome.stderr).toMatch(/has no value at "\/aa"\n {2}did you mean "\/a"\?/);
  expect(outcome.exitCode).toBe(3);
});
