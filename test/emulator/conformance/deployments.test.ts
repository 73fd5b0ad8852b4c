import {
  CreateApplicationCommand,
  CreateConfigurationProfileCommand,
  CreateDeploymentStrategyCommand,
  CreateEnvironmentCommand,
  CreateHostedConfigurationVersionCommand,
  DeleteConfigurationProfileCommand,
  DeleteDeploymentStrategyCommand,
  DeleteEnvironmentCommand,
  DeleteHostedConfigurationVersionCommand,
  GetDeploymentCommand,
  GetEnvironmentCommand,
  ListDeploymentsCommand,
  ListTagsForResourceCommand,
  StartDeploymentCommand,
  type StartDeploymentCommandInput,
  StopDeploymentCommand,
} from '@aws-sdk/client-appconfig';
import { describe, expect, test } from 'vitest';
import { bench, failureOf, start } from './support.ts';

const minute = 60_000;

async function site(monitored = false) {
  const { client, emulator } = bench();
  const { Id: ApplicationId = '' } = await client.send(new CreateApplicationCommand({ Name: 'shop' }));
  const Monitors = monitored
    ? [
        {
          AlarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:web',
          AlarmRoleArn: 'arn:aws:iam::123456789012:role/alarms',
        },
      ]
    : [];
  const { Id: EnvironmentId = '' } = await client.send(
    new CreateEnvironmentCommand({ ApplicationId, Name: 'prod', Monitors }),
  );
  const { Id: ConfigurationProfileId = '' } = await client.send(
    new CreateConfigurationProfileCommand({ ApplicationId, Name: 'web', LocationUri: 'hosted' }),
  );
  await client.send(
    new CreateHostedConfigurationVersionCommand({
      ApplicationId,
      ConfigurationProfileId,
      ContentType: 'application/json',
      Content: Buffer.from('{}'),
      VersionLabel: 'first',
    }),
  );
  const ids = { ApplicationId, EnvironmentId };
  const strategy = async (
    DeploymentDurationInMinutes: number,
    GrowthType: 'LINEAR' | 'EXPONENTIAL',
    GrowthFactor: number,
    FinalBakeTimeInMinutes: number,
  ) =>
    (
      await client.send(
        new CreateDeploymentStrategyCommand({
          Name: 'own',
          DeploymentDurationInMinutes,
          GrowthType,
          GrowthFactor,
          FinalBakeTimeInMinutes,
        }),
      )
    ).Id ?? '';
  const deploy = (DeploymentStrategyId: string, more: Partial<StartDeploymentCommandInput> = {}) =>
    client.send(
      new StartDeploymentCommand({
        ...ids,
        ConfigurationProfileId,
        ConfigurationVersion: '1',
        DeploymentStrategyId,
        ...more,
      }),
    );
  const get = (DeploymentNumber = 1) => client.send(new GetDeploymentCommand({ ...ids, DeploymentNumber }));
  const stop = (DeploymentNumber = 1, AllowRevert?: boolean) =>
    client.send(
      new StopDeploymentCommand({ ...ids, DeploymentNumber, ...(AllowRevert === undefined ? {} : { AllowRevert }) }),
    );
  const environmentState = async (): Promise<string | undefined> =>
    (await client.send(new GetEnvironmentCommand(ids))).State;
  return { client, emulator, ids, ConfigurationProfileId, strategy, deploy, get, stop, environmentState };
}

describe('the progress of a deployment', () => {
  test('completes at once without duration and bake time', async () => {
    const { strategy, deploy, environmentState } = await site();
    const response = await deploy(await strategy(0, 'LINEAR', 100, 0));
    expect(response).toMatchObject({ State: 'COMPLETE', PercentageComplete: 100, DeploymentNumber: 1 });
    expect(response.CompletedAt).toBeInstanceOf(Date);
    expect(response.EventLog?.map((event) => event.EventType)).toEqual(['DEPLOYMENT_COMPLETED', 'DEPLOYMENT_STARTED']);
    expect(await environmentState()).toBe('ReadyForDeployment');
  });

  test('grows in even steps, bakes and completes', async () => {
    const { emulator, strategy, deploy, get, environmentState } = await site();
    const first = await deploy(await strategy(4, 'LINEAR', 25, 2), { Description: 'why', Tags: { a: 'b' } });
    expect(first).toMatchObject({ State: 'DEPLOYING', PercentageComplete: 0, Description: 'why' });
    expect(await environmentState()).toBe('Deploying');
    const seen: unknown[] = [];
    for (let step = 0; step < 6; step += 1) {
      emulator.advance(minute);
      const { State, PercentageComplete } = await get();
      seen.push([State, PercentageComplete]);
    }
    expect(seen).toEqual([
      ['DEPLOYING', 25],
      ['DEPLOYING', 50],
      ['DEPLOYING', 75],
      ['BAKING', 100],
      ['BAKING', 100],
      ['COMPLETE', 100],
    ]);
    const { EventLog, CompletedAt } = await get();
    expect(CompletedAt).toEqual(new Date(start + 6 * minute));
    expect(EventLog?.map((event) => event.Description)).toEqual([
      'Deployment completed',
      'Deployment bake time started',
      'Configuration available to 100.00% of clients',
      'Configuration available to 75.00% of clients',
      'Configuration available to 50.00% of clients',
      'Configuration available to 25.00% of clients',
      'Deployment started',
    ]);
  });

  test('doubles with exponential growth', async () => {
    const { emulator, strategy, deploy, get } = await site();
    await deploy(await strategy(5, 'EXPONENTIAL', 10, 1));
    const seen: unknown[] = [];
    for (let step = 0; step < 5; step += 1) {
      emulator.advance(minute);
      seen.push((await get()).PercentageComplete);
    }
    expect(seen).toEqual([10, 20, 40, 80, 100]);
  });

  test('does not complete at once with AllAtOnce, which bakes for ten minutes', async () => {
    const { emulator, deploy, get } = await site();
    expect((await deploy('AppConfig.AllAtOnce')).State).toBe('DEPLOYING');
    emulator.advance(6_000);
    expect(await get()).toMatchObject({ State: 'BAKING', PercentageComplete: 100 });
    emulator.advance(10 * minute);
    expect((await get()).State).toBe('COMPLETE');
  });

  test('does not follow later changes or the deletion of its strategy', async () => {
    const { client, emulator, strategy, deploy, get } = await site();
    const id = await strategy(1, 'LINEAR', 100, 0);
    await deploy(id);
    await client.send(new DeleteDeploymentStrategyCommand({ DeploymentStrategyId: id }));
    emulator.advance(minute);
    expect(await get()).toMatchObject({ State: 'COMPLETE', DeploymentStrategyId: id });
  });
});

describe('starting a deployment', () => {
  test('is refused while another one is in progress or baking', async () => {
    const { emulator, ids, deploy } = await site();
    await deploy('AppConfig.AllAtOnce');
    const busy = {
      name: 'ConflictException',
      message: `Environment ${ids.EnvironmentId} currently has a state of DEPLOYING. The current deployment must finish before a new deployment can be started.`,
      status: 409,
    };
    expect(await failureOf(deploy('AppConfig.AllAtOnce'))).toEqual(busy);
    emulator.advance(5 * minute);
    expect(await failureOf(deploy('AppConfig.AllAtOnce'))).toEqual(busy);
    emulator.advance(6 * minute);
    expect((await deploy('AppConfig.AllAtOnce')).DeploymentNumber).toBe(2);
    expect(emulator.violations()).toEqual([]);
  });

  test('succeeds once of many at the same time', async () => {
    const { emulator, deploy } = await site();
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => deploy('AppConfig.AllAtOnce')));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(emulator.violations()).toEqual([]);
  });

  test('accepts a label instead of a version number, and returns both', async () => {
    const { strategy, deploy, get } = await site();
    await deploy(await strategy(0, 'LINEAR', 100, 0), { ConfigurationVersion: 'first' });
    expect(await get()).toMatchObject({ ConfigurationVersion: '1', VersionLabel: 'first', ConfigurationName: 'web' });
  });

  test('needs an existing version and an existing strategy', async () => {
    const { deploy } = await site();
    expect(await failureOf(deploy('AppConfig.AllAtOnce', { ConfigurationVersion: '7' }))).toEqual({
      name: 'ResourceNotFoundException',
      message: 'Could not find configuration web with version number 7',
      status: 404,
    });
    expect((await failureOf(deploy('abcdefg'))).message).toBe('DeploymentStrategy with Id abcdefg could not be found.');
  });

  test('can depend on the latest deployment number', async () => {
    const { strategy, deploy } = await site();
    const id = await strategy(0, 'LINEAR', 100, 0);
    await deploy(id, { LatestDeploymentNumber: 0 });
    const failure = await failureOf(deploy(id, { LatestDeploymentNumber: 0 }));
    expect(failure).toMatchObject({ name: 'ConflictException', status: 409 });
    expect((await deploy(id, { LatestDeploymentNumber: 1 })).DeploymentNumber).toBe(2);
  });

  test('keeps tags', async () => {
    const { client, ids, deploy } = await site();
    await deploy('AppConfig.AllAtOnce', { Tags: { by: 'me' } });
    const ResourceArn = `arn:aws:appconfig:us-east-1:123456789012:application/${ids.ApplicationId}/environment/${ids.EnvironmentId}/deployment/1`;
    expect((await client.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags).toEqual({ by: 'me' });
  });
});

describe('ending a deployment early', () => {
  test('rolls it back at once, and the environment is free', async () => {
    const { emulator, deploy, stop, get, environmentState } = await site();
    await deploy('AppConfig.Linear50PercentEvery30Seconds');
    emulator.advance(40_000);
    const stopped = await stop();
    expect(stopped.$metadata.httpStatusCode).toBe(202);
    expect(stopped).toMatchObject({ State: 'ROLLED_BACK', PercentageComplete: 0 });
    expect(stopped.CompletedAt).toBeUndefined();
    expect((await get()).EventLog?.[0]).toMatchObject({ EventType: 'ROLLBACK_COMPLETED', TriggeredBy: 'USER' });
    expect(await environmentState()).toBe('RolledBack');
    expect((await failureOf(stop())).status).toBe(400);
    expect((await deploy('AppConfig.AllAtOnce')).DeploymentNumber).toBe(2);
  });

  test('is possible while it bakes', async () => {
    const { emulator, deploy, stop } = await site();
    await deploy('AppConfig.AllAtOnce');
    emulator.advance(minute);
    expect((await stop()).State).toBe('ROLLED_BACK');
  });

  test('reverts a complete one within 72 hours, if the request allows it', async () => {
    const { emulator, strategy, deploy, stop, environmentState } = await site();
    const id = await strategy(0, 'LINEAR', 100, 0);
    await deploy(id);
    expect((await failureOf(stop(1))).status).toBe(400);
    expect((await stop(1, true)).State).toBe('REVERTED');
    expect(await environmentState()).toBe('Reverted');
    await deploy(id);
    emulator.advance(73 * 60 * minute);
    expect((await failureOf(stop(2, true))).message).toContain('72 hours');
  });

  test('is not possible for one that does not exist', async () => {
    const { stop } = await site();
    expect((await failureOf(stop(9))).status).toBe(404);
  });
});

describe('alarms', () => {
  test.each(['ALARM', 'INSUFFICIENT_DATA'] as const)('in state %s roll a deployment back', async (state) => {
    const { emulator, deploy, get, environmentState } = await site(true);
    await deploy('AppConfig.AllAtOnce');
    emulator.advance(minute);
    emulator.setAlarm({ application: 'shop', environment: 'prod', state });
    expect((await get()).State).toBe('ROLLING_BACK');
    expect(await environmentState()).toBe('RollingBack');
    emulator.advance(2_000);
    const { State, EventLog } = await get();
    expect(State).toBe('ROLLED_BACK');
    expect(EventLog?.[1]).toMatchObject({ EventType: 'ROLLBACK_STARTED', TriggeredBy: 'CLOUDWATCH_ALARM' });
    expect(EventLog?.[1]?.Description).toContain('alarm:web');
  });

  test('that are active roll back deployments that start later', async () => {
    const { emulator, ids, strategy, deploy, get } = await site();
    emulator.setAlarm({ application: ids.ApplicationId, environment: ids.EnvironmentId, state: 'ALARM' });
    const id = await strategy(0, 'LINEAR', 100, 0);
    expect((await deploy(id)).State).toBe('DEPLOYING');
    emulator.advance(5_000);
    expect((await get()).State).toBe('ROLLED_BACK');
    emulator.setAlarm({ application: 'shop', environment: 'prod', state: 'OK' });
    expect((await deploy(id)).State).toBe('COMPLETE');
  });

  test('need an environment', () => {
    const { emulator } = bench();
    expect(() => emulator.setAlarm({ application: 'x', environment: 'y', state: 'OK' })).toThrow('no environment');
  });
});

describe('the history of an environment', () => {
  test('is listed as summaries, newest first', async () => {
    const { client, ids, ConfigurationProfileId, strategy, deploy } = await site();
    const id = await strategy(0, 'LINEAR', 100, 0);
    for (let n = 0; n < 3; n += 1) await deploy(id, { Description: 'why' });
    const first = await client.send(new ListDeploymentsCommand({ ...ids, MaxResults: 2 }));
    expect(first.Items?.map((item) => item.DeploymentNumber)).toEqual([3, 2]);
    expect(first.Items?.[0]).toMatchObject({ ConfigurationProfileId, Type: 'USER', VersionLabel: 'first' });
    expect(first.Items?.[0]).not.toHaveProperty('Description');
    expect(first.Items?.[0]).not.toHaveProperty('DeploymentStrategyId');
    const second = await client.send(new ListDeploymentsCommand({ ...ids, NextToken: first.NextToken }));
    expect(second.Items?.map((item) => item.DeploymentNumber)).toEqual([1]);
  });

  test('outlives the hosted version, and is deleted with the environment', async () => {
    const { client, ids, ConfigurationProfileId, strategy, deploy, get } = await site();
    await deploy(await strategy(0, 'LINEAR', 100, 0));
    const { ApplicationId } = ids;
    await client.send(
      new DeleteHostedConfigurationVersionCommand({ ApplicationId, ConfigurationProfileId, VersionNumber: 1 }),
    );
    expect((await get()).State).toBe('COMPLETE');
    await client.send(new DeleteConfigurationProfileCommand({ ApplicationId, ConfigurationProfileId }));
    await client.send(new DeleteEnvironmentCommand(ids));
    expect((await failureOf(get())).status).toBe(404);
  });

  test('blocks the deletion of the environment while a deployment is in progress', async () => {
    const { client, emulator, ids, deploy } = await site();
    await deploy('AppConfig.AllAtOnce');
    const remove = () => client.send(new DeleteEnvironmentCommand(ids));
    expect(await failureOf(remove())).toMatchObject({ name: 'ConflictException', status: 409 });
    emulator.advance(11 * minute);
    await remove();
  });
});
