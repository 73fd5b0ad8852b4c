import {
  CreateEnvironmentCommand,
  type CreateEnvironmentCommandInput,
  DeleteEnvironmentCommand,
  GetEnvironmentCommand,
  ListEnvironmentsCommand,
  UpdateEnvironmentCommand,
} from '@aws-sdk/client-appconfig';
import { describe, expect } from 'vitest';
import { fact, localFact, message, missing, type Subject } from './subject.ts';

async function setUp(subject: Subject) {
  const ApplicationId = await subject.application();
  const create = (more: Partial<CreateEnvironmentCommandInput> = {}) =>
    new CreateEnvironmentCommand({ ApplicationId, Name: 'prod', ...more });
  return { ApplicationId, create };
}

const monitor = (subject: Subject, n = 0) => ({
  AlarmArn: `arn:aws:cloudwatch:${subject.region}:${subject.account}:alarm:web${n}`,
  AlarmRoleArn: `arn:aws:iam::${subject.account}:role/alarms`,
});

const notThere = (ApplicationId: string, account: string) =>
  missing(
    `Environment with Application Id ${ApplicationId} and Environment Id zzzzzzz could not be found for account ${account}.`,
  );

describe('environments', () => {
  fact(
    "are ready from the start, spelled differently than in the SDK's model, and omit an empty list of monitors (N)",
    async (subject) => {
      const { ApplicationId, create } = await setUp(subject);
      const { status, json } = await subject.wire(create());
      expect(status).toBe(201);
      expect(json).toEqual({ ApplicationId, Id: json.Id, Name: 'prod', State: 'ReadyForDeployment' });
      expect(json.Id).toMatch(/^[a-z0-9]{7}$/);
    },
  );

  fact('have names that are unique in the application (N)', async (subject) => {
    const { ApplicationId, create } = await setUp(subject);
    const { Id } = await subject.send(create());
    const text = `Environment with name prod already exists with id ${Id} in application ${ApplicationId} and account ${subject.account}`;
    expect(await subject.failure(create())).toEqual(message(text));
    const other = await subject.send(create({ Name: 'qa' }));
    const rename = new UpdateEnvironmentCommand({ ApplicationId, EnvironmentId: other.Id, Name: 'prod' });
    expect(await subject.failure(rename)).toEqual(message(text));
  });

  fact('may have the same name in different applications (N)', async (subject) => {
    await subject.send((await setUp(subject)).create());
    expect((await subject.send((await setUp(subject)).create())).Name).toBe('prod');
  });

  fact("need a role for each monitor, although the SDK's model says it is optional (N)", async (subject) => {
    const { create } = await setUp(subject);
    const { AlarmArn } = monitor(subject);
    expect(await subject.failure(create({ Monitors: [{ AlarmArn }] }))).toEqual(
      message(
        "1 validation error detected: Value null at 'alarmRoleArn' failed to satisfy constraint: Member must not be null.",
      ),
    );
  });

  fact('have at most five monitors (M)', async (subject) => {
    const { create } = await setUp(subject);
    const Monitors = [0, 1, 2, 3, 4, 5].map((n) => monitor(subject, n));
    expect((await subject.failure(create({ Monitors }))).status).toBe(400);
  });

  localFact('keep monitors that an update omits, and an empty list removes all (M)', 'choice', async (local) => {
    const { ApplicationId, create } = await setUp(local);
    const { Id, Monitors } = await local.send(create({ Monitors: [monitor(local)] }));
    expect(Monitors).toEqual([monitor(local)]);
    const ids = { ApplicationId, EnvironmentId: Id };
    const renamed = await local.send(new UpdateEnvironmentCommand({ ...ids, Name: 'other' }));
    expect(renamed.Monitors).toHaveLength(1);
    const cleared = await local.wire(new UpdateEnvironmentCommand({ ...ids, Monitors: [] }));
    expect(cleared.json).not.toHaveProperty('Monitors');
  });

  fact('that do not exist are refused: get and delete (N)', async (subject) => {
    const { ApplicationId } = await setUp(subject);
    const ids = { ApplicationId, EnvironmentId: 'zzzzzzz' };
    const text = notThere(ApplicationId, subject.account);
    expect(await subject.failure(new GetEnvironmentCommand(ids))).toEqual(text);
    expect(await subject.failure(new DeleteEnvironmentCommand(ids))).toEqual(text);
  });

  fact('return an empty description when they are created or updated, and omit it later (N)', async (subject) => {
    const { ApplicationId, create } = await setUp(subject);
    const created = await subject.wire(create({ Description: '' }));
    expect(created.json.Description).toBe('');
    const ids = { ApplicationId, EnvironmentId: created.json.Id };
    expect((await subject.wire(new GetEnvironmentCommand(ids))).json).not.toHaveProperty('Description');
    expect((await subject.wire(new UpdateEnvironmentCommand({ ...ids, Description: '' }))).json.Description).toBe('');
  });

  fact('are listed with all their members (M)', async (subject) => {
    const { ApplicationId, create } = await setUp(subject);
    const { Id } = await subject.send(create({ Description: 'what' }));
    const { json } = await subject.wire(new ListEnvironmentsCommand({ ApplicationId }));
    expect(json.Items).toEqual([{ ApplicationId, Id, Name: 'prod', Description: 'what', State: 'ReadyForDeployment' }]);
  });

  fact('are deleted with 204 (N)', async (subject) => {
    const ids = await subject.environment(await subject.application());
    expect((await subject.wire(new DeleteEnvironmentCommand(ids))).status).toBe(204);
    expect((await subject.failure(new GetEnvironmentCommand(ids))).status).toBe(404);
  });

  localFact('are limited to 20 in an application (Q)', 'account', async (local) => {
    const { ApplicationId, create } = await setUp(local);
    for (let n = 0; n < 20; n += 1) await local.environment(ApplicationId);
    expect(await local.failure(create())).toMatchObject({ name: 'ServiceQuotaExceededException', status: 402 });
  });
});
