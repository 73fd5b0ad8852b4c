// Content is read and shown only of applications whose tags prove that this project manages them.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { TagResourceCommand, UpdateApplicationCommand } from '@aws-sdk/client-appconfig';
import { expect, test } from 'vitest';
import { awsClient, deployedByScripts, lookUp, tagsOf } from '../support/aws.ts';
import { createWorld, type World } from '../support/world.ts';

const otherValue = 'their-value-4711';
const tree = (project: string, content: string) => ({
  'appcfg.yml': `project: ${project}\n`,
  'template/Limits.yml': `limits: ${content}\n`,
  'tenants/one/dev/.gitkeep': '',
});

/** The application `one` of project `other/config`, and a tree of project `acme/config` that has a tenant of that name. */
async function besideOtherProject(): Promise<World> {
  const world = createWorld(tree('other/config', otherValue));
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  world.write('template/Limits.yml', `limits: ${otherValue}-2\n`);
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  world.write('appcfg.yml', 'project: acme/config\n');
  world.write('template/Limits.yml', 'limits: mine\n');
  world.takeCalls();
  return world;
}

async function besideScripts(): Promise<World> {
  const world = createWorld(tree('acme/config', 'mine'));
  await deployedByScripts(world, 'one', { contents: { dev: `{"limits": "${otherValue}"}` } });
  world.takeCalls();
  return world;
}

/** No content was read, and none of it, nor its labels and descriptions, is in any output. */
function expectNothingShown(world: World, outcomes: readonly { readonly stdout: string; readonly stderr: string }[]) {
  const calls = world.takeCalls();
  expect(calls.GetHostedConfigurationVersion).toBeUndefined();
  expect(calls.GetDeployment).toBeUndefined();
  const shown = outcomes.map(({ stdout, stderr }) => stdout + stderr).join('\n');
  expect(shown).not.toContain(otherValue);
  expect(shown).not.toMatch(/2026-03-01 12:0[1-9]/);
  expect(shown).not.toMatch(/"since": "2026|deployment [12] /);
}

const outputs = [[], ['-o', 'json'], ['-o', 'junit'], ['-o', 'markdown'], ['-o', 'jsonl']] as const;

test('of an application of another project, diff and status show that it is there and whose it is, in every format', async () => {
  const world = await besideOtherProject();
  const outcomes = [];
  for (const command of ['diff', 'status']) {
    for (const output of outputs) outcomes.push(await world.appcfg(command, ...output));
  }
  expectNothingShown(world, outcomes);
  expect(outcomes[0]?.stdout).toContain('content not shown: belongs to project "other/config"');
});

test('what another project has besides is not called left over from this tree', async () => {
  const world = createWorld(tree('other/config', otherValue));
  world.write('template/Theirs.yml', 'a: 1\n');
  world.write('tenants/one/qa/.gitkeep', '');
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  rmSync(join(world.directory, 'template/Theirs.yml'));
  rmSync(join(world.directory, 'tenants/one/qa'), { recursive: true });
  world.write('appcfg.yml', 'project: acme/config\n');
  world.write('template/Limits.yml', 'limits: mine\n');
  for (const command of ['diff', 'status']) {
    const { stdout, stderr } = await world.appcfg(command);
    if (command === 'diff') expect(stdout).toContain('content not shown: belongs to project "other/config"');
    expect(stdout + stderr).not.toMatch(/Theirs|no longer in the tree|--orphans/);
  }
});

test('neither --adopt nor a flag that overrides a guard shows content of another project', async () => {
  const world = await besideOtherProject();
  const outcomes = [];
  for (const flag of ['--adopt', '--retry-rolled-back', '--allow-older', '--allow-shrink', '--supersede']) {
    outcomes.push(await world.appcfg('diff', flag));
    outcomes.push(await world.appcfg('sync', flag));
  }
  expectNothingShown(world, outcomes);
});

test('history and rollback of an application of another project are refused, by name, by glob and by commit', async () => {
  const world = await besideOtherProject();
  const outcomes = [
    await world.appcfg('history', 'one/dev/Limits'),
    await world.appcfg('rollback', 'one/dev/Limits', '--dry-run'),
    await world.appcfg('rollback', 'one/dev/Limits', '--to', '1'),
    await world.appcfg('history', '*/*/*'),
    await world.appcfg('rollback', '-t', 'one'),
  ];
  expectNothingShown(world, outcomes);
  for (const { exitCode } of outcomes) expect(exitCode).not.toBe(0);
});

test('an unmanaged application is not read either, until it is adopted', async () => {
  const world = await besideScripts();
  expectNothingShown(world, [
    await world.appcfg('diff'),
    await world.appcfg('status'),
    await world.appcfg('sync'),
    await world.appcfg('history', 'one/dev/Limits'),
  ]);
  expect((await world.appcfg('diff', '--adopt')).stdout).toContain(otherValue);
});

test('a description that claims to be of this project proves nothing', async () => {
  const world = await besideOtherProject();
  const { id } = await lookUp(world, 'one');
  await awsClient(world).send(
    new UpdateApplicationCommand({ ApplicationId: id, Description: 'managed by appcfg, project acme/config' }),
  );
  world.takeCalls();
  expectNothingShown(world, [await world.appcfg('diff'), await world.appcfg('history', 'one/*/*')]);
});

test('a name of this project in another case, and a missing tag, prove nothing', async () => {
  for (const tags of [{ 'appcfg:project': 'ACME/config' }, { 'Appcfg:Project': 'acme/config' }] as Record<
    string,
    string
  >[]) {
    const world = await besideScripts();
    const { id } = await lookUp(world, 'one');
    const ResourceArn = `arn:aws:appconfig:us-east-1:123456789012:application/${id}`;
    await awsClient(world).send(new TagResourceCommand({ ResourceArn, Tags: tags }));
    world.takeCalls();
    expectNothingShown(world, [await world.appcfg('diff'), await world.appcfg('status')]);
  }
});

test('a tree that changes applicationName to the name of another project sees nothing of it', async () => {
  const world = await besideOtherProject();
  world.write('appcfg.yml', 'project: acme/config\napplicationName: "o{tenant}"\n');
  world.write('tenants/one', undefined);
  world.write('tenants/ne/dev/.gitkeep', '');
  expectNothingShown(world, [await world.appcfg('diff'), await world.appcfg('diff', '-o', 'json')]);
});

test('content of a managed application is compared as before', async () => {
  const world = createWorld(tree('acme/config', 'old'));
  await world.appcfg('sync');
  const { id } = await lookUp(world, 'one');
  expect(await tagsOf(world, `application/${id}`)).toMatchObject({ 'appcfg:project': 'acme/config' });
  world.write('template/Limits.yml', 'limits: new\n');
  expect((await world.appcfg('diff')).stdout).toContain('"old" → "new"');
});
