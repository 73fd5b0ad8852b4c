// Which commit a deployment comes from.
import { expect, test } from 'vitest';
import { commit, createWorld } from '../support/world.ts';

test('the commit of a tree with uncommitted changes is shown with a +', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: acme/config\n',
    'template/A.yml': 'a: 1\n',
    'tenants/one/dev/.gitkeep': '',
    'notes.txt': 'x',
  });
  const head = commit(world);
  world.write('notes.txt', 'not part of the tree');
  await world.appcfg('sync');
  expect((await world.appcfg('status', '-v')).stdout).toContain(`commit ${head.slice(0, 10)}  version`);
  world.write('template/A.yml', 'a: 2\n');
  await world.appcfg('sync');
  const status = await world.appcfg('status', '-o', 'json');
  expect(status.json.addresses[0]).toMatchObject({ commit: head, dirty: true });
  expect((await world.appcfg('status', '-v')).stdout).toContain(`${head.slice(0, 10)}+`);
});
