import {
  CreateApplicationCommand,
  CreateConfigurationProfileCommand,
  CreateDeploymentStrategyCommand,
  CreateEnvironmentCommand,
  DeleteApplicationCommand,
  GetAccountSettingsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAccountSettingsCommand,
} from '@aws-sdk/client-appconfig';
import { describe, expect, test } from 'vitest';
import { fact, localFact, type Subject } from './subject.ts';
import { bench, clientsOf, raw } from './support.ts';

async function setUp(subject: Subject, Tags: Record<string, string> = {}) {
  const { Id } = await subject.send(new CreateApplicationCommand({ Name: subject.name(), Tags }));
  const ResourceArn = subject.arn(`application/${Id}`);
  const list = async () => (await subject.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags;
  return { Id, ResourceArn, list };
}

describe('tags', () => {
  fact('are set on creation: an application (M)', async (subject) => {
    expect(await (await setUp(subject, { team: 'web' })).list()).toEqual({ team: 'web' });
  });

  fact('are set on creation: resources in an application, and strategies (M)', async (subject) => {
    const ApplicationId = await subject.application();
    const Tags = { team: 'web' };
    const base = { Name: subject.name(), Tags };
    const environment = await subject.send(new CreateEnvironmentCommand({ ApplicationId, ...base }));
    const profile = await subject.send(
      new CreateConfigurationProfileCommand({ ApplicationId, LocationUri: 'hosted', ...base }),
    );
    const strategy = await subject.send(
      new CreateDeploymentStrategyCommand({ DeploymentDurationInMinutes: 0, GrowthFactor: 100, ...base }),
    );
    for (const resource of [
      `application/${ApplicationId}/environment/${environment.Id}`,
      `application/${ApplicationId}/configurationprofile/${profile.Id}`,
      `deploymentstrategy/${strategy.Id}`,
    ]) {
      const command = new ListTagsForResourceCommand({ ResourceArn: subject.arn(resource) });
      expect((await subject.send(command)).Tags).toEqual(Tags);
    }
  });

  fact('are added, changed and removed with 204 (M)', async (subject) => {
    const { ResourceArn, list } = await setUp(subject, { team: 'web', stage: 'a' });
    const added = await subject.wire(new TagResourceCommand({ ResourceArn, Tags: { 'a:b': 'c', stage: '' } }));
    expect([added.status, added.text]).toEqual([204, '']);
    expect(await list()).toEqual({ team: 'web', 'a:b': 'c', stage: '' });
    const removed = await subject.wire(new UntagResourceCommand({ ResourceArn, TagKeys: ['team', 'stage', 'none'] }));
    expect(removed.status).toBe(204);
    expect(await list()).toEqual({ 'a:b': 'c' });
  });

  fact('are empty if there are none (M)', async (subject) => {
    expect(await (await setUp(subject)).list()).toEqual({});
  });

  fact('do not begin with "aws:" (M)', async (subject) => {
    const { ResourceArn } = await setUp(subject);
    expect((await subject.failure(new TagResourceCommand({ ResourceArn, Tags: { 'aws:x': 'y' } }))).status).toBe(400);
  });

  fact('are at most fifty (M)', async (subject) => {
    const { ResourceArn } = await setUp(subject);
    const Tags = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`key${n}`, '']));
    expect((await subject.failure(new TagResourceCommand({ ResourceArn, Tags }))).status).toBe(400);
  });

  fact('have keys of up to 128 and values of up to 256 characters (M)', async (subject) => {
    const { ResourceArn } = await setUp(subject);
    const tag = async (Tags: Record<string, string>) =>
      (await subject.failure(new TagResourceCommand({ ResourceArn, Tags }))).status;
    expect(await tag({ ['k'.repeat(129)]: 'x' })).toBe(400);
    expect(await tag({ k: 'x'.repeat(257) })).toBe(400);
  });

  test('that are invalid are refused with the reason (C)', async () => {
    const { emulator, client } = bench();
    const { Id } = await client.send(new CreateApplicationCommand({ Name: 'shop' }));
    const tag = async (Tags: unknown) => {
      const arn = `arn:aws:appconfig:us-east-1:123456789012:application/${Id}`;
      const { status, json } = await raw(emulator, 'POST', `/tags/${arn}`, { body: JSON.stringify({ Tags }) });
      return [status, String(json.Message).replace(/^1 validation error detected: Value '\w*' at /, '')];
    };
    expect(await tag(['a'])).toEqual([400, "Member 'tags' must be a map of strings"]);
    expect(await tag({ a: 1 })).toEqual([
      400,
      "Member 'tags' must be a map of strings, but the value of 'a' is not a string",
    ]);
    const rule = (what: string, max: number, min: number) =>
      `'tags' failed to satisfy constraint: ${what} must satisfy constraint: [Member must have length less than or equal to ${max}, Member must have length greater than or equal to ${min}]`;
    expect(await tag({ ['k'.repeat(129)]: 'x' })).toEqual([400, rule('Map keys', 128, 1)]);
    expect(await tag({ '': 'x' })).toEqual([400, rule('Map keys', 128, 1)]);
    expect(await tag({ k: 'x'.repeat(257) })).toEqual([400, rule('Map value', 256, 0)]);
  });

  fact('are deleted with their resource (M)', async (subject) => {
    const { Id, ResourceArn } = await setUp(subject, { a: 'b' });
    await subject.send(new DeleteApplicationCommand({ ApplicationId: Id }));
    expect((await subject.failure(new ListTagsForResourceCommand({ ResourceArn }))).status).toBe(404);
  });

  test('are found by an ARN, percent-encoded or not (K)', async () => {
    const { emulator, client } = bench();
    const { Id } = await client.send(new CreateApplicationCommand({ Name: 'shop', Tags: { a: 'b' } }));
    const arn = `arn:aws:appconfig:us-east-1:123456789012:application/${Id}`;
    expect((await raw(emulator, 'GET', `/tags/${arn}`)).json).toEqual({ Tags: { a: 'b' } });
    expect((await raw(emulator, 'GET', `/tags/${encodeURIComponent(arn)}`)).json).toEqual({ Tags: { a: 'b' } });
    expect((await raw(emulator, 'DELETE', `/tags/${encodeURIComponent(arn)}?tagKeys=a&tagKeys=b`)).status).toBe(204);
    expect((await raw(emulator, 'GET', `/tags/${arn}`)).json).toEqual({ Tags: {} });
  });
});

describe('account settings', () => {
  localFact('protect for an hour until they are set, and omit metrics (N)', 'account', async (local) => {
    const { status, json } = await local.wire(new GetAccountSettingsCommand({}));
    expect(status).toBe(200);
    expect(json).toEqual({
      DeletionProtection: { Enabled: true, ProtectionPeriodInMinutes: 60 },
      VendedMetrics: {},
    });
  });

  localFact('are changed in part (M)', 'account', async (local) => {
    const update = new UpdateAccountSettingsCommand({ DeletionProtection: { ProtectionPeriodInMinutes: 15 } });
    expect((await local.send(update)).DeletionProtection).toEqual({ Enabled: true, ProtectionPeriodInMinutes: 15 });
    const metrics = new UpdateAccountSettingsCommand({ VendedMetrics: { Enabled: true } });
    expect((await local.wire(metrics)).json.VendedMetrics).toEqual({ Enabled: true });
    expect((await local.send(new GetAccountSettingsCommand({}))).DeletionProtection?.ProtectionPeriodInMinutes).toBe(
      15,
    );
  });

  localFact('protect for 15 to 1440 minutes (M)', 'account', async (local) => {
    for (const ProtectionPeriodInMinutes of [14, 1441]) {
      const update = new UpdateAccountSettingsCommand({ DeletionProtection: { ProtectionPeriodInMinutes } });
      expect((await local.failure(update)).status).toBe(400);
    }
  });

  localFact('that are invalid change nothing (C)', 'account', async (local) => {
    for (const body of [
      { DeletionProtection: 'off' },
      { DeletionProtection: { Enabled: 'no' } },
      { VendedMetrics: [] },
    ]) {
      const response = await raw(local.emulator, 'PATCH', '/settings', { body: JSON.stringify(body) });
      expect([response.status, response.json.Message]).toEqual([
        400,
        expect.stringMatching(/ must be (an object|true or false)$/),
      ]);
    }
  });

  localFact('are separate for each Region (M)', 'account', async (local) => {
    await local.send(new UpdateAccountSettingsCommand({ DeletionProtection: { Enabled: false } }));
    const elsewhere = clientsOf(local.emulator, undefined, 'eu-west-1').client;
    expect((await elsewhere.send(new GetAccountSettingsCommand({}))).DeletionProtection?.Enabled).toBe(true);
  });
});

describe('unsupported requests', () => {
  test('are refused with the reason: /flags (C)', async () => {
    const { status, headers, json } = await raw(bench().emulator, 'GET', '/flags');
    expect([status, headers['x-amzn-errortype']]).toEqual([404, 'UnknownOperationException:']);
    expect(json.Message).toBe('The local AppConfig does not have GET /flags.');
  });

  test('are refused with the reason: any other path (C)', async () => {
    const { json } = await raw(bench().emulator, 'PUT', '/applications');
    expect(json.Message).toBe('The local AppConfig does not have PUT /applications.');
  });
});
