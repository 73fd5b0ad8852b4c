// The emulator is reached by programs. A web page that runs in a browser on the same machine must not reach it, nor hold it up.
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createEmulator } from '../../src/emulator/host/emulator.ts';
import { listen, listenAsAgent } from '../../src/emulator/host/http-server.ts';

type Headers = Readonly<Record<string, string>>;

/** An emulator that listens, and what it responds to bytes from a socket. */
async function serve(
  options: {
    readonly host?: string;
    readonly allowedHosts?: readonly string[];
    readonly requestTimeoutMs?: number;
    agent?: boolean;
  } = {},
) {
  const emulator = createEmulator({ now: Date.now });
  const server = await (options.agent ? listenAsAgent : listen)(emulator, { port: 0, ...options });
  onTestFinished(() => server.close());
  const { port } = new URL(server.url);
  const send = async (bytes: string): Promise<string> => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(bytes);
    let response = '';
    for await (const chunk of socket.setEncoding('utf8')) response += chunk;
    return response;
  };
  const request = (path: string, headers: Headers, method = 'GET') => {
    const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}`);
    return send(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  };
  const status = async (path: string, headers: Headers, method?: string) =>
    Number((await request(path, headers, method)).slice(9, 12));
  return { emulator, port, send, request, status };
}

const lists = '/applications';
const control = '/_emulator/stats';

test.each([undefined, '0.0.0.0'])(
  'a domain name that resolves to this machine reaches nothing (--host %s)',
  async (host) => {
    const { status, port } = await serve(host === undefined ? {} : { host });
    for (const path of [lists, control]) {
      for (const name of [
        'rebound.example.com',
        `rebound.example.com:${port}`,
        '127.0.0.1.example.com',
        'localhost.example.com',
        'localhost@rebound.example.com',
        'localhost.',
        'intranet',
        '',
        'a b',
      ]) {
        expect(await status(path, { host: name }), `${path} ${name}`).toBe(403);
      }
      for (const name of ['localhost', `127.0.0.1:${port}`, '[::1]:80', 'app.localhost', 'LOCALHOST']) {
        expect(await status(path, { host: name }), `${path} ${name}`).toBe(200);
      }
      expect(await status(path, { host: '192.168.1.5:2773' })).toBe(host === undefined ? 403 : 200);
    }
  },
);

test('a name that is allowed reaches it, if it listens beyond this machine; others do not', async () => {
  const allowedHosts = ['AppConfig', 'appconfig.test'];
  const { status, port } = await serve({ host: '0.0.0.0', allowedHosts });
  expect(await status(lists, { host: `appconfig:${port}` })).toBe(200);
  expect(await status(lists, { host: 'appconfig.test' })).toBe(200);
  expect(await status(lists, { host: 'appconfig.test.example.com' })).toBe(403);
  expect(await (await serve({ allowedHosts })).status(lists, { host: 'appconfig' })).toBe(403);
});

test('web pages of other sites reach nothing; those of other ports of this machine reach AppConfig, but not the emulator', async () => {
  const { status, port } = await serve();
  const host = `localhost:${port}`;
  const both = async (headers: Headers) => [
    await status(lists, { host, ...headers }),
    await status(control, { host, ...headers }),
  ];
  for (const headers of [
    { origin: 'https://example.com' },
    { origin: 'null' },
    { origin: 'http://localhost.example.com' },
    { origin: 'file://' },
    { 'sec-fetch-site': 'cross-site' },
    { origin: `http://${host}`, 'sec-fetch-site': 'cross-site' },
  ]) {
    expect(await both(headers), JSON.stringify(headers)).toEqual([403, 403]);
  }
  for (const headers of [
    { origin: 'http://localhost:3000' },
    { origin: `https://${host}` },
    { origin: `http://127.0.0.1:${port}` },
    { origin: 'http://localhost' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'anything' },
    { origin: `http://${host}`, 'sec-fetch-site': 'same-site' },
  ]) {
    expect(await both(headers), JSON.stringify(headers)).toEqual([200, 403]);
  }
  for (const headers of [
    {},
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'same-origin' },
    { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' },
  ]) {
    expect(await both(headers), JSON.stringify(headers)).toEqual([200, 200]);
  }
  // No spelling of the path avoids the check: others are not the emulator's own.
  for (const path of ['//_emulator/stats', '/%5Femulator/stats', '/_EMULATOR/stats', '/./_emulator/stats']) {
    expect(await status(path, { host, origin: 'http://localhost:3000' }), path).toBe(404);
  }
  expect(await status('/_emulator/reset', { host, origin: 'http://localhost:3000' }, 'POST')).toBe(403);
});

test('the Agent has the same rules for hosts and sites', async () => {
  const { status, port } = await serve({ agent: true });
  const path = '/applications/a/environments/b/configurations/c';
  expect(await status(path, { host: 'rebound.example.com' })).toBe(403);
  expect(await status(path, { host: `localhost:${port}`, origin: 'https://example.com' })).toBe(403);
  expect(await status(path, { host: `localhost:${port}` })).toBe(404);
});

test('no response can become a page with scripts', async () => {
  const { request, send, port } = await serve();
  const host = `localhost:${port}`;
  const responses = [
    await request(lists, { host }),
    await request(control, { host }),
    await request('/nothing', { host }),
    await request(lists, { host: 'rebound.example.com' }),
    await send('not HTTP\r\n\r\n'),
  ];
  for (const response of responses) {
    expect(response).toContain('x-content-type-options: nosniff');
    expect(response).toContain('content-security-policy: sandbox');
  }
});

test('a request that does not arrive in time is ended', async () => {
  const { send, port } = await serve({ requestTimeoutMs: 50 });
  const headers = `Host: localhost:${port}\r\n`;
  for (const bytes of [
    'GET /applications HTTP/1.1\r\n',
    `GET /applications HTTP/1.1\r\n${headers}`,
    `POST /applications HTTP/1.1\r\n${headers}Content-Length: 100\r\n\r\n{`,
    `POST /applications HTTP/1.1\r\n${headers}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`,
  ]) {
    expect(await send(bytes), bytes).toMatch(/^(HTTP\/1\.1 408 |$)/);
  }
});
