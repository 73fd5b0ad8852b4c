// The library as its users import it: built, and by the name of the package.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type RunningEmulator, type StartOptions, startEmulator } from '@appcfg/cli/emulator';
import { AppConfigClient, ListApplicationsCommand } from '@aws-sdk/client-appconfig';
import { describe, expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const web = { application: 'shop', environment: 'prod', profile: 'web' };
const path = '/applications/shop/environments/prod/configurations/web';

async function started(options: StartOptions = {}): Promise<RunningEmulator> {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.close());
  return emulator;
}

/** A folder inside the package, where imports by the package's own name resolve to it. */
describe('startEmulator', () => {
  test('needs no options, and returns the environment variables that clients need', async () => {
    const emulator = await started();
    expect(emulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(emulator.agentUrl).toBeUndefined();
    expect(emulator.environment).toMatchObject({ AWS_ENDPOINT_URL: emulator.url, AWS_REGION: 'us-east-1' });
    const client = new AppConfigClient({
      endpoint: emulator.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    await client.send(new ListApplicationsCommand({}));
    client.destroy();
    expect(emulator.stats()).toEqual({ ListApplications: 1 });
    emulator.resetStats();
    expect(emulator.stats()).toEqual({});
  });

  test('callers have the policy that it is given, or set to', async () => {
    const policy = (Effect: string) => ({ Statement: { Effect, Action: '*', Resource: '*' } });
    const emulator = await started({ policy: policy('Deny') });
    const status = async () => (await fetch(`${emulator.url}/applications`)).status;
    expect(await status()).toBe(403);
    emulator.setPolicy(policy('Allow'));
    expect(await status()).toBe(200);
    expect(() => emulator.setPolicy('Deny' as unknown as object)).toThrow('the policy is not an object');
    expect(() => emulator.setPolicy({ Statement: [{ Effect: 'Deny', Action: '*' }] })).toThrow('"Resource"');
    expect(await status()).toBe(200);
    emulator.setPolicy({ Statement: [] });
    expect(await status()).toBe(403);
    const changed = policy('Deny');
    emulator.setPolicy(changed);
    changed.Statement.Effect = 'Allow';
    const shown = await (await fetch(`${emulator.url}/_emulator/policy`)).json();
    expect([await status(), shown]).toEqual([403, policy('Deny')]);
    emulator.setPolicy(undefined);
    expect(await status()).toBe(200);
  });

  test('uses the given account, Region, quotas and clock', async () => {
    let time = Date.parse('2026-03-01T12:00:00Z');
    const emulator = await started({
      account: '210987654321',
      region: 'eu-west-1',
      quotas: { applications: 1 },
      speed: 60,
      now: () => time,
    });
    time += 1000;
    expect(emulator.now()).toBe(Date.parse('2026-03-01T12:01:00Z'));
    emulator.advance(1000);
    expect(emulator.now()).toBe(Date.parse('2026-03-01T12:01:01Z'));
    const create = (Name: string) =>
      fetch(`${emulator.url}/applications`, { method: 'POST', body: JSON.stringify({ Name }) });
    expect((await create('first')).status).toBe(201);
    expect(await (await create('first')).text()).toContain('in account 210987654321');
    expect((await create('second')).status).toBe(402);
    expect(emulator.environment.AWS_REGION).toBe('eu-west-1');
  });

  test('makes configurations live from the start, and deploys others later', async () => {
    const flags = { version: '1', flags: { dark: { name: 'dark' } }, values: { dark: { enabled: true } } };
    const emulator = await started({
      agentPort: 0,
      configurations: [
        { ...web, content: 'plain', versionLabel: 'v1' },
        { ...web, profile: 'flags', type: 'AWS.AppConfig.FeatureFlags', content: flags },
      ],
    });
    expect(emulator.stats()).toEqual({});
    const agent = (more = '') => fetch(`${emulator.agentUrl}${path}${more}`);
    const first = await agent();
    expect([await first.text(), first.headers.get('version-label'), first.headers.get('content-type')]).toEqual([
      'plain',
      'v1',
      'text/plain',
    ]);
    await emulator.deploy({ ...web, content: { a: 1 } });
    expect(await (await agent()).json()).toEqual({ a: 1 });
    const flag = await fetch(`${emulator.agentUrl}${path.replace(/web$/, 'flags')}?flag=dark`);
    expect(await flag.json()).toEqual({ enabled: true });
    await emulator.deploy({ ...web, content: Buffer.from([0, 255]) });
    const bytes = await agent();
    expect(bytes.headers.get('content-type')).toBe('application/octet-stream');
    expect([...new Uint8Array(await bytes.arrayBuffer())]).toEqual([0, 255]);
    await expect(emulator.deploy({ ...web, content: '' })).rejects.toThrow('validation error');
  });

  test('sets alarms and injects faults', async () => {
    const emulator = await started({ configurations: [{ ...web, content: 'a' }], agentPort: 0 });
    emulator.setAlarm({ ...web, state: 'ALARM' });
    await expect(emulator.deploy({ ...web, content: 'b' })).rejects.toThrow(
      'deployment 2 of shop/prod/web is DEPLOYING, not live yet',
    );
    emulator.advance(60_000);
    expect(await (await fetch(`${emulator.agentUrl}${path}`)).text()).toBe('a');
    expect(() => emulator.setAlarm({ application: 'a', environment: 'b', state: 'OK' })).toThrow('there is no');
    emulator.injectFault({ operation: 'ListApplications', kind: 'throttle' });
    expect((await fetch(`${emulator.url}/applications`)).status).toBe(429);
    emulator.injectFault({ operation: 'GetApplication', kind: 'throttle', about: 'bbbb' });
    expect((await fetch(`${emulator.url}/applications/aaaa`)).status).toBe(404);
    expect((await fetch(`${emulator.url}/applications/bbbb`)).status).toBe(429);
    emulator.injectFault({ operation: '*', kind: 'error' });
    emulator.clearFaults();
    expect((await fetch(`${emulator.url}/applications`)).status).toBe(200);
  });
});

describe('startEmulator with invalid input', () => {
  test.each([
    [{ speed: 0 }, '"speed" must be a number above 0 and at most 1000000, not 0'],
    [{ speed: -1 }, '"speed"'],
    [{ speed: 1e15 }, '"speed"'],
    [{ account: '12' }, '"account" must be a string of twelve digits, not "12"'],
    [{ latencyMs: -1 }, '"latencyMs"'],
    [{ port: 70_000 }, '"port"'],
    [{ region: 'eu west' }, '"region"'],
    [{ quotas: { applications: -1 } }, '"quotas.applications"'],
    [{ now: 5 as unknown as () => number }, '"now" must be a function, not 5'],
    [{ speed: Number.NaN }, '"speed" must be a number above 0 and at most 1000000, not NaN'],
    [{ speed: '2' as unknown as number }, '"speed" must be a number above 0 and at most 1000000, not "2"'],
    [{ port: 5n as unknown as number }, '"port" must be a port from 0 to 65535, not 5n'],
    [{ rates: 'no' as unknown as boolean }, '"rates" must be true or false, not "no"'],
    [{ latency: 5 } as StartOptions, 'unknown member "latency", available: account, region, port'],
    [{ quotas: { application: 1 } as object }, 'unknown member "quotas.application", available: applications'],
    [{ quotas: 5 as never }, '"quotas" must be an object, not 5'],
    [{ configurations: {} as [] }, '"configurations" must be a list, not {}'],
    [{ configurations: [undefined as never] }, '"configurations[0]" must be an object, not undefined'],
    [{ configurations: [{ ...web, content: undefined }] }, '"configurations[0].content" is missing'],
    [
      { configurations: [{ ...web, profile: 5 as never, content: '' }] },
      '"configurations[0].profile" must be a string',
    ],
    [null as unknown as StartOptions, 'an object is required, not null'],
  ])('%o is refused', async (options, message) => {
    await expect(startEmulator(options)).rejects.toThrow(`startEmulator: ${message}`);
  });

  test('throws a TypeError for a wrong type and a RangeError for a value out of bounds', async () => {
    await expect(startEmulator({ speed: 0 })).rejects.toThrow(RangeError);
    await expect(startEmulator({ account: '12' })).rejects.toThrow(RangeError);
    await expect(startEmulator({ account: 123456789012 as never })).rejects.toThrow(TypeError);
    await expect(startEmulator({ speed: '2' as never })).rejects.toThrow(TypeError);
  });

  test.each([
    [{ times: -1 }, '"times" must be an integer of at least 1, not -1'],
    [{ times: '2' as never }, '"times" must be an integer of at least 1, not "2"'],
    [{ after: -1 }, '"after"'],
    [{ every: 0 }, '"every"'],
    [{ delayMs: -5 }, '"delayMs"'],
    [{ delayMs: 60_001 }, '"delayMs"'],
    [{ about: 5 as never }, '"about" must be a string, not 5'],
    [{ delay: 5 } as object, 'unknown member "delay"'],
  ])('a fault with %j is refused', async (fault, message) => {
    const emulator = await started();
    expect(() => emulator.injectFault({ operation: '*', kind: 'slow', ...fault })).toThrow(`injectFault: ${message}`);
    expect((await fetch(`${emulator.url}/applications`)).status).toBe(200);
  });

  test('checks alarms and configurations too', async () => {
    const emulator = await started({ configurations: [{ ...web, content: 'a' }] });
    expect(() => emulator.setAlarm({ ...web, state: 'RED' as 'OK' })).toThrow(
      'setAlarm: "state" must be one of OK, ALARM, INSUFFICIENT_DATA, not "RED"',
    );
    await expect(emulator.deploy(undefined as never)).rejects.toThrow(
      'deploy: "configuration" must be an object, not undefined',
    );
    await expect(emulator.deploy({ ...web, content: 'b', type: 'Flags' as never })).rejects.toThrow(
      'deploy: "configuration.type"',
    );
  });

  test('refuses faults that cannot happen', async () => {
    const emulator = await started();
    expect(() => emulator.injectFault({ operation: 'CreateApplications', kind: 'slow' })).toThrow(RangeError);
    expect(() => emulator.injectFault({ operation: 'ListApplications', kind: 'race' })).toThrow(
      new RangeError('ListApplications cannot have a fault of kind "race"; only StartDeployment can'),
    );
    expect(() => emulator.injectFault({ operation: 'StopDeployment', kind: 'protected' })).toThrow(RangeError);
    expect(() => emulator.injectFault({ operation: '*', kind: 'none' as 'slow' })).toThrow('not "none"');
    expect(() => emulator.advance(Number.NaN)).toThrow(RangeError);
  });

  test('closes the other port if the Agent’s port is in use', async () => {
    const first = await started();
    const port = Number(new URL(first.url).port);
    const other = await started();
    const free = Number(new URL(other.url).port);
    await other.close();
    await expect(startEmulator({ port: free, agentPort: port })).rejects.toThrow('EADDRINUSE');
    await expect(fetch(`http://127.0.0.1:${free}/applications`)).rejects.toThrow();
  });
});

test('passes unexpected errors to onUnexpected', async () => {
  const unexpected: unknown[] = [];
  let broken = false;
  const bug = new Error('no time');
  const now = () => {
    if (broken) throw bug;
    return Date.now();
  };
  const emulator = await started({ now, onUnexpected: (error) => unexpected.push(error) });
  broken = true;
  await expect(fetch(`${emulator.url}/applications`)).rejects.toThrow();
  await expect(fetch(`${emulator.url}/_emulator/clock`)).rejects.toThrow();
  expect(unexpected).toEqual([bug, bug]);
  broken = false;
});

test('rates, latency and faults do not apply to the calls of the library itself, which are not counted', async () => {
  const configurations = Array.from({ length: 30 }, (_, n) => ({ ...web, profile: `p${n}`, content: 'a' }));
  const emulator = await started({ rates: true, latencyMs: 2_000, configurations });
  emulator.injectFault({ operation: '*', kind: 'error' });
  const before = performance.now();
  await emulator.deploy({ ...web, content: 'b' });
  expect(performance.now() - before).toBeLessThan(1_500);
  expect(emulator.stats()).toEqual({});
});

test('deploys with its own strategy, even if others with that name were changed', async () => {
  const emulator = await started({ configurations: [{ ...web, content: 'a' }] });
  const strategies = async () => {
    const { Items } = (await (await fetch(`${emulator.url}/deploymentstrategies`)).json()) as {
      Items: { Id: string; Name: string }[];
    };
    return Items.filter(({ Name }) => Name.startsWith('appcfg/emulator'));
  };
  for (const changed of ['DeploymentDurationInMinutes', 'FinalBakeTimeInMinutes']) {
    for (const { Id } of await strategies()) {
      const init = { method: 'PATCH', body: JSON.stringify({ [changed]: 60 }) };
      await fetch(`${emulator.url}/deploymentstrategies/${Id}`, init);
    }
    await emulator.deploy({ ...web, content: changed });
  }
  expect(await strategies()).toHaveLength(3);
});

test('ends at once, even while a slow call is in progress', async () => {
  const script = `
    const { startEmulator } = await import('@appcfg/cli/emulator');
    const emulator = await startEmulator();
    emulator.injectFault({ operation: '*', kind: 'slow', delayMs: 60_000 });
    fetch(emulator.url + '/applications').catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    await emulator.close();
  `;
  await run(process.execPath, ['--input-type=module', '-e', script], { cwd: root, timeout: 10_000 });
});

test('concurrent deploys create shared resources once', async () => {
  const emulator = await started();
  await Promise.all(['a', 'b', 'c'].map((profile) => emulator.deploy({ ...web, profile, content: 1 })));
  const { Items } = (await (await fetch(`${emulator.url}/applications`)).json()) as { Items: unknown[] };
  expect(Items).toHaveLength(1);
});

test('a misspelled member and a string of milliseconds are refused', async () => {
  const emulator = await started();
  await expect(
    emulator.deploy({ ...web, content: 1, versionlabel: 'x' } as typeof web & { content: 1 }),
  ).rejects.toThrow('unknown member "configuration.versionlabel"');
  expect(() => emulator.advance('5' as unknown as number)).toThrow(RangeError);
  expect((await fetch(`${emulator.url}/applications`)).status).toBe(200);
});
