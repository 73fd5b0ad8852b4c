// `plan` and `apply`: other names for `diff` and `sync`.
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

const tree = { 'template/A.yml': 'a: 1\n', 'tenants/one/dev/.gitkeep': '', 'appcfg.yml': 'project: a/b\n' };

test('apply is sync, and plan is diff: with their flags, variables and documents', async () => {
  const world = createWorld(tree, { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's' });
  const applied = await world.appcfg('apply', '--yes', '--only', 'update', '-o', 'json');
  expect(applied).toMatchObject({ exitCode: 0 });
  expect(applied.json.summary).toMatchObject({ failed: 0 });
  const planned = await world.appcfgWith({ env: { APPCFG_DETAILED_EXITCODE: '1' } }, 'plan', '--full', '-o', 'json');
  expect(planned).toMatchObject({ exitCode: 2 });
  expect(planned.json.summary).toMatchObject({ deployments: 1 });
  const { stdout } = await world.appcfg('plan', '-o', 'jsonl');
  expect(stdout).toContain('"command":"diff"');
});

test('help shows both names, and takes both', async () => {
  const world = createWorld({});
  expect((await world.appcfg('--help')).stdout).toMatch(/diff\|plan .*\n(?:.*\n)*? *sync\|apply /);
  expect((await world.appcfg('help', 'plan')).stdout).toBe((await world.appcfg('diff', '--help')).stdout);
});

test.each([
  ['dif', 'diff'],
  ['synk', 'sync'],
])('%s is a typo of %s', async (typed, meant) => {
  const { exitCode, stderr } = await createWorld({}).appcfg(typed);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining(`Did you mean ${meant}?`)]);
});
