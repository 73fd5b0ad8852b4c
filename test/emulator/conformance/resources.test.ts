import {
  CreateApplicationCommand,
  CreateConfigurationProfileCommand,
  CreateDeploymentStrategyCommand,
  CreateEnvironmentCommand,
  CreateHostedConfigurationVersionCommand,
  DeleteApplicationCommand,
  DeleteConfigurationProfileCommand,
  DeleteDeploymentStrategyCommand,
  DeleteEnvironmentCommand,
  DeleteHostedConfigurationVersionCommand,
  GetAccountSettingsCommand,
  GetApplicationCommand,
  GetConfigurationProfileCommand,
  GetDeploymentStrategyCommand,
  GetEnvironmentCommand,
  GetHostedConfigurationVersionCommand,
  ListApplicationsCommand,
  ListConfigurationProfilesCommand,
  ListDeploymentStrategiesCommand,
  ListEnvironmentsCommand,
  ListHostedConfigurationVersionsCommand,
  ListTagsForResourceCommand,
  paginateListApplications,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAccountSettingsCommand,
  UpdateApplicationCommand,
  UpdateConfigurationProfileCommand,
  UpdateDeploymentStrategyCommand,
  UpdateEnvironmentCommand,
  ValidateConfigurationCommand,
} from '@aws-sdk/client-appconfig';
import { describe, expect, test } from 'vitest';
import { type Bench, bench, clientsOf, failureOf, raw } from './support.ts';

async function withApplication(made: Bench) {
  const { Id = '' } = await made.client.send(new CreateApplicationCommand({ Name: 'shop' }));
  return Id;
}

async function withProfile(made: Bench) {
  const ApplicationId = await withApplication(made);
  const { Id = '' } = await made.client.send(
    new CreateConfigurationProfileCommand({ ApplicationId, Name: 'web/main.yaml', LocationUri: 'hosted' }),
  );
  return { ApplicationId, ConfigurationProfileId: Id };
}

const json = { ContentType: 'application/json', Content: Buffer.from('{}') };

describe('applications', () => {
  test('get ids of seven characters, the same ones in every run', async () => {
    const one = await withApplication(bench());
    const two = await withApplication(bench());
    expect(one).toMatch(/^[a-z0-9]{7}$/);
    expect(two).toBe(one);
  });

  test('keep their names to themselves', async () => {
    const made = bench();
    const id = await withApplication(made);
    expect(await failureOf(withApplication(made))).toEqual({
      name: 'BadRequestException',
      message: `Application with name shop already exists with id ${id} in account 123456789012`,
      status: 400,
    });
    const other = await made.client.send(new CreateApplicationCommand({ Name: 'other' }));
    const rename = made.client.send(new UpdateApplicationCommand({ ApplicationId: other.Id, Name: 'shop' }));
    expect((await failureOf(rename)).status).toBe(400);
  });

  test('echo an empty description in the answer that clears it, and leave it out later', async () => {
    const { client } = bench();
    const made = await client.send(new CreateApplicationCommand({ Name: 'shop', Description: 'old' }));
    expect(made.Description).toBe('old');
    const cleared = await client.send(new UpdateApplicationCommand({ ApplicationId: made.Id, Description: '' }));
    expect(cleared.Description).toBe('');
    const read = await client.send(new GetApplicationCommand({ ApplicationId: made.Id }));
    expect(read.Description).toBeUndefined();
    expect(read.Name).toBe('shop');
  });

  test('are not found by a wrong id', async () => {
    const { client } = bench();
    expect(await failureOf(client.send(new GetApplicationCommand({ ApplicationId: 'abcdefg' })))).toEqual({
      name: 'ResourceNotFoundException',
      message: 'Application with Id abcdefg could not be found for account 123456789012.',
      status: 404,
    });
    expect((await failureOf(client.send(new GetApplicationCommand({ ApplicationId: 'NOT' })))).status).toBe(400);
  });

  test('cannot be deleted while something is in them', async () => {
    const made = bench();
    const { ApplicationId, ConfigurationProfileId } = await withProfile(made);
    const environment = await made.client.send(new CreateEnvironmentCommand({ ApplicationId, Name: 'prod' }));
    const remove = () => made.client.send(new DeleteApplicationCommand({ ApplicationId }));
    expect((await failureOf(remove())).message).toBe(
      `Cannot delete application ${ApplicationId}, because there are still environments existing under it.`,
    );
    await made.client.send(new DeleteEnvironmentCommand({ ApplicationId, EnvironmentId: environment.Id }));
    expect((await failureOf(remove())).message).toBe(
      `Cannot delete application ${ApplicationId}, because there are still configuration profiles existing under it.`,
    );
    await made.client.send(new DeleteConfigurationProfileCommand({ ApplicationId, ConfigurationProfileId }));
    expect((await remove()).$metadata.httpStatusCode).toBe(204);
  });

  test('have names of 1 to 64 characters', async () => {
    const { client, emulator } = bench();
    const long = 'x'.repeat(65);
    expect((await failureOf(client.send(new CreateApplicationCommand({ Name: long })))).message).toBe(
      `1 validation error detected: Value '${long}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 64`,
    );
    expect((await raw(emulator, 'POST', '/applications', { body: '{}' })).json.Message).toContain('Value null at');
    expect((await raw(emulator, 'POST', '/applications', { body: 'x' })).status).toBe(400);
    expect((await raw(emulator, 'POST', '/applications', { body: '[]' })).status).toBe(400);
  });

  test('are limited in number', async () => {
    const { client } = bench({ quotas: { applications: 1 } });
    await client.send(new CreateApplicationCommand({ Name: 'one' }));
    const failure = await failureOf(client.send(new CreateApplicationCommand({ Name: 'two' })));
    expect(failure.name).toBe('ServiceQuotaExceededException');
    expect(failure.status).toBe(402);
  });
});

describe('lists', () => {
  test('come in pages', async () => {
    const { client } = bench();
    for (const Name of ['a', 'b', 'c', 'd', 'e']) await client.send(new CreateApplicationCommand({ Name }));
    const sizes: number[] = [];
    const names: unknown[] = [];
    for await (const page of paginateListApplications({ client, pageSize: 2 }, {})) {
      sizes.push(page.Items?.length ?? 0);
      names.push(...(page.Items ?? []).map((item) => item.Name));
    }
    expect(sizes).toEqual([2, 2, 1]);
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('go on rightly after an entry was deleted between two pages', async () => {
    const { client } = bench();
    for (const Name of ['a', 'b', 'c']) await client.send(new CreateApplicationCommand({ Name }));
    const first = await client.send(new ListApplicationsCommand({ MaxResults: 2 }));
    for (const item of first.Items ?? []) await client.send(new DeleteApplicationCommand({ ApplicationId: item.Id }));
    const second = await client.send(new ListApplicationsCommand({ MaxResults: 2, NextToken: first.NextToken }));
    expect(second.Items?.map((item) => item.Name)).toEqual(['c']);
    expect(second.NextToken).toBeUndefined();
  });

  test('hold fifty entries unless told', async () => {
    const { client } = bench();
    for (let n = 0; n < 51; n += 1) await client.send(new CreateApplicationCommand({ Name: `app ${n}` }));
    const { Items, NextToken } = await client.send(new ListApplicationsCommand({}));
    expect(Items).toHaveLength(50);
    expect(NextToken).toBeDefined();
  });

  test('refuse tokens and sizes that make no sense', async () => {
    const { client } = bench();
    expect((await failureOf(client.send(new ListApplicationsCommand({ NextToken: 'bogus' })))).message).toBe(
      'Invalid nextToken parameter bogus.',
    );
    expect((await failureOf(client.send(new ListApplicationsCommand({ MaxResults: 51 })))).message).toContain(
      "Value '51' at 'maxResults'",
    );
  });
});

describe('environments', () => {
  test('spell their state differently from the model', async () => {
    const made = bench();
    const ApplicationId = await withApplication(made);
    const environment = await made.client.send(new CreateEnvironmentCommand({ ApplicationId, Name: 'prod' }));
    expect(environment.State).toBe('ReadyForDeployment');
    expect(environment.Monitors).toBeUndefined();
    const list = await made.client.send(new ListEnvironmentsCommand({ ApplicationId }));
    expect(list.Items?.[0]).toMatchObject({ ApplicationId, Id: environment.Id, Name: 'prod' });
  });

  test('need a role for each monitor, and lose all by an empty list', async () => {
    const made = bench();
    const ApplicationId = await withApplication(made);
    const AlarmArn = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:web';
    const create = (Name: string, AlarmRoleArn?: string) =>
      made.client.send(
        new CreateEnvironmentCommand({
          ApplicationId,
          Name,
          Monitors: [{ AlarmArn, ...(AlarmRoleArn === undefined ? {} : { AlarmRoleArn }) }],
        }),
      );
    expect((await failureOf(create('one'))).message).toContain("Value null at 'alarmRoleArn'");
    const made2 = await create('two', 'arn:aws:iam::123456789012:role/alarms');
    expect(made2.Monitors).toHaveLength(1);
    const EnvironmentId = made2.Id;
    const renamed = await made.client.send(
      new UpdateEnvironmentCommand({ ApplicationId, EnvironmentId, Name: 'three' }),
    );
    expect(renamed.Monitors).toHaveLength(1);
    const cleared = await made.client.send(
      new UpdateEnvironmentCommand({ ApplicationId, EnvironmentId, Monitors: [] }),
    );
    expect(cleared.Monitors).toBeUndefined();
  });

  test('have names of their own in an application', async () => {
    const made = bench();
    const ApplicationId = await withApplication(made);
    const create = () => made.client.send(new CreateEnvironmentCommand({ ApplicationId, Name: 'prod' }));
    const { Id } = await create();
    expect((await failureOf(create())).message).toBe(
      `Environment with name prod already exists with id ${Id} in application ${ApplicationId} and account 123456789012`,
    );
    const missing = made.client.send(new GetEnvironmentCommand({ ApplicationId, EnvironmentId: 'abcdefg' }));
    expect((await failureOf(missing)).message).toBe(
      `Environment with Application Id ${ApplicationId} and Environment Id abcdefg could not be found for account 123456789012.`,
    );
  });
});

describe('configuration profiles', () => {
  test('are free of form unless told, and are listed in short', async () => {
    const made = bench();
    const ids = await withProfile(made);
    const whole = await made.client.send(new GetConfigurationProfileCommand(ids));
    expect(whole).toMatchObject({ Name: 'web/main.yaml', Type: 'AWS.Freeform', LocationUri: 'hosted' });
    const list = await made.client.send(new ListConfigurationProfilesCommand({ ApplicationId: ids.ApplicationId }));
    expect(list.Items?.[0]).toEqual({
      ApplicationId: ids.ApplicationId,
      Id: ids.ConfigurationProfileId,
      Name: 'web/main.yaml',
      LocationUri: 'hosted',
      ValidatorTypes: [],
      Type: 'AWS.Freeform',
    });
    const flags = await made.client.send(
      new ListConfigurationProfilesCommand({
        ApplicationId: ids.ApplicationId,
        Type: 'AWS.AppConfig.FeatureFlags',
      }),
    );
    expect(flags.Items).toEqual([]);
  });

  test('refuse what does not fit together', async () => {
    const made = bench();
    const ApplicationId = await withApplication(made);
    const create = async (more: { LocationUri: string; Type?: string; RetrievalRoleArn?: string }) =>
      await failureOf(made.client.send(new CreateConfigurationProfileCommand({ ApplicationId, Name: 'p', ...more })));
    expect(await create({ LocationUri: 'hosted', Type: 'Other' })).toMatchObject({
      status: 404,
      message: 'Invalid type, must be one of: AWS.Freeform, AWS.AppConfig.FeatureFlags',
    });
    expect((await create({ LocationUri: 'ftp://x' })).message).toBe('The Uri: ftp://x is of an unsupported type');
    expect((await create({ LocationUri: 's3://bucket' })).message).toBe('Invalid locationUri s3://bucket');
    expect((await create({ LocationUri: 'ssm-parameter://x' })).message).toContain('Member must not be null');
    const role = 'arn:aws:iam::123456789012:role/reader';
    expect((await create({ LocationUri: 'hosted', RetrievalRoleArn: role })).message).toContain('Member must be null');
    expect((await create({ LocationUri: 's3://b/k', Type: 'AWS.AppConfig.FeatureFlags' })).message).toBe(
      "ConfigurationProfiles of type 'AWS.AppConfig.FeatureFlags' can only have a locationUri of 'hosted'",
    );
  });

  test('can be changed in part', async () => {
    const made = bench();
    const ids = await withProfile(made);
    const validators = [{ Type: 'JSON_SCHEMA' as const, Content: '{}' }];
    const changed = await made.client.send(
      new UpdateConfigurationProfileCommand({ ...ids, Description: 'text', Validators: validators }),
    );
    expect(changed).toMatchObject({ Name: 'web/main.yaml', Description: 'text', Validators: validators });
  });

  test('cannot be deleted before their versions', async () => {
    const made = bench();
    const ids = await withProfile(made);
    await made.client.send(new CreateHostedConfigurationVersionCommand({ ...ids, ...json }));
    const remove = () => made.client.send(new DeleteConfigurationProfileCommand(ids));
    expect((await failureOf(remove())).message).toBe(
      `Cannot delete configuration profile ${ids.ConfigurationProfileId} because there are still hosted configuration versions existing under it.`,
    );
    await made.client.send(new DeleteHostedConfigurationVersionCommand({ ...ids, VersionNumber: 1 }));
    await remove();
    expect((await failureOf(remove())).message).toBe(
      `Configuration Profile with Application Id ${ids.ApplicationId} and Configuration Profile Id ${ids.ConfigurationProfileId} could not be found for account 123456789012.`,
    );
  });
});

describe('hosted configuration versions', () => {
  test('come back byte for byte, with what was said about them', async () => {
    const made = bench();
    const ids = await withProfile(made);
    const content = Buffer.from([0, 255, 10, 13, 128]);
    const created = await made.client.send(
      new CreateHostedConfigurationVersionCommand({
        ...ids,
        Content: content,
        ContentType: 'application/x-thing',
        Description: 'first one',
        VersionLabel: 'v-1',
      }),
    );
    expect(created.VersionNumber).toBe(1);
    const read = await made.client.send(new GetHostedConfigurationVersionCommand({ ...ids, VersionNumber: 1 }));
    expect(Buffer.from(read.Content ?? [])).toEqual(content);
    read.Content?.fill(7);
    created.Content?.fill(7);
    const state = JSON.stringify(made.emulator.snapshot());
    expect(state).toContain(`"content":"${content.toString('base64')}"`);
    expect(read).toMatchObject({
      ...ids,
      ContentType: 'application/x-thing',
      Description: 'first one',
      VersionLabel: 'v-1',
    });
  });

  test('are numbered on, and no number comes twice', async () => {
    const made = bench();
    const ids = await withProfile(made);
    const create = async () =>
      (await made.client.send(new CreateHostedConfigurationVersionCommand({ ...ids, ...json }))).VersionNumber;
    expect([await create(), await create()]).toEqual([1, 2]);
    await made.client.send(new DeleteHostedConfigurationVersionCommand({ ...ids, VersionNumber: 2 }));
    expect(await create()).toBe(3);
    const { Items } = await made.client.send(new ListHostedConfigurationVersionsCommand(ids));
    expect(Items?.map((item) => item.VersionNumber)).toEqual([3, 1]);
  });

  test('have labels that no other one has, and not of digits alone', async () => {
    const made = bench();
    const ids = await withProfile(made);
    const create = (VersionLabel: string) =>
      made.client.send(new CreateHostedConfigurationVersionCommand({ ...ids, ...json, VersionLabel }));
    await create('v1-a');
    await create('v2-a');
    expect(await failureOf(create('v1-a'))).toEqual({
      name: 'BadRequestException',
      message:
        "The version label 'v1-a' has already been assigned to hosted configuration version 1. Please provide a different version label to create your hosted configuration version.",
      status: 400,
    });
    expect((await failureOf(create('123'))).message).toContain("Value '123' at 'versionLabel'");
    const list = async (VersionLabel: string) =>
      (await made.client.send(new ListHostedConfigurationVersionsCommand({ ...ids, VersionLabel }))).Items?.map(
        (item) => item.VersionLabel,
      );
    expect(await list('v1-a')).toEqual(['v1-a']);
    expect(await list('v*')).toEqual(['v2-a', 'v1-a']);
    expect(await list('v2*')).toEqual(['v2-a']);
    await made.client.send(new DeleteHostedConfigurationVersionCommand({ ...ids, VersionNumber: 1 }));
    expect((await create('v1-a')).VersionNumber).toBe(3);
    expect(made.emulator.violations()).toEqual([]);
  });

  test('can be made dependent on the latest one', async () => {
    const made = bench();
    const ids = await withProfile(made);
    const create = (LatestVersionNumber: number) =>
      made.client.send(new CreateHostedConfigurationVersionCommand({ ...ids, ...json, LatestVersionNumber }));
    await create(0);
    expect(await failureOf(create(0))).toEqual({
      name: 'ConflictException',
      message: 'Expected latest version 0 does not match actual latest version 1',
      status: 409,
    });
  });

  test('are neither empty nor larger than 2 MB', async () => {
    const made = bench();
    const ids = await withProfile(made);
    const create = (size: number) =>
      made.client.send(
        new CreateHostedConfigurationVersionCommand({ ...ids, ContentType: 'text/plain', Content: Buffer.alloc(size) }),
      );
    expect((await failureOf(create(0))).message).toBe(
      "1 validation error detected: Value at 'content' failed to satisfy constraint: Member must not be null",
    );
    await create(2 * 1024 * 1024);
    expect(await failureOf(create(2 * 1024 * 1024 + 1))).toEqual({
      name: 'PayloadTooLargeException',
      message: 'Content size limit exceeded.',
      status: 413,
    });
    const missing = made.client.send(new GetHostedConfigurationVersionCommand({ ...ids, VersionNumber: 9 }));
    expect((await failureOf(missing)).message).toBe(
      `Hosted Configuration Version with Application Id ${ids.ApplicationId}, Configuration Profile Id ${ids.ConfigurationProfileId}, and Version 9 could not be found for account 123456789012`,
    );
  });

  test('are looked for by a validation, but not validated', async () => {
    const made = bench();
    const ids = await withProfile(made);
    await made.client.send(new CreateHostedConfigurationVersionCommand({ ...ids, ...json }));
    const validate = (ConfigurationVersion: string) =>
      made.client.send(new ValidateConfigurationCommand({ ...ids, ConfigurationVersion }));
    expect((await validate('1')).$metadata.httpStatusCode).toBe(204);
    expect((await failureOf(validate('2'))).message).toBe(
      'Could not find configuration web/main.yaml with version number 2',
    );
  });
});

describe('feature flags', () => {
  async function withFlags(made: Bench) {
    const ApplicationId = await withApplication(made);
    const { Id: ConfigurationProfileId } = await made.client.send(
      new CreateConfigurationProfileCommand({
        ApplicationId,
        Name: 'flags',
        LocationUri: 'hosted',
        Type: 'AWS.AppConfig.FeatureFlags',
      }),
    );
    return async (content: unknown) => {
      const { VersionNumber, Content } = await made.client.send(
        new CreateHostedConfigurationVersionCommand({
          ApplicationId,
          ConfigurationProfileId,
          ContentType: 'application/json',
          Content: Buffer.from(JSON.stringify(content)),
        }),
      );
      return { VersionNumber, text: Buffer.from(Content ?? []).toString('utf8') };
    };
  }

  const document = (enabled: unknown, name = 'a <b> & c') => ({
    version: '1',
    values: { one: { enabled } },
    flags: { one: { name } },
  });

  test('are stored in a form of their own', async () => {
    const create = await withFlags(bench());
    const time = '"_createdAt":"2026-03-01T12:00:00Z","_updatedAt":"2026-03-01T12:00:00Z"';
    expect((await create(document('TRUE'))).text).toBe(
      `{"flags":{"one":{${time},"name":"a \\u003cb\\u003e \\u0026 c"}},"values":{"one":{${time},"enabled":true}},"version":"1"}`,
    );
    expect((await create({ version: '1', flags: {}, values: {} })).text).toBe('{"version":"1"}');
  });

  test('that say the same again are no new version', async () => {
    const made = bench();
    const create = await withFlags(made);
    await create(document(true));
    made.emulator.advance(1_500);
    expect((await create(document(true))).VersionNumber).toBe(1);
    const changed = await create(document(false));
    expect(changed.VersionNumber).toBe(2);
    expect(JSON.parse(changed.text)).toMatchObject({
      flags: { one: { _updatedAt: '2026-03-01T12:00:00Z' } },
      values: { one: { _createdAt: '2026-03-01T12:00:00Z', _updatedAt: '2026-03-01T12:00:01.5Z', enabled: false } },
    });
  });

  test('are refused if they are none', async () => {
    const create = await withFlags(bench());
    for (const content of [[], {}, { version: '2' }, { version: '1', more: {} }, { version: '1', flags: { A: {} } }]) {
      expect((await failureOf(create(content))).message).toBe(
        "Error invoking extension AppConfig Feature Flags Helper: Invalid 'Content' data",
      );
    }
  });
});

describe('deployment strategies', () => {
  test('include four that cannot be changed', async () => {
    const { client } = bench();
    const own = await client.send(
      new CreateDeploymentStrategyCommand({ Name: 'own', DeploymentDurationInMinutes: 0, GrowthFactor: 100 }),
    );
    expect(own).toMatchObject({ GrowthType: 'LINEAR', FinalBakeTimeInMinutes: 0, ReplicateTo: 'NONE' });
    const { Items } = await client.send(new ListDeploymentStrategiesCommand({}));
    expect(Items?.map((item) => item.Id)).toEqual([
      own.Id,
      'AppConfig.AllAtOnce',
      'AppConfig.Linear50PercentEvery30Seconds',
      'AppConfig.Canary10Percent20Minutes',
      'AppConfig.Linear20PercentEvery6Minutes',
    ]);
    const DeploymentStrategyId = 'AppConfig.AllAtOnce';
    const update = client.send(new UpdateDeploymentStrategyCommand({ DeploymentStrategyId, Description: 'x' }));
    expect((await failureOf(update)).message).toBe('Cannot update predefined Deployment Strategy AppConfig.AllAtOnce');
    const remove = client.send(new DeleteDeploymentStrategyCommand({ DeploymentStrategyId }));
    expect((await failureOf(remove)).message).toBe('Cannot delete predefined Deployment Strategy AppConfig.AllAtOnce.');
  });

  test('can be changed and deleted', async () => {
    const { client, emulator } = bench();
    const { Id: DeploymentStrategyId } = await client.send(
      new CreateDeploymentStrategyCommand({ Name: 'own', DeploymentDurationInMinutes: 1, GrowthFactor: 12.5 }),
    );
    const changed = await client.send(
      new UpdateDeploymentStrategyCommand({ DeploymentStrategyId, FinalBakeTimeInMinutes: 7 }),
    );
    expect(changed).toMatchObject({ GrowthFactor: 12.5, FinalBakeTimeInMinutes: 7 });
    await client.send(new DeleteDeploymentStrategyCommand({ DeploymentStrategyId }));
    const get = client.send(new GetDeploymentStrategyCommand({ DeploymentStrategyId }));
    expect(await failureOf(get)).toMatchObject({
      status: 404,
      message: `DeploymentStrategy with Id ${DeploymentStrategyId} could not be found.`,
    });
    expect((await raw(emulator, 'DELETE', '/deploymentstrategies/abcdefg')).status).toBe(404);
  });

  test('keep their numbers within bounds', async () => {
    const { client } = bench();
    const create = (DeploymentDurationInMinutes: number, GrowthFactor: number) =>
      failureOf(
        client.send(new CreateDeploymentStrategyCommand({ Name: 'x', DeploymentDurationInMinutes, GrowthFactor })),
      );
    expect((await create(1441, 10)).message).toContain('less than or equal to 1440');
    expect((await create(1, 0.5)).message).toContain('greater than or equal to 1');
  });
});

describe('tags and account settings', () => {
  test('tags are given on creation, added, taken away and deleted with the resource', async () => {
    const { client } = bench();
    const { Id } = await client.send(new CreateApplicationCommand({ Name: 'shop', Tags: { team: 'web' } }));
    const ResourceArn = `arn:aws:appconfig:us-east-1:123456789012:application/${Id}`;
    const tags = async () => (await client.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags;
    expect(await tags()).toEqual({ team: 'web' });
    await client.send(new TagResourceCommand({ ResourceArn, Tags: { 'a:b': 'c', stage: '' } }));
    expect(await tags()).toEqual({ team: 'web', 'a:b': 'c', stage: '' });
    await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['team', 'stage'] }));
    expect(await tags()).toEqual({ 'a:b': 'c' });
    const reserved = client.send(new TagResourceCommand({ ResourceArn, Tags: { 'aws:x': 'y' } }));
    expect((await failureOf(reserved)).status).toBe(400);
    await client.send(new DeleteApplicationCommand({ ApplicationId: Id }));
    expect((await failureOf(tags())).status).toBe(404);
  });

  test('tags stop at fifty', async () => {
    const { client } = bench();
    const Tags = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`key${n}`, '']));
    expect((await failureOf(client.send(new CreateApplicationCommand({ Name: 'x', Tags })))).status).toBe(400);
  });

  test('the ARN may come percent-encoded or as it is', async () => {
    const { emulator, client } = bench();
    const { Id } = await client.send(new CreateApplicationCommand({ Name: 'shop', Tags: { a: 'b' } }));
    const arn = `arn:aws:appconfig:us-east-1:123456789012:application/${Id}`;
    expect((await raw(emulator, 'GET', `/tags/${arn}`)).json).toEqual({ Tags: { a: 'b' } });
    expect((await raw(emulator, 'GET', `/tags/${encodeURIComponent(arn)}`)).json).toEqual({ Tags: { a: 'b' } });
  });

  test('settings are kept per account and Region', async () => {
    const { client, emulator } = bench();
    const before = await client.send(new GetAccountSettingsCommand({}));
    expect(before.DeletionProtection).toEqual({ Enabled: true, ProtectionPeriodInMinutes: 60 });
    await client.send(
      new UpdateAccountSettingsCommand({ DeletionProtection: { Enabled: false, ProtectionPeriodInMinutes: 15 } }),
    );
    const after = await client.send(new GetAccountSettingsCommand({}));
    expect(after.DeletionProtection).toEqual({ Enabled: false, ProtectionPeriodInMinutes: 15 });
    const elsewhere = clientsOf(emulator, undefined, 'eu-west-1').client;
    expect((await elsewhere.send(new GetAccountSettingsCommand({}))).DeletionProtection?.Enabled).toBe(true);
  });
});
