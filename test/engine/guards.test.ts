// What a sync refuses, what it adopts, and how it treats deployments of other runs.
import {
  AppConfigClient,
  CreateApplicationCommand,
  CreateConfigurationProfileCommand,
  CreateEnvironmentCommand,
  CreateHostedConfigurationVersionCommand,
  ListTagsForResourceCommand,
  StartDeploymentCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-appconfig';
import { expect, test } from 'vitest';
import { commit, createWorld, type World } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: acme/config\n',
  'template/Limits.yml': 'limits:\n  rate: 100\n  burst: 20\n',
  'tenants/one/dev/.gitkeep': '',
  'tenants/one/qa/Limits.yml': 'limits:\n  rate: 50\n',
};

/** Another client of the same AppConfig. */
function client(world: World): AppConfigClient {
  return new AppConfigClient({
    region: 'us-east-1',
    requestHandler: world.emulator.requestHandler() as never,
    credentials: { accessKeyId: 'AKIALOCAL', secretAccessKey: 'x' },
    maxAttempts: 1,
  });
}

/** What a pipeline of shell scripts leaves behind: no labels, no tags, YAML bytes called JSON. */
async function deployedByScripts(world: World, contents: Record<string, string>) {
  const aws = client(world);
  const application = await aws.send(new CreateApplicationCommand({ Name: 'one' }));
  const profile = await aws.send(
    new CreateConfigurationProfileCommand({ ApplicationId: application.Id, Name: 'Limits', LocationUri: 'hosted' }),
  );
  const environments: Record<string, string> = {};
  for (const [name, text] of Object.entries(contents)) {
    const environment = await aws.send(new CreateEnvironmentCommand({ ApplicationId: application.Id, Name: name }));
    const version = await aws.send(
      new CreateHostedConfigurationVersionCommand({
        ApplicationId: application.Id,
        ConfigurationProfileId: profile.Id,
        Content: Buffer.from(text),
        ContentType: 'application/json',
      }),
    );
    await aws.send(
      new StartDeploymentCommand({
        ApplicationId: application.Id,
        EnvironmentId: environment.Id,
        ConfigurationProfileId: profile.Id,
        ConfigurationVersion: String(version.VersionNumber),
        DeploymentStrategyId: 'AppConfig.Linear50PercentEvery30Seconds',
      }),
    );
    environments[name] = environment.Id ?? '';
  }
  world.clock.advance(3 * 60_000);
  return { applicationId: application.Id ?? '', profileId: profile.Id ?? '', environments };
}

const writes = (calls: Record<string, number>) =>
  Object.fromEntries(Object.entries(calls).filter(([name]) => !/^(List|Get|Assume)/.test(name)));

test('what scripts deployed stays as it is until it is adopted, and an adoption creates no version and no deployment', async () => {
  const world = createWorld(tree);
  const { applicationId } = await deployedByScripts(world, {
    dev: 'limits: {burst: 20.0, rate: 1e2}',
    qa: '# by hand\nlimits:\n  rate: 50\n  burst: 20\n',
  });
  world.takeCalls();
  const refused = await world.appcfg('sync');
  expect(refused.exitCode).toBe(5);
  expect(refused.stderr).toContain('the application "one" exists and is unmanaged');
  expect(refused.stderr).toContain('appcfg sync --adopt --tenant one');
  expect(writes(world.takeCalls())).toEqual({});
  const shown = await world.appcfg('diff', '--adopt', '-o', 'json');
  expect(shown.json.addresses.map((a: { action: string }) => a.action)).toEqual(['adopt', 'adopt']);
  const adopted = await world.appcfg('sync', '--adopt');
  expect(adopted.exitCode).toBe(0);
  expect(writes(world.takeCalls())).toEqual({ TagResource: 4, UpdateApplication: 1 });
  const tags = await client(world).send(
    new ListTagsForResourceCommand({
      ResourceArn: `arn:aws:appconfig:us-east-1:123456789012:application/${applicationId}`,
    }),
  );
  expect(tags.Tags).toEqual({ 'managed-by': 'appcfg', 'appcfg:project': 'acme/config', 'appcfg:adopted': 'true' });
  world.takeCalls();
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
  // The lists, and one read of each version without a label of appcfg, after the tags showed whose it is; and the tags of
  // each environment, which show that it is accepted.
  expect(world.takeCalls()).toEqual({
    GetCallerIdentity: 1,
    ListTagsForResource: 3,
    ListApplications: 1,
    ListEnvironments: 1,
    ListConfigurationProfiles: 1,
    ListDeployments: 2,
    GetHostedConfigurationVersion: 2,
  });
});

test('adopting deploys only where values differ', async () => {
  const world = createWorld(tree);
  await deployedByScripts(world, { dev: 'limits: {burst: 20, rate: 99}', qa: 'limits: {burst: 20, rate: 50}' });
  world.takeCalls();
  const adopted = await world.appcfg('sync', '--adopt');
  expect(adopted.exitCode).toBe(0);
  expect(writes(world.takeCalls())).toMatchObject({ CreateHostedConfigurationVersion: 1, StartDeployment: 1 });
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
});

test('settings can name what may be adopted', async () => {
  const world = createWorld({ ...tree, 'appcfg.yml': "project: acme/config\nadopt: ['o*']\n" });
  await deployedByScripts(world, { dev: 'limits: {burst: 20, rate: 100}', qa: 'limits: {burst: 20, rate: 50}' });
  expect((await world.appcfg('sync')).exitCode).toBe(0);
});

test('an application of another project is refused, adopted or not, and other tenants are deployed', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  world.write('appcfg.yml', 'project: other/config\n');
  world.write('tenants/two/dev/.gitkeep', '');
  world.write('template/Limits.yml', 'limits:\n  rate: 101\n  burst: 20\n');
  for (const args of [[], ['--adopt']]) {
    const outcome = await world.appcfg('sync', ...args);
    expect(outcome.exitCode).toBe(5);
    expect(outcome.stderr).toContain('belongs to project "acme/config"');
  }
  const status = await world.appcfg('status', '-o', 'json');
  expect(status.json.addresses.find((a: { address: string }) => a.address === 'two/dev/Limits').state).toBe('synced');
});

test('a rolled-back deployment is reported with its reason, and repeated only with --retry-rolled-back', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  world.write('template/Limits.yml', 'limits:\n  rate: 200\n  burst: 20\n');
  world.emulator.setAlarm({ application: 'one', environment: 'dev', state: 'ALARM' });
  const rolledBack = await world.appcfg('sync');
  expect(rolledBack.exitCode).toBe(4);
  expect(rolledBack.stderr).toMatch(/one\/dev\/Limits {2}AppConfig rolled back deployment 2: .+/);
  world.emulator.setAlarm({ application: 'one', environment: 'dev', state: 'OK' });
  world.write('tenants/one/qa/Limits.yml', 'limits:\n  rate: 51\n');
  world.takeCalls();
  const next = await world.appcfg('sync');
  expect(next.exitCode).toBe(5);
  expect(next.stderr).toContain('--retry-rolled-back');
  expect(writes(world.takeCalls())).toEqual({ CreateHostedConfigurationVersion: 1, StartDeployment: 1 });
  const status = await world.appcfg('status', '-o', 'json');
  expect(status.json.addresses.map((a: { state: string }) => a.state)).toEqual(['rolled-back', 'synced']);
  expect((await world.appcfg('sync', '--retry-rolled-back')).exitCode).toBe(0);
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
});

test('content whose deployment a user stopped counts as rolled back', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync', '--no-wait');
  const { applicationId, environmentId } = ids(world);
  await client(world).send(
    new StopDeploymentCommand({ ApplicationId: applicationId, EnvironmentId: environmentId, DeploymentNumber: 1 }),
  );
  const outcome = await world.appcfg('sync');
  expect(outcome.exitCode).toBe(5);
  expect(outcome.stderr).toContain('rolled back');
});

/** Ids of the first application and environment. */
function ids(world: World) {
  const text = JSON.stringify(world.emulator.snapshot());
  const found = /"environments":\[\{[^}]*?"id":"([a-z0-9]{7})"/.exec(text)?.[1];
  const application = /"applications":\[\{[^}]*?"id":"([a-z0-9]{7})"/.exec(text)?.[1];
  return { applicationId: application ?? '', environmentId: found ?? '' };
}

test('a deployment in flight of other content is waited for, or stopped with --supersede and not quarantined', async () => {
  for (const flag of [[], ['--supersede']]) {
    const world = createWorld(tree);
    await world.appcfg('sync');
    world.write('template/Limits.yml', 'limits:\n  rate: 300\n  burst: 20\n');
    expect((await world.appcfg('sync', '--no-wait', '-e', 'dev')).exitCode).toBe(0);
    world.write('template/Limits.yml', 'limits:\n  rate: 400\n  burst: 20\n');
    world.takeCalls();
    const outcome = await world.appcfg('sync', ...flag);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    expect(world.takeCalls().StopDeployment).toBe(flag.length === 0 ? undefined : 1);
    expect(world.emulator.violations()).toEqual([]);
    expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
    world.write('template/Limits.yml', 'limits:\n  rate: 300\n  burst: 20\n');
    const back = await world.appcfg('sync');
    expect(back.exitCode, back.stderr).toBe(0);
  }
});

test('an environment that stays busy ends with 75, and the other addresses are deployed', async () => {
  const world = createWorld({
    ...tree,
    'appcfg.yml':
      'project: acme/config\nenvironments: { dev: { deploymentStrategy: AppConfig.Linear20PercentEvery6Minutes }, qa: {} }\n',
  });
  await world.appcfg('sync');
  world.write('template/Limits.yml', 'limits:\n  rate: 300\n  burst: 20\n');
  await world.appcfg('sync', '--no-wait', '-e', 'dev');
  world.write('template/Limits.yml', 'limits:\n  rate: 400\n  burst: 21\n');
  const outcome = await world.appcfg('sync', '--busy-timeout', '10m');
  expect(outcome.exitCode).toBe(75);
  expect(outcome.stderr).toContain('--supersede');
  const status = await world.appcfg('status', '-o', 'json');
  expect(status.json.addresses.map((a: { state: string }) => a.state)).toEqual(['deploying', 'synced']);
});

test('an older commit does not replace a newer one, by Git history or by pipeline number', async () => {
  const world = createWorld(tree);
  const first = commit(world);
  world.write('template/Limits.yml', 'limits:\n  rate: 2\n  burst: 20\n');
  const second = commit(world);
  expect((await world.appcfgWith({ env: { CI_COMMIT_SHA: second } }, 'sync')).exitCode).toBe(0);
  world.write('template/Limits.yml', 'limits:\n  rate: 1\n  burst: 20\n');
  const older = await world.appcfgWith({ env: { CI_COMMIT_SHA: first } }, 'sync');
  expect(older.exitCode).toBe(5);
  expect(older.stderr).toContain('is newer than this run');
  const allowed = await world.appcfgWith(
    { env: { CI_COMMIT_SHA: first, CI_PIPELINE_IID: '7' } },
    'sync',
    '--allow-older',
  );
  expect(allowed.exitCode).toBe(0);
  world.write('template/Limits.yml', 'limits:\n  rate: 3\n  burst: 20\n');
  const unknown = 'a'.repeat(40);
  const byPipeline = await world.appcfgWith({ env: { CI_COMMIT_SHA: unknown, CI_PIPELINE_IID: '6' } }, 'sync');
  expect(byPipeline.exitCode).toBe(5);
  expect(byPipeline.stderr).toContain('pipeline 7');
  const unknownOrder = await world.appcfgWith({ env: { CI_COMMIT_SHA: unknown } }, 'sync');
  expect(unknownOrder.exitCode).toBe(0);
  expect(unknownOrder.stderr).toContain('cannot tell whether deployment');
});

test('content that shrinks by more than half, or becomes empty, is refused unless allowed', async () => {
  const world = createWorld({
    ...tree,
    'template/Limits.yml': `limits:\n${Array.from({ length: 20 }, (_, i) => `  key${i}: ${i}\n`).join('')}`,
  });
  await world.appcfg('sync');
  world.write('template/Limits.yml', 'limits:\n  key1: 1\n');
  const refused = await world.appcfg('sync');
  expect(refused.exitCode).toBe(5);
  expect(refused.stderr).toContain('shrinks from');
  expect((await world.appcfg('sync', '--allow-shrink')).exitCode).toBe(0);
});

test('an environment of another account is blocked, and the other addresses are deployed', async () => {
  const world = createWorld({
    ...tree,
    'appcfg.yml': 'project: p\nenvironments: { dev: { account: "999988887777" }, qa: {} }\n',
  });
  const outcome = await world.appcfg('sync');
  expect(outcome.exitCode).toBe(5);
  expect(outcome.stderr).toContain('belongs to account 999988887777');
  const status = await world.appcfg('status', '-o', 'json');
  expect(status.json.addresses.map((a: { state: string }) => a.state)).toEqual(['blocked', 'synced']);
});

test('an account that is not allowed ends the run with 6 before the first call to AppConfig', async () => {
  const world = createWorld({ ...tree, 'appcfg.yml': 'project: p\naws: { allowedAccounts: ["999988887777"] }\n' });
  const outcome = await world.appcfg('sync');
  expect(outcome.exitCode).toBe(6);
  expect(Object.keys(world.takeCalls())).toEqual(['GetCallerIdentity']);
});

test('a tree without tenants is refused while AppConfig has managed applications', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  world.write('tenants/one', undefined);
  world.write('tenants/.gitkeep', '');
  const outcome = await world.appcfg('sync');
  expect(outcome.exitCode).toBe(5);
  expect(outcome.stderr).toContain('the tree has no tenants');
});

test('what left the tree is shown as orphaned and stays as it is', async () => {
  const world = createWorld({ ...tree, 'tenants/two/dev/.gitkeep': '' });
  await world.appcfg('sync');
  world.write('tenants/one/qa', undefined);
  world.write('tenants/two', undefined);
  const diff = await world.appcfg('diff', '-o', 'json');
  expect(diff.exitCode).toBe(0);
  const orphaned = diff.json.addresses.filter((a: { action: string }) => a.action === 'orphaned');
  expect(orphaned.map((a: { address: string }) => a.address)).toEqual(['one/qa', 'two']);
  world.takeCalls();
  await world.appcfg('sync');
  expect(writes(world.takeCalls())).toEqual({});
});

test('redacted values appear in no output', async () => {
  const world = createWorld({
    ...tree,
    'appcfg.yml': 'project: p\nredact: [/secret, "/**/password"]\n',
    'template/Limits.yml': 'secret: {a: TOPSECRET1}\ndb: [{password: TOPSECRET2}]\nrate: 1\n',
    'tenants/one/qa/Limits.yml': 'secret: {a: TOPSECRET3}\n',
  });
  const outputs: string[] = [];
  for (const args of [
    ['diff'],
    ['diff', '-o', 'json'],
    ['diff', '-o', 'markdown'],
    ['diff', '-v'],
    ['sync', '-o', 'jsonl'],
    ['render'],
    ['explain', 'one/qa/Limits'],
    ['explain', 'one/qa/Limits', '-o', 'json'],
    ['status', '-o', 'json'],
  ]) {
    const { stdout, stderr } = await world.appcfg(...args);
    outputs.push(stdout, stderr);
  }
  world.write(
    'tenants/one/qa/Limits.yml',
    'secret: {a: TOPSECRET4}\ndb: [{password: TOPSECRET5}, {password: TOPSECRET6}]\n',
  );
  for (const args of [['diff'], ['diff', '-o', 'json'], ['sync', '-o', 'json']]) {
    const { stdout, stderr } = await world.appcfg(...args);
    outputs.push(stdout, stderr);
  }
  expect(outputs.join('')).not.toMatch(/TOPSECRET/);
  expect(outputs.join('')).toContain('(redacted)');
  expect((await world.appcfg('render', 'one/qa/Limits', '--unredacted')).stdout).toContain('TOPSECRET4');
});
