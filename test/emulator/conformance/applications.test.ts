import {
  CreateApplicationCommand,
  DeleteApplicationCommand,
  GetApplicationCommand,
  ListApplicationsCommand,
  ListEnvironmentsCommand,
  paginateListApplications,
  UpdateApplicationCommand,
} from '@aws-sdk/client-appconfig';
import { describe, expect, test } from 'vitest';
import { fact, localFact, message, missing, type Subject } from './subject.ts';
import { bench, raw } from './support.ts';

const create = (subject: Subject, more: { Description?: string } = {}) =>
  new CreateApplicationCommand({ Name: subject.name(), ...more });
const notThere = (subject: Subject) =>
  missing(`Application with Id zzzzzzz could not be found for account ${subject.account}.`);
const ApplicationId = 'zzzzzzz';

describe('applications', () => {
  fact('are created with 201, and the response omits empty members (N)', async (subject) => {
    const command = create(subject);
    const { status, json, headers } = await subject.wire(command);
    expect(status).toBe(201);
    expect(json).toEqual({ Id: expect.stringMatching(/^[a-z0-9]{7}$/), Name: command.input.Name });
    expect(headers['content-type']).toBe('application/json');
    expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
  });

  fact('have unique names (N)', async (subject) => {
    const command = create(subject);
    const { Id } = await subject.send(command);
    const text = `Application with name ${command.input.Name} already exists with id ${Id} in account ${subject.account}`;
    expect(await subject.failure(new CreateApplicationCommand(command.input))).toEqual(message(text));
    const other = await subject.application();
    const rename = new UpdateApplicationCommand({ ApplicationId: other, Name: command.input.Name });
    expect(await subject.failure(rename)).toEqual(message(text));
  });

  fact('may be renamed to their own name (M)', async (subject) => {
    const command = create(subject);
    const { Id } = await subject.send(command);
    const same = new UpdateApplicationCommand({ ApplicationId: Id, Name: command.input.Name });
    expect((await subject.send(same)).Name).toBe(command.input.Name);
  });

  fact('that do not exist are refused: get (N)', async (subject) => {
    expect(await subject.failure(new GetApplicationCommand({ ApplicationId }))).toEqual(notThere(subject));
  });

  fact('that do not exist are refused: delete (N)', async (subject) => {
    expect(await subject.failure(new DeleteApplicationCommand({ ApplicationId }))).toEqual(notThere(subject));
  });

  fact('that do not exist are refused: list the resources in them (N)', async (subject) => {
    expect(await subject.failure(new ListEnvironmentsCommand({ ApplicationId }))).toEqual(notThere(subject));
  });

  fact(
    'that do not exist are refused with the type and a colon in a header, and Message with a capital letter (N)',
    async (subject) => {
      const { status, headers, json } = await subject.wire(new GetApplicationCommand({ ApplicationId }));
      expect(status).toBe(404);
      expect(headers['x-amzn-errortype']).toBe('ResourceNotFoundException:');
      expect(json.Message).toBe(notThere(subject).message);
      expect(json).not.toHaveProperty('message');
      expect(json).not.toHaveProperty('__type');
    },
  );

  fact('are refused for an id that cannot be one (M)', async (subject) => {
    expect((await subject.failure(new GetApplicationCommand({ ApplicationId: 'NOT-ONE' }))).status).toBe(400);
  });

  fact('keep a description, and change it in part (M)', async (subject) => {
    const { Id } = await subject.send(create(subject, { Description: 'old' }));
    const renamed = await subject.send(new UpdateApplicationCommand({ ApplicationId: Id, Name: subject.name() }));
    expect(renamed.Description).toBe('old');
    expect(renamed.$metadata.httpStatusCode).toBe(200);
  });

  fact('return an empty description in the response that clears it, and omit it later (N)', async (subject) => {
    const { Id } = await subject.send(create(subject, { Description: 'old' }));
    const clear = await subject.wire(new UpdateApplicationCommand({ ApplicationId: Id, Description: '' }));
    expect(clear.json.Description).toBe('');
    expect((await subject.wire(new GetApplicationCommand({ ApplicationId: Id }))).json).not.toHaveProperty(
      'Description',
    );
    const update = await subject.wire(new UpdateApplicationCommand({ ApplicationId: Id, Name: subject.name() }));
    expect(update.json).not.toHaveProperty('Description');
  });

  fact('cannot be deleted while environments are in them (N)', async (subject) => {
    const id = await subject.application();
    await subject.environment(id);
    await subject.profile(id);
    expect(await subject.failure(new DeleteApplicationCommand({ ApplicationId: id }))).toEqual(
      message(`Cannot delete application ${id}, because there are still environments existing under it.`),
    );
  });

  fact('cannot be deleted while configuration profiles are in them (N)', async (subject) => {
    const id = await subject.application();
    await subject.profile(id);
    expect(await subject.failure(new DeleteApplicationCommand({ ApplicationId: id }))).toEqual(
      message(`Cannot delete application ${id}, because there are still configuration profiles existing under it.`),
    );
  });

  fact('are deleted with 204, a content type and no body (N)', async (subject) => {
    const id = await subject.application();
    const { status, text, headers } = await subject.wire(new DeleteApplicationCommand({ ApplicationId: id }));
    expect([status, text]).toEqual([204, '']);
    expect(headers['content-type']).toBe('application/json');
  });

  fact('have names of 1 to 64 characters of any kind (M)', async (subject) => {
    const long = new CreateApplicationCommand({ Name: 'x'.repeat(65) });
    expect(await subject.failure(long)).toEqual(
      message(
        `1 validation error detected: Value '${'x'.repeat(65)}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 64`,
      ),
    );
    expect((await subject.failure(new CreateApplicationCommand({ Name: '' }))).status).toBe(400);
    const Name = `${subject.name()} /ü`;
    expect((await subject.send(new CreateApplicationCommand({ Name }))).Name).toBe(Name);
  });

  fact('have descriptions of up to 1024 characters (M)', async (subject) => {
    expect((await subject.failure(create(subject, { Description: 'x'.repeat(1025) }))).status).toBe(400);
    expect((await subject.send(create(subject, { Description: 'x'.repeat(1024) }))).$metadata.httpStatusCode).toBe(201);
  });

  localFact(
    'are limited in number (M)',
    'settings',
    async (local) => {
      await local.application();
      const { name, status } = await local.failure(create(local));
      expect([name, status]).toEqual(['ServiceQuotaExceededException', 402]);
    },
    { quotas: { applications: 1 } },
  );

  localFact('are limited to 100 (Q)', 'account', async (local) => {
    for (let n = 0; n < 100; n += 1) await local.application();
    expect((await local.failure(create(local))).status).toBe(402);
  });

  test('need a name, in a JSON object', async () => {
    const { emulator } = bench();
    expect((await raw(emulator, 'POST', '/applications', { body: '{}' })).json.Message).toBe(
      "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null",
    );
    expect((await raw(emulator, 'POST', '/applications', { body: 'x' })).status).toBe(400);
    expect((await raw(emulator, 'POST', '/applications', { body: '[]' })).status).toBe(400);
  });
});

describe('lists', () => {
  fact('refuse a token that they did not issue (N)', async (subject) => {
    expect(await subject.failure(new ListApplicationsCommand({ NextToken: 'bogus' }))).toEqual(
      message('Invalid nextToken parameter bogus.'),
    );
  });

  fact('come in pages of 1 to 50 (M)', async (subject) => {
    expect((await subject.failure(new ListApplicationsCommand({ MaxResults: 51 }))).status).toBe(400);
    expect((await subject.failure(new ListApplicationsCommand({ MaxResults: 0 }))).status).toBe(400);
  });

  fact('contain every entry once over all pages (M)', async (subject) => {
    const made = [await subject.application(), await subject.application(), await subject.application()];
    const seen: unknown[] = [];
    for await (const page of paginateListApplications({ client: subject.client, pageSize: 2 }, {})) {
      expect(page.Items?.length).toBeLessThanOrEqual(2);
      seen.push(...(page.Items ?? []).map((item) => item.Id));
    }
    expect(seen).toEqual(expect.arrayContaining(made));
    expect(new Set(seen).size).toBe(seen.length);
  });

  fact('have no token on the last page (N)', async (subject) => {
    const id = await subject.application();
    const { json } = await subject.wire(new ListEnvironmentsCommand({ ApplicationId: id }));
    expect(json).toEqual({ Items: [] });
  });

  localFact('have fifty entries by default, oldest first (C)', 'account', async (local) => {
    const made: string[] = [];
    for (let n = 0; n < 51; n += 1) made.push(await local.application());
    const { Items, NextToken } = await local.send(new ListApplicationsCommand({}));
    expect(Items?.map((item) => item.Id)).toEqual(made.slice(0, 50));
    expect(NextToken).toBeDefined();
  });

  localFact('continue correctly after entries were deleted between two pages (C)', 'account', async (local) => {
    for (let n = 0; n < 2; n += 1) await local.application();
    const last = await local.application();
    const first = await local.send(new ListApplicationsCommand({ MaxResults: 2 }));
    for (const { Id } of first.Items ?? []) await local.send(new DeleteApplicationCommand({ ApplicationId: Id }));
    const second = await local.send(new ListApplicationsCommand({ MaxResults: 2, NextToken: first.NextToken }));
    expect(second.Items?.map((item) => item.Id)).toEqual([last]);
    expect(second.NextToken).toBeUndefined();
  });
});
