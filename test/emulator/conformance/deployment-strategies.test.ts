import {
  CreateDeploymentStrategyCommand,
  type CreateDeploymentStrategyCommandInput,
  DeleteDeploymentStrategyCommand,
  GetDeploymentStrategyCommand,
  ListDeploymentStrategiesCommand,
  UpdateDeploymentStrategyCommand,
} from '@aws-sdk/client-appconfig';
import { describe, expect, test } from 'vitest';
import { fact, localFact, message, missing, type Subject } from './subject.ts';
import { bench, raw } from './support.ts';

const create = (subject: Subject, more: Partial<CreateDeploymentStrategyCommandInput> = {}) =>
  new CreateDeploymentStrategyCommand({
    Name: subject.name(),
    DeploymentDurationInMinutes: 0,
    GrowthFactor: 100,
    ...more,
  });

const predefined = [
  ['AppConfig.AllAtOnce', 0, 'LINEAR', 100, 10, 'Quick'],
  ['AppConfig.Linear50PercentEvery30Seconds', 1, 'LINEAR', 50, 1, 'Test/Demo'],
  ['AppConfig.Canary10Percent20Minutes', 20, 'EXPONENTIAL', 10, 10, 'AWS Recommended'],
  ['AppConfig.Linear20PercentEvery6Minutes', 30, 'LINEAR', 20, 30, 'AWS Recommended'],
] as const;

describe('deployment strategies', () => {
  fact('return default values for omitted members (N)', async (subject) => {
    const command = create(subject);
    const { status, json } = await subject.wire(command);
    expect(status).toBe(201);
    expect(json).toEqual({
      Id: expect.stringMatching(/^[a-z0-9]{7}$/),
      Name: command.input.Name,
      DeploymentDurationInMinutes: 0,
      GrowthType: 'LINEAR',
      GrowthFactor: 100,
      FinalBakeTimeInMinutes: 0,
      ReplicateTo: 'NONE',
    });
  });

  for (const [Id, duration, GrowthType, GrowthFactor, bake, Description] of predefined) {
    fact(`of AWS exist: ${Id} (N)`, async (subject) => {
      const { json } = await subject.wire(new GetDeploymentStrategyCommand({ DeploymentStrategyId: Id }));
      expect(json).toEqual({
        Id,
        Name: Id,
        Description,
        DeploymentDurationInMinutes: duration,
        GrowthType,
        GrowthFactor,
        FinalBakeTimeInMinutes: bake,
        ReplicateTo: 'NONE',
      });
    });

    fact(`of AWS cannot be changed: ${Id} (N)`, async (subject) => {
      const update = new UpdateDeploymentStrategyCommand({ DeploymentStrategyId: Id, Description: 'x' });
      expect(await subject.failure(update)).toEqual(message(`Cannot update predefined Deployment Strategy ${Id}`));
    });

    fact(`of AWS cannot be deleted, and the message ends with a period: ${Id} (N)`, async (subject) => {
      const remove = new DeleteDeploymentStrategyCommand({ DeploymentStrategyId: Id });
      expect(await subject.failure(remove)).toEqual(message(`Cannot delete predefined Deployment Strategy ${Id}.`));
    });
  }

  fact('are listed with AWS’s own last, in this order (N)', async (subject) => {
    const { Id } = await subject.send(create(subject));
    const { Items = [] } = await subject.send(new ListDeploymentStrategiesCommand({ MaxResults: 50 }));
    expect(Items.map((item) => item.Id).slice(-4)).toEqual(predefined.map(([each]) => each));
    expect(Items.map((item) => item.Id).slice(0, -4)).toContain(Id);
  });

  for (const DeploymentStrategyId of ['zzzzzzz', 'AppConfig.NotARealStrategy']) {
    fact(`that do not exist are refused: ${DeploymentStrategyId} (N)`, async (subject) => {
      expect(await subject.failure(new GetDeploymentStrategyCommand({ DeploymentStrategyId }))).toEqual(
        missing(`DeploymentStrategy with Id ${DeploymentStrategyId} could not be found.`),
      );
    });
  }

  fact('that do not exist cannot be deleted (N)', async (subject) => {
    const remove = new DeleteDeploymentStrategyCommand({ DeploymentStrategyId: 'zzzzzzz' });
    expect(await subject.failure(remove)).toEqual(missing('DeploymentStrategy with Id zzzzzzz could not be found.'));
  });

  fact('may have the same name (M)', async (subject) => {
    const Name = subject.name();
    const one = await subject.send(create(subject, { Name }));
    const two = await subject.send(create(subject, { Name }));
    expect(two.Id).not.toBe(one.Id);
  });

  fact('can be changed in part (M)', async (subject) => {
    const { Id } = await subject.send(create(subject, { DeploymentDurationInMinutes: 1, GrowthFactor: 12.5 }));
    const change = new UpdateDeploymentStrategyCommand({ DeploymentStrategyId: Id, FinalBakeTimeInMinutes: 7 });
    const changed = await subject.send(change);
    expect([changed.DeploymentDurationInMinutes, changed.GrowthFactor, changed.FinalBakeTimeInMinutes]).toEqual([
      1, 12.5, 7,
    ]);
  });

  fact('return an empty description when they are created or updated, and omit it later (N)', async (subject) => {
    const created = await subject.wire(create(subject, { Description: '' }));
    expect(created.json.Description).toBe('');
    const ids = { DeploymentStrategyId: created.json.Id };
    expect((await subject.wire(new GetDeploymentStrategyCommand(ids))).json).not.toHaveProperty('Description');
    const update = new UpdateDeploymentStrategyCommand({ ...ids, Description: '' });
    expect((await subject.wire(update)).json.Description).toBe('');
  });

  const outside: Record<string, Partial<CreateDeploymentStrategyCommandInput>> = {
    'last up to 1440 minutes (M)': { DeploymentDurationInMinutes: 1441 },
    'do not last a negative time (M)': { DeploymentDurationInMinutes: -1 },
    'bake up to 1440 minutes (M)': { FinalBakeTimeInMinutes: 1441 },
    'grow by at least 1 (M)': { GrowthFactor: 0.5 },
    'grow by at most 100 (M)': { GrowthFactor: 101 },
    'have names of 1 to 64 characters (M)': { Name: 'x'.repeat(65) },
    'grow linearly or exponentially (M)': { GrowthType: 'SIDEWAYS' as never },
    'are replicated to NONE or SSM_DOCUMENT (M)': { ReplicateTo: 'MOON' as never },
  };
  for (const [name, more] of Object.entries(outside)) {
    fact(name, async (subject) => {
      expect(await subject.failure(create(subject, more))).toMatchObject({ name: 'BadRequestException', status: 400 });
    });
  }

  fact('are deleted with 204 (N)', async (subject) => {
    const { Id: DeploymentStrategyId } = await subject.send(create(subject));
    expect((await subject.wire(new DeleteDeploymentStrategyCommand({ DeploymentStrategyId }))).status).toBe(204);
    expect((await subject.failure(new GetDeploymentStrategyCommand({ DeploymentStrategyId }))).status).toBe(404);
  });

  test('are deleted at a misspelled path, and at no other (M)', async () => {
    const { emulator } = bench();
    expect((await raw(emulator, 'DELETE', '/deploymentstrategies/abcdefg')).headers['x-amzn-errortype']).toBe(
      'UnknownOperationException:',
    );
    expect((await raw(emulator, 'DELETE', '/deployementstrategies/abcdefg')).headers['x-amzn-errortype']).toBe(
      'ResourceNotFoundException:',
    );
  });

  localFact('are limited to 20, not counting AWS’s own (Q)', 'account', async (local) => {
    for (let n = 0; n < 20; n += 1) await local.strategy();
    expect(await local.failure(create(local))).toMatchObject({ name: 'ServiceQuotaExceededException', status: 402 });
  });
});
