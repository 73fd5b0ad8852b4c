import { ValidateConfigurationCommand } from '@aws-sdk/client-appconfig';
import { describe, expect } from 'vitest';
import { fact, facts, localFact, type Subject, startOf } from './subject.ts';

async function setUp(subject: Subject, schema: string, content: string) {
  const Validators = [{ Type: 'JSON_SCHEMA' as const, Content: schema }];
  const ids = await subject.profile(await subject.application(), { Validators });
  await subject.version(ids, content);
  return { ids, validate: new ValidateConfigurationCommand({ ...ids, ConfigurationVersion: '1' }) };
}

const start = (schema: string) =>
  `Could not build JSON schema from invalid input:\n ${schema}.\n Original error message:\n`;

describe('JSON Schema validators', () => {
  facts<{ schema: string; content: string; good: boolean }>(
    {
      'accept content that matches the schema (M)': {
        schema: '{"type":"object","required":["x"]}',
        content: '{"x":1}',
        good: true,
      },
      'refuse content that violates the schema, and quote the schema (N)': {
        schema: '{"type":"object","required":["y"]}',
        content: '{"x":1}',
        good: false,
      },
      'refuse content that is not JSON (N)': { schema: '{"type":"object"}', content: 'x: 1', good: false },
      'refuse a schema that is not JSON (N)': { schema: '{"type":', content: '{}', good: false },
      'refuse an invalid schema (N)': { schema: '{"type":7}', content: '{}', good: false },
      'refuse a schema that is true (N)': { schema: 'true', content: '{}', good: false },
      'refuse a schema that is false inside another (N)': {
        schema: '{"properties":{"x":false}}',
        content: '{}',
        good: false,
      },
      'refuse references to other documents (N)': {
        schema: '{"$ref":"https://example.com/other.json"}',
        content: '{}',
        good: false,
      },
      'follow references within the schema (M)': {
        schema: '{"definitions":{"n":{"type":"number"}},"properties":{"x":{"$ref":"#/definitions/n"}}}',
        content: '{"x":1}',
        good: true,
      },
      'accept a schema that declares draft 7 (N)': {
        schema: '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object"}',
        content: '{}',
        good: true,
      },
      'ignore const, even if the schema declares draft 7 (N)': {
        schema: '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"x":{"const":2}}}',
        content: '{"x":1}',
        good: true,
      },
      'refuse a number as exclusiveMinimum (N)': {
        schema: '{"properties":{"x":{"exclusiveMinimum":0}}}',
        content: '{"x":1}',
        good: false,
      },
      'support a boolean as exclusiveMinimum (G)': {
        schema: '{"properties":{"x":{"minimum":1,"exclusiveMinimum":true}}}',
        content: '{"x":1}',
        good: false,
      },
    },
    async (subject, { schema, content, good }) => {
      const { validate } = await setUp(subject, schema, content);
      const { status, json, text } = await subject.wire(validate);
      expect(status).toBe(good ? 204 : 400);
      if (good) expect(text).toBe('');
      else expect(json.Message.startsWith(start(schema))).toBe(true);
    },
  );

  fact('name no schema in the error about a reference to another document (N)', async (subject) => {
    const schemas = [
      '{"$ref":"https://example.com/other.json"}',
      '{"properties":{"x":{"$ref":"other.json#/definitions/a"}}}',
      '{"allOf":[{"$ref":"http://json-schema.org/draft-04/schema#"}]}',
    ];
    for (const schema of schemas) {
      const { validate } = await setUp(subject, schema, '{"x":1}');
      const { Message } = (await subject.wire(validate)).json;
      expect(Message).toBe(`${start(schema)}External schema references are not supported.`);
    }
    const named = '{"properties":{"$ref":{"enum":[{"$ref":"x.json"},"b"]}}}';
    const { validate } = await setUp(subject, named, '{"$ref":"b"}');
    expect((await subject.wire(validate)).status).toBe(204);
  });

  fact('do not run when a version is created, but when it is deployed (N)', async (subject) => {
    const schema = '{"required":["y"]}';
    const { ids } = await setUp(subject, schema, '{"x":1}');
    const environment = await subject.environment(ids.ApplicationId);
    const DeploymentStrategyId = await subject.strategy();
    await expect(startOf(subject, { ...ids, ...environment, DeploymentStrategyId })).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringContaining(start(schema)),
    });
    await subject.version(ids, '{"y":1}');
    const second = { ...ids, ...environment, DeploymentStrategyId };
    expect((await startOf(subject, second, { ConfigurationVersion: '2' })).DeploymentNumber).toBe(1);
  });

  fact('need an existing version (N)', async (subject) => {
    const { ids } = await setUp(subject, '{}', '{}');
    const validate = new ValidateConfigurationCommand({ ...ids, ConfigurationVersion: '9' });
    expect((await subject.failure(validate)).status).toBe(404);
  });

  localFact('accept a label instead of a version number (C)', 'choice', async (local) => {
    const { ids } = await setUp(local, '{}', '{}');
    await local.version(ids, '{"x":2}', { VersionLabel: 'second' });
    const validate = new ValidateConfigurationCommand({ ...ids, ConfigurationVersion: 'second' });
    expect((await local.wire(validate)).status).toBe(204);
  });
});

describe('LAMBDA validators', () => {
  localFact('are not run, and a header lists them (C)', 'choice', async (local) => {
    const Content = `arn:aws:lambda:us-east-1:${local.account}:function:check`;
    const ids = await local.profile(await local.application(), { Validators: [{ Type: 'LAMBDA', Content }] });
    await local.version(ids, '{}');
    const { status, headers } = await local.wire(
      new ValidateConfigurationCommand({ ...ids, ConfigurationVersion: '1' }),
    );
    expect([status, headers['x-appcfg-not-run']]).toEqual([204, `LAMBDA validator ${Content}`]);
  });
});
