import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

const writes = (calls: Record<string, number>) =>
  Object.fromEntries(Object.entries(calls).filter(([name]) => !/^(List|Get|Assume)/.test(name)));

test('the first sync creates everything and deploys it, the second does nothing and costs four calls a tenant', async () => {
  const world = createWorld();
  const first = await world.appcfg('sync', '-o', 'json');
  expect(first.stderr).toContain('complete');
  expect(first.exitCode).toBe(0);
  expect(first.json.summary).toEqual({ succeeded: 33, failed: 0, skipped: 0, unchanged: 0 });
  expect(writes(world.takeCalls())).toEqual({
    CreateApplication: 2,
    CreateEnvironment: 4,
    CreateConfigurationProfile: 6,
    CreateHostedConfigurationVersion: 9,
    StartDeployment: 12,
  });
  const second = await world.appcfg('sync');
  expect(second.exitCode).toBe(0);
  expect(second.stdout).toBe('Nothing to do: 12 addresses match the tree.\n');
  expect(world.takeCalls()).toEqual({
    ListApplications: 1,
    ListEnvironments: 2,
    ListConfigurationProfiles: 2,
    ListDeployments: 4,
  });
  expect(world.emulator.violations()).toEqual([]);
});

test('one changed value creates one version and starts one deployment, with few polls', async () => {
  const world = createWorld();
  await world.appcfg('sync');
  world.write('tenants/tenant1/dev/ThrottlingLimits.yml', 'api_limits:\n  global:\n    requests_per_second: 175\n');
  world.takeCalls();
  const diff = await world.appcfg('diff', '-o', 'json');
  expect(diff.json.summary).toMatchObject({ update: 1, unchanged: 11, deployments: 1, expectedMinutes: 2 });
  expect(diff.json.changeGroups).toEqual([
    {
      id: expect.any(String),
      addresses: ['tenant1/dev/ThrottlingLimits'],
      changes: [
        {
          op: 'replace',
          path: '/api_limits/global/requests_per_second',
          before: 150,
          after: 175,
          source: 'tenants/tenant1/dev/ThrottlingLimits.yml:3',
          sourceFiles: 1,
        },
      ],
    },
  ]);
  expect(writes(world.takeCalls())).toEqual({});
  const sync = await world.appcfg('sync', '-o', 'json');
  expect(sync.exitCode).toBe(0);
  expect(sync.json.results.map((result: { operation: string }) => result.operation)).toEqual([
    'CreateHostedConfigurationVersion',
    'StartDeployment',
  ]);
  const calls = world.takeCalls();
  expect(writes(calls)).toEqual({ CreateHostedConfigurationVersion: 1, StartDeployment: 1 });
  // One of them reads what the live deployment is from.
  expect(calls.GetDeployment).toBeLessThanOrEqual(7);
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
});

test('comments, key order and quoting change nothing', async () => {
  const world = createWorld();
  await world.appcfg('sync');
  world.write(
    'template/ThrottlingLimits.yml',
    '# other words\n"service_specific": {user_service: {burst_limit: 100, "requests_per_second": 80}}\napi_limits: {global: {max_retry_attempts: 3, concurrent_requests: 50, requests_per_second: 100}}\n',
  );
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
});

test('promoting content from dev deploys the same version and creates none', async () => {
  const world = createWorld();
  await world.appcfg('sync');
  world.write('tenants/tenant1/qa/FeatureFlags.yml', 'values:\n  chat_support:\n    enabled: true\n');
  world.takeCalls();
  const sync = await world.appcfg('sync', '-o', 'json');
  expect(sync.exitCode).toBe(0);
  expect(writes(world.takeCalls())).toEqual({ StartDeployment: 1 });
  const status = await world.appcfg('status', '-o', 'json');
  const versions = status.json.addresses.filter((a: { address: string }) =>
    /tenant1\/.*\/FeatureFlags/.test(a.address),
  );
  expect(versions[0].versionNumber).toBe(versions[1].versionNumber);
});

test('the two stages do what one sync does', async () => {
  const world = createWorld();
  expect((await world.appcfg('sync', '--only', 'update')).exitCode).toBe(0);
  expect(world.takeCalls().StartDeployment).toBeUndefined();
  const deploy = await world.appcfg('sync', '--only', 'deploy', '-o', 'json');
  expect(deploy.exitCode).toBe(0);
  expect(writes(world.takeCalls())).toEqual({ StartDeployment: 12 });
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
});

test('deploying what was never updated fails, and the hint names the command to run first', async () => {
  const world = createWorld();
  const deploy = await world.appcfg('sync', '--only', 'deploy');
  expect(deploy.exitCode).toBe(4);
  expect(deploy.stderr).toContain('sync --only update');
});

test('a dry run writes nothing', async () => {
  const world = createWorld();
  const dry = await world.appcfg('sync', '--dry-run');
  expect(dry.exitCode).toBe(0);
  expect(dry.stdout).toContain('Plan: 12 deployments');
  expect(writes(world.takeCalls())).toEqual({});
});

test('environments are deployed at once: the rollout takes as long as one of them', async () => {
  const world = createWorld();
  const start = world.clock.now();
  await world.appcfg('sync');
  const minutes = (world.clock.now() - start) / 60_000;
  expect(minutes).toBeGreaterThan(6);
  expect(minutes).toBeLessThan(6.3);
});

test('--no-wait starts one deployment in each environment, and refuses a plan with more before anything is written', async () => {
  const world = createWorld();
  const refused = await world.appcfg('sync', '--no-wait');
  expect(refused.exitCode).toBe(3);
  expect(writes(world.takeCalls())).toEqual({});
  const one = await world.appcfg('sync', '--no-wait', '-p', 'AllowList');
  expect(one.exitCode).toBe(0);
  expect(one.stdout).toContain('4 deployments started');
  const second = await world.appcfg('sync', '-p', 'AllowList', '-o', 'json');
  expect(second.json.results.map((result: { operation: string }) => result.operation)).toEqual(
    Array(4).fill('AwaitDeployment'),
  );
  expect(second.exitCode).toBe(0);
});

test('detailed exit codes show differences and changes', async () => {
  const world = createWorld();
  expect((await world.appcfg('diff', '--detailed-exitcode')).exitCode).toBe(2);
  expect((await world.appcfg('sync', '--detailed-exitcode')).exitCode).toBe(2);
  expect((await world.appcfg('diff', '--detailed-exitcode')).exitCode).toBe(0);
  expect((await world.appcfg('sync', '--detailed-exitcode')).exitCode).toBe(0);
});

test('own deployment strategies are created when needed, used, and updated when their numbers change', async () => {
  const world = createWorld();
  const settings = (minutes: number) => `
project: acme/config
deploymentStrategy: quick
deploymentStrategies: { quick: { durationMinutes: ${minutes}, bakeMinutes: 0, growthFactor: 100 } }
`;
  world.write('appcfg.yml', settings(0));
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  expect(world.takeCalls().CreateDeploymentStrategy).toBe(1);
  world.write('appcfg.yml', settings(3));
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
  world.write('tenants/tenant1/dev/ThrottlingLimits.yml', 'api_limits: {global: {requests_per_second: 1}}');
  world.takeCalls();
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  expect(writes(world.takeCalls())).toEqual({
    UpdateDeploymentStrategy: 1,
    CreateHostedConfigurationVersion: 1,
    StartDeployment: 1,
  });
});

test('monitors are set, changed and taken away', async () => {
  const world = createWorld({ 'template/A.yml': 'a: 1', 'tenants/t/dev/.gitkeep': '' });
  const settings = (monitors: string) => `project: p\nenvironments: { dev: { monitors: ${monitors} } }\n`;
  const alarm = (name: string) =>
    `[{ alarmArn: "arn:aws:cloudwatch:{region}:{account}:alarm:{tenant}-${name}", alarmRoleArn: "arn:aws:iam::{account}:role/r" }]`;
  world.write('appcfg.yml', settings(alarm('errors')));
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
  world.write('appcfg.yml', settings(alarm('latency')));
  expect((await world.appcfg('sync')).stdout).toContain('1 environment updated');
  world.write('appcfg.yml', settings('[]'));
  expect((await world.appcfg('sync')).stdout).toContain('1 environment updated');
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
});
