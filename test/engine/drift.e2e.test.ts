// Drift: what was deployed outside of appcfg is shown and not overwritten.
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lookUp, tagsOf } from '../support/aws.ts';
import { OtherClient } from '../support/other-client.ts';
import { createWorld, inPipeline, type World } from '../support/world.ts';

const settings =
  'project: acme/config\ndeploymentStrategy: instant\ndeploymentStrategies: { instant: { durationMinutes: 0, bakeMinutes: 0, growthFactor: 100, growthType: LINEAR } }\n';
const tree = {
  'appcfg.yml': settings,
  'template/Limits.yml': '# of everyone\nrate: 100\nburst: 5\n',
  'template/Texts.yml': 'title: Hello\n',
  'tenants/one/dev/.gitkeep': '',
  'tenants/one/prod/Limits.yml': '# agreed with them\nrate: 250 # per second\n',
  'tenants/two/dev/.gitkeep': '',
};
const address = 'one/prod/Limits';

async function deployed(files: Readonly<Record<string, string>> = {}): Promise<World> {
  const world = createWorld({ ...tree, ...files }, inPipeline);
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  return world;
}

async function hotfix(
  world: World,
  content: string,
  description = 'hotfix: INC-4711',
  profile = 'Limits',
  slowly = false,
): Promise<void> {
  const others = new OtherClient(world.emulator);
  await others.deploy({
    application: 'one',
    environment: 'prod',
    configurationProfile: profile,
    content,
    description,
    deploymentStrategyId: slowly ? undefined : await others.strategy('instant'),
  });
}

test('a hotfix is shown with time, number and description, and is not overwritten', async () => {
  const world = await deployed();
  await hotfix(world, '{"rate": 300, "burst": 5}');
  const diff = await world.appcfg('diff');
  expect(diff.exitCode).toBe(0);
  expect(diff.stdout).toMatch(
    /1 address drifted\n {2}one\/prod\/Limits {2}not overwritten\n {4}deployment 3 was started outside of appcfg at \d{4}-\d\d-\d\d \d\d:\d\dZ by USER, "hotfix: INC-4711"/,
  );
  const { json } = await world.appcfg('diff', '-o', 'json');
  expect(json.addresses.find((each: { address: string }) => each.address === address)).toMatchObject({
    action: 'drifted',
    drift: { deploymentNumber: 3, startedBy: 'USER', description: 'hotfix: INC-4711', startedAt: expect.any(String) },
  });
  expect(json.problems).toMatchObject([{ code: 'address-drifted', severity: 'warning' }]);
  const status = await world.appcfg('status', '-o', 'json');
  expect(status.json.addresses.find((each: { address: string }) => each.address === address)).toMatchObject({
    state: 'drifted',
    drift: { deploymentNumber: 3, description: 'hotfix: INC-4711' },
  });
  expect((await world.appcfg('status')).stdout).toContain('1 drifted');
  world.takeCalls();
  const sync = await world.appcfg('sync');
  expect(sync.exitCode).toBe(0);
  expect(sync.stderr).toContain('it is not overwritten');
  expect(world.takeCalls()).not.toHaveProperty('StartDeployment');
  expect(await served(world)).toBe('{"rate": 300, "burst": 5}');
});

test('content that cannot be read is named, and pull is not proposed', async () => {
  const world = await deployed();
  await hotfix(world, 'a: [');
  const diff = await world.appcfg('diff');
  expect(diff.stdout).toContain('the live version was deleted, or is neither valid JSON nor valid YAML');
  expect(diff.stderr).toContain('its content is neither valid JSON nor valid YAML');
  expect(diff.stderr).toContain('sync --overwrite-drift');
  const status = await world.appcfg('status');
  expect(diff.stderr + status.stdout).not.toContain('appcfg pull');
  world.write('tenants/one/prod/Limits.yml', 'rate: 1\n');
  const blocked = await world.appcfg('sync');
  expect(blocked.exitCode).toBe(5);
  expect(blocked.stderr).toContain('its content is neither valid JSON nor valid YAML');
  expect(blocked.stderr).not.toContain('with pull');
});

test('who made a hotfix is found in CloudTrail', async () => {
  const world = await deployed();
  await hotfix(world, '{"rate": 300, "burst": 5}');
  const { json } = await world.appcfg('diff', '-o', 'json');
  expect(json.problems[0].hint.text).toContain('aws cloudtrail lookup-events');
});

test('other changes go out beside a drifted address', async () => {
  const world = await deployed();
  await hotfix(world, '{"rate": 300, "burst": 5}');
  world.write('template/Texts.yml', 'title: Hi\n');
  const sync = await world.appcfg('sync');
  expect(sync.exitCode).toBe(0);
  expect(await served(world, 'one/prod/Texts')).toContain('Hi');
  expect(await served(world)).toContain('300');
});

test('where the tree changed, too, the guard blocks the address, unless the user overwrites', async () => {
  const world = await deployed();
  await hotfix(world, '{"rate": 300, "burst": 5}');
  world.write('template/Limits.yml', 'rate: 100\nburst: 6\n');
  const sync = await world.appcfg('sync');
  expect(sync.exitCode).toBe(5);
  expect(sync.stderr).toContain('"hotfix: INC-4711", and the tree changed, too');
  expect(await served(world)).toContain('300');
  expect(await served(world, 'two/dev/Limits')).toContain('6');
  expect((await world.appcfg('sync', '--overwrite-drift')).exitCode).toBe(0);
  expect(await served(world)).toContain('250');
  expect((await world.appcfg('diff', '--detailed-exitcode')).exitCode).toBe(0);
});

test('guards.drift: overwrite overwrites', async () => {
  const world = await deployed({ 'appcfg.yml': `${settings}guards: { drift: overwrite }\n` });
  await hotfix(world, '{"rate": 300, "burst": 5}');
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  expect(await served(world)).toContain('250');
});

test('a hotfix in flight is not overwritten, nor stopped for another profile', async () => {
  const world = await deployed();
  await hotfix(world, '{"rate": 300, "burst": 5}', 'hotfix', 'Limits', true);
  expect(
    (await world.appcfg('status', '-o', 'json')).json.addresses.find(
      (each: { address: string }) => each.address === address,
    ),
  ).toMatchObject({ state: 'deploying', drift: { deploymentNumber: 3 } });
  world.write('template/Texts.yml', 'title: Hi\n');
  expect((await world.appcfg('sync', '--supersede')).exitCode).toBe(0);
  expect(await served(world)).toContain('300');
  expect(await served(world, 'one/prod/Texts')).toContain('Hi');
});

test('a version of appcfg that a user deployed again is drift', async () => {
  const world = await deployed();
  world.write('tenants/one/prod/Limits.yml', 'rate: 260\n');
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  await new OtherClient(world.emulator).redeploy('one/prod/Limits', { version: '1', strategy: 'instant' });
  const { json } = await world.appcfg('diff', '-o', 'json');
  expect(json.addresses.find((each: { address: string }) => each.address === address)).toMatchObject({
    action: 'drifted',
    drift: { description: null },
  });
});

test('a description that only looks like one of appcfg is drift', async () => {
  for (const description of ['appcfg hotfix', 'appcfg project=acme/other', 'appcfgproject=acme/config']) {
    const world = await deployed();
    await hotfix(world, '{"rate": 300}', description);
    expect((await world.appcfg('status', '--fail-on', 'drifted')).exitCode).toBe(2);
  }
});

test('status --fail-on ends with 2 where an address has a state', async () => {
  const world = await deployed();
  expect((await world.appcfg('status', '--fail-on', 'drifted,unknown')).exitCode).toBe(0);
  expect((await world.appcfg('status', '--fail-on', 'synced')).exitCode).toBe(2);
  await hotfix(world, '{"rate": 300}');
  expect((await world.appcfg('status', '--fail-on', 'drifted,unknown')).exitCode).toBe(2);
  const wrong = await world.appcfg('status', '--fail-on', 'drift');
  expect(wrong.exitCode).toBe(3);
  expect(wrong.stderr).toContain('drifted');
});

test('what was deployed before an adoption is no drift, what came after it is', async () => {
  const world = createWorld(tree, inPipeline);
  const others = new OtherClient(world.emulator);
  await others.createStrategy('theirs');
  const by = { application: 'one', environment: 'prod', deploymentStrategyId: await others.strategy('theirs') };
  await others.deploy({ ...by, configurationProfile: 'Limits', content: '{"rate": 1, "burst": 5}' });
  await others.deploy({ ...by, configurationProfile: 'Texts', content: '{"title": "Hello"}' });
  expect((await world.appcfg('sync', '--adopt', '--env', 'prod')).exitCode).toBe(0);
  const { id, environments } = await lookUp(world, 'one');
  expect(await tagsOf(world, `application/${id}/environment/${environments.get('prod')}`)).toMatchObject({
    'appcfg:accepted': '2',
  });
  expect(await served(world)).toContain('250');
  await others.deploy({ ...by, configurationProfile: 'Texts', content: '{"title": "Howdy"}' });
  const { json } = await world.appcfg('diff', '-o', 'json');
  expect(json.addresses.find((each: { address: string }) => each.address === 'one/prod/Texts')).toMatchObject({
    action: 'drifted',
  });
});

test('once the tree has it, a hotfix is accepted: it is no drift when the tree changes again', async () => {
  const world = await deployed();
  await hotfix(world, '{"rate": 300, "burst": 5}');
  world.write('tenants/one/prod/Limits.yml', 'rate: 300\n');
  expect((await world.appcfg('diff', '--detailed-exitcode')).exitCode).toBe(0);
  const sync = await world.appcfg('sync', '--detailed-exitcode');
  expect(sync).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Nothing to do') });
  world.takeCalls();
  await world.appcfg('sync');
  expect(world.takeCalls()).not.toHaveProperty('TagResource');
  world.write('tenants/one/prod/Limits.yml', 'rate: 310\n');
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  expect(await served(world)).toContain('310');
});

test('accepting one hotfix does not accept an earlier one of another profile', async () => {
  const world = await deployed();
  await hotfix(world, '{"rate": 300, "burst": 5}');
  await hotfix(world, '{"title": "Howdy"}', 'second', 'Texts');
  world.write('tenants/one/prod/Texts.yml', 'title: Howdy\n');
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  world.write('tenants/one/prod/Limits.yml', 'rate: 1\n');
  expect((await world.appcfg('sync')).exitCode).toBe(5);
  expect(await served(world)).toContain('300');
});

test('a drifted address counts for no wave', async () => {
  const waves = 'waves: [{ name: first, tenants: [one] }, { name: rest, tenants: ["*"] }]\n';
  const world = await deployed({ 'appcfg.yml': `${settings}${waves}` });
  await hotfix(world, '{"rate": 300, "burst": 5}');
  world.write('tenants/two/Texts.yml', 'title: Hi\n');
  const sync = await world.appcfg('sync', '-o', 'json');
  expect(sync.exitCode).toBe(0);
  expect(await served(world, 'two/dev/Texts')).toContain('Hi');
  expect((await world.appcfg('sync', '--wave', 'rest')).exitCode).toBe(0);
});

test('a tree without drift costs no call more', async () => {
  const world = await deployed();
  world.takeCalls();
  await world.appcfg('sync');
  expect(world.takeCalls()).toEqual({
    ListApplications: 1,
    ListEnvironments: 2,
    ListConfigurationProfiles: 2,
    ListDeployments: 3,
  });
});

async function served(world: World, at = address): Promise<string | undefined> {
  return (await new OtherClient(world.emulator).served()).get(at)?.text;
}

test('a hotfix is pulled in one command, and then there is nothing to do', async () => {
  const world = await deployed();
  await hotfix(world, '{"rate": 300, "burst": 7, "regions": ["eu", "us"]}');
  const planned = await world.appcfg('pull', address, '--dry-run');
  expect(planned).toMatchObject({ exitCode: 0, stdout: `${address}  to write to tenants/one/prod/Limits.yml\n` });
  expect(read(world, 'tenants/one/prod/Limits.yml')).toBe(tree['tenants/one/prod/Limits.yml']);
  const pulled = await world.appcfg('pull', address);
  expect(pulled, pulled.stderr).toMatchObject({ exitCode: 0 });
  expect(read(world, 'tenants/one/prod/Limits.yml')).toBe(
    '# agreed with them\nrate: 300 # per second\nburst: 7\nregions:\n  - eu\n  - us\n',
  );
  expect((await world.appcfg('diff', '--detailed-exitcode')).exitCode).toBe(0);
  const sync = await world.appcfg('sync', '--detailed-exitcode');
  expect(sync).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Nothing to do') });
  expect((await world.appcfg('status', '--fail-on', 'drifted')).exitCode).toBe(0);
  expect((await world.appcfg('pull', address)).stdout).toContain('the tree has the live content');
});

test('pull creates the file of an address that has none, and deletes what is not live', async () => {
  const world = await deployed();
  await hotfix(world, '{"rate": 300}');
  await hotfix(world, '{"title": "Howdy", "subtitle": null}', 'second', 'Texts');
  const { exitCode, stderr } = await world.appcfg('pull', 'one/prod/*');
  // A null cannot be set where null deletes.
  expect(exitCode).toBe(4);
  expect(stderr).toContain('no override renders to the live content');
  expect(read(world, 'tenants/one/prod/Limits.yml')).toBe('# agreed with them\nrate: 300 # per second\nburst: null\n');
  expect(() => read(world, 'tenants/one/prod/Texts.yml')).toThrow('ENOENT');
  await hotfix(world, '{"title": "Howdy"}', 'third', 'Texts');
  expect((await world.appcfg('pull', 'one/prod/*')).exitCode).toBe(0);
  expect(read(world, 'tenants/one/prod/Texts.yml')).toBe('title: Howdy\n');
  expect((await world.appcfg('diff', '--detailed-exitcode')).exitCode).toBe(0);
});

test('pull removes an override that is no longer needed, and keeps the comments above', async () => {
  const world = await deployed();
  await hotfix(world, '{"rate": 100, "burst": 5}');
  expect((await world.appcfg('pull', address)).exitCode).toBe(0);
  expect(read(world, 'tenants/one/prod/Limits.yml')).toBe('# agreed with them\n');
  expect((await world.appcfg('diff', '--detailed-exitcode')).exitCode).toBe(0);
});

test('pull does not write what the tree must not have', async () => {
  const world = await deployed({
    'appcfg.yml': `${settings}profiles: { Limits: { schema: schema.json } }\n`,
    'schema.json': '{"properties": {"rate": {"maximum": 299}}}',
  });
  await hotfix(world, '{"rate": 300, "burst": 5}');
  const pulled = await world.appcfg('pull', address);
  expect(pulled.exitCode).toBe(3);
  expect(read(world, 'tenants/one/prod/Limits.yml')).toBe(tree['tenants/one/prod/Limits.yml']);
  await hotfix(world, 'a: [');
  expect((await world.appcfg('pull', address)).stderr).toContain('neither valid JSON nor valid YAML');
});

test('pull refuses an address that the tree does not have, and an application of another project', async () => {
  const world = await deployed();
  expect((await world.appcfg('pull', 'one/prod/Limit')).exitCode).toBe(3);
  expect((await world.appcfg('pull')).exitCode).toBe(3);
  world.write('appcfg.yml', settings.replace('acme/config', 'acme/other'));
  world.write('tenants/one/prod/Limits.yml', 'rate: 1\n');
  const pulled = await world.appcfg('pull', address);
  expect(pulled.exitCode).toBe(5);
  expect(pulled.stderr).toContain('belongs to project');
});

test('pull writes a value that the settings redact, and does not print it', async () => {
  const world = await deployed({ 'appcfg.yml': `${settings}redact: [/token]\n` });
  await hotfix(world, '{"rate": 250, "burst": 5, "token": "s3cret-value"}');
  const pulled = await world.appcfg('pull', address, '-v');
  expect(pulled.exitCode).toBe(0);
  expect(pulled.stdout + pulled.stderr).not.toContain('s3cret-value');
  expect(read(world, 'tenants/one/prod/Limits.yml')).toContain('token: s3cret-value');
});

test('pull replaces a symbolic link, and does not follow it', async () => {
  const world = await deployed();
  world.write('tenants/one/prod/Limits.yml', undefined);
  world.write('shared.yml', 'rate: 250\n');
  symlinkSync('../../../shared.yml', join(world.directory, 'tenants/one/prod/Limits.yml'));
  await hotfix(world, '{"rate": 300, "burst": 5}');
  expect((await world.appcfg('pull', address)).exitCode).toBe(0);
  expect(read(world, 'shared.yml')).toBe('rate: 250\n');
  expect(read(world, 'tenants/one/prod/Limits.yml')).toBe('rate: 300\n');
});

function read(world: World, path: string): string {
  return readFileSync(join(world.directory, path), 'utf8');
}
