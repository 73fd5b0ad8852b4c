// Ownership: adoption in whole and in part, and managed resources that are no longer in the tree.
import { CreateApplicationCommand, CreateEnvironmentCommand } from '@aws-sdk/client-appconfig';
import { expect, test } from 'vitest';
import { awsClient, deployedByScripts, lookUp, tagsOf, writesOf } from '../support/aws.ts';
import { createWorld } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: acme/config\n',
  'template/Limits.yml': 'rate: 100\n',
  'tenants/one/dev/.gitkeep': '',
  'tenants/one/qa/Limits.yml': 'rate: 50\n',
};
const equal = { dev: '{"rate": 100}', qa: '{"rate": 50}' };
const adoptedTags = { 'managed-by': 'appcfg', 'appcfg:project': 'acme/config', 'appcfg:adopted': 'true' };
const nothingToDo = { ListApplications: 1, ListEnvironments: 1, ListConfigurationProfiles: 1, ListDeployments: 2 };

test('an interrupted adoption looks unadopted, and is repeated', async () => {
  const world = createWorld(tree);
  const { applicationId, profileId, environments } = await deployedByScripts(world, 'one', { contents: equal });
  world.emulator.injectFault({ operation: 'TagResource', kind: 'drop-before', after: 1, times: 1000 });
  await world.appcfg('sync', '--adopt');
  world.emulator.clearFaults();
  expect((await world.appcfg('sync')).exitCode).toBe(5);
  expect((await world.appcfg('sync', '--adopt')).exitCode).toBe(0);
  const application = `application/${applicationId}`;
  const parts = [
    `environment/${environments.dev}`,
    `environment/${environments.qa}`,
    `configurationprofile/${profileId}`,
  ];
  for (const path of [application, ...parts.map((part) => `${application}/${part}`)]) {
    const accepted = path.includes('/environment/') ? { 'appcfg:accepted': '1' } : {};
    expect(await tagsOf(world, path)).toEqual({ ...adoptedTags, ...accepted });
  }
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
});

test('the parts that an adoption of one environment left out are tagged when they are used', async () => {
  const world = createWorld(tree);
  const { applicationId, environments } = await deployedByScripts(world, 'one', {
    contents: { ...equal, qa: '{"rate": 49}' },
  });
  await world.appcfg('sync', '--adopt', '--env', 'dev');
  expect(await tagsOf(world, `application/${applicationId}/environment/${environments.qa}`)).toEqual({});
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  expect(await tagsOf(world, `application/${applicationId}/environment/${environments.qa}`)).toEqual({
    ...adoptedTags,
    'appcfg:accepted': '1',
  });
});

test('an adopted application keeps its description, with the project appended, and is compared after a look at its tags', async () => {
  const world = createWorld(tree);
  await deployedByScripts(world, 'one', { contents: equal, description: 'made by hand' });
  await world.appcfg('sync', '--adopt');
  expect((await lookUp(world, 'one')).description).toBe('made by hand (managed by appcfg, project acme/config)');
  world.takeCalls();
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
  expect(world.takeCalls()).toEqual({
    ...nothingToDo,
    GetCallerIdentity: 1,
    ListTagsForResource: 3,
    GetHostedConfigurationVersion: 2,
  });
});

test('a description that is too long to append the project stays as it is', async () => {
  const world = createWorld(tree);
  const description = 'x'.repeat(1020);
  await deployedByScripts(world, 'one', { contents: equal, description });
  expect((await world.appcfg('sync', '--adopt')).exitCode).toBe(0);
  expect((await lookUp(world, 'one')).description).toBe(description);
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
});

test('what left the tree is shown by diff, sync and status, and costs no calls', async () => {
  const world = createWorld({ ...tree, 'template/Old.yml': 'a: 1', 'tenants/one/old/.gitkeep': '' });
  await world.appcfg('sync');
  const { id } = await lookUp(world, 'one');
  await awsClient(world).send(new CreateEnvironmentCommand({ ApplicationId: id, Name: 'theirs' }));
  world.write('template/Old.yml', undefined);
  world.write('tenants/one/old', undefined);
  world.takeCalls();
  const diff = await world.appcfg('diff', '-o', 'json');
  expect(world.takeCalls()).toEqual(nothingToDo);
  const orphaned = diff.json.addresses.filter((a: { action: string }) => a.action === 'orphaned');
  expect(orphaned.map((a: { address: string }) => a.address)).toEqual(['one/old', 'one/*/Old']);
  expect((await world.appcfg('sync')).stderr).toContain('configuration profile "one/*/Old"');
  expect((await world.appcfg('status')).stderr).toContain('environment "one/old"');
});

test('status shows what blocks a sync, and which tenants left the tree', async () => {
  const world = createWorld({ ...tree, 'appcfg.yml': 'project: acme/config\napplicationName: "cfg-{tenant}"\n' });
  await world.appcfg('sync');
  world.write('tenants/one', undefined);
  world.write('tenants/two/dev/.gitkeep', '');
  await awsClient(world).send(new CreateApplicationCommand({ Name: 'cfg-two' }));
  const outcome = await world.appcfg('status');
  expect(outcome.exitCode).toBe(0);
  expect(outcome.stdout).toContain('the application "cfg-two" exists and is unmanaged');
  expect(outcome.stderr).not.toContain('the application "cfg-two"');
  expect(outcome.stderr).toContain('the application "cfg-one" is in AppConfig but no longer in the tree');
  const cleanup = await world.appcfg('cleanup', '--orphans', '--dry-run', '--max-deletes', '9', '-o', 'json');
  expect(cleanup.json.plan.steps.map((s: { address: string }) => s.address)).toContain('one/dev');
});

test('what the guards owner and account keep the run from is blocked in status, also where it has the desired content', async () => {
  const world = createWorld({ ...tree, 'tenants/two/dev/.gitkeep': '' });
  await world.appcfg('sync', '-t', 'two');
  await deployedByScripts(world, 'one', { contents: { ...equal, qa: '{"rate": 49}' } });
  const state = async () =>
    (await world.appcfg('status', '-o', 'json')).json.addresses.map(
      ({ address, state, problem }: Record<string, string>) => `${address} ${state} ${problem ?? ''}`.trim(),
    );
  expect(await state()).toEqual([
    'one/dev/Limits blocked guard-owner',
    'one/qa/Limits blocked guard-owner',
    'two/dev/Limits synced',
  ]);
  const text = await world.appcfg('status');
  expect(text).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('2 of 3 addresses are not synced: 2 blocked.'),
  });
  expect((await world.appcfg('status', '--fail-on', 'blocked')).exitCode).toBe(2);
  expect((await world.appcfg('status', '--fail-on', 'unknown,drifted')).exitCode).toBe(0);
  expect((await world.appcfg('status', '--detailed-exitcode', '-t', 'one')).exitCode).toBe(2);
  world.write(
    'appcfg.yml',
    'project: acme/config\ntenants:\n  - { match: [two], account: "999988887777" }\n  - { match: [one], account: "123456789012" }\n',
  );
  expect(await state()).toContain('two/dev/Limits blocked guard-account');
});

test('a tree without tenants is refused also where its applications were adopted', async () => {
  const world = createWorld(tree);
  await deployedByScripts(world, 'one', { contents: equal, description: 'x'.repeat(1020) });
  await world.appcfg('sync', '--adopt');
  world.write('tenants/one', undefined);
  world.write('tenants/.gitkeep', '');
  expect((await world.appcfg('sync')).exitCode).toBe(5);
});

test('--only deploy does not deploy into an application before it is adopted', async () => {
  const world = createWorld(tree);
  await deployedByScripts(world, 'one', { contents: { ...equal, qa: '{"rate": 49}' } });
  world.takeCalls();
  const refused = await world.appcfg('sync', '--only', 'deploy', '--adopt');
  expect(refused.exitCode).toBe(5);
  expect(refused.stderr).toContain('--only update --adopt');
  expect(writesOf(world.takeCalls())).toEqual({});
  expect((await world.appcfg('sync', '--only', 'update', '--adopt')).exitCode).toBe(0);
  expect((await world.appcfg('sync', '--only', 'deploy')).exitCode).toBe(0);
});
