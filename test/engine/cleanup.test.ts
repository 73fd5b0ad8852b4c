import { CreateEnvironmentCommand, CreateHostedConfigurationVersionCommand } from '@aws-sdk/client-appconfig';
import { expect, test } from 'vitest';
import { awsClient, lookUp } from '../support/aws.ts';
import { createWorld, type World } from '../support/world.ts';

const tree = {
  'appcfg.yml':
    'project: acme/config\ndeploymentStrategy: instant\ndeploymentStrategies: { instant: { durationMinutes: 0, growthFactor: 100 } }\n',
  'template/A.yml': 'a: 1',
  'template/B.yml': 'b: 1',
  'tenants/one/dev/.gitkeep': '',
  'tenants/one/qa/.gitkeep': '',
  'tenants/two/dev/.gitkeep': '',
};

/** Names of the applications that are left. */
async function left(world: World): Promise<string[]> {
  const aws = awsClient(world);
  const { ListApplicationsCommand } = await import('@aws-sdk/client-appconfig');
  const { Items = [] } = await aws.send(new ListApplicationsCommand({}));
  return Items.map((item) => item.Name ?? '');
}

test('a bare cleanup is refused', async () => {
  const world = createWorld(tree);
  const outcome = await world.appcfg('cleanup');
  expect(outcome.exitCode).toBe(3);
  expect(outcome.stderr).toContain('--tenant');
});

test('a named tenant is deleted with everything in it, also many versions and a deployment in flight', async () => {
  const world = createWorld({ ...tree, 'appcfg.yml': 'project: acme/config\n' });
  expect((await world.appcfg('sync', '--only', 'update')).exitCode).toBe(0);
  const { id: ApplicationId, profiles } = await lookUp(world, 'one');
  for (let number = 2; number <= 60; number += 1) {
    await awsClient(world).send(
      new CreateHostedConfigurationVersionCommand({
        ...{ ApplicationId, ConfigurationProfileId: profiles.get('A') },
        ...{ Content: Buffer.from(`{"a":${number}}`), ContentType: 'application/json', VersionLabel: `v${number}` },
      }),
    );
  }
  await world.appcfg('sync', '--no-wait', '-p', 'A');
  world.takeCalls();
  const outcome = await world.appcfg('cleanup', '--tenant', 'one', '--yes');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(world.takeCalls()).toMatchObject({
    StopDeployment: 2,
    DeleteEnvironment: 2,
    DeleteHostedConfigurationVersion: 61,
    DeleteConfigurationProfile: 2,
    DeleteApplication: 1,
  });
  expect(await left(world)).toEqual(['two']);
  expect((await world.appcfg('sync')).exitCode).toBe(0);
});

test('--all deletes everything that is managed, strategies last', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  await world.appcfgWith({ env: {} }, 'sync');
  world.write('appcfg.yml', tree['appcfg.yml'].replace('acme/config', 'other/config'));
  world.write('tenants/foreign/dev/.gitkeep', '');
  await world.appcfg('sync', '-t', 'foreign');
  world.write('appcfg.yml', tree['appcfg.yml']);
  world.takeCalls();
  const outcome = await world.appcfg('cleanup', '--all', '--yes', '-o', 'json');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(outcome.json.summary.failed).toBe(0);
  expect(world.takeCalls()).toMatchObject({ DeleteApplication: 2, DeleteDeploymentStrategy: 1 });
  expect(await left(world)).toEqual(['foreign']);
  const again = await world.appcfg('cleanup', '--all', '--yes');
  expect(again.exitCode).toBe(0);
  expect(again.stdout).toContain('Nothing to delete');
});

test('--orphans deletes what left the tree, and nothing else', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  world.write('tenants/one/qa', undefined);
  world.write('tenants/two', undefined);
  const shown = await world.appcfg('cleanup', '--orphans', '--dry-run', '--max-deletes', '2');
  expect(shown.exitCode).toBe(0);
  expect(await left(world)).toEqual(['one', 'two']);
  const refused = await world.appcfg('cleanup', '--orphans', '--yes');
  expect(refused.exitCode).toBe(5);
  expect(refused.stderr).toContain('--max-deletes 2');
  const outcome = await world.appcfg('cleanup', '--orphans', '--yes', '--max-deletes', '2');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(await left(world)).toEqual(['one']);
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
});

test('an application with unmanaged resources is kept and reported', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  const aws = awsClient(world);
  const { ListApplicationsCommand } = await import('@aws-sdk/client-appconfig');
  const { Items = [] } = await aws.send(new ListApplicationsCommand({}));
  const one = Items.find((item) => item.Name === 'one');
  await aws.send(new CreateEnvironmentCommand({ ApplicationId: one?.Id, Name: 'theirs' }));
  world.takeCalls();
  const outcome = await world.appcfg('cleanup', '--all', '--yes');
  expect(outcome.stderr).toContain('"theirs"');
  expect(outcome.exitCode).toBe(5);
  expect(await left(world)).toEqual(['one']);
});

test('an unmanaged application is never deleted, also when it is named', async () => {
  const world = createWorld(tree);
  const aws = awsClient(world);
  const { CreateApplicationCommand } = await import('@aws-sdk/client-appconfig');
  await aws.send(new CreateApplicationCommand({ Name: 'theirs' }));
  const outcome = await world.appcfg('cleanup', '--tenant', 'theirs', '--yes');
  expect(outcome.exitCode).toBe(5);
  expect(outcome.stderr).toContain('exists and is unmanaged');
  expect(await left(world)).toEqual(['theirs']);
});

test('nothing is deleted without confirmation: no terminal, or a no', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  const silent = await world.appcfg('cleanup', '--tenant', 'one');
  expect(silent.exitCode).toBe(5);
  expect(silent.stderr).toContain('--yes');
  const declined = await world.appcfgWith({ isTTY: true, input: 'n\n' }, 'cleanup', '--tenant', 'one');
  expect(declined.exitCode).toBe(5);
  expect(declined.stderr).toContain('nothing was deleted');
  expect(await left(world)).toEqual(['one', 'two']);
  const agreed = await world.appcfgWith({ isTTY: true, input: 'y\n' }, 'cleanup', '--tenant', 'one');
  expect(agreed.exitCode, agreed.stderr).toBe(0);
  expect(await left(world)).toEqual(['two']);
});

test('deletion protection is reported with the flag that bypasses it, and the rest is deleted', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  world.emulator.injectFault({ operation: 'DeleteEnvironment', kind: 'protected', times: 1 });
  const outcome = await world.appcfg('cleanup', '--all', '--yes');
  expect(outcome.exitCode).toBe(4);
  expect(outcome.stderr).toContain('--bypass-deletion-protection');
  world.emulator.clearFaults();
  world.emulator.injectFault({ operation: 'DeleteEnvironment', kind: 'protected', times: 100 });
  const bypassing = await world.appcfg('cleanup', '--all', '--yes', '--bypass-deletion-protection');
  expect(bypassing.exitCode, bypassing.stderr).toBe(0);
  expect(await left(world)).toEqual([]);
});

test('adopted applications are kept unless they are included', async () => {
  const world = createWorld(tree);
  const aws = awsClient(world);
  const { CreateApplicationCommand } = await import('@aws-sdk/client-appconfig');
  await aws.send(new CreateApplicationCommand({ Name: 'one' }));
  expect((await world.appcfg('sync', '--adopt')).exitCode).toBe(0);
  const kept = await world.appcfg('cleanup', '--all', '--yes');
  expect(kept.stderr).toContain('--include-adopted');
  expect(await left(world)).toEqual(['one']);
  expect((await world.appcfg('cleanup', '--all', '--yes', '--include-adopted')).exitCode).toBe(0);
  expect(await left(world)).toEqual([]);
});

test('--all and --orphans need a project in the settings, and in CI the default branch', async () => {
  const world = createWorld({ ...tree, 'appcfg.yml': 'aws: { region: us-east-1 }\n' });
  const unnamed = await world.appcfg('cleanup', '--all', '--yes');
  expect(unnamed.exitCode).toBe(5);
  expect(unnamed.stderr).toContain('project');
  world.write('appcfg.yml', tree['appcfg.yml']);
  const env = { CI: 'true', GITLAB_CI: 'true', CI_COMMIT_BRANCH: 'feature', CI_DEFAULT_BRANCH: 'main' };
  expect((await world.appcfgWith({ env }, 'cleanup', '--orphans', '--yes')).exitCode).toBe(5);
  const otherCi = { CI: '1', CI_COMMIT_BRANCH: 'feature', CI_DEFAULT_BRANCH: 'main' };
  expect((await world.appcfgWith({ env: otherCi }, 'cleanup', '--orphans', '--yes')).exitCode).toBe(5);
  expect(
    (await world.appcfgWith({ env: { ...env, CI_COMMIT_BRANCH: 'main' } }, 'cleanup', '--orphans', '--yes')).exitCode,
  ).toBe(0);
});

test('a negated tenant is kept, and the rest counts as selected by a glob', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  const refused = await world.appcfg('cleanup', '--tenant', '*', '--tenant', '!two', '--yes');
  expect(refused.exitCode).toBe(5);
  expect(refused.stderr).toContain('--max-deletes 2');
  const outcome = await world.appcfg('cleanup', '--tenant', '!two', '--yes', '--max-deletes', '2');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(await left(world)).toEqual(['two']);
});

test('--orphans refuses a tree that has lost all its tenants', async () => {
  const world = createWorld({ ...tree, 'tenants/one/qa/.gitkeep': '' });
  await world.appcfg('sync', '-t', 'two');
  for (const tenant of ['one', 'two']) world.write(`tenants/${tenant}`, undefined);
  world.write('tenants/.gitkeep', '');
  const outcome = await world.appcfg('cleanup', '--orphans', '--yes');
  expect(outcome.exitCode).toBe(5);
  expect(outcome.stderr).toContain('appcfg cleanup --all');
  expect(await left(world)).toEqual(['two']);
});

test('--orphans deletes managed parts beside unmanaged ones, also in an adopted application', async () => {
  const world = createWorld(tree);
  const aws = awsClient(world);
  const { CreateApplicationCommand } = await import('@aws-sdk/client-appconfig');
  const { Id } = await aws.send(new CreateApplicationCommand({ Name: 'one' }));
  await aws.send(new CreateEnvironmentCommand({ ApplicationId: Id, Name: 'dev' }));
  await world.appcfg('sync', '--adopt');
  await aws.send(new CreateEnvironmentCommand({ ApplicationId: Id, Name: 'theirs' }));
  world.write('tenants/one', undefined);
  world.write('tenants/one/new/.gitkeep', '');
  const outcome = await world.appcfg('cleanup', '--orphans', '--yes');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(outcome.stderr).toContain('"dev", "theirs"');
  const { environments } = await lookUp(world, 'one');
  expect([...environments.keys()]).toEqual(['dev', 'theirs']);
});

test('the guard counts environments, so that most of one tenant is not deleted unnoticed', async () => {
  const world = createWorld({ ...tree, 'tenants/one/x/.gitkeep': '', 'tenants/one/y/.gitkeep': '' });
  await world.appcfg('sync');
  for (const environment of ['qa', 'x', 'y']) world.write(`tenants/one/${environment}`, undefined);
  const outcome = await world.appcfg('cleanup', '--orphans', '--yes');
  expect(outcome.exitCode).toBe(5);
  expect(outcome.stderr).toContain('3 of 5 managed environments');
});

test('--all deletes also managed strategies that the settings no longer have', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  world.write('appcfg.yml', 'project: acme/config\n');
  world.takeCalls();
  expect((await world.appcfg('cleanup', '--all', '--yes')).exitCode).toBe(0);
  expect(world.takeCalls().DeleteDeploymentStrategy).toBe(1);
});
