// What the settings manage of profiles and deployments besides their content: keys, validators, parameters of extensions.
import {
  GetConfigurationProfileCommand,
  GetDeploymentCommand,
  GetHostedConfigurationVersionCommand,
  UpdateConfigurationProfileCommand,
  type Validator,
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

test.each([
  ['{ kmsKey: alias/two, validators: ["arn:aws:lambda:us-east-1:123456789012:function:a"] }', 'validators differ'],
  [
    '{ kmsKey: alias/new, validators: ["arn:aws:lambda:us-east-1:123456789012:function:a"] }',
    'the KMS key and validators differ',
  ],
  ['{ kmsKey: alias/new }', 'the KMS key differs'],
])('a plan has the reason of an update of a profile: %s', async (changed, reason) => {
  const world = worldWith('profiles: { Limits: { kmsKey: alias/two } }\n');
  await run(world, 'sync');
  world.write('appcfg.yml', settings(`profiles: { Limits: ${changed} }\n`));
  const { steps } = (await run(world, 'diff', '-o', 'json')).json;
  expect(steps).toMatchObject([{ operation: 'UpdateConfigurationProfile', reason }]);
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

const schema = { type: 'object', properties: { rate: { minimum: 1 } } };

/** A profile with its schema as a validator. */
function validatedWorld(more = '', text: object = schema): World {
  const world = worldWith(`profiles: { Limits: { schema: schemas/Limits.json, installValidator: true${more} } }\n`);
  world.write('schemas/Limits.json', JSON.stringify(text, null, 2));
  return world;
}

const schemaValidator: Validator = {
  Type: 'JSON_SCHEMA',
  Content: '{"properties":{"rate":{"minimum":1}},"type":"object"}',
};
const check = 'arn:aws:lambda:us-east-1:123456789012:function:check';

test('a schema is installed with the profile, and runs on each new version before it is deployed', async () => {
  const world = validatedWorld();
  const { stdout } = await run(world, 'sync');
  expect(stdout).toContain('1 version validated');
  expect(await profileOf(world)).toMatchObject({ Validators: [schemaValidator] });
  expect(world.takeCalls()).toMatchObject({ CreateConfigurationProfile: 1, ValidateConfiguration: 1 });
  expect((await run(world, 'sync')).stdout).toContain('Nothing to do');
  expect(world.takeCalls()).toMatchObject({ GetConfigurationProfile: 1 });
  world.write('template/Limits.yml', 'rate: 2\n');
  await run(world, 'sync', '--only', 'update');
  expect(world.takeCalls()).toMatchObject({ ValidateConfiguration: 1, CreateHostedConfigurationVersion: 1 });
  await run(world, 'sync', '--only', 'deploy');
  expect(world.takeCalls()).not.toHaveProperty('ValidateConfiguration');
});

test('what a validator rejects is not deployed, in this run and in the next', async () => {
  const world = worldWith('profiles: { Limits: { validators: [] } }\n');
  await run(world, 'sync');
  world.write('template/Limits.yml', 'rate: 0\n');
  const strict = { ...(await idsOf(world)), Validators: [schemaValidator] };
  world.write('appcfg.yml', settings(`profiles: { Limits: { validators: [], kmsKey: alias/a } }\n`));
  // Another run installs a validator after this one has planned.
  const requestHandler = intercepted(world, async ({ method, path, answer }) => {
    const isVersion = method === 'POST' && path.endsWith('/hostedconfigurationversions');
    const response = await answer();
    if (isVersion) await awsClient(world).send(new UpdateConfigurationProfileCommand(strict));
    return response;
  });
  expect((await world.appcfgWith({ requestHandler }, 'sync', '--only', 'update')).exitCode).toBe(0);
  const stale = await world.appcfg('sync', '--only', 'deploy');
  expect(stale.stderr).toContain(
    'template/Limits.yml:1:1  a validator of the profile rejects the content: /rate: must be >= 1',
  );
  expect(stale.stderr).not.toContain('Could not build JSON schema');
  expect(stale.exitCode).toBe(4);
});

test('a validator that rejects a version is content-rejected, without its schema, and nothing is started', async () => {
  const world = validatedWorld();
  await run(world, 'sync');
  // The tree's own check does not look at it, the validator in AppConfig does.
  world.write('schemas/Limits.json', JSON.stringify({ ...schema, description: 'changed' }));
  world.write('template/Limits.yml', 'rate: 2\n');
  const broken = intercepted(world, async ({ method, path, answer }) => {
    if (method === 'PATCH' && path.includes('/configurationprofiles/')) {
      const Validators = [{ Type: 'JSON_SCHEMA', Content: '{"properties":{"rate":{"minimum":9}}}' } as const];
      await awsClient(world).send(new UpdateConfigurationProfileCommand({ ...(await idsOf(world)), Validators }));
      return awsResponse(world);
    }
    return answer();
  });
  world.takeCalls();
  const { exitCode, stderr, json } = await world.appcfgWith({ requestHandler: broken }, 'sync', '-o', 'json');
  expect(stderr).toContain(
    'template/Limits.yml:1:1  a validator of the profile rejects version 2: /rate: must be >= 9',
  );
  expect(stderr).not.toContain('Could not build JSON schema');
  expect(json.results.map((each: { operation: string; status: string }) => `${each.operation} ${each.status}`)).toEqual(
    [
      'UpdateConfigurationProfile succeeded',
      'CreateHostedConfigurationVersion succeeded',
      'ValidateConfiguration failed',
      'StartDeployment skipped',
    ],
  );
  expect(exitCode).toBe(4);
  expect(world.takeCalls()).not.toHaveProperty('StartDeployment');
  // The version exists now. It is validated again, and passes with the schema of the tree.
  expect((await run(world, 'sync')).stdout).toContain('1 version validated');
});

/** The response of UpdateConfigurationProfile, without the update. */
async function awsResponse(world: World) {
  const { ConfigurationProfileId } = await idsOf(world);
  const body = Buffer.from(JSON.stringify({ Id: ConfigurationProfileId }));
  return { response: { statusCode: 200, headers: { 'content-type': 'application/json' }, body } };
}

test('validators are planned where they differ: by value, in any order, and only where the settings mention them', async () => {
  const world = validatedWorld();
  await run(world, 'sync');
  const update = async (Validators: Validator[]) =>
    awsClient(world).send(new UpdateConfigurationProfileCommand({ ...(await idsOf(world)), Validators }));
  // Written differently, and beside a function that the settings do not mention.
  const lambda = { Type: 'LAMBDA', Content: check } as const;
  await update([lambda, { Type: 'JSON_SCHEMA', Content: JSON.stringify(schema, null, 4) }]);
  expect((await run(world, 'sync')).stdout).toContain('Nothing to do');
  world.write('schemas/Limits.json', '{"properties":{"rate":{"minimum":0}}}');
  expect((await run(world, 'diff')).stdout).toContain(`will be validated by its schema and ${check}`);
  await run(world, 'sync');
  const changed = { Type: 'JSON_SCHEMA', Content: '{"properties":{"rate":{"minimum":0}}}' };
  expect((await profileOf(world)).Validators).toEqual([changed, lambda]);
  const withProfile = (more: string) =>
    world.write('appcfg.yml', settings(`profiles: { Limits: { schema: schemas/Limits.json, ${more} } }\n`));
  withProfile('validators: ["arn:aws:lambda:{region}:{account}:function:{tenant}"]');
  await run(world, 'sync');
  const own = { Type: 'LAMBDA', Content: 'arn:aws:lambda:us-east-1:123456789012:function:acme' };
  expect((await profileOf(world)).Validators).toEqual([own]);
  withProfile('installValidator: false');
  expect((await run(world, 'sync')).stdout).toContain('Nothing to do');
  withProfile('null: keep');
  world.takeCalls();
  await run(world, 'sync');
  expect(world.takeCalls()).not.toHaveProperty('GetConfigurationProfile');
  withProfile('validators: []');
  expect((await run(world, 'diff')).stdout).toContain('will have no validators');
  await run(world, 'sync');
  expect((await profileOf(world)).Validators).toBeUndefined();
});

test('promoted content is not validated again, and JSON documents leave the text of the schema out', async () => {
  const world = validatedWorld();
  world.write('tenants/acme/qa/.gitkeep', '');
  const { json } = await run(world, 'sync', '-o', 'json');
  expect(json.plan.steps).toContainEqual(
    expect.objectContaining({
      operation: 'CreateConfigurationProfile',
      validators: [{ type: 'JSON_SCHEMA', characters: schemaValidator.Content?.length }],
    }),
  );
  world.write('tenants/acme/dev/Limits.yml', 'rate: 5');
  await run(world, 'sync');
  world.write('tenants/acme/qa/Limits.yml', 'rate: 5');
  world.takeCalls();
  await run(world, 'sync');
  expect(world.takeCalls()).not.toHaveProperty('ValidateConfiguration');
});

test.each([
  [{ properties: { rate: { const: 1 } } }, '/properties/rate has "const", which draft-04 does not know'],
  [{ properties: { rate: { $ref: 'other.json' } } }, 'refers to "other.json"'],
  [{ description: 'x'.repeat(33_000) }, 'characters without white space, and AppConfig allows 32,768'],
])('a schema that AppConfig would read otherwise is not installed (%#)', async (text, message) => {
  const world = validatedWorld('', text);
  world.write('schemas/other.json', '{}');
  const { exitCode, stderr } = await world.appcfg('validate');
  expect(stderr).toContain('appcfg.yml:4:');
  expect(stderr).toContain('the schema of profile "Limits" cannot be installed as a validator: ');
  expect(stderr).toContain(message);
  expect(exitCode).toBe(3);
});

test.each([
  ['installValidator: true', '"installValidator" needs "schema"'],
  ['schema: s.json, installValidator: true, format: yaml', '"installValidator" cannot be combined with format: yaml'],
  [
    `schema: s.json, installValidator: true, validators: ["${check}1", "${check}2"]`,
    'exceed the limit of 2 validators',
  ],
  ['validators: ["arn:aws:lambda:us-east-1:function:check"]', 'expected: ARN of a Lambda function'],
  ['validators: ["arn:aws:lambda:us-east-1:{account}:function:{environment}"]', 'unknown placeholder {environment}'],
])('{ %s } is refused', async (members, message) => {
  const world = worldWith(`profiles: { Limits: { ${members} } }\n`);
  world.write('s.json', '{}');
  const { exitCode, stderr } = await world.appcfg('validate');
  expect(stderr.toLowerCase()).toContain(message.toLowerCase());
  expect(exitCode).toBe(3);
});
