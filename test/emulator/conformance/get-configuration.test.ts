import {
  CreateDeploymentStrategyCommand,
  DeleteConfigurationProfileCommand,
  DeleteEnvironmentCommand,
  DeleteHostedConfigurationVersionCommand,
  GetConfigurationCommand,
  type GetConfigurationCommandInput,
  UpdateAccountSettingsCommand,
} from '@aws-sdk/client-appconfig';
import { describe, expect } from 'vitest';
import { fact, type Local, localFact, message, type Subject, startOf } from './subject.ts';

const minute = 60_000;

async function setUp(subject: Subject, type = 'AWS.Freeform', content = '{"x":1}') {
  const ids = {
    ...(await subject.profile(await subject.application(), { Type: type })),
    DeploymentStrategyId: await subject.strategy(),
  };
  const environment = await subject.environment(ids.ApplicationId);
  await subject.version(ids, content);
  const read = (more: Partial<GetConfigurationCommandInput> = {}) =>
    new GetConfigurationCommand({
      Application: ids.ApplicationId,
      Environment: environment.EnvironmentId,
      Configuration: ids.ConfigurationProfileId,
      ClientId: 'client',
      ...more,
    });
  const deploy = (ConfigurationVersion = '1') => startOf(subject, { ...ids, ...environment }, { ConfigurationVersion });
  return { ids, environment, read, deploy };
}

describe('GetConfiguration', () => {
  fact('returns the deployed content, with its version in a header (M)', async (subject) => {
    const { read, deploy } = await setUp(subject);
    await deploy();
    const { status, headers, text } = await subject.wire(read());
    expect([status, text]).toEqual([200, '{"x":1}']);
    expect(headers['configuration-version']).toBe('1');
    expect(headers['content-type']).toBe('application/json');
  });

  fact('returns 204 to a client that has the version (G)', async (subject) => {
    const { ids, read, deploy } = await setUp(subject);
    await deploy();
    const { status, text } = await subject.wire(read({ ClientConfigurationVersion: '1' }));
    expect([status, text]).toEqual([204, '']);
    await subject.version(ids, '{"x":2}');
    await deploy('2');
    expect((await subject.wire(read({ ClientConfigurationVersion: '1' }))).text).toBe('{"x":2}');
  });

  fact('refuses feature flags (N)', async (subject) => {
    const { read, deploy } = await setUp(subject, 'AWS.AppConfig.FeatureFlags', '{"version":"1"}');
    await deploy();
    expect(await subject.failure(read())).toEqual(
      message("Feature flag configurations must be accessed via AWS AppConfig Data's GetLatestConfiguration API."),
    );
  });

  fact('needs a client id of up to 64 characters (M)', async (subject) => {
    const { read, deploy } = await setUp(subject);
    await deploy();
    expect((await subject.failure(read({ ClientId: 'x'.repeat(65) }))).status).toBe(400);
  });

  fact('returns 404 if nothing is deployed (M)', async (subject) => {
    const { read } = await setUp(subject);
    expect((await subject.failure(read())).name).toBe('ResourceNotFoundException');
  });

  fact('returns 404 for a missing resource (M)', async (subject) => {
    const { read } = await setUp(subject);
    for (const each of [{ Application: 'nowhere' }, { Environment: 'nowhere' }, { Configuration: 'nowhere' }]) {
      expect((await subject.failure(read(each))).status).toBe(404);
    }
  });
});

describe('deletion protection', () => {
  async function readLately(local: Local) {
    const { ids, environment, read, deploy } = await setUp(local);
    await deploy();
    local.emulator.advance(61 * minute);
    await local.send(read());
    const { ApplicationId, ConfigurationProfileId } = ids;
    await local.send(
      new DeleteHostedConfigurationVersionCommand({ ApplicationId, ConfigurationProfileId, VersionNumber: 1 }),
    );
    type Check = 'ACCOUNT_DEFAULT' | 'APPLY' | 'BYPASS' | undefined;
    const removeEnvironment = (DeletionProtectionCheck?: Check) =>
      new DeleteEnvironmentCommand({ ...environment, DeletionProtectionCheck });
    const removeProfile = (DeletionProtectionCheck?: Check) =>
      new DeleteConfigurationProfileCommand({ ApplicationId, ConfigurationProfileId, DeletionProtectionCheck });
    return { read, removeEnvironment, removeProfile };
  }

  localFact(
    'refuses to delete what was read within the period, unless the call bypasses it (G)',
    'clock',
    async (local) => {
      const { removeEnvironment, removeProfile } = await readLately(local);
      for (const command of [removeEnvironment(), removeProfile(), removeEnvironment('ACCOUNT_DEFAULT')]) {
        const { name, status, message: text } = await local.failure(command);
        expect([name, status]).toEqual(['BadRequestException', 400]);
        expect(text).toContain('protected from deletion');
      }
      expect((await local.wire(removeProfile('BYPASS'))).status).toBe(204);
      expect((await local.wire(removeEnvironment('BYPASS'))).status).toBe(204);
    },
  );

  localFact('ends with the period, 60 minutes by default (N)', 'clock', async (local) => {
    const { removeEnvironment } = await readLately(local);
    local.emulator.advance(59 * minute);
    expect((await local.failure(removeEnvironment())).status).toBe(400);
    local.emulator.advance(minute);
    expect((await local.wire(removeEnvironment())).status).toBe(204);
  });

  localFact('has the account’s period (M)', 'clock', async (local) => {
    const { removeEnvironment } = await readLately(local);
    const settings = { DeletionProtection: { Enabled: true, ProtectionPeriodInMinutes: 15 } };
    await local.send(new UpdateAccountSettingsCommand(settings));
    local.emulator.advance(15 * minute);
    expect((await local.wire(removeEnvironment())).status).toBe(204);
  });

  localFact('can be disabled for the account, and applied by the call (G)', 'clock', async (local) => {
    const { removeEnvironment, removeProfile } = await readLately(local);
    await local.send(new UpdateAccountSettingsCommand({ DeletionProtection: { Enabled: false } }));
    expect((await local.failure(removeProfile('APPLY'))).status).toBe(400);
    expect((await local.wire(removeEnvironment())).status).toBe(204);
  });

  localFact('does not protect what is younger than an hour, unless the call applies it (G)', 'clock', async (local) => {
    const { environment, read, deploy } = await setUp(local);
    await deploy();
    await local.send(read());
    const apply = new DeleteEnvironmentCommand({ ...environment, DeletionProtectionCheck: 'APPLY' });
    expect((await local.failure(apply)).status).toBe(400);
    expect((await local.wire(new DeleteEnvironmentCommand(environment))).status).toBe(204);
  });

  localFact('knows three checks (M)', 'choice', async (local) => {
    const { removeEnvironment } = await readLately(local);
    expect((await local.failure(removeEnvironment('NO' as 'APPLY'))).status).toBe(400);
  });

  localFact('does not protect what was never read (G)', 'clock', async (local) => {
    const { environment, deploy } = await setUp(local);
    await deploy();
    local.emulator.advance(61 * minute);
    expect((await local.wire(new DeleteEnvironmentCommand(environment))).status).toBe(204);
  });
});

localFact('GetConfiguration follows a deployment as it grows, by the client id (C)', 'clock', async (local) => {
  const { ids, environment, read, deploy } = await setUp(local);
  await deploy();
  await local.version(ids, '{"x":2}');
  const { Id: DeploymentStrategyId = '' } = await local.send(
    new CreateDeploymentStrategyCommand({ Name: 'slow', DeploymentDurationInMinutes: 10, GrowthFactor: 50 }),
  );
  await startOf(local, { ...ids, ...environment, DeploymentStrategyId }, { ConfigurationVersion: '2' });
  const versions = async () => {
    const found: (string | undefined)[] = [];
    for (let n = 0; n < 40; n += 1) {
      found.push((await local.wire(read({ ClientId: `client-${n}` }))).headers['configuration-version']);
    }
    return found;
  };
  expect(new Set(await versions())).toEqual(new Set(['1']));
  local.emulator.advance(5 * minute);
  const halfway = await versions();
  const grown = halfway.filter((version) => version === '2').length;
  expect(grown).toBeGreaterThan(8);
  expect(grown).toBeLessThan(32);
  expect(await versions()).toEqual(halfway);
  local.emulator.advance(5 * minute);
  expect(new Set(await versions())).toEqual(new Set(['2']));
});
