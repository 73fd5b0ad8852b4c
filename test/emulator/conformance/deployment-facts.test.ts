import {
  CreateDeploymentStrategyCommand,
  GetDeploymentCommand,
  GetEnvironmentCommand,
  ListDeploymentsCommand,
  StartDeploymentCommand,
  StopDeploymentCommand,
  UpdateDeploymentStrategyCommand,
} from '@aws-sdk/client-appconfig';
import { describe, expect } from 'vitest';
import { fact, missing, type Subject, startOf } from './subject.ts';

async function setUp(subject: Subject) {
  const Name = subject.name();
  const profile = await subject.profile(await subject.application(), { Name });
  const environment = await subject.environment(profile.ApplicationId);
  await subject.version(profile, '{}', { VersionLabel: 'first' });
  const start = (DeploymentStrategyId: string, ConfigurationVersion = '1') =>
    new StartDeploymentCommand({ ...profile, ...environment, DeploymentStrategyId, ConfigurationVersion });
  return { Name, profile, environment, start };
}

const allAtOnce = 'AppConfig.AllAtOnce';
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,3}Z$/);

describe('deployments', () => {
  fact('without duration and bake time are complete in the response, with two events (N)', async (subject) => {
    const { Name, profile, environment, start } = await setUp(subject);
    const DeploymentStrategyId = await subject.strategy();
    const { status, json } = await subject.wire(start(DeploymentStrategyId));
    expect(status).toBe(201);
    expect(json).toEqual({
      ...environment,
      DeploymentStrategyId,
      ConfigurationProfileId: profile.ConfigurationProfileId,
      DeploymentNumber: 1,
      ConfigurationName: Name,
      ConfigurationLocationUri: 'hosted',
      ConfigurationVersion: '1',
      VersionLabel: 'first',
      DeploymentDurationInMinutes: 0,
      GrowthType: 'LINEAR',
      GrowthFactor: 100,
      FinalBakeTimeInMinutes: 0,
      State: 'COMPLETE',
      PercentageComplete: 100,
      StartedAt: time,
      CompletedAt: time,
      AppliedExtensions: [],
      EventLog: [
        {
          EventType: 'DEPLOYMENT_COMPLETED',
          TriggeredBy: 'APPCONFIG',
          Description: 'Deployment completed instantly',
          OccurredAt: time,
        },
        { EventType: 'DEPLOYMENT_STARTED', TriggeredBy: 'USER', Description: 'Deployment started', OccurredAt: time },
      ],
    });
  });

  fact('with bake time begin as DEPLOYING with 0 %, and no completion (N)', async (subject) => {
    const { environment, start } = await setUp(subject);
    const { json } = await subject.wire(start(allAtOnce));
    expect([json.State, json.PercentageComplete]).toEqual(['DEPLOYING', 0]);
    expect(json).not.toHaveProperty('CompletedAt');
    expect((await subject.wire(new GetEnvironmentCommand(environment))).json.State).toBe('Deploying');
  });

  fact('run one at a time in an environment (T)', async (subject) => {
    const { environment, start } = await setUp(subject);
    await subject.send(start(allAtOnce));
    expect(await subject.failure(start(allAtOnce))).toEqual({
      name: 'ConflictException',
      status: 409,
      message: `Environment ${environment.EnvironmentId} currently has a state of DEPLOYING. The current deployment must finish before a new deployment can be started.`,
    });
  });

  fact('accept a label instead of the version number (M)', async (subject) => {
    const { start } = await setUp(subject);
    const { ConfigurationVersion, VersionLabel } = await subject.send(start(await subject.strategy(), 'first'));
    expect([ConfigurationVersion, VersionLabel]).toEqual(['1', 'first']);
  });

  fact('need an existing version (N)', async (subject) => {
    const { Name, start } = await setUp(subject);
    expect(await subject.failure(start(allAtOnce, '7'))).toEqual(
      missing(`Could not find configuration ${Name} with version number 7`),
    );
  });

  fact('need an existing strategy (N)', async (subject) => {
    const { start } = await setUp(subject);
    expect(await subject.failure(start('zzzzzzz'))).toEqual(
      missing('DeploymentStrategy with Id zzzzzzz could not be found.'),
    );
  });

  fact(
    'that are stopped are rolled back in the response, 202, with an event that names the user (N)',
    async (subject) => {
      const { environment, start } = await setUp(subject);
      await subject.send(start(allAtOnce));
      const { status, json } = await subject.wire(new StopDeploymentCommand({ ...environment, DeploymentNumber: 1 }));
      expect([status, json.State, json.PercentageComplete]).toEqual([202, 'ROLLED_BACK', 0]);
      expect(json).not.toHaveProperty('CompletedAt');
      const get = await subject.send(new GetDeploymentCommand({ ...environment, DeploymentNumber: 1 }));
      expect(get.EventLog?.[0]).toMatchObject({
        EventType: 'ROLLBACK_COMPLETED',
        TriggeredBy: 'USER',
        Description: 'Deployment rolled back by user request',
      });
    },
  );

  fact('that were rolled back do not block the next one (N)', async (subject) => {
    const { environment, start } = await setUp(subject);
    await subject.send(start(allAtOnce));
    await subject.send(new StopDeploymentCommand({ ...environment, DeploymentNumber: 1 }));
    expect((await subject.wire(new GetEnvironmentCommand(environment))).json.State).toBe('RolledBack');
    expect((await subject.send(start(await subject.strategy()))).DeploymentNumber).toBe(2);
  });

  fact('that are complete can be reverted with the header (G)', async (subject) => {
    const { environment, start } = await setUp(subject);
    await subject.send(start(await subject.strategy()));
    const stop = new StopDeploymentCommand({ ...environment, DeploymentNumber: 1, AllowRevert: true });
    expect((await subject.send(stop)).State).toBe('REVERTED');
  });

  fact('that are complete cannot be stopped without it (M)', async (subject) => {
    const { environment, start } = await setUp(subject);
    await subject.send(start(await subject.strategy()));
    const { status } = await subject.failure(new StopDeploymentCommand({ ...environment, DeploymentNumber: 1 }));
    expect(status).toBe(400);
  });

  fact('are listed as summaries with profile and type, newest first (N)', async (subject) => {
    const { Name, profile, environment, start } = await setUp(subject);
    const strategy = await subject.strategy();
    await subject.send(start(strategy));
    await subject.send(start(strategy));
    const { json } = await subject.wire(new ListDeploymentsCommand(environment));
    expect(json.Items.map((item: { DeploymentNumber: number }) => item.DeploymentNumber)).toEqual([2, 1]);
    expect(json.Items[1]).toEqual({
      DeploymentNumber: 1,
      ConfigurationProfileId: profile.ConfigurationProfileId,
      ConfigurationName: Name,
      ConfigurationVersion: '1',
      VersionLabel: 'first',
      DeploymentDurationInMinutes: 0,
      GrowthType: 'LINEAR',
      GrowthFactor: 100,
      FinalBakeTimeInMinutes: 0,
      State: 'COMPLETE',
      PercentageComplete: 100,
      StartedAt: time,
      CompletedAt: time,
      Type: 'USER',
    });
  });

  fact('with an unknown number are not found (M)', async (subject) => {
    const { environment } = await setUp(subject);
    const { status } = await subject.failure(new GetDeploymentCommand({ ...environment, DeploymentNumber: 9 }));
    expect(status).toBe(404);
  });

  fact('keep the timing of their strategy (M)', async (subject) => {
    const { profile, environment } = await setUp(subject);
    const { Id: DeploymentStrategyId = '' } = await subject.send(
      new CreateDeploymentStrategyCommand({
        Name: subject.name(),
        DeploymentDurationInMinutes: 10,
        GrowthFactor: 50,
      }),
    );
    await startOf(subject, { ...profile, ...environment, DeploymentStrategyId });
    await subject.send(new UpdateDeploymentStrategyCommand({ DeploymentStrategyId, DeploymentDurationInMinutes: 20 }));
    const { DeploymentDurationInMinutes } = await subject.send(
      new GetDeploymentCommand({ ...environment, DeploymentNumber: 1 }),
    );
    expect(DeploymentDurationInMinutes).toBe(10);
  });
});
