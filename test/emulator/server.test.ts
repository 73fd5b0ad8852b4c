import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { AppConfigClient, CreateApplicationCommand, ListApplicationsCommand } from '@aws-sdk/client-appconfig';
import { afterEach, describe, expect, test } from 'vitest';
import { createEmulator } from '../../src/emulator/emulator.ts';
import { type EmulatorServer, listen } from '../../src/emulator/server.ts';
import { clientEnvironment as environment, isThere } from '../support/real-clients.ts';

const run = promisify(execFile);
const servers: EmulatorServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve() {
  const emulator = createEmulator({ now: Date.now });
  const server = await listen(emulator, { port: 0 });
  servers.push(server);
  return { emulator, server };
}

const post = (url: string, body: unknown) => fetch(url, { method: 'POST', body: JSON.stringify(body) });

describe('the server', () => {
  test('serves the SDK over HTTP', async () => {
    const { server } = await serve();
    const client = new AppConfigClient({
      region: 'us-east-1',
      endpoint: server.url,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    await client.send(new CreateApplicationCommand({ Name: 'grüße 1', Tags: { a: 'b' } }));
    const { Items } = await client.send(new ListApplicationsCommand({}));
    expect(Items?.[0]?.Name).toBe('grüße 1');
    client.destroy();
  });

  test('listens on this machine only, and is not there for web pages', async () => {
    const { server } = await serve();
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const foreign = await fetch(`${server.url}/applications`, { headers: { origin: 'https://example.com' } });
    expect(foreign.status).toBe(403);
    const own = await fetch(`${server.url}/applications`, { headers: { origin: 'http://localhost:3000' } });
    expect(own.status).toBe(200);
    const { port } = new URL(server.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write('GET /applications HTTP/1.1\r\nHost: rebound.example.com\r\nConnection: close\r\n\r\n');
      });
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  });

  test('refuses bodies above 5 MB', async () => {
    const { server } = await serve();
    const body = Buffer.alloc(5 * 1024 * 1024 + 1);
    const answer = await fetch(`${server.url}/applications`, { method: 'POST', body });
    expect(answer.status).toBe(413);
  });

  test('breaks the connection where a fault says so', async () => {
    const { server } = await serve();
    await post(`${server.url}/_emulator/faults`, { operation: '*', kind: 'drop-after' });
    await expect(fetch(`${server.url}/applications`)).rejects.toThrow();
    expect((await fetch(`${server.url}/applications`)).status).toBe(200);
  });

  test('ends promptly, with a slow call under way and connections kept alive', async () => {
    const { emulator, server } = await serve();
    await fetch(`${server.url}/applications`);
    emulator.injectFault({ operation: '*', kind: 'slow', delayMs: 400 });
    const slow = fetch(`${server.url}/applications`).catch(() => 'broken');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = performance.now();
    await server.close();
    expect(performance.now() - before).toBeLessThan(300);
    expect(await slow).toBe('broken');
  });
});

describe('what is below /_emulator/', () => {
  test('counts calls', async () => {
    const { server } = await serve();
    await fetch(`${server.url}/applications`);
    const stats = async () => (await fetch(`${server.url}/_emulator/stats`)).json();
    expect(await stats()).toEqual({ calls: { ListApplications: 1 }, violations: [] });
    await post(`${server.url}/_emulator/reset`, {});
    expect(await stats()).toEqual({ calls: {}, violations: [] });
  });

  test('moves the clock', async () => {
    const { emulator, server } = await serve();
    const answer = await post(`${server.url}/_emulator/clock`, { advanceMs: 3_600_000 });
    const { now } = (await answer.json()) as { now: number };
    expect(now - Date.now()).toBeGreaterThan(3_500_000);
    expect(emulator.now()).toBeGreaterThanOrEqual(now);
    expect((await fetch(`${server.url}/_emulator/clock`)).status).toBe(200);
  });

  test('says what is wrong with what it is given', async () => {
    const { server } = await serve();
    const alarm = await post(`${server.url}/_emulator/alarms`, { application: 'a', environment: 'b', state: 'ALARM' });
    expect(alarm.status).toBe(400);
    expect(await alarm.json()).toEqual({ Message: 'there is no environment b in an application a' });
    expect((await post(`${server.url}/_emulator/faults`, { operation: '*', kind: 'none' })).status).toBe(400);
    for (const advanceMs of [-1, 8.64e15, 1e300]) {
      expect((await post(`${server.url}/_emulator/clock`, { advanceMs })).status).toBe(400);
    }
    expect((await fetch(`${server.url}/applications`)).status).toBe(200);
    expect((await fetch(`${server.url}/_emulator/nothing`)).status).toBe(404);
  });
});

test('the AWS CLI can work with it', { timeout: 60_000 }, async () => {
  if (!(await isThere('aws', ['--version']))) return;
  const { server } = await serve();
  const aws = async (...args: string[]) => {
    const { stdout } = await run('aws', [...args, '--output', 'json'], { env: environment(server.url) });
    return (stdout === '' ? {} : JSON.parse(stdout)) as Record<string, string>;
  };
  const { Id = '' } = await aws('appconfig', 'create-application', '--name', 'shop', '--tags', 'a=b');
  const arn = `arn:aws:appconfig:us-east-1:123456789012:application/${Id}`;
  expect(await aws('appconfig', 'list-tags-for-resource', '--resource-arn', arn)).toEqual({ Tags: { a: 'b' } });
  expect(await aws('sts', 'get-caller-identity')).toMatchObject({ Account: '123456789012' });
  const missing = aws('appconfig', 'get-application', '--application-id', 'abcdefg');
  await expect(missing).rejects.toThrow('ResourceNotFoundException');
});

test('boto3 can work with it', { timeout: 60_000 }, async () => {
  if (!(await isThere('python3', ['-c', 'import boto3']))) return;
  const { server } = await serve();
  const script = `
import boto3, json
c = boto3.client('appconfig')
app = c.create_application(Name='shop')['Id']
env = c.create_environment(ApplicationId=app, Name='prod')['Id']
profile = c.create_configuration_profile(ApplicationId=app, Name='web', LocationUri='hosted')['Id']
c.create_hosted_configuration_version(ApplicationId=app, ConfigurationProfileId=profile, Content=b'a: 1', ContentType='text/plain', VersionLabel='v-1')
read = c.get_hosted_configuration_version(ApplicationId=app, ConfigurationProfileId=profile, VersionNumber=1)
strategy = c.create_deployment_strategy(Name='now', DeploymentDurationInMinutes=0, GrowthFactor=100)['Id']
d = c.start_deployment(ApplicationId=app, EnvironmentId=env, DeploymentStrategyId=strategy, ConfigurationProfileId=profile, ConfigurationVersion='v-1')
c.delete_deployment_strategy(DeploymentStrategyId=strategy)
print(json.dumps([read['Content'].read().decode(), read['VersionLabel'], d['State'], d['StartedAt'].year >= 2024]))
`;
  const { stdout } = await run('python3', ['-c', script], { env: environment(server.url) });
  expect(JSON.parse(stdout)).toEqual(['a: 1', 'v-1', 'COMPLETE', true]);
});
