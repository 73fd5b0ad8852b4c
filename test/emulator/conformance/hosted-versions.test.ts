import {
  CreateHostedConfigurationVersionCommand,
  type CreateHostedConfigurationVersionCommandInput,
  DeleteHostedConfigurationVersionCommand,
  GetHostedConfigurationVersionCommand,
  ListHostedConfigurationVersionsCommand,
} from '@aws-sdk/client-appconfig';
import { describe, expect } from 'vitest';
import { fact, localFact, message, missing, type Subject } from './subject.ts';

async function setUp(subject: Subject) {
  const ids = await subject.profile(await subject.application());
  const create = (more: Partial<CreateHostedConfigurationVersionCommandInput> = {}) =>
    new CreateHostedConfigurationVersionCommand({
      ...ids,
      Content: Buffer.from('{"x":1}'),
      ContentType: 'application/json',
      ...more,
    });
  const get = (VersionNumber: number) => new GetHostedConfigurationVersionCommand({ ...ids, VersionNumber });
  const remove = (VersionNumber: number) => new DeleteHostedConfigurationVersionCommand({ ...ids, VersionNumber });
  const list = async (more: { VersionLabel?: string; MaxResults?: number; NextToken?: string | undefined } = {}) =>
    subject.send(new ListHostedConfigurationVersionsCommand({ ...ids, ...more }));
  return { ids, create, get, remove, list };
}

describe('hosted configuration versions', () => {
  fact('return their content as the body and the rest in headers, without empty headers (N)', async (subject) => {
    const { ids, create } = await setUp(subject);
    const { status, text, headers } = await subject.wire(create());
    expect([status, text]).toEqual([201, '{"x":1}']);
    expect(headers['application-id']).toBe(ids.ApplicationId);
    expect(headers['configuration-profile-id']).toBe(ids.ConfigurationProfileId);
    expect(headers['version-number']).toBe('1');
    expect(headers['content-type']).toBe('application/json');
    for (const name of ['description', 'versionlabel', 'kmskeyarn']) expect(headers).not.toHaveProperty(name);
  });

  fact('have a description and a label in headers (N)', async (subject) => {
    const { create, get } = await setUp(subject);
    await subject.send(create({ Description: 'first one', VersionLabel: 'v1.0' }));
    const { status, headers } = await subject.wire(get(1));
    expect(status).toBe(200);
    expect([headers.description, headers.versionlabel]).toEqual(['first one', 'v1.0']);
  });

  fact('are returned byte for byte, whatever the content type (N)', async (subject) => {
    const { create, get } = await setUp(subject);
    const Content = Buffer.from([0, 255, 10, 13, 128]);
    await subject.send(create({ Content, ContentType: 'application/x-thing; charset=none' }));
    const read = await subject.send(get(1));
    expect(Buffer.from(read.Content ?? [])).toEqual(Content);
    expect(read.ContentType).toBe('application/x-thing; charset=none');
  });

  fact('are numbered from 1 (N)', async (subject) => {
    const { create } = await setUp(subject);
    const numbers = [await subject.send(create()), await subject.send(create({ Content: Buffer.from('2') }))];
    expect(numbers.map(({ VersionNumber }) => VersionNumber)).toEqual([1, 2]);
  });

  localFact('are new even if their content is the same (C)', 'choice', async (local) => {
    const { create } = await setUp(local);
    await local.send(create());
    expect((await local.send(create())).VersionNumber).toBe(2);
  });

  localFact('never reuse a number (C)', 'choice', async (local) => {
    const { create, remove } = await setUp(local);
    await local.send(create());
    await local.send(create());
    await local.send(remove(2));
    expect((await local.send(create())).VersionNumber).toBe(3);
  });

  fact('have labels that do not consist of digits only (N)', async (subject) => {
    const { create } = await setUp(subject);
    expect(await subject.failure(create({ VersionLabel: '123' }))).toEqual(
      message(
        "1 validation error detected: Value '123' at 'versionLabel' failed to satisfy constraint: Member must satisfy regular expression pattern: .*[^0-9].*",
      ),
    );
  });

  fact('have labels of up to 64 characters (M)', async (subject) => {
    const { create } = await setUp(subject);
    expect((await subject.failure(create({ VersionLabel: 'v'.repeat(65) }))).status).toBe(400);
    expect((await subject.send(create({ VersionLabel: 'v'.repeat(64) }))).VersionNumber).toBe(1);
  });

  fact('have unique labels, and a duplicate is a bad request, not a conflict (N)', async (subject) => {
    const { create } = await setUp(subject);
    await subject.send(create({ VersionLabel: 'v1.0' }));
    expect(await subject.failure(create({ Content: Buffer.from('2'), VersionLabel: 'v1.0' }))).toEqual(
      message(
        "The version label 'v1.0' has already been assigned to hosted configuration version 1. Please provide a different version label to create your hosted configuration version.",
      ),
    );
  });

  localFact('free their label when they are deleted (C)', 'choice', async (local) => {
    const { create, remove } = await setUp(local);
    await local.send(create({ VersionLabel: 'v1.0' }));
    await local.send(remove(1));
    expect((await local.send(create({ VersionLabel: 'v1.0' }))).VersionNumber).toBe(2);
    expect(local.emulator.violations()).toEqual([]);
  });

  fact('can depend on the latest number, which is then a conflict (N)', async (subject) => {
    const { create } = await setUp(subject);
    await subject.send(create());
    expect(await subject.failure(create({ Content: Buffer.from('3'), LatestVersionNumber: 5 }))).toEqual({
      name: 'ConflictException',
      status: 409,
      message: 'Expected latest version 5 does not match actual latest version 1',
    });
    const next = create({ Content: Buffer.from('3'), LatestVersionNumber: 1 });
    expect((await subject.send(next)).VersionNumber).toBe(2);
  });

  fact('are not empty (N)', async (subject) => {
    const { create } = await setUp(subject);
    expect(await subject.failure(create({ Content: Buffer.alloc(0) }))).toEqual(
      message("1 validation error detected: Value at 'content' failed to satisfy constraint: Member must not be null"),
    );
  });

  fact('are not larger than 2048 KB, and the error contains the size (N)', async (subject) => {
    const { create } = await setUp(subject);
    const large = create({ ContentType: 'text/plain', Content: Buffer.alloc(2_097_153, 'x') });
    const { status, headers, json } = await subject.wire(large);
    expect([status, headers['x-amzn-errortype']]).toEqual([413, 'PayloadTooLargeException:']);
    expect(json).toEqual({
      Message: 'Content size limit exceeded.',
      Measure: 'KILOBYTES',
      Limit: 2048,
      Size: 2049,
    });
    const fits = create({ ContentType: 'text/plain', Content: Buffer.alloc(2_097_152, 'x') });
    expect((await subject.send(fits)).VersionNumber).toBe(1);
  });

  localFact(
    'may be larger if the quota is (Q)',
    'settings',
    async (local) => {
      const { create } = await setUp(local);
      expect((await local.send(create({ Content: Buffer.alloc(4000 * 1024, 'x') }))).VersionNumber).toBe(1);
      expect((await local.wire(create({ Content: Buffer.alloc(4000 * 1024 + 1, 'x') }))).json.Limit).toBe(4000);
    },
    { quotas: { content: 4000 } },
  );

  fact('that do not exist are refused: get and delete (N)', async (subject) => {
    const { ids, get, remove } = await setUp(subject);
    const text = missing(
      `Hosted Configuration Version with Application Id ${ids.ApplicationId}, Configuration Profile Id ${ids.ConfigurationProfileId}, and Version 99 could not be found for account ${subject.account}`,
    );
    expect(await subject.failure(get(99))).toEqual(text);
    expect(await subject.failure(remove(99))).toEqual(text);
  });

  fact('return an empty description on creation, and omit it later (N)', async (subject) => {
    const { create, get } = await setUp(subject);
    expect((await subject.wire(create({ Description: '' }))).headers.description).toBe('');
    expect((await subject.wire(get(1))).headers).not.toHaveProperty('description');
  });

  fact('are listed newest first, without content (N)', async (subject) => {
    const { ids, create } = await setUp(subject);
    await subject.send(create({ VersionLabel: 'a' }));
    await subject.send(create({ Content: Buffer.from('2') }));
    const { json } = await subject.wire(new ListHostedConfigurationVersionsCommand(ids));
    expect(json.Items).toEqual([
      { ...ids, VersionNumber: 2, ContentType: 'application/json' },
      { ...ids, VersionNumber: 1, ContentType: 'application/json', VersionLabel: 'a' },
    ]);
  });

  fact('are listed in pages (M)', async (subject) => {
    const { create, list } = await setUp(subject);
    for (const text of ['1', '2', '3']) await subject.send(create({ Content: Buffer.from(text) }));
    const first = await list({ MaxResults: 2 });
    expect(first.Items?.map(({ VersionNumber }) => VersionNumber)).toEqual([3, 2]);
    const second = await list({ MaxResults: 2, NextToken: first.NextToken });
    expect(second.Items?.map(({ VersionNumber }) => VersionNumber)).toEqual([1]);
    expect(second.NextToken).toBeUndefined();
  });

  fact('are found by a label, or by the start of one followed by * (M)', async (subject) => {
    const { create, list } = await setUp(subject);
    for (const label of ['v1-a', 'v2-a', 'w']) {
      await subject.send(create({ Content: Buffer.from(label), VersionLabel: label }));
    }
    const labels = async (VersionLabel: string) =>
      (await list({ VersionLabel })).Items?.map((item) => item.VersionLabel);
    expect(await labels('v1-a')).toEqual(['v1-a']);
    expect(await labels('v*')).toEqual(['v2-a', 'v1-a']);
    expect(await labels('v1')).toEqual([]);
  });

  fact('are deleted with 204 (M)', async (subject) => {
    const { create, get, remove } = await setUp(subject);
    await subject.send(create());
    expect((await subject.wire(remove(1))).status).toBe(204);
    expect((await subject.failure(get(1))).status).toBe(404);
  });

  localFact('stay unchanged, whatever a client does with the bytes it received (K)', 'choice', async (local) => {
    const { create, get } = await setUp(local);
    const created = await local.send(create());
    created.Content?.fill(7);
    (await local.send(get(1))).Content?.fill(7);
    expect((await local.wire(get(1))).text).toBe('{"x":1}');
  });
});
