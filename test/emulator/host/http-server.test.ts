import { connect } from 'node:net';
import { AppConfigClient, CreateApplicationCommand, ListApplicationsCommand } from '@aws-sdk/client-appconfig';
import { afterEach, describe, expect, test } from 'vitest';
import { createEmulator } from '../../../src/emulator/host/emulator.ts';
import { type EmulatorServer, listen, listenAsAgent } from '../../../src/emulator/host/http-server.ts';

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

/** The server's response to raw bytes, until it ends the connection. */
async function sent(server: EmulatorServer, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.write(bytes);
  let response = '';
  for await (const chunk of socket.setEncoding('utf8')) response += chunk;
  return response;
}

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

  test('listens on this machine only and refuses web pages', async () => {
    const { server } = await serve();
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const crossOrigin = await fetch(`${server.url}/applications`, { headers: { origin: 'https://example.com' } });
    expect(crossOrigin.status).toBe(403);
    const own = await fetch(`${server.url}/applications`, { headers: { origin: 'http://localhost:3000' } });
    expect(own.status).toBe(200);
    const { port } = new URL(server.url);
    const response = await new Promise<string>((resolve, reject) => {
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
    expect(response).toMatch(/^HTTP\/1\.1 403 /);
  });

  test('refuses bodies above 5 MB', async () => {
    const { server } = await serve();
    const body = Buffer.alloc(5 * 1024 * 1024 + 1);
    const response = await fetch(`${server.url}/applications`, { method: 'POST', body });
    expect(response.status).toBe(413);
  });

  test('sends the request id and the clock in every response', async () => {
    const { emulator, server } = await serve();
    const agent = await listenAsAgent(emulator, { port: 0 });
    servers.push(agent);
    emulator.injectFault({ operation: 'ListDeploymentStrategies', kind: 'html' });
    const responses = await Promise.all([
      fetch(`${server.url}/applications`),
      fetch(`${server.url}/nothing`),
      fetch(`${server.url}/deploymentstrategies`),
      fetch(`${server.url}/_emulator/stats`),
      fetch(`${server.url}/_emulator/nothing`),
      fetch(`${server.url}/applications`, { headers: { origin: 'https://example.com' } }),
      fetch(`${server.url}/applications`, { method: 'POST', body: Buffer.alloc(5 * 1024 * 1024 + 1) }),
      fetch(`${agent.url}/applications/a/environments/b/configurations/c`),
    ]);
    const ids = responses.map(({ headers }) => headers.get('x-amzn-requestid'));
    expect(responses.map(({ status }) => status)).toEqual([200, 404, 200, 200, 404, 403, 413, 404]);
    expect(new Set(ids).size).toBe(responses.length);
    expect(ids).not.toContain(null);
    for (const { headers } of responses) {
      expect(headers.get('x-appcfg-clock-speed')).toBe('1');
      expect(Date.parse(headers.get('x-appcfg-clock-time') ?? '')).not.toBeNaN();
    }
    expect(await responses[6]?.json()).toMatchObject({ Measure: 'KILOBYTES', Limit: 5120, Size: 5121 });
  });

  test.each([
    ['is not HTTP', 'GARBAGE\r\n\r\n', 400],
    ['names no host', 'GET /applications HTTP/1.1\r\nConnection: close\r\n\r\n', 403],
    [
      'has headers that are too long',
      `GET /applications HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
    [
      'ends in the middle of a chunk',
      'POST /applications HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      400,
    ],
    [
      'expects something unknown',
      'GET /applications HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: more\r\nConnection: close\r\n\r\n',
      200,
    ],
  ])('also sends them in the response to a request that %s', async (_which, request, status) => {
    const { server } = await serve();
    const [head = '', body = ''] = (await sent(server, request)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toMatch(/^x-amzn-requestid: \S+\r\nx-appcfg-clock-speed: 1\r\nx-appcfg-clock-time: \S+Z\r$/m);
    if (status !== 200) {
      expect(head).toMatch(/^x-amzn-errortype: \w+Exception:\r$/m);
      expect(JSON.parse(body)).toEqual({ Message: expect.any(String) });
    }
    expect((await fetch(`${server.url}/applications`)).status).toBe(200);
  });

  test('passes an unexpected error to onUnexpected, and sends the client only a 500', async () => {
    const emulator = createEmulator({ now: Date.now }, () => Promise.reject(new Error('the disk is full')));
    const unexpected: unknown[] = [];
    const server = await listen(emulator, { port: 0, onUnexpected: (error) => unexpected.push(error) });
    servers.push(server);
    const response = await post(`${server.url}/applications`, { Name: 'own' });
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([500, 'InternalServerException:']);
    expect(response.headers.get('x-amzn-requestid')).not.toBeNull();
    expect(unexpected).toEqual([new Error('the disk is full')]);
  });

  test('breaks the connection if a fault demands it', async () => {
    const { server } = await serve();
    await post(`${server.url}/_emulator/faults`, { operation: '*', kind: 'drop-after' });
    await expect(fetch(`${server.url}/applications`)).rejects.toThrow();
    expect((await fetch(`${server.url}/applications`)).status).toBe(200);
  });

  test('closes promptly during a slow call and with keep-alive connections', async () => {
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

describe('the endpoints below /_emulator/', () => {
  test('count calls', async () => {
    const { server } = await serve();
    await fetch(`${server.url}/applications`);
    const stats = async () => (await fetch(`${server.url}/_emulator/stats`)).json();
    expect(await stats()).toEqual({ calls: { ListApplications: 1 }, violations: [] });
    await post(`${server.url}/_emulator/reset`, {});
    expect(await stats()).toEqual({ calls: {}, violations: [] });
  });

  test('set alarms in one account and Region only', async () => {
    const { emulator, server } = await serve();
    const signed = (region: string) => ({
      authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20260101/${region}/appconfig/aws4_request, SignedHeaders=a`,
    });
    const environments = async (region: string) => {
      const create = async (path: string, Name: string) => {
        const init = { method: 'POST', body: JSON.stringify({ Name }), headers: signed(region) };
        return ((await (await fetch(`${server.url}${path}`, init)).json()) as { Id: string }).Id;
      };
      const application = `/applications/${await create('/applications', 'shop')}`;
      await create(`${application}/environments`, 'prod');
    };
    await environments('us-east-1');
    await environments('eu-west-1');
    const alarms = () =>
      JSON.stringify(emulator.snapshot())
        .match(/"region":"[\w-]+"|"alarm":"\w+"/g)
        ?.slice(1);
    const prod = { application: 'shop', environment: 'prod', state: 'ALARM' };
    expect((await post(`${server.url}/_emulator/alarms`, { ...prod, region: 'eu-west-1' })).status).toBe(200);
    expect(alarms()).toEqual(['"region":"us-east-1"', '"alarm":"OK"', '"region":"eu-west-1"', '"alarm":"ALARM"']);
    expect((await post(`${server.url}/_emulator/alarms`, { ...prod, account: '210987654321' })).status).toBe(400);
    expect((await post(`${server.url}/_emulator/alarms`, prod)).status).toBe(200);
    expect(alarms()?.filter((each) => each.includes('ALARM'))).toHaveLength(2);
  });

  test('make only every third call fail if asked', async () => {
    const { server } = await serve();
    await post(`${server.url}/_emulator/faults`, {
      operation: 'ListApplications',
      kind: 'throttle',
      every: 3,
      times: 2,
    });
    const statuses: number[] = [];
    for (let call = 0; call < 10; call += 1) statuses.push((await fetch(`${server.url}/applications`)).status);
    expect(statuses.map((status) => status === 429)).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((call) => call === 3 || call === 6),
    );
  });

  test('move the clock', async () => {
    const { emulator, server } = await serve();
    const response = await post(`${server.url}/_emulator/clock`, { advanceMs: 3_600_000 });
    const { now } = (await response.json()) as { now: number };
    expect(now - Date.now()).toBeGreaterThan(3_500_000);
    expect(emulator.now()).toBeGreaterThanOrEqual(now);
    expect((await fetch(`${server.url}/_emulator/clock`)).status).toBe(200);
  });

  test('set the policy of callers, show it and remove it', async () => {
    const { server } = await serve();
    const url = `${server.url}/_emulator/policy`;
    const set = (method: string, body: string) => fetch(url, { method, body });
    const shown = async () => (await fetch(url)).json();
    const status = async () => (await fetch(`${server.url}/applications`)).status;
    expect([await shown(), await status()]).toEqual([null, 200]);
    const deny = { Statement: [{ Effect: 'Deny', Action: 'appconfig:ListApplications', Resource: '*' }] };
    const allow = { Statement: [{ Effect: 'Allow', Action: 'appconfig:List*', Resource: '*' }] };
    expect((await set('PUT', JSON.stringify(deny))).status).toBe(200);
    expect([await shown(), await status()]).toEqual([deny, 403]);
    expect((await set('PUT', JSON.stringify(allow))).status).toBe(200);
    expect([await shown(), await status()]).toEqual([allow, 200]);
    // Nothing was to be created, and the endpoints themselves are not called as AppConfig is.
    const create = () => post(`${server.url}/applications`, { Name: 'x' });
    expect((await create()).status).toBe(403);
    for (const body of ['', '{', 'null', '[]', '"x"', '{}', '{"Statement":[{"Effect":"Maybe"}]}']) {
      const refused = await set('PUT', body);
      expect(refused.status, body).toBe(400);
      expect((await refused.json()) as object, body).toEqual({
        Message: expect.stringMatching(/^[Tt]he |^statement 1 /),
      });
      expect(await shown(), body).toEqual(allow);
    }
    expect((await set('DELETE', '')).status).toBe(200);
    expect([await shown(), (await create()).status]).toEqual([null, 201]);
    for (const method of ['PATCH', 'POST']) expect((await set(method, JSON.stringify(deny))).status).toBe(404);
  });

  test('report what is wrong with their input', async () => {
    const { server } = await serve();
    const alarm = await post(`${server.url}/_emulator/alarms`, { application: 'a', environment: 'b', state: 'ALARM' });
    expect(alarm.status).toBe(400);
    expect(await alarm.json()).toEqual({
      Message: 'there is no environment "b" in an application "a" (account 123456789012, Region us-east-1)',
    });
    const messageOf = async (below: string, body: string) => {
      const response = await fetch(`${server.url}/_emulator/${below}`, { method: 'POST', body });
      expect(response.status).toBe(400);
      return ((await response.json()) as { Message: string }).Message;
    };
    expect(await messageOf('faults', '{"operation":"*","kind":"none"}')).toMatch(
      /^"kind" must be one of throttle, error,/,
    );
    expect(await messageOf('faults', '{"operation":"Nothing","kind":"slow"}')).toBe('there is no operation "Nothing"');
    expect(await messageOf('clock', '{"advanceMs":"1"}')).toBe(
      '"advanceMs" must be a number of milliseconds of at least 0, not "1"',
    );
    expect(await messageOf('clock', '{')).toBe('The request body is not JSON.');
    expect(await messageOf('clock', '[]')).toBe('an object is required, not []');
    expect(await messageOf('clock', '{}')).toBe('"advanceMs" is missing');
    expect(await messageOf('clock', '{"advanceMs":-1,"x":1}')).toBe(
      '"advanceMs" must be a number of milliseconds of at least 0, not -1; unknown member "x", available: advanceMs',
    );
    expect(await messageOf('faults', '{"operation":"*","kind":"slow","times":0}')).toBe(
      '"times" must be an integer of at least 1, not 0',
    );
    expect(await messageOf('faults', '{"operation":"*","kind":"slow","times":1.5}')).toBe(
      '"times" must be an integer of at least 1, not 1.5',
    );
    expect(await messageOf('faults', '{"operation":"*","kind":"slow","delayMs":1e12}')).toBe(
      '"delayMs" must be a number of milliseconds from 0 to 60000, not 1000000000000',
    );
    expect(await messageOf('alarms', '{"application":"a","environment":"b","state":"RED"}')).toBe(
      '"state" must be one of OK, ALARM, INSUFFICIENT_DATA, not "RED"',
    );
    for (const advanceMs of [-1, 8.64e15, 1e300]) {
      expect((await post(`${server.url}/_emulator/clock`, { advanceMs })).status).toBe(400);
    }
    expect((await fetch(`${server.url}/applications`)).status).toBe(200);
    expect((await fetch(`${server.url}/_emulator/nothing`)).status).toBe(404);
  });
});
