// The review of what is live: with a settings base as complete as that of two revisions, and without one as far as it is known.
import { expect, test } from 'vitest';
import { commit, createWorld } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: acme/config\nredact: [/secret]\n',
  'template/Limits.yml': 'rps: 100\n',
  'template/Other.yml': 'x: 1\n',
  'tenants/a/dev/.gitkeep': '',
  'tenants/b/dev/.gitkeep': '',
  'tenants/c/dev/Limits.yml': 'rps: 500\n',
  'tenants/d/dev/Limits.yml': 'rps: 120\n',
};

function change(world: ReturnType<typeof createWorld>) {
  world.write('appcfg.yml', 'project: acme/config\n');
  world.write('template/Limits.yml', 'rps: 200\n');
  world.write('tenants/d/dev/Limits.yml', 'rps: 150\n');
  world.write('tenants/e/dev/Limits.yml', 'rps: 300\n');
}

const verdict =
  '2 of 5 tenants get /rps 100 → 200; 1 keeps its own value; 1 ends up different; 1 tenant added; 1 setting loosened.';

test('against what is live the parts that compare trees are those of the settings base', async () => {
  const world = createWorld(tree);
  commit(world);
  await world.appcfg('sync', '--yes');
  change(world);
  world.takeCalls();
  const without = await world.appcfg('diff', '-o', 'json');
  const calls = world.takeCalls();
  expect(without.json.review).toMatchObject({ base: null, edits: [], shielded: [], outliers: [], newAddresses: [] });
  expect(without.json.review.verdict).toBe('4 of 5 tenants change, in 4 groups.');
  const live = await world.appcfg('diff', '--settings-base', 'HEAD', '-o', 'json');
  expect(world.takeCalls()).toEqual(calls);
  const compared = await world.appcfg('diff', '--base', 'HEAD', '-o', 'json');
  const { totals, rollout, ...review } = live.json.review;
  const { totals: _ofTrees, rollout: _times, ...expected } = compared.json.review;
  expect(review).toEqual(expected);
  expect(review).toMatchObject({ base: { revision: 'HEAD' }, verdict });
  expect(rollout).toBe(null);
  expect(live.json.settingsChanges).toEqual(compared.json.settingsChanges);
  // Of what is live: the new tenant's addresses are among those that change.
  expect(totals).toMatchObject([
    { configurationProfile: 'Limits', environment: 'dev', addresses: 5, changed: 4, shielded: 1, outliers: 1 },
    { configurationProfile: 'Other', environment: 'dev', addresses: 5, changed: 1 },
  ]);
  // Lines of what is set, and of what the base had.
  const sources = live.json.changeGroups.flatMap(({ changes }: { changes: { source: string }[] }) =>
    changes.map(({ source }) => source),
  );
  expect(sources).toContain('template/Limits.yml:1');
});

test('the text of a diff and of a sync against what is live begins with the verdict', async () => {
  const world = createWorld(tree);
  commit(world);
  await world.appcfg('sync', '--yes');
  change(world);
  for (const command of [['diff'], ['sync', '--dry-run'], ['sync', '--yes']]) {
    const { stdout } = await world.appcfg(...command, '--settings-base', 'HEAD');
    expect(stdout.split('\n')[0]).toBe(verdict);
    expect(stdout).toContain('d/dev/Limits  /rps 120 → 150, not 200  tenants/d/dev/Limits.yml:1');
    expect(stdout).toContain('1 address keeps its own /rps (tenants/c/dev/Limits.yml:1)');
    expect(stdout).toContain('/redact: without /secret');
  }
  // Deployed: what differs from the base remains, and no content changes.
  const { stdout } = await world.appcfg('diff', '--settings-base', 'HEAD');
  expect(stdout.split('\n')[0]).toBe('1 tenant added; 1 setting loosened.');
});

test('without a base the text has verdict and totals, and nothing where nothing changes', async () => {
  const world = createWorld(tree);
  expect((await world.appcfg('sync', '--yes')).stdout).toMatch(
    /^4 of 4 tenants change, in 4 groups\.\n {2}Limits, Other {2}dev 4 of 4\n\n/,
  );
  expect((await world.appcfg('diff')).stdout).toBe('Nothing to do: 8 addresses match the tree.\n');
});

test('where the tree is that of the base, nothing is compared, and a setting alone is no difference', async () => {
  const world = createWorld(tree);
  commit(world);
  await world.appcfg('sync', '--yes');
  const same = await world.appcfg('diff', '--settings-base', 'HEAD', '-o', 'json');
  expect(same.json.review).toMatchObject({ base: { revision: 'HEAD' }, verdict: 'Nothing changes.', edits: [] });
  world.write('appcfg.yml', 'project: acme/config\n');
  const loosened = await world.appcfg('diff', '--settings-base', 'HEAD', '--detailed-exitcode');
  expect(loosened.exitCode).toBe(0);
  expect(loosened.stdout).toContain('1 setting loosened');
});

test('a base whose tree has errors is a warning, and the review is that of what is live', async () => {
  const world = createWorld({ ...tree, 'template/Other.yml': 'x: [\n' });
  commit(world);
  world.write('template/Other.yml', 'x: 1\n');
  const { json, stderr, exitCode } = await world.appcfg('diff', '--settings-base', 'HEAD', '-o', 'json');
  expect(exitCode).toBe(0);
  expect(stderr).toContain('the tree of HEAD has errors, so nothing is compared with it');
  expect(json.review.base).toBe(null);
});
