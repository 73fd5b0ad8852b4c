import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppConfigClient, CreateApplicationCommand, ListApplicationsCommand } from '@aws-sdk/client-appconfig';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listen } from '../../../src/emulator/host/http-server.ts';
import { openStateFile, StateFileError } from '../../../src/emulator/host/state-file.ts';
import type { SdkHandler } from '../../../src/emulator/wire/sdk-handler.ts';
import { raw } from '../conformance/support.ts';

let folder = '';
let path = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'appcfg-state-'));
  path = join(folder, 'local.json');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A clock that the tests move. */
function steppedClock() {
  let time = Date.parse('2026-03-01T12:00:00Z');
  const now = () => time;
  return Object.assign(now, { step: (ms: number) => (time += ms) });
}

const open = () => openStateFile({ path, now: Date.now, speed: 60 });

const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };

function clientOf(requestHandler: SdkHandler) {
  return new AppConfigClient({ region: 'us-east-1', credentials, requestHandler });
}

async function names() {
  const local = await open();
  try {
    const { Items } = await clientOf(local.requestHandler).send(new ListApplicationsCommand({}));
    return Items?.map((item) => item.Name);
  } finally {
    await local.close();
  }
}

/** Starts another process that opens the file and keeps it open until it is killed. */
async function killedHolder() {
  const source = `
    const { openStateFile } = await import('./src/emulator/host/state-file.ts');
    const { emulator } = await openStateFile({ path: ${JSON.stringify(path)}, now: Date.now });
    const body = Buffer.from('{"Name":"kept"}');
    await emulator.handle({ method: 'POST', path: '/applications', query: new URLSearchParams(), headers: {}, body });
    console.log('open');
    setInterval(() => {}, 1000);
  `;
  const built = join(folder, 'holder.mjs');
  const { build } = await import('esbuild');
  await build({
    stdin: { contents: source, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: built,
    logLevel: 'silent',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const holder = spawn(process.execPath, [built], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  return holder;
}

describe('a state file', () => {
  test('keeps changes and the time', async () => {
    const first = await open();
    await clientOf(first.requestHandler).send(new CreateApplicationCommand({ Name: 'shop' }));
    first.emulator.advance(3_600_000);
    const time = first.emulator.now();
    await first.close();
    const second = await open();
    expect(second.emulator.now()).toBeGreaterThanOrEqual(time);
    await second.close();
    expect(await names()).toEqual(['shop']);
  });

  test('has a time that does not go back after a process that could not save at its end', async () => {
    const now = steppedClock();
    const first = await openStateFile({ path, now, speed: 60 });
    await raw(first.emulator, 'POST', '/applications', { body: '{"Name":"shop"}' });
    const kept = await readFile(path, 'utf8');
    now.step(60_000);
    const last = first.emulator.now();
    await first.close();
    await writeFile(path, kept);
    const second = await openStateFile({ path, now, speed: 60 });
    expect(second.emulator.now()).toBe(last);
    await second.close();
    now.step(-3_600_000);
    const third = await openStateFile({ path, now, speed: 60 });
    expect(third.emulator.now()).toBeGreaterThanOrEqual(last);
    await third.close();
  });

  test('can be read again after the clock reached its last time', async () => {
    const now = steppedClock();
    const first = await openStateFile({ path, now, speed: 1_000_000 });
    now.step(365 * 24 * 3_600_000);
    const response = await raw(first.emulator, 'POST', '/applications', { body: '{"Name":"shop"}' });
    expect([response.status, response.headers['x-appcfg-clock-time']]).toEqual([201, '9999-12-31T00:00:00.000Z']);
    await first.close();
    expect(await names()).toEqual(['shop']);
  });

  test('contains a change before the response is sent', async () => {
    const local = await open();
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        await raw(local.emulator, 'POST', '/applications', { body: JSON.stringify({ Name: `app ${n}` }) });
        expect(await readFile(path, 'utf8')).toContain(`"app ${n}"`);
      }),
    );
    await local.close();
    expect(await readdir(folder)).toEqual(['local.json']);
  });

  test('contains alarms and a moved clock before the response is sent', async () => {
    const local = await open();
    const server = await listen(local.emulator, { port: 0 });
    try {
      const send = (method: string, below: string, body: unknown) =>
        fetch(`${server.url}${below}`, { method, body: JSON.stringify(body) });
      const { Id } = (await (await send('POST', '/applications', { Name: 'shop' })).json()) as { Id: string };
      await send('POST', `/applications/${Id}/environments`, { Name: 'prod' });
      await send('POST', '/_emulator/alarms', { application: 'shop', environment: 'prod', state: 'ALARM' });
      expect(await readFile(path, 'utf8')).toContain('"alarm":"ALARM"');
      await send('POST', '/_emulator/clock', { advanceMs: 864_000_000 });
      const { time } = JSON.parse(await readFile(path, 'utf8')) as { time: number };
      expect(time - Date.now()).toBeGreaterThan(863_000_000);
    } finally {
      await server.close();
      await local.close();
    }
  });

  test('does not reveal a change that is not saved yet', async () => {
    const local = await open();
    await rm(folder, { recursive: true });
    const responses = [
      raw(local.emulator, 'POST', '/applications', { body: '{"Name":"shop"}' }),
      raw(local.emulator, 'GET', '/applications'),
    ];
    for (const each of await Promise.allSettled(responses)) expect(each.status).toBe('rejected');
    await mkdir(folder);
    expect((await raw(local.emulator, 'GET', '/applications')).text).toContain('shop');
    expect(await readFile(path, 'utf8')).toContain('"shop"');
    await local.close();
  });

  test('leaves no temporary files, neither its own nor those of killed processes', async () => {
    await writeFile(`${path}.4242.tmp`, '{');
    await writeFile(`${path}.notes.tmp`, 'of another program');
    const local = await open();
    expect(await readdir(folder)).toEqual(['local.json.lock', 'local.json.notes.tmp']);
    await mkdir(join(path, 'in the way'), { recursive: true });
    await expect(raw(local.emulator, 'POST', '/applications', { body: '{"Name":"shop"}' })).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['local.json', 'local.json.lock', 'local.json.notes.tmp']);
    await rm(path, { recursive: true });
    await local.close();
  });

  test('contains a change even if the response is lost', async () => {
    const local = await open();
    local.emulator.injectFault({ operation: '*', kind: 'drop-after' });
    await expect(raw(local.emulator, 'POST', '/applications', { body: '{"Name":"shop"}' })).rejects.toThrow();
    expect(await readFile(path, 'utf8')).toContain('"shop"');
    await local.close();
  });

  test.each(['{', '', '[]', '{"format":1}', '{"format":99,"time":0,"created":0,"accountRegions":[]}'])(
    'that is damaged (%j) is refused and left as it is',
    async (content) => {
      await writeFile(path, content);
      const error = await open().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StateFileError);
      expect(error).toMatchObject({ reason: 'damaged' });
      expect(await readFile(path, 'utf8')).toBe(content);
      expect(await readdir(folder)).toEqual(['local.json']);
    },
  );

  test('is open in one process at a time', async () => {
    const first = await open();
    const before = performance.now();
    await expect(open()).rejects.toMatchObject({ reason: 'locked' });
    expect(performance.now() - before).toBeGreaterThan(1_900);
    const waiting = open();
    await first.close();
    await (await waiting).close();
  });

  test('is free at once after its process was killed', { timeout: 20_000 }, async () => {
    const holder = await killedHolder();
    expect(Number(await readFile(`${path}.lock`, 'utf8'))).toBe(holder.pid);
    await expect(open()).rejects.toMatchObject({ reason: 'locked' });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const before = performance.now();
    expect(await names()).toEqual(['kept']);
    expect(performance.now() - before).toBeLessThan(500);
  });

  test('is opened by only one of many processes that find its lock abandoned', { timeout: 20_000 }, async () => {
    await writeFile(`${path}.lock`, '999999999\n');
    let open_ = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const local = await open();
        open_ += 1;
        most = Math.max(most, open_);
        await new Promise((resolve) => setTimeout(resolve, 20));
        open_ -= 1;
        await local.close();
      }),
    );
    expect(most).toBe(1);
  });

  test('is not written after it was closed', async () => {
    const local = await open();
    await local.close();
    await expect(raw(local.emulator, 'POST', '/applications', { body: '{"Name":"late"}' })).rejects.toThrow('closed');
    expect(await readFile(path, 'utf8')).not.toContain('late');
  });

  test('can be closed twice', async () => {
    const local = await open();
    await local.close();
    await local.close();
  });
});

test("a role's credentials lead to its account, also after a restart", async () => {
  const first = await open();
  const sts = new STSClient({ region: 'eu-west-1', credentials, requestHandler: first.requestHandler });
  const RoleArn = 'arn:aws:iam::444455556666:role/appcfg';
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }));
  const assumed = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  const there = (requestHandler: SdkHandler) =>
    new AppConfigClient({ region: 'eu-west-1', credentials: assumed, requestHandler });
  await there(first.requestHandler).send(new CreateApplicationCommand({ Name: 'theirs' }));
  await first.close();
  expect(await names()).toEqual([]);
  const second = await open();
  try {
    const { Items } = await there(second.requestHandler).send(new ListApplicationsCommand({}));
    expect(Items?.map((item) => item.Name)).toEqual(['theirs']);
  } finally {
    await second.close();
  }
});
