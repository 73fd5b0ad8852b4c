// Old versions are deleted after a sync and by `cleanup --versions`; what is needed is kept.
import {
  CreateHostedConfigurationVersionCommand,
  ListHostedConfigurationVersionsCommand,
  StartDeploymentCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-appconfig';
import { expect, test } from 'vitest';
import { awsClient, deploymentsOf, lookUp, writesOf } from '../support/aws.ts';
import { createWorld, inPipeline, type World } from '../support/world.ts';

const settings = (more: string, durationMinutes = 0) => `project: acme/config
deploymentStrategy: quick
deploymentStrategies: { quick: { durationMinutes: ${durationMinutes}, growthFactor: 100 } }
${more}
`;

const keeping = (keep: number) => settings(`versions: { keep: ${keep} }`);

function createFleet(more: string, environments: readonly string[] = ['dev']): World {
  const folders = environments.map((name): [string, string] => [`tenants/one/${name}/.gitkeep`, '']);
  return createWorld(
    { 'appcfg.yml': settings(more), 'template/A.yml': 'a: 1', ...Object.fromEntries(folders) },
    inPipeline,
  );
}

/** Syncs each of these values of the template, one after the other. */
async function syncEach(world: World, values: readonly number[], ...args: string[]) {
  for (const value of values) {
    world.write('template/A.yml', `a: ${value}`);
    const { exitCode, stderr } = await world.appcfg('sync', ...args);
    expect(exitCode, stderr).toBe(0);
  }
}

/** Numbers of the versions that a profile has, oldest first. */
async function versionsOf(world: World, profile = 'A', application = 'one'): Promise<readonly number[]> {
  const { id: ApplicationId, profiles } = await lookUp(world, application);
  const ids = { ApplicationId, ConfigurationProfileId: profiles.get(profile) };
  const { Items = [] } = await awsClient(world).send(new ListHostedConfigurationVersionsCommand(ids));
  return Items.map(({ VersionNumber = 0 }) => VersionNumber).sort((a, b) => a - b);
}

async function addUnmanaged(world: World, label?: string): Promise<number> {
  const { id: ApplicationId, profiles } = await lookUp(world, 'one');
  const { VersionNumber = 0 } = await awsClient(world).send(
    new CreateHostedConfigurationVersionCommand({
      ...{ ApplicationId, ConfigurationProfileId: profiles.get('A'), ContentType: 'application/json' },
      ...{ Content: Buffer.from('{"a":0}'), ...(label === undefined ? {} : { VersionLabel: label }) },
    }),
  );
  return VersionNumber;
}

async function deploy(world: World, environment: string, version: number): Promise<void> {
  const { id: ApplicationId, environments, profiles } = await lookUp(world, 'one');
  await awsClient(world).send(
    new StartDeploymentCommand({
      ApplicationId,
      EnvironmentId: environments.get(environment),
      ConfigurationProfileId: profiles.get('A'),
      ConfigurationVersion: String(version),
      DeploymentStrategyId: 'AppConfig.AllAtOnce',
    }),
  );
}

test('after a sync the newest versions are left, and one run deletes what the setting no longer keeps', async () => {
  const world = createFleet('');
  await syncEach(world, [1, 2, 3, 4, 5]);
  world.write('appcfg.yml', keeping(3));
  world.takeCalls();
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
  expect(world.takeCalls()).not.toHaveProperty('ListHostedConfigurationVersions');
  expect(await versionsOf(world)).toEqual([1, 2, 3, 4, 5]);
  world.write('template/A.yml', 'a: 6');
  const outcome = await world.appcfg('sync');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(outcome.stdout).toContain('3 old versions will be deleted\n  one/*/A  versions 1, 2, 3\n');
  expect(outcome.stdout).toMatch(/Done: 1 version created, 1 deployment complete, 3 versions deleted\./);
  expect(await versionsOf(world)).toEqual([4, 5, 6]);
  await syncEach(world, [7]);
  expect(await versionsOf(world)).toEqual([5, 6, 7]);
});

test('a sync that creates no version reads no versions, and one below the limit reads one list', async () => {
  const world = createFleet('versions: { keep: 3 }');
  await syncEach(world, [1]);
  world.takeCalls();
  await syncEach(world, [2]);
  const calls = world.takeCalls();
  expect(calls).toMatchObject({ ListHostedConfigurationVersions: 1, ListEnvironments: 1 });
  world.write('tenants/one/dev/A.yml', 'a: 1');
  world.write('template/A.yml', 'a: 1');
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  expect(world.takeCalls()).not.toHaveProperty('DeleteHostedConfigurationVersion');
});

test('the version that a rollback would deploy is kept, and rollback works', async () => {
  const world = createFleet('versions: { keep: 1 }');
  await syncEach(world, [1, 2, 3]);
  expect(await versionsOf(world)).toEqual([2, 3]);
  world.clock.advance(100 * 3_600_000);
  const outcome = await world.appcfg('rollback', 'one/dev/A');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect((await deploymentsOf(world, 'one', 'dev'))[0]).toContain('v2 COMPLETE');
});

test('what another environment has live or would roll back to is kept, also one that the tree no longer has', async () => {
  const world = createFleet('', ['dev', 'prod']);
  await syncEach(world, [1, 2]);
  await syncEach(world, [3, 4, 5], '--env', 'dev');
  world.write('appcfg.yml', keeping(1));
  world.write('tenants/one/prod', undefined);
  await syncEach(world, [6], '--env', 'dev');
  expect(await versionsOf(world)).toEqual([1, 2, 5, 6]);
});

test('an environment that the settings have in another account counts where it is', async () => {
  const world = createFleet('', ['dev', 'prod']);
  await syncEach(world, [1, 2]);
  world.write('appcfg.yml', settings('versions: { keep: 1 }\nenvironments: { dev: {}, prod: { region: eu-west-1 } }'));
  await syncEach(world, [3, 4], '--env', 'dev');
  expect(await versionsOf(world)).toEqual([1, 2, 3, 4]);
});

test('a version in flight is kept', async () => {
  const world = createFleet('', ['dev', 'qa']);
  await syncEach(world, [1, 2, 3, 4]);
  await deploy(world, 'qa', 1);
  world.write('appcfg.yml', keeping(1));
  const outcome = await world.appcfg('cleanup', '--versions', '--yes');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(await versionsOf(world)).toEqual([1, 3, 4]);
});

test('versions of others are kept and do not count, also with a label like those of appcfg', async () => {
  const world = createFleet('versions: { keep: 2 }');
  await syncEach(world, [1, 2]);
  const others = [await addUnmanaged(world), await addUnmanaged(world, `sha256-${'0'.repeat(32)}`)];
  await syncEach(world, [3, 4]);
  expect(await versionsOf(world)).toEqual([...others, 5, 6]);
  expect(await versionsOf(world)).not.toContain(1);
});

test('the newest version of all is kept, whoever has created it', async () => {
  const world = createFleet('');
  await syncEach(world, [1, 2, 3, 4]);
  const newest = await addUnmanaged(world);
  world.write('appcfg.yml', keeping(1));
  expect((await world.appcfg('cleanup', '--versions', '--yes')).exitCode).toBe(0);
  expect(await versionsOf(world)).toEqual([3, 4, newest]);
});

test('what the tree wants and is not deployed yet is kept', async () => {
  const world = createFleet('versions: { keep: 1 }', ['dev', 'prod']);
  await syncEach(world, [1]);
  world.write('tenants/one/prod/A.yml', 'a: 30');
  world.write('tenants/one/dev/A.yml', 'a: 20');
  const update = await world.appcfg('sync', '--only', 'update');
  expect(update.exitCode, update.stderr).toBe(0);
  expect((await world.appcfg('cleanup', '--versions', '--yes')).exitCode).toBe(0);
  expect(await versionsOf(world)).toEqual([1, 2, 3]);
  const deployed = await world.appcfg('sync', '--only', 'deploy');
  expect(deployed.exitCode, deployed.stderr).toBe(0);
});

test('a profile has its own limit, and one without any keeps all', async () => {
  const world = createFleet('profiles: { A: { versions: { keep: 2 } }, B: { versions: { keep: 4 } } }');
  for (const value of [1, 2, 3, 4, 5]) {
    for (const name of ['A', 'B', 'C']) world.write(`template/${name}.yml`, `a: ${value}`);
    expect((await world.appcfg('sync')).exitCode).toBe(0);
  }
  expect(await versionsOf(world, 'A')).toEqual([4, 5]);
  expect(await versionsOf(world, 'B')).toEqual([2, 3, 4, 5]);
  expect(await versionsOf(world, 'C')).toEqual([1, 2, 3, 4, 5]);
});

test('a sync that fails deletes nothing', async () => {
  const world = createFleet('', ['dev', 'qa']);
  await syncEach(world, [1, 2, 3, 4]);
  world.write('appcfg.yml', keeping(1));
  world.write('template/A.yml', 'a: 5');
  world.emulator.injectFault({ operation: 'StartDeployment', kind: 'deny', times: 1 });
  expect((await world.appcfg('sync')).exitCode).not.toBe(0);
  expect(await versionsOf(world)).toEqual([1, 2, 3, 4, 5]);
});

test.each([
  ['DeleteHostedConfigurationVersion', 'deny'],
  ['ListHostedConfigurationVersions', 'deny'],
  ['ListEnvironments', 'deny'],
] as const)(
  'a sync has succeeded also where %s is %s: a warning, and the next one deletes',
  async (operation, kind) => {
    const world = createFleet('');
    await syncEach(world, [1, 2, 3, 4]);
    world.write('appcfg.yml', keeping(1));
    world.write('template/A.yml', 'a: 5');
    const handler = world.emulator.requestHandler();
    let isSynced = false;
    const requestHandler: typeof handler = {
      ...handler,
      handle: async (request, options) => {
        const response = await handler.handle(request, options);
        if (request.method === 'POST' && request.path.endsWith('/deployments') && !isSynced) {
          isSynced = true;
          world.emulator.injectFault({ operation, kind, times: 100 });
        }
        return response;
      },
    };
    const outcome = await world.appcfgWith({ requestHandler }, 'sync', '-o', 'json');
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    expect(outcome.stderr).toContain('warning: ');
    expect(outcome.json.problems).toEqual([
      expect.objectContaining({ code: 'versions-not-pruned', severity: 'warning' }),
    ]);
    expect(outcome.json.summary.failed).toBe(0);
    world.emulator.clearFaults();
    await syncEach(world, [6]);
    expect(await versionsOf(world)).toEqual([5, 6]);
  },
);

test('after a kill in the middle, the next run deletes the rest', async () => {
  const world = createFleet('');
  await syncEach(world, [1, 2, 3, 4, 5, 6]);
  world.write('appcfg.yml', keeping(1));
  const handler = world.emulator.requestHandler();
  let deletions = 0;
  let send: ((name: 'SIGINT') => void) | undefined;
  const requestHandler: typeof handler = {
    ...handler,
    handle: async (request, options) => {
      if (request.method === 'DELETE') {
        deletions += 1;
        if (deletions === 2) send?.('SIGINT');
      }
      return handler.handle(request, options);
    },
  };
  const onStart = (signal: (name: 'SIGINT') => void) => {
    send = signal;
  };
  const killed = await world.appcfgWith(
    { requestHandler, onStart },
    'cleanup',
    '--versions',
    '--yes',
    '--concurrency',
    '1',
  );
  expect(killed.exitCode).toBe(130);
  const left = await versionsOf(world);
  expect(left.length).toBeGreaterThan(2);
  expect(left.length).toBeLessThan(6);
  expect((await world.appcfg('cleanup', '--versions', '--yes')).exitCode).toBe(0);
  expect(await versionsOf(world)).toEqual([5, 6]);
  world.takeCalls();
  const again = await world.appcfg('cleanup', '--versions', '--yes');
  expect(again.stdout).toContain('Nothing to delete.');
  expect(writesOf(world.takeCalls())).toEqual({});
});

test('a version is kept if anything was deployed after the plan was made', async () => {
  const world = createFleet('', ['dev', 'qa']);
  await syncEach(world, [1, 2, 3, 4]);
  world.write('appcfg.yml', keeping(1));
  const handler = world.emulator.requestHandler();
  let started: Promise<void> | undefined;
  const requestHandler: typeof handler = {
    ...handler,
    handle: async (request, options) => {
      if (request.path.endsWith('/deployments/5')) {
        started ??= deploy(world, 'qa', 1);
        await started;
      }
      return handler.handle(request, options);
    },
  };
  const outcome = await world.appcfgWith({ requestHandler }, 'cleanup', '--versions', '--yes');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(outcome.stdout).toContain('kept: deployment 5 in environment "qa" was started since the plan was made');
  expect(await versionsOf(world)).toContain(1);
});

/** Two tenants with profiles A and B, four versions each, and `keep: 1`. */
async function createTwoTenants(): Promise<World> {
  const world = createFleet('');
  world.write('tenants/two/dev/.gitkeep', '');
  for (const value of [1, 2, 3, 4]) {
    for (const name of ['A', 'B']) world.write(`template/${name}.yml`, `a: ${value}`);
    expect((await world.appcfg('sync')).exitCode).toBe(0);
  }
  world.write('appcfg.yml', keeping(1));
  return world;
}

test('cleanup --versions shows the plan, asks, and deletes of what is selected', async () => {
  const world = await createTwoTenants();
  world.takeCalls();
  const shown = await world.appcfg('cleanup', '--versions', '--dry-run', '--tenant', 'one');
  expect(shown.exitCode, shown.stderr).toBe(0);
  expect(shown.stdout).toContain(
    '4 old versions will be deleted\n  one/*/A  versions 1, 2\n  one/*/B  versions 1, 2\n',
  );
  const silent = await world.appcfg('cleanup', '--versions');
  expect([silent.exitCode, silent.stderr]).toEqual([5, expect.stringContaining('--yes')]);
  const declined = await world.appcfgWith({ isTTY: true, input: 'n\n' }, 'cleanup', '--versions');
  expect(declined.stderr).toContain('Delete 8 versions from us-east-1 (project acme/config)?');
  expect(declined.exitCode).toBe(5);
  expect(writesOf(world.takeCalls())).toEqual({});
  const selected = await world.appcfg('cleanup', '--versions', '--yes', '-t', 'one', '-p', 'B', '-o', 'json');
  expect(selected.exitCode, selected.stderr).toBe(0);
  expect(selected.json.summary).toMatchObject({ succeeded: 2, failed: 0, skipped: 0 });
  expect(selected.json.plan.steps[0]).toMatchObject({
    operation: 'DeleteHostedConfigurationVersion',
    address: 'one/*/B',
    versionNumber: 1,
    reason: 'beyond the newest 1',
  });
  expect(await versionsOf(world, 'B')).toEqual([3, 4]);
  expect(await versionsOf(world, 'A')).toEqual([1, 2, 3, 4]);
  const others = await world.appcfg('cleanup', '--versions', '--yes', '-o', 'markdown');
  expect(others.stdout).toContain('6 old versions will be deleted');
  expect(await versionsOf(world, 'A', 'two')).toEqual([3, 4]);
});

test('--max-deletes limits the versions, and the setting for environments does not', async () => {
  const world = await createTwoTenants();
  const refused = await world.appcfg('cleanup', '--versions', '--yes', '--max-deletes', '7');
  expect(refused.exitCode).toBe(5);
  expect(refused.stderr).toContain('cleanup would delete 8 of 16 versions; the limit is 7 (--max-deletes)');
  expect((await world.appcfg('cleanup', '--versions', '--yes', '--max-deletes', '50%')).exitCode).toBe(0);
  expect(await versionsOf(world)).toEqual([3, 4]);
});

test.each([
  [['--all'], '--versions and --all cannot be combined'],
  [['--orphans'], '--versions and --orphans cannot be combined'],
  [['--env', 'dev'], '--versions and --env cannot be combined'],
  [['--include-adopted'], '--versions and --include-adopted cannot be combined'],
  [['--tenant', 'thre'], 'this project manages no application for --tenant thre'],
  [['--selector', 'tier=gold'], 'this project manages no application for --selector tier=gold'],
  [['--config-profile', 'Z'], 'no profile matches --config-profile Z'],
])('cleanup --versions %j is refused', async (args, message) => {
  const world = createFleet('versions: { keep: 1 }');
  await syncEach(world, [1]);
  const { exitCode, stderr } = await world.appcfg('cleanup', '--versions', '--yes', ...args);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining(message)]);
});

test('without a limit in the settings nothing is deleted, with a warning', async () => {
  const world = createFleet('');
  await syncEach(world, [1, 2, 3]);
  const { exitCode, stderr, stdout } = await world.appcfg('cleanup', '--versions', '--yes');
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Nothing to delete.')]);
  expect(stderr).toContain('appcfg.yml does not set versions.keep');
  expect(await versionsOf(world)).toEqual([1, 2, 3]);
});

test('versions of another project are kept, also in an application with a selected name', async () => {
  const world = createFleet('');
  await syncEach(world, [1, 2, 3]);
  world.write('appcfg.yml', keeping(1).replace('acme/config', 'other/config'));
  world.takeCalls();
  expect((await world.appcfg('cleanup', '--versions', '--yes')).exitCode).toBe(0);
  expect(world.takeCalls()).not.toHaveProperty('ListHostedConfigurationVersions');
  expect(await versionsOf(world)).toEqual([1, 2, 3]);
});

test('old versions of a profile without tags of the project are kept', async () => {
  const world = createFleet('');
  await syncEach(world, [1, 2, 3, 4]);
  const { id, profiles } = await lookUp(world, 'one');
  const ResourceArn = `arn:aws:appconfig:us-east-1:123456789012:application/${id}/configurationprofile/${profiles.get('A')}`;
  await awsClient(world).send(new UntagResourceCommand({ ResourceArn, TagKeys: ['managed-by', 'appcfg:project'] }));
  world.write('appcfg.yml', keeping(1));
  await syncEach(world, [5]);
  expect(await versionsOf(world)).toEqual([1, 2, 3, 4, 5]);
});

test('a rollback by commit has its version, where a commit deployed several contents', async () => {
  const world = createFleet('');
  const { CI_COMMIT_SHA } = inPipeline;
  const syncAs = async (commit: string, value: number) => {
    world.write('template/A.yml', `a: ${value}`);
    const { exitCode, stderr } = await world.appcfgWith({ env: { CI_COMMIT_SHA: commit } }, 'sync', '--allow-older');
    expect(exitCode, stderr).toBe(0);
  };
  await syncAs('a'.repeat(40), 1);
  for (const value of [2, 3, 4]) await syncAs(CI_COMMIT_SHA, value);
  world.write('appcfg.yml', keeping(1));
  expect((await world.appcfg('cleanup', '--versions', '--yes')).exitCode).toBe(0);
  expect(await versionsOf(world)).toEqual([1, 3, 4]);
  const outcome = await world.appcfg('rollback', '--commit', CI_COMMIT_SHA.slice(0, 12));
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect((await deploymentsOf(world, 'one', 'dev'))[0]).toContain('v1 COMPLETE');
});

test('what is started without waiting is kept, and what it replaces', async () => {
  const world = createFleet('');
  await syncEach(world, [1, 2, 3, 4]);
  world.write('appcfg.yml', settings('versions: { keep: 1 }', 60));
  await syncEach(world, [5], '--no-wait');
  expect(await versionsOf(world)).toEqual([4, 5]);
  expect((await world.appcfg('rollback', 'one/dev/A')).exitCode).toBe(0);
});

test('each account and Region is pruned by itself', async () => {
  const regions = 'environments: { dev: {}, prod: { region: eu-west-1 } }';
  const world = createFleet(regions, ['dev', 'prod']);
  await syncEach(world, [1, 2, 3, 4]);
  world.write('appcfg.yml', settings(`versions: { keep: 2 }\n${regions}`));
  world.takeCalls();
  await syncEach(world, [5]);
  expect(world.takeCalls()).toMatchObject({ DeleteHostedConfigurationVersion: 6 });
  world.write('appcfg.yml', keeping(1).concat(regions));
  const outcome = await world.appcfg('cleanup', '--versions', '--yes', '-o', 'json');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(outcome.json.plan.steps).toEqual([]);
  await syncEach(world, [6]);
  expect(world.takeCalls()).toMatchObject({ DeleteHostedConfigurationVersion: 2 });
});

test('an interrupt while versions are deleted ends the sync, and deletes no more', async () => {
  const world = createFleet('');
  await syncEach(world, [1, 2, 3, 4, 5, 6]);
  world.write('appcfg.yml', keeping(1));
  world.write('template/A.yml', 'a: 7');
  const handler = world.emulator.requestHandler();
  let send: ((name: 'SIGINT') => void) | undefined;
  const requestHandler: typeof handler = {
    ...handler,
    handle: async (request, options) => {
      if (request.method === 'DELETE') send?.('SIGINT');
      return handler.handle(request, options);
    },
  };
  const onStart = (signal: (name: 'SIGINT') => void) => {
    send = signal;
  };
  const stopped = await world.appcfgWith({ requestHandler, onStart }, 'sync', '--concurrency', '1');
  expect(stopped.exitCode).toBe(130);
  expect((await versionsOf(world)).length).toBeGreaterThan(2);
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
  await syncEach(world, [8]);
  expect(await versionsOf(world)).toEqual([7, 8]);
});
