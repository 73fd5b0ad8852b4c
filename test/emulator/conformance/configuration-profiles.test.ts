import {
  CreateConfigurationProfileCommand,
  type CreateConfigurationProfileCommandInput,
  DeleteConfigurationProfileCommand,
  DeleteHostedConfigurationVersionCommand,
  GetConfigurationProfileCommand,
  ListConfigurationProfilesCommand,
  UpdateConfigurationProfileCommand,
} from '@aws-sdk/client-appconfig';
import { describe, expect } from 'vitest';
import { fact, facts, localFact, message, missing, type Subject } from './subject.ts';

const flags = 'AWS.AppConfig.FeatureFlags';

async function setUp(subject: Subject) {
  const ApplicationId = await subject.application();
  const create = (more: Partial<CreateConfigurationProfileCommandInput> = {}) =>
    new CreateConfigurationProfileCommand({ ApplicationId, Name: 'web', LocationUri: 'hosted', ...more });
  return { ApplicationId, create };
}

const role = (subject: Subject) => `arn:aws:iam::${subject.account}:role/appcfg-conformance-missing`;

describe('configuration profiles', () => {
  fact('are freeform by default, and omit an empty list of validators (N)', async (subject) => {
    const { ApplicationId, create } = await setUp(subject);
    const { status, json } = await subject.wire(create());
    expect(status).toBe(201);
    expect(json).toEqual({ ApplicationId, Id: json.Id, Name: 'web', LocationUri: 'hosted', Type: 'AWS.Freeform' });
    expect(json.Id).toMatch(/^[a-z0-9]{7}$/);
  });

  fact('have names of up to 128 characters, including slashes and dots (M)', async (subject) => {
    const { create } = await setUp(subject);
    const Name = `a/b.yaml${'x'.repeat(120)}`;
    expect((await subject.send(create({ Name }))).Name).toBe(Name);
    expect((await subject.failure(create({ Name: `${Name}x` }))).status).toBe(400);
  });

  fact('have names that are unique in the application (N)', async (subject) => {
    const { ApplicationId, create } = await setUp(subject);
    const { Id } = await subject.send(create());
    const text = `ConfigurationProfile with name web already exists with id ${Id} in application ${ApplicationId} account ${subject.account}`;
    expect(await subject.failure(create())).toEqual(message(text));
    const other = await subject.send(create({ Name: 'other' }));
    const ids = { ApplicationId, ConfigurationProfileId: other.Id };
    expect(await subject.failure(new UpdateConfigurationProfileCommand({ ...ids, Name: 'web' }))).toEqual(
      message(text),
    );
  });

  fact('of an unknown type are refused with 404 and the type of resource (N)', async (subject) => {
    const { create } = await setUp(subject);
    const { status, json } = await subject.wire(create({ Type: 'Custom.Type' }));
    expect(status).toBe(404);
    expect(json).toEqual({
      Message: 'Invalid type, must be one of: AWS.Freeform, AWS.AppConfig.FeatureFlags',
      ResourceName: 'ConfigurationProfileType',
    });
  });

  facts<{
    more: (subject: Subject) => Partial<CreateConfigurationProfileCommandInput>;
    text: (subject: Subject) => string;
  }>(
    {
      'of feature flags are hosted (N)': {
        more: (subject) => ({ LocationUri: 'ssm-parameter://x', Type: flags, RetrievalRoleArn: role(subject) }),
        text: () =>
          "ConfigurationProfiles of type 'AWS.AppConfig.FeatureFlags' can only have a locationUri of 'hosted'",
      },
      'in another service need a role (N)': {
        more: () => ({ LocationUri: 'ssm-parameter://x' }),
        text: () =>
          "1 validation error detected: Value null at 'retrievalRoleArn' failed to satisfy constraint: Member must not be null if the request has the following uri: ssm-parameter://x",
      },
      'cannot have a location of any kind (N)': {
        more: (subject) => ({ LocationUri: 'ftp://x', RetrievalRoleArn: role(subject) }),
        text: () => 'The Uri: ftp://x is of an unsupported type',
      },
      'in S3 need a key (N)': {
        more: (subject) => ({ LocationUri: 's3://bucket', RetrievalRoleArn: role(subject) }),
        text: () => 'Invalid locationUri s3://bucket',
      },
      'in another service have no KMS key (N)': {
        more: (subject) => ({
          LocationUri: 'ssm-parameter://x',
          RetrievalRoleArn: role(subject),
          KmsKeyIdentifier: 'alias/aws/ssm',
        }),
        text: () =>
          'KmsKeyIdentifier applies only to AppConfig hosted configuration data. For non-hosted configuration sources, configure encryption in the corresponding service.',
      },
      'that are hosted have no role (N)': {
        more: (subject) => ({ RetrievalRoleArn: role(subject) }),
        text: (subject) =>
          `1 validation error detected: Value ${role(subject)} at 'retrievalRoleArn' failed to satisfy constraint: Member must be null if the request has the following uri: hosted`,
      },
      'refuse a LAMBDA validator without an account (N)': {
        more: () => ({ Validators: [{ Type: 'LAMBDA', Content: 'not-an-arn' }] }),
        text: () => 'ARN not-an-arn is invalid due to not containing an account ID.',
      },
    },
    async (subject, { more, text }) => {
      const { create } = await setUp(subject);
      expect(await subject.failure(create(more(subject)))).toEqual(message(text(subject)));
    },
  );

  fact('that are freeform cannot be in CodePipeline with a KMS key (N)', async (subject) => {
    const { ApplicationId, create } = await setUp(subject);
    const { Id } = await subject.send(create({ LocationUri: 'codepipeline://x' }));
    const update = new UpdateConfigurationProfileCommand({
      ApplicationId,
      ConfigurationProfileId: Id,
      KmsKeyIdentifier: 'alias/aws/secretsmanager',
    });
    expect((await subject.failure(update)).message).toMatch(/^KmsKeyIdentifier applies only to/);
  });

  fact('accept an invalid schema (N)', async (subject) => {
    const { create } = await setUp(subject);
    const Validators = [{ Type: 'JSON_SCHEMA' as const, Content: '{"type": 7' }];
    expect((await subject.send(create({ Validators }))).Validators).toEqual(Validators);
  });

  fact('have at most two validators of up to 32,768 characters (M)', async (subject) => {
    const { create } = await setUp(subject);
    const validator = { Type: 'JSON_SCHEMA' as const, Content: '{}' };
    expect((await subject.failure(create({ Validators: [validator, validator, validator] }))).status).toBe(400);
    const large = { ...validator, Content: 'x'.repeat(32_769) };
    expect((await subject.failure(create({ Validators: [large] }))).status).toBe(400);
  });

  fact('are listed as summaries, optionally by type (M)', async (subject) => {
    const { ApplicationId, create } = await setUp(subject);
    const Validators = [{ Type: 'JSON_SCHEMA' as const, Content: '{}' }];
    const { Id } = await subject.send(create({ Description: 'x', Validators }));
    await subject.send(create({ Name: 'flags', Type: flags }));
    const list = async (Type: string) =>
      (await subject.wire(new ListConfigurationProfilesCommand({ ApplicationId, Type }))).json.Items;
    expect(await list('AWS.Freeform')).toEqual([
      {
        ApplicationId,
        Id,
        Name: 'web',
        LocationUri: 'hosted',
        ValidatorTypes: ['JSON_SCHEMA'],
        Type: 'AWS.Freeform',
      },
    ]);
    expect(await list(flags)).toMatchObject([{ Name: 'flags', Type: flags }]);
  });

  fact('return an empty description when they are created or updated, and omit it later (N)', async (subject) => {
    const { ApplicationId, create } = await setUp(subject);
    const created = await subject.wire(create({ Description: '' }));
    expect(created.json.Description).toBe('');
    const ids = { ApplicationId, ConfigurationProfileId: created.json.Id };
    expect((await subject.wire(new GetConfigurationProfileCommand(ids))).json).not.toHaveProperty('Description');
    const update = new UpdateConfigurationProfileCommand({ ...ids, Description: '' });
    expect((await subject.wire(update)).json.Description).toBe('');
  });

  fact('can be changed in part, and an empty list removes all validators (M)', async (subject) => {
    const { ApplicationId, create } = await setUp(subject);
    const Validators = [{ Type: 'JSON_SCHEMA' as const, Content: '{}' }];
    const { Id } = await subject.send(create({ Validators }));
    const ids = { ApplicationId, ConfigurationProfileId: Id };
    const changed = await subject.send(new UpdateConfigurationProfileCommand({ ...ids, Description: 'text' }));
    expect([changed.Name, changed.Description, changed.Validators]).toEqual(['web', 'text', Validators]);
    const cleared = await subject.send(new UpdateConfigurationProfileCommand({ ...ids, Validators: [] }));
    expect(cleared.Validators ?? []).toEqual([]);
  });

  fact('that do not exist are refused: get and delete (N)', async (subject) => {
    const ids = { ApplicationId: await subject.application(), ConfigurationProfileId: 'zzzzzzz' };
    const text = missing(
      `Configuration Profile with Application Id ${ids.ApplicationId} and Configuration Profile Id zzzzzzz could not be found for account ${subject.account}.`,
    );
    expect(await subject.failure(new GetConfigurationProfileCommand(ids))).toEqual(text);
    expect(await subject.failure(new DeleteConfigurationProfileCommand(ids))).toEqual(text);
  });

  for (const DeletionProtectionCheck of ['ACCOUNT_DEFAULT', 'APPLY'] as const) {
    fact(
      `cannot be deleted before their versions, whatever the check (${DeletionProtectionCheck}) (N)`,
      async (subject) => {
        const ids = await subject.profile(await subject.application());
        await subject.version(ids, '{}');
        const remove = () => new DeleteConfigurationProfileCommand({ ...ids, DeletionProtectionCheck });
        expect(await subject.failure(remove())).toEqual(
          message(
            `Cannot delete configuration profile ${ids.ConfigurationProfileId} because there are still hosted configuration versions existing under it.`,
          ),
        );
        await subject.send(new DeleteHostedConfigurationVersionCommand({ ...ids, VersionNumber: 1 }));
        expect((await subject.wire(remove())).status).toBe(204);
      },
    );
  }

  localFact(
    'are limited in number in an application (M)',
    'settings',
    async (local) => {
      const { create } = await setUp(local);
      await local.send(create());
      const { name, status } = await local.failure(create({ Name: 'two' }));
      expect([name, status]).toEqual(['ServiceQuotaExceededException', 402]);
    },
    { quotas: { profiles: 1 } },
  );

  localFact('return their KMS key, and an empty one removes it (C)', 'choice', async (local) => {
    const { ApplicationId, create } = await setUp(local);
    const { Id, KmsKeyArn } = await local.send(create({ KmsKeyIdentifier: 'abc' }));
    expect(KmsKeyArn).toBe('arn:aws:kms:us-east-1:123456789012:key/abc');
    const ids = { ApplicationId, ConfigurationProfileId: Id };
    const { json } = await local.wire(new UpdateConfigurationProfileCommand({ ...ids, KmsKeyIdentifier: '' }));
    expect(json).not.toHaveProperty('KmsKeyArn');
  });
});
