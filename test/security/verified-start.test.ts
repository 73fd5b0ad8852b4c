// A version is deployed only after this run has seen its content. A label proves nothing.
import {
  CreateHostedConfigurationVersionCommand,
  DeleteHostedConfigurationVersionCommand,
  StartDeploymentCommand,
} from '@aws-sdk/client-appconfig';
import { expect, test } from 'vitest';
import { awsClient, deploymentsOf, lookUp } from '../support/aws.ts';
import { OtherClient } from '../support/other-client.ts';
import { intercepted, isStart } from '../support/request-handlers.ts';
import { createWorld, type World } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: acme/config\n',
  'template/A.yml': 'a: 1\n',
  'tenants/one/dev/.gitkeep': '',
  'tenants/one/qa/A.yml': 'a: 2\n',
};

async function labelOf(world: World, address: string): Promise<string> {
  const { json } = await world.appcfg('render', '-o', 'json');
  const found = json.configurations.find((each: { address: string }) => each.address === address);
  return found.versionLabel;
}

/** A version with a label of this tree, made by another client. */
async function plant(world: World, label: string, content: string, contentType = 'application/json') {
  const { id, profiles } = await lookUp(world, 'one');
  await awsClient(world).send(
    new CreateHostedConfigurationVersionCommand({
      ApplicationId: id,
      ConfigurationProfileId: profiles.get('A') ?? '',
      Content: Buffer.from(content),
      ContentType: contentType,
      VersionLabel: label,
    }),
  );
}

async function prepared(): Promise<World> {
  const world = createWorld(tree);
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 3\n');
  return world;
}

const lies = [
  ['other content', '{"a": 666}', 'application/json'],
  ['the same text under another content type', '{"a": 3}', 'application/x-yaml'],
  ['a key more', '{"a": 3, "b": 1}', 'application/json'],
  ['text instead of a number', '{"a": "3"}', 'application/json'],
  ['no JSON', 'a = 3', 'text/plain'],
  ['nothing', ' ', 'application/json'],
] as const;

test.each(lies)(
  'a version that carries the label but has %s is not deployed, in one stage or two',
  async (_, content, type) => {
    const world = await prepared();
    await plant(world, await labelOf(world, 'one/dev/A'), content, type);
    for (const args of [['--only', 'deploy'], []]) {
      const { exitCode, stderr } = await world.appcfg('sync', ...args);
      expect(exitCode, stderr).toBe(4);
      expect(stderr).toMatch(/has other content than the plan|has no version with the label/);
      expect(stderr).toContain('aws appconfig delete-hosted-configuration-version');
    }
    expect(await deploymentsOf(world, 'one', 'dev')).toHaveLength(1);
  },
);

test('the same value in another order is the same content', async () => {
  const world = createWorld({ ...tree, 'template/A.yml': 'b: 1\na: 1\n' });
  await world.appcfg('sync');
  world.write('template/A.yml', 'b: 2\na: 1\n');
  await plant(world, await labelOf(world, 'one/dev/A'), '{ "a": 1, "b": 2 }');
  const { exitCode, stderr } = await world.appcfg('sync');
  expect(exitCode, stderr).toBe(0);
});

test('a version that is exchanged between creation and start is not deployed', async () => {
  const world = await prepared();
  const label = await labelOf(world, 'one/dev/A');
  let isExchanged = false;
  const requestHandler = intercepted(world, async (call) => {
    const response = await call.answer();
    if (!isExchanged && call.method === 'POST' && /hostedconfigurationversions$/.test(call.path)) {
      isExchanged = true;
      const { id, profiles } = await lookUp(world, 'one');
      const ids = { ApplicationId: id, ConfigurationProfileId: profiles.get('A') ?? '' };
      await awsClient(world).send(new DeleteHostedConfigurationVersionCommand({ ...ids, VersionNumber: 3 }));
      await plant(world, label, '{"a": 666}');
    }
    return response;
  });
  const { exitCode, stderr } = await world.appcfgWith({ requestHandler }, 'sync');
  expect(isExchanged).toBe(true);
  expect(exitCode, stderr).toBe(4);
  expect(stderr).toMatch(/has other content than the plan|has no version with the label/);
  expect(await deploymentsOf(world, 'one', 'dev')).toHaveLength(1);
});

test('a promotion reads the version again: dev may have deployed it before it was exchanged', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  const label = await labelOf(world, 'one/dev/A');
  const { id, profiles } = await lookUp(world, 'one');
  const ids = { ApplicationId: id, ConfigurationProfileId: profiles.get('A') ?? '' };
  const versions = new Set<number>();
  for (const number of [1, 2]) {
    await awsClient(world).send(new DeleteHostedConfigurationVersionCommand({ ...ids, VersionNumber: number }));
    versions.add(number);
  }
  await plant(world, label, '{"a": 666}');
  world.write('tenants/one/qa/A.yml', undefined);
  world.write('tenants/one/qa/.gitkeep', '');
  const { exitCode, stderr } = await world.appcfg('sync');
  expect(exitCode, stderr).toBe(4);
  expect(await deploymentsOf(world, 'one', 'qa')).toHaveLength(1);
});

test('a rollback deploys only what it has seen', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 3\n');
  await world.appcfg('sync');
  const { id, profiles } = await lookUp(world, 'one');
  const [first] = (await world.appcfg('history', 'one/dev/A', '-o', 'json')).json.histories[0].deployments.slice(-1);
  let isExchanged = false;
  const requestHandler = intercepted(world, async (call) => {
    if (!isExchanged && /deployments\/3$/.test(call.path)) {
      isExchanged = true;
      const ids = { ApplicationId: id, ConfigurationProfileId: profiles.get('A') ?? '' };
      for (const VersionNumber of [3, 2, 1]) {
        await awsClient(world)
          .send(new DeleteHostedConfigurationVersionCommand({ ...ids, VersionNumber }))
          .catch(() => {});
      }
      await plant(world, first.versionLabel, '{"a": 666}');
    }
    return call.answer();
  });
  const { exitCode, stderr } = await world.appcfgWith({ requestHandler }, 'rollback', 'one/dev/A', '--to', '1');
  expect(exitCode, stderr).not.toBe(0);
  expect((await deploymentsOf(world, 'one', 'dev')).filter((each) => each.startsWith('3 '))).toEqual([]);
});

test('each deployment is started by number, and only after the next number was found free', async () => {
  const world = await prepared();
  const starts: { readonly version: string; readonly lookedUp: boolean }[] = [];
  const lookedUp = new Set<string>();
  const requestHandler = intercepted(world, async (call) => {
    if (call.method === 'GET' && /deployments\/\d+$/.test(call.path)) lookedUp.add(call.path);
    if (isStart(call)) {
      const { ConfigurationVersion } = JSON.parse(String(call.body));
      starts.push({ version: ConfigurationVersion, lookedUp: lookedUp.has(`${call.path}/2`) });
    }
    return call.answer();
  });
  expect((await world.appcfgWith({ requestHandler }, 'sync')).exitCode).toBe(0);
  expect(starts).toEqual([{ version: '3', lookedUp: true }]);
});

test('a deployment that another client starts right before is judged, though AppConfig would accept the start', async () => {
  const world = await prepared();
  let isFirst = true;
  const requestHandler = intercepted(world, async (call) => {
    if (isFirst && call.method === 'GET' && /hostedconfigurationversions\/3$/.test(call.path)) {
      isFirst = false;
      await new OtherClient(world.emulator).deploy({
        ...{ application: 'one', environment: 'dev', configurationProfile: 'A', content: 'a: 9' },
        deploymentStrategyId: 'AppConfig.AllAtOnce',
      });
    }
    return call.answer();
  });
  const { exitCode, stderr } = await world.appcfgWith({ requestHandler }, 'sync', '--no-wait');
  expect(isFirst).toBe(false);
  expect(exitCode, stderr).toBe(5);
  expect(stderr).toContain('deployment 2 was started outside of appcfg');
});

/** Another client has deployed other content to one/qa under the label of the tree's content, or under one of nothing. */
async function withLie(of: 'desired' | 'nothing'): Promise<World> {
  const world = createWorld({ ...tree, 'tenants/two/dev/.gitkeep': '' });
  await world.appcfg('sync');
  const { id, environments, profiles } = await lookUp(world, 'one');
  const ids = { ApplicationId: id, ConfigurationProfileId: profiles.get('A') ?? '' };
  world.write('tenants/one/qa/A.yml', 'a: 3\n');
  const label = of === 'desired' ? await labelOf(world, 'one/qa/A') : `sha256-${'0'.repeat(32)}`;
  await plant(world, label, '{"a": 666}');
  await awsClient(world).send(
    new StartDeploymentCommand({
      ...ids,
      EnvironmentId: environments.get('qa') ?? '',
      ConfigurationVersion: '3',
      DeploymentStrategyId: 'AppConfig.AllAtOnce',
    }),
  );
  world.clock.advance(20 * 60_000);
  return world;
}

test.each(['desired', 'nothing'] as const)(
  '--verify reports a live version with the label of %s and other content, and reads each version once',
  async (of) => {
    const world = await withLie(of);
    if (of === 'desired') expect((await world.appcfg('status')).stdout).toMatch(/^qa +\d+ *$/m);
    world.takeCalls();
    const { json } = await world.appcfg('status', '--verify', '-o', 'json');
    // Versions 1 and 3 of one, and 1 of two.
    expect(world.takeCalls().GetHostedConfigurationVersion).toBe(3);
    const states = json.addresses.map(({ address, state }: Record<string, string>) => `${address} ${state}`);
    expect(states).toEqual(['one/dev/A synced', 'one/qa/A drifted', 'two/dev/A synced']);
    expect(json.problems).toEqual([
      expect.objectContaining({
        code: 'version-label-conflict',
        message: expect.stringContaining('live version 3 has'),
      }),
    ]);
    expect((await world.appcfg('status', '--verify', '--fail-on', 'drifted')).exitCode).toBe(2);
    const diff = await world.appcfg('diff', '--verify');
    expect(diff.exitCode).toBe(5);
    expect((await world.appcfg('diff', '--verify', '--detailed-exitcode')).exitCode).toBe(2);
    expect(diff.stderr).toContain('but other content');
  },
);

test('without a lie --verify changes nothing, also for contents that other tools deployed', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  for (const command of ['diff', 'status']) {
    const [plain, verified] = [await world.appcfg(command), await world.appcfg(command, '--verify')];
    expect(verified).toMatchObject({ exitCode: 0, stdout: plain.stdout, stderr: plain.stderr });
  }
});
