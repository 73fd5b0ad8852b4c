// What the settings manage of profiles and deployments besides their content: keys, validators, parameters of extensions.
import {
  GetConfigurationProfileCommand,
  GetDeploymentCommand,
  GetHostedConfigurationVersionCommand,
  UpdateConfigurationProfileCommand,
} from '@aws-sdk/client-appconfig';
import { expect, test } from 'vitest';
import { awsClient, lookUp, writesOf } from '../support/aws.ts';
import { intercepted, isStart } from '../support/request-handlers.ts';
import { createWorld, inPipeline, type World } from '../support/world.ts';

const instant = 'deploymentStrategies: { now: { durationMinutes: 0, growthFactor: 100 } }\ndeploymentStrategy: now\n';

const settings = (more: string) => `project: acme/config\n${instant}${more}`;

function worldWith(more: string, content = 'rate: 1\n'): World {
  return createWorld(
    { 'appcfg.yml': settings(more), 'template/Limits.yml': content, 'tenants/acme/dev/.gitkeep': '' },
    inPipeline,
  );
}

async function run(world: World, ...args: string[]) {
  const outcome = await world.appcfg(...args);
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  return outcome;
}

async function idsOf(world: World) {
  const { id, profiles } = await lookUp(world, 'acme');
  return { ApplicationId: id, ConfigurationProfileId: profiles.get('Limits') };
}

const profileOf = async (world: World) => awsClient(world).send(new GetConfigurationProfileCommand(await idsOf(world)));

/** The body of each StartDeployment of a sync. */
async function startsOf(world: World, args: readonly string[], env = {}): Promise<readonly Record<string, unknown>[]> {
  const starts: Record<string, unknown>[] = [];
  const requestHandler = intercepted(world, ({ answer, body, ...request }) => {
    if (isStart(request)) starts.push(JSON.parse(new TextDecoder().decode(body as Uint8Array)));
    return answer();
  });
  const { exitCode, stderr } = await world.appcfgWith({ requestHandler, env }, ...args);
  expect(exitCode, stderr).toBe(0);
  return starts;
}

test('the key of a profile is set when it is created, and holds for its versions', async () => {
  const world = worldWith('profiles: { Limits: { kmsKey: "alias/{tenant}" } }\n');
  await run(world, 'sync');
  expect(await profileOf(world)).toMatchObject({ KmsKeyIdentifier: 'alias/acme' });
  const version = await awsClient(world).send(
    new GetHostedConfigurationVersionCommand({ ...(await idsOf(world)), VersionNumber: 1 }),
  );
  expect(version.KmsKeyArn).toMatch(/alias\/acme$/);
  world.takeCalls();
  expect((await run(world, 'sync')).stdout).toContain('Nothing to do');
  expect(world.takeCalls()).toEqual({
    ListApplications: 1,
    ListEnvironments: 1,
    ListConfigurationProfiles: 1,
    ListDeployments: 1,
    GetConfigurationProfile: 1,
  });
});

test('a changed key is a difference that is planned, written before the next version, and deploys nothing', async () => {
  const world = worldWith('profiles: { Limits: { kmsKey: alias/one } }\n');
  await run(world, 'sync');
  world.write('appcfg.yml', settings('profiles: { Limits: { kmsKey: alias/two } }\n'));
  const diff = await world.appcfg('diff', '--detailed-exitcode');
  expect(diff.exitCode).toBe(2);
  expect(diff.stdout).toContain('acme/*/Limits  will encrypt new versions with alias/two');
  world.takeCalls();
  expect((await run(world, 'sync')).stdout).toContain('1 profile updated');
  expect(writesOf(world.takeCalls())).toEqual({ UpdateConfigurationProfile: 1 });
  expect(await profileOf(world)).toMatchObject({ KmsKeyIdentifier: 'alias/two' });
  // With new content, the version comes after the key.
  world.write('appcfg.yml', settings('profiles: { Limits: { kmsKey: alias/three } }\n'));
  world.write('template/Limits.yml', 'rate: 2\n');
  await run(world, 'sync');
  const version = await awsClient(world).send(
    new GetHostedConfigurationVersionCommand({ ...(await idsOf(world)), VersionNumber: 2 }),
  );
  expect(version.KmsKeyArn).toMatch(/alias\/three$/);
});

test('an empty key removes it, and a key that the settings do not mention is left alone', async () => {
  const world = worldWith('');
  await run(world, 'sync');
  const update = { ...(await idsOf(world)), KmsKeyIdentifier: 'alias/console' };
  await awsClient(world).send(new UpdateConfigurationProfileCommand(update));
  world.takeCalls();
  await run(world, 'sync');
  expect(world.takeCalls()).not.toHaveProperty('GetConfigurationProfile');
  world.write('appcfg.yml', settings('profiles: { Limits: { kmsKey: "" } }\n'));
  expect((await run(world, 'diff')).stdout).toContain('will no longer encrypt new versions with a KMS key');
  await run(world, 'sync');
  expect((await profileOf(world)).KmsKeyIdentifier).toBeUndefined();
  expect((await run(world, 'sync')).stdout).toContain('Nothing to do');
});

test('a key is the same by its id, its alias or its ARN', async () => {
  const id = '0f0e0d0c-0000-4000-8000-000000000000';
  const world = worldWith(`profiles: { Limits: { kmsKey: "arn:aws:kms:us-east-1:123456789012:key/${id}" } }\n`);
  await run(world, 'sync');
  world.write('appcfg.yml', settings(`profiles: { Limits: { kmsKey: ${id} } }\n`));
  expect((await run(world, 'sync')).stdout).toContain('Nothing to do');
});

test('the profile of an application of another project is not changed', async () => {
  const world = worldWith('');
  await run(world, 'sync');
  world.write('appcfg.yml', settings('profiles: { Limits: { kmsKey: alias/mine } }\n').replace('acme/', 'other/'));
  world.takeCalls();
  expect((await world.appcfg('sync')).exitCode).toBe(5);
  expect(writesOf(world.takeCalls())).toEqual({});
});

test('deployments have the key and the parameters of their environment; a change of them starts none', async () => {
  const dev =
    'environments: { dev: { kmsKey: "alias/{environment}", dynamicExtensionParameters: { "jira#issue": "{tenant} {commit} {pipeline}" } } }\n';
  const world = worldWith(dev);
  const env = { CI_PIPELINE_IID: '7' };
  expect(await startsOf(world, ['sync'], env)).toMatchObject([
    {
      KmsKeyIdentifier: 'alias/dev',
      DynamicExtensionParameters: { 'jira#issue': `acme ${'c'.repeat(40)} 7` },
    },
  ]);
  const { id, environments } = await lookUp(world, 'acme');
  const target = { ApplicationId: id, EnvironmentId: environments.get('dev'), DeploymentNumber: 1 };
  expect(await awsClient(world).send(new GetDeploymentCommand(target))).toMatchObject({
    KmsKeyIdentifier: 'alias/dev',
  });
  world.write('appcfg.yml', settings('environments: { dev: { kmsKey: alias/other } }\n'));
  expect((await run(world, 'sync')).stdout).toContain('Nothing to do');
  world.write('template/Limits.yml', 'rate: 2\n');
  const [next] = await startsOf(world, ['sync']);
  expect(next).toMatchObject({ KmsKeyIdentifier: 'alias/other' });
  expect(next).not.toHaveProperty('DynamicExtensionParameters');
});

test('a rollback deploys the earlier version with the key and the parameters, too', async () => {
  const dev = 'environments: { dev: { kmsKey: alias/dev, dynamicExtensionParameters: { "jira#issue": "{url}" } } }\n';
  const world = worldWith(dev);
  await run(world, 'sync');
  world.write('template/Limits.yml', 'rate: 2\n');
  await run(world, 'sync');
  world.clock.advance(100 * 3_600_000);
  expect(await startsOf(world, ['rollback', 'acme/dev/Limits'])).toMatchObject([
    {
      KmsKeyIdentifier: 'alias/dev',
      DynamicExtensionParameters: { 'jira#issue': inPipeline.CI_PIPELINE_URL },
    },
  ]);
});

test.each([
  ['profiles: { Limits: { kmsKey: "alias/{environment}" } }', '"kmsKey" has the unknown placeholder {environment}'],
  ['environments: { dev: { kmsKey: "alias/{commit}" } }', '"kmsKey" has the unknown placeholder {commit}'],
  ['environments: { dev: { kmsKey: "" } }', 'expected: alias, id or ARN'],
  ['environments: { dev: { kmsKey: "a b" } }', 'expected: alias, id or ARN'],
  ['environments: { dev: { dynamicExtensionParameters: { issue: a } } }', 'dynamicExtensionParameters'],
  ['environments: { dev: { dynamicExtensionParameters: { "a#b": "" } } }', 'expected: value of a parameter'],
  ['environments: { dev: { dynamicExtensionParameters: { "a#b": "{user}" } } }', 'unknown placeholder {user}'],
])('%s is refused before AWS is called', async (line, message) => {
  const world = worldWith(`${line}\n`);
  const { exitCode, stderr } = await world.appcfg('sync');
  expect(stderr).toContain(message);
  expect(exitCode).toBe(3);
  expect(world.takeCalls()).toEqual({});
});
