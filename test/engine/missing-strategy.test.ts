// A deployment strategy that the settings name by its id, and that AppConfig does not have.
import { expect, test } from 'vitest';
import { writesOf } from '../support/aws.ts';
import { createWorld } from '../support/world.ts';

test('it is refused before the first write, once for all its addresses, at its line', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: acme/config\nenvironments:\n  dev:\n    deploymentStrategy: abc1234\n  qa: {}\n',
    'template/A.yml': 'a: 1\n',
    'tenants/acme/dev/.gitkeep': '',
    'tenants/acme/qa/.gitkeep': '',
    'tenants/other/dev/.gitkeep': '',
  });
  for (const command of ['diff', 'sync']) {
    const { exitCode, json } = await world.appcfg(command, '-o', 'json');
    expect(exitCode, command).toBe(3);
    expect(json.problems, command).toEqual([
      expect.objectContaining({
        code: 'strategy-missing',
        source: expect.stringMatching(/^appcfg\.yml:4/),
        addresses: ['acme/dev/A', 'other/dev/A'],
        message: expect.stringContaining('abc1234'),
      }),
    ]);
  }
  expect(writesOf(world.takeCalls())).toEqual({});
  // What it does not concern can be deployed.
  expect(await world.appcfg('sync', '-e', 'qa')).toMatchObject({ exitCode: 0 });
});
