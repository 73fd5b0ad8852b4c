import {
  CreateApplicationCommand,
  CreateConfigurationProfileCommand,
  CreateDeploymentStrategyCommand,
  CreateEnvironmentCommand,
  CreateHostedConfigurationVersionCommand,
  DeleteEnvironmentCommand,
  DeleteHostedConfigurationVersionCommand,
  ListEnvironmentsCommand,
  StartDeploymentCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-appconfig';
import {
  AppConfigDataClient,
  GetLatestConfigurationCommand,
  StartConfigurationSessionCommand,
} from '@aws-sdk/client-appconfigdata';
import { describe, expect, test } from 'vitest';
import { handleAgentRequest } from '../../../src/emulator/host/agent.ts';
import { createEmulator } from '../../../src/emulator/host/emulator.ts';
import { restore } from '../../../src/emulator/state/restore.ts';
import { bench, clientsOf, failureOf, raw, start } from './support.ts';

const minute = 60_000;
const hour = 60 * minute;

/** An application with a profile, and deployments that take no time by default. */
async function site(type = 'AWS.Freeform') {
  const { client, emulator } = bench();
  const data = dataClient(emulator);
  const { Id: ApplicationId = '' } = await client.send(new CreateApplicationCommand({ Name: 'shop' }));
  const { Id: EnvironmentId = '' } = await client.send(new CreateEnvironmentCommand({ ApplicationId, Name: 'prod' }));
  const { Id: ConfigurationProfileId = '' } = await client.send(
    new CreateConfigurationProfileCommand({ ApplicationId, Name: 'web', LocationUri: 'hosted', Type: type }),
  );
  const strategy = async (minutes: number, factor: number, bake = 0) => {
    const numbers = { DeploymentDurationInMinutes: minutes, GrowthFactor: factor, FinalBakeTimeInMinutes: bake };
    const { Id = '' } = await client.send(new CreateDeploymentStrategyCommand({ Name: 'own', ...numbers }));
    return Id;
  };
  const instant = await strategy(0, 100);
  const version = async (content: string, VersionLabel?: string) => {
    const { VersionNumber = 0 } = await client.send(
      new CreateHostedConfigurationVersionCommand({
        ApplicationId,
        ConfigurationProfileId,
        Content: Buffer.from(content),
        ContentType: 'application/json',
        VersionLabel,
      }),
    );
    return VersionNumber;
  };
  const deploy = async (number: number, DeploymentStrategyId = instant) => {
    const { DeploymentNumber = 0 } = await client.send(
      new StartDeploymentCommand({
        ApplicationId,
        EnvironmentId,
        ConfigurationProfileId,
        DeploymentStrategyId,
        ConfigurationVersion: String(number),
      }),
    );
    return DeploymentNumber;
  };
  const stop = (DeploymentNumber: number, AllowRevert = false) =>
    client.send(new StopDeploymentCommand({ ApplicationId, EnvironmentId, DeploymentNumber, AllowRevert }));
  return { client, emulator, data, strategy, version, deploy, stop, ids: { ApplicationId, ConfigurationProfileId } };
}

function dataClient(emulator: ReturnType<typeof bench>['emulator'], region = 'us-east-1') {
  return new AppConfigDataClient({
    region,
    credentials: { accessKeyId: 'AKIALOCAL', secretAccessKey: 'local' },
    requestHandler: emulator.requestHandler(),
    maxAttempts: 1,
  });
}

const names = { ApplicationIdentifier: 'shop', EnvironmentIdentifier: 'prod', ConfigurationProfileIdentifier: 'web' };

async function open(data: AppConfigDataClient, interval?: number) {
  const { InitialConfigurationToken: token = '' } = await data.send(
    new StartConfigurationSessionCommand({ ...names, RequiredMinimumPollIntervalInSeconds: interval }),
  );
  return token;
}

async function poll(data: AppConfigDataClient, token: string) {
  const response = await data.send(new GetLatestConfigurationCommand({ ConfigurationToken: token }));
  // The SDK returns `null` for an empty body, contrary to its types.
  const content = response.Configuration ? Buffer.from(response.Configuration).toString() : '';
  return { ...response, content, next: response.NextPollConfigurationToken ?? '' };
}

/** The configuration that a new client receives, or the error. */
async function current(data: AppConfigDataClient) {
  return (await poll(data, await open(data))).content;
}

async function detailsOf(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason as Record<string, unknown>,
  );
  return { ...error, name: error?.name, message: error?.message, ResourceType: error?.ResourceType };
}

describe('sessions', () => {
  test('return the configuration once, then an empty body until it changes', async () => {
    const { data, version, deploy } = await site();
    await deploy(await version('{"a":1}', 'first'));
    const first = await poll(data, await open(data));
    expect(first).toMatchObject({ content: '{"a":1}', VersionLabel: 'first', ContentType: 'application/json' });
    const unchanged = await poll(data, first.next);
    expect(unchanged.$metadata.httpStatusCode).toBe(200);
    expect(unchanged).toMatchObject({ content: '' });
    expect(unchanged.VersionLabel).toBeUndefined();
    await deploy(await version('{"a":2}'));
    const changed = await poll(data, unchanged.next);
    expect(changed.content).toBe('{"a":2}');
    expect(changed.VersionLabel).toBeUndefined();
  });

  test('are started with 201, by ids or by names', async () => {
    const { emulator, data, version, deploy, ids } = await site();
    await deploy(await version('{}'));
    const body = { ...names, ApplicationIdentifier: ids.ApplicationId };
    const started = await raw(emulator, 'POST', '/configurationsessions', { body: JSON.stringify(body) });
    expect(started.status).toBe(201);
    expect(Object.keys(started.json)).toEqual(['InitialConfigurationToken']);
    const byId = { ...body, ConfigurationProfileIdentifier: ids.ConfigurationProfileId };
    const { InitialConfigurationToken: token = '' } = await data.send(new StartConfigurationSessionCommand(byId));
    expect((await poll(data, token)).content).toBe('{}');
  });

  test('name the type of a missing resource', async () => {
    const { data, deploy, version } = await site();
    await deploy(await version('{}'));
    const kindOf = (changed: Partial<typeof names>) =>
      detailsOf(data.send(new StartConfigurationSessionCommand({ ...names, ...changed })));
    expect(await kindOf({ ApplicationIdentifier: 'none' })).toMatchObject({
      name: 'ResourceNotFoundException',
      ResourceType: 'Application',
    });
    expect(await kindOf({ EnvironmentIdentifier: 'none' })).toMatchObject({
      ResourceType: 'Environment',
      ReferencedBy: { ApplicationIdentifier: 'shop' },
    });
    expect(await kindOf({ ConfigurationProfileIdentifier: 'none' })).toMatchObject({
      ResourceType: 'ConfigurationProfile',
    });
  });

  test('of another Region do not see it', async () => {
    const { emulator, data, version, deploy } = await site();
    await deploy(await version('{}'));
    const elsewhere = dataClient(emulator, 'eu-west-1');
    expect((await detailsOf(open(elsewhere))).ResourceType).toBe('Application');
    expect((await failureOf(poll(elsewhere, await open(data)))).status).toBe(400);
  });

  test('find no deployment if there was none', async () => {
    const { data } = await site();
    const token = await open(data);
    expect(await detailsOf(poll(data, token))).toMatchObject({
      name: 'ResourceNotFoundException',
      ResourceType: 'Deployment',
    });
  });
});

describe('tokens', () => {
  const problem = (name: string) => ({
    name: 'BadRequestException',
    Reason: 'InvalidParameters',
    Details: { InvalidParameters: { ConfigurationToken: { Problem: name } } },
  });

  test('are valid once', async () => {
    const { data, version, deploy } = await site();
    await deploy(await version('{}'));
    const token = await open(data);
    const { next } = await poll(data, token);
    expect(await detailsOf(poll(data, token))).toMatchObject(problem('Expired'));
    expect((await poll(data, next)).$metadata.httpStatusCode).toBe(200);
  });

  test('are valid for 24 hours', async () => {
    const { emulator, data, version, deploy } = await site();
    await deploy(await version('{}'));
    const [early, late] = [await open(data), await open(data)];
    emulator.advance(24 * hour);
    expect((await poll(data, early)).content).toBe('{}');
    emulator.advance(1);
    expect(await detailsOf(poll(data, late))).toMatchObject(problem('Expired'));
  });

  test('that are damaged or invented are refused', async () => {
    const { data, version, deploy } = await site();
    await deploy(await version('{}'));
    const token = await open(data);
    const flipped = token.slice(0, 60) + (token[60] === 'A' ? 'B' : 'A') + token.slice(61);
    for (const wrong of ['bogus', flipped, `${token}A`, 'A'.repeat(200)]) {
      expect(await detailsOf(poll(data, wrong))).toMatchObject(problem('Corrupted'));
    }
    expect((await poll(data, token)).content).toBe('{}');
  });

  test('appear neither in the counts nor in the state', async () => {
    const { emulator, data, version, deploy } = await site();
    await deploy(await version('{}'));
    const token = await open(data);
    const { next } = await poll(data, token);
    const kept = JSON.stringify([emulator.stats(), emulator.snapshot()]);
    expect(kept).not.toContain(token);
    expect(kept).not.toContain(next);
  });

  test('of another emulator are refused, although its ids are the same', async () => {
    const [one, other] = [await site(), await site()];
    await other.deploy(await other.version('{}'));
    expect(await detailsOf(poll(other.data, await open(one.data)))).toMatchObject(problem('Corrupted'));
  });

  test('are valid after a restart too', async () => {
    const { emulator, data, version, deploy } = await site();
    await deploy(await version('{}'));
    const token = await open(data);
    const state = restore(JSON.parse(JSON.stringify(emulator.snapshot())));
    const again = createEmulator({ now: () => start, state });
    expect((await poll(dataClient(again), token)).content).toBe('{}');
  });
});

describe('the poll interval', () => {
  test('is the requested one, and a poll before it is refused and leaves the token valid', async () => {
    const { emulator, data, version, deploy } = await site();
    await deploy(await version('{}'));
    const first = await poll(data, await open(data, 15));
    expect(first.NextPollIntervalInSeconds).toBe(15);
    emulator.advance(14_999);
    const early = await detailsOf(poll(data, first.next));
    expect(early).toMatchObject({
      name: 'BadRequestException',
      message: 'Request too early',
      Reason: 'InvalidParameters',
      Details: { InvalidParameters: { ConfigurationToken: { Problem: 'PollIntervalNotSatisfied' } } },
    });
    emulator.advance(1);
    expect((await poll(data, first.next)).content).toBe('');
  });

  test('is 60 seconds by default, and from 15 to 86400', async () => {
    const { data, version, deploy } = await site();
    await deploy(await version('{}'));
    expect((await poll(data, await open(data))).NextPollIntervalInSeconds).toBe(60);
    expect((await failureOf(open(data, 14))).status).toBe(400);
    expect((await failureOf(open(data, 86_401))).status).toBe(400);
  });
});

describe('the live configuration', () => {
  test('reaches as many sessions as its percentage, and a session keeps it', async () => {
    const { emulator, data, version, deploy, strategy } = await site();
    await deploy(await version('1'));
    await deploy(await version('2'), await strategy(10, 20));
    const sessions = await Promise.all(Array.from({ length: 300 }, () => open(data)));
    const shares: number[] = [];
    const has = sessions.map(() => '');
    const tokens = [...sessions];
    for (let step = 0; step <= 5; step += 1) {
      for (const [index, token] of tokens.entries()) {
        const { content, next } = await poll(data, token);
        tokens[index] = next;
        if (content !== '') {
          expect(`${has[index]}${content}`).toMatch(/^(1|2|12)$/);
          has[index] = content;
        }
      }
      shares.push(has.filter((each) => each === '2').length / 3);
      emulator.advance(2 * minute);
    }
    expect(shares[0]).toBe(0);
    expect(shares[5]).toBe(100);
    for (const [step, share] of shares.entries()) expect(Math.abs(share - step * 20)).toBeLessThan(12);
  });

  test('is the older one again after a rollback and after a revert', async () => {
    const { emulator, data, version, deploy, stop, strategy } = await site();
    await deploy(await version('1'));
    const second = await version('2');
    const baking = await deploy(second, await strategy(0, 100, 10));
    emulator.advance(minute);
    const token = await open(data);
    const during = await poll(data, token);
    expect(during.content).toBe('2');
    await stop(baking);
    const rolledBack = await poll(data, during.next);
    expect(rolledBack.content).toBe('1');
    const complete = await deploy(second);
    const deployed = await poll(data, rolledBack.next);
    expect(deployed.content).toBe('2');
    await stop(complete, true);
    expect((await poll(data, deployed.next)).content).toBe('1');
  });

  test('is the older one again after an alarm', async () => {
    const { emulator, data, version, deploy, strategy } = await site();
    await deploy(await version('1'));
    await deploy(await version('2'), await strategy(0, 100, 10));
    emulator.advance(minute);
    expect(await current(data)).toBe('2');
    emulator.setAlarm({ application: 'shop', environment: 'prod', state: 'ALARM' });
    expect(await current(data)).toBe('1');
  });

  test('outlives the version it was made from, and a restart', async () => {
    const { emulator, client, data, version, deploy, ids } = await site();
    const VersionNumber = await version('{"kept":true}', 'v');
    await deploy(VersionNumber);
    await client.send(new DeleteHostedConfigurationVersionCommand({ ...ids, VersionNumber }));
    expect(await current(data)).toBe('{"kept":true}');
    const again = createEmulator({
      now: () => start,
      state: restore(JSON.parse(JSON.stringify(emulator.snapshot()))),
    });
    expect(await current(dataClient(again))).toBe('{"kept":true}');
  });

  test('of a first deployment does not exist for sessions that it has not reached', async () => {
    const { emulator, data, version, deploy, strategy } = await site();
    await deploy(await version('1'), await strategy(10, 50));
    expect((await detailsOf(current(data))).ResourceType).toBe('Deployment');
    emulator.advance(10 * minute);
    expect(await current(data)).toBe('1');
  });

  test('is protected from deletion after it was read', async () => {
    const { client, data, version, deploy, ids } = await site();
    await deploy(await version('1'));
    const check = { ApplicationId: ids.ApplicationId, DeletionProtectionCheck: 'APPLY' } as const;
    const { Items } = await client.send(new ListEnvironmentsCommand({ ApplicationId: ids.ApplicationId }));
    const remove = () => client.send(new DeleteEnvironmentCommand({ ...check, EnvironmentId: Items?.[0]?.Id }));
    await current(data);
    expect((await failureOf(remove())).message).toContain('protected from deletion');
  });

  test('is not new if the same version is deployed again', async () => {
    const { data, version, deploy } = await site();
    const number = await version('1');
    await deploy(number);
    const { next } = await poll(data, await open(data));
    await deploy(number);
    expect((await poll(data, next)).content).toBe('');
  });
});

const flagDocument = {
  version: '1',
  flags: {
    on: { name: 'on', attributes: { limit: { constraints: { type: 'number' } } } },
    off: { name: 'off', attributes: { limit: { constraints: { type: 'number' } } } },
    varied: { name: 'varied', attributes: { color: { constraints: { type: 'string' } } } },
    unset: { name: 'unset' },
  },
  values: {
    on: { enabled: true, limit: 5 },
    off: { enabled: false, limit: 6 },
    varied: {
      _variants: [
        { name: 'beta', enabled: true, rule: '(eq $group "beta")', attributeValues: { color: 'red' } },
        { name: 'rest', enabled: true, attributeValues: { color: 'blue' } },
      ],
    },
  },
};
const retrieved = {
  on: { enabled: true, limit: 5 },
  off: { enabled: false },
  varied: { enabled: true, color: 'blue', _variant: 'rest' },
};

test('feature flags are flat, with attributes only if enabled, and the variant without a rule', async () => {
  const { data, version, deploy } = await site('AWS.AppConfig.FeatureFlags');
  await deploy(await version(JSON.stringify(flagDocument)));
  expect(JSON.parse(await current(data))).toEqual(retrieved);
});

test('clients of different accounts are separate', async () => {
  const { emulator } = await site();
  const { client } = clientsOf(emulator, { accessKeyId: 'ASIA999999999999LOCL', secretAccessKey: 'local' });
  await client.send(new CreateApplicationCommand({ Name: 'shop' }));
  expect(emulator.snapshot().accountRegions).toHaveLength(2);
});

describe("the Agent's local path", () => {
  const path = '/applications/shop/environments/prod/configurations/web';

  async function agent(type?: string) {
    const world = await site(type);
    const ask = (asked: string, method = 'GET') => {
      const [pathname = '', query = ''] = asked.split('?');
      const request = { method, path: pathname, query: new URLSearchParams(query), headers: {}, body: Buffer.from('') };
      const response = handleAgentRequest(request, (address) => world.emulator.configuration(address, 'agent'));
      return { ...response, text: response.body.toString() };
    };
    return { ...world, ask };
  }

  test('returns the content, its version and its label', async () => {
    const { ask, version, deploy } = await agent();
    await deploy(await version('{"a":1}', 'first'));
    expect(ask(path)).toMatchObject({
      status: 200,
      text: '{"a":1}',
      headers: { 'configuration-version': '1', 'content-type': 'application/json', 'version-label': 'first' },
    });
  });

  test('returns one flag by itself, several by their names', async () => {
    const { ask, version, deploy } = await agent('AWS.AppConfig.FeatureFlags');
    await deploy(await version(JSON.stringify(flagDocument)));
    expect(JSON.parse(ask(path).text)).toEqual(retrieved);
    expect(JSON.parse(ask(`${path}?flag=on`).text)).toEqual(retrieved.on);
    expect(JSON.parse(ask(`${path}?flag=off&flag=varied`).text)).toEqual({
      off: retrieved.off,
      varied: retrieved.varied,
    });
    expect(ask(`${path}?flag=none`).status).toBe(404);
  });

  test('returns 404 for a missing resource, and 400 for a flag of content without flags', async () => {
    const { ask, version, deploy } = await agent();
    expect(ask(path).status).toBe(404);
    await deploy(await version('text'));
    expect(ask(path).status).toBe(200);
    expect(ask(`${path}?flag=a`).status).toBe(400);
    expect(ask('/applications/none/environments/prod/configurations/web').status).toBe(404);
    expect(ask('/applications/%/environments/prod/configurations/web').status).toBe(400);
    expect(ask('/').status).toBe(404);
    expect(ask(path, 'POST').status).toBe(404);
  });
});
