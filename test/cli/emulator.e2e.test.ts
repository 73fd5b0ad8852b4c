// `appcfg emulator` as a process.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createWorld } from '../support/world.ts';

const program = join(import.meta.dirname, '../../bin/appcfg.js');

interface Served {
  readonly pid: number;
  readonly url: string;
  readonly agentUrl: string;
  readonly text: string;
  readonly readyMs: number;
  stop(): Promise<{ code: number | null; stderr: string }>;
}

async function serve(...args: string[]): Promise<Served> {
  const before = performance.now();
  const child = spawn(process.execPath, [program, 'emulator', '--port', '0', ...args], {
    env: { PATH: process.env.PATH, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const errors: string[] = [];
  child.stderr.on('data', (chunk) => errors.push(String(chunk)));
  const text = await firstOutput(child, errors);
  return {
    pid: child.pid ?? 0,
    url: /AppConfig at (\S+),/.exec(text)?.[1] ?? '',
    agentUrl: /path is at (\S+)\.\n/.exec(text)?.[1] ?? '',
    text,
    readyMs: performance.now() - before,
    stop: async () => {
      child.kill('SIGTERM');
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, stderr: errors.join('') };
    },
  };
}

/** The exit code and stderr of an emulator that refuses to start: that needs no process. */
async function refused(...args: string[]): Promise<string> {
  const { exitCode, stderr } = await createWorld({}).appcfg('emulator', '--port', '0', ...args);
  return `${exitCode}: ${stderr}`;
}

function firstOutput(child: ChildProcess, errors: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += String(chunk);
      if (text.includes('AWS_EC2_METADATA_DISABLED')) resolve(text);
    });
    child.on('close', (code) => reject(new Error(`ended with ${code}: ${errors.join('')}`)));
  });
}

const path = '/applications/tenant1/environments/dev/configurations/ThrottlingLimits';

/** Of `node -e 0`, on a machine with nothing else to do. */
const usualStartMs = 80;

test('is soon ready, at the port that it prints', async () => {
  const times: number[] = [];
  const starts: number[] = [];
  // The least, and no more than a slow machine makes of it: what other processes take is not the emulator's.
  const isSoon = () => Math.min(...times) < 300 * Math.max(1, Math.min(...starts) / usualStartMs);
  for (let run = 0; run < 5 && !isSoon(); run += 1) {
    const before = performance.now();
    await once(spawn(process.execPath, ['-e', '0']), 'close');
    starts.push(performance.now() - before);
    const { url, readyMs, stop } = await serve();
    expect((await fetch(`${url}/applications`)).status).toBe(200);
    times.push(readyMs);
    await stop();
  }
  expect(isSoon(), `${times} ms, where Node takes ${starts} ms`).toBe(true);
});

describe('--seed-from', () => {
  test('starts with the tree deployed, so that a diff finds nothing and an Agent serves what render prints', async () => {
    const world = createWorld();
    const { url, agentUrl } = await serve('--agent-port', '0', '--seed-from', world.directory);
    expect(await (await fetch(`${agentUrl}${path}`)).text()).toBe(
      (await world.appcfg('render', 'tenant1/dev/ThrottlingLimits')).stdout,
    );
    const applications = (await (await fetch(`${url}/applications`)).json()) as { Items: { Id: string }[] };
    for (const { Id } of applications.Items) {
      const below = `${url}/applications/${Id}/environments`;
      const environments = (await (await fetch(below)).json()) as { Items: { Id: string; State: string }[] };
      for (const environment of environments.Items) {
        expect(environment.State).toBe('ReadyForDeployment');
        const { Items } = (await (await fetch(`${below}/${environment.Id}/deployments`)).json()) as {
          Items: { State: string; CompletedAt: string }[];
        };
        expect(Items.map(({ State }) => State)).toEqual(Items.map(() => 'COMPLETE'));
        expect(Items.every(({ CompletedAt }) => Date.parse(CompletedAt) <= Date.now())).toBe(true);
      }
    }
    const diff = spawn(process.execPath, [program, 'diff', '--detailed-exitcode', '-C', world.directory], {
      env: {
        PATH: process.env.PATH,
        AWS_ENDPOINT_URL: url,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
      },
    });
    expect((await once(diff, 'close'))[0]).toBe(0);
  });

  test('does not change what a state file contains', async () => {
    const world = createWorld();
    world.write('appcfg.yml', 'project: p\naws: { region: eu-west-1 }\n');
    const folder = mkdtempSync(join(tmpdir(), 'appcfg-data-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const args = ['--data', join(folder, 'state.json'), '--seed-from', world.directory];
    const first = await serve(...args);
    expect(first.text).toContain('AWS_REGION=eu-west-1');
    await fetch(`${first.url}/applications`, { method: 'POST', body: '{"Name":"own"}' });
    await first.stop();
    const second = await serve(...args);
    expect(second.text).toContain('AWS_REGION=eu-west-1');
    const { Items } = (await (await fetch(`${second.url}/applications`)).json()) as { Items: { Name: string }[] };
    expect(Items.map(({ Name }) => Name)).toContain('own');
    expect(Items.map(({ Name }) => Name)).toContain('tenant1');
    expect((await second.stop()).stderr).toContain('--seed-from is ignored: the state file');
  });

  test('respects the given quotas', async () => {
    const { directory } = createWorld();
    const args = ['--seed-from', directory, '--quota'];
    expect(await refused(...args, 'applications=1')).toMatch(/^\d: error: .*applications/is);
    expect(await refused(...args, 'content=0')).toMatch(/^\d: error: .*content/is);
  });

  test('does not serve a tree with problems', async () => {
    const world = createWorld();
    writeFileSync(join(world.directory, 'tenants/tenant1/dev/ThrottlingLimits.yml'), 'a: [');
    expect(await refused('--seed-from', world.directory)).toMatch(
      /^3: error: tenants\/tenant1\/dev\/ThrottlingLimits.yml:1/,
    );
  });
});

test('--account sets the account', async () => {
  const { url } = await serve('--account', '210987654321');
  const create = () => fetch(`${url}/applications`, { method: 'POST', body: '{"Name":"own"}' });
  await create();
  expect(await (await create()).text()).toContain('in account 210987654321');
  expect(await refused('--account', '12')).toMatch(/twelve digits/);
});

test('the account of a state file stays unless --account is given', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'appcfg-data-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const data = ['--data', join(folder, 'state.json')];
  const create = (url: string) => fetch(`${url}/applications`, { method: 'POST', body: '{"Name":"own"}' });
  const first = await serve(...data, '--account', '210987654321');
  await create(first.url);
  await first.stop();
  const second = await serve(...data);
  expect(await (await create(second.url)).text()).toContain('in account 210987654321');
  await second.stop();
  const third = await serve(...data, '--account', '123456789012');
  expect((await create(third.url)).status).toBe(201);
});

test('warns where other machines can reach it', async () => {
  const { stop } = await serve('--host', '0.0.0.0');
  const { code, stderr } = await stop();
  expect(stderr).toContain('warning: --host 0.0.0.0 exposes the local AppConfig');
  expect(code).toBe(143);
});

test('reports, while it runs, that its state cannot be saved', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'appcfg-data-'));
  const { url, stop } = await serve('--data', join(folder, 'state.json'));
  const post = async (Name: string) =>
    (await fetch(`${url}/applications`, { method: 'POST', body: JSON.stringify({ Name }) })).status;
  rmSync(folder, { recursive: true });
  expect([await post('a'), await post('b'), await post('c')]).toEqual([500, 500, 500]);
  mkdirSync(folder);
  expect(await post('d')).toBe(201);
  rmSync(folder, { recursive: true });
  expect(await post('e')).toBe(500);
  mkdirSync(folder);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  // Once for each time that it began to fail.
  expect((await stop()).stderr.match(/the state of the local AppConfig cannot be saved/g)).toHaveLength(2);
});

test('a disk that takes no more is not an internal error', async ({ skip }) => {
  skip(!existsSync('/usr/bin/prlimit'), 'this system has no prlimit');
  const folder = mkdtempSync(join(tmpdir(), 'appcfg-data-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { pid, url, stop } = await serve('--data', join(folder, 'state.json'));
  execFileSync('prlimit', [`--pid=${pid}`, '--fsize=10']);
  expect((await fetch(`${url}/applications`, { method: 'POST', body: '{"Name":"own"}' })).status).toBe(500);
  const { stderr } = await stop();
  expect(stderr).toContain('the state of the local AppConfig cannot be saved: EFBIG');
  expect(stderr).not.toContain('internal error');
});

test('reports, when it ends, that its state cannot be saved', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'appcfg-data-'));
  const { stop } = await serve('--data', join(folder, 'state.json'));
  rmSync(folder, { recursive: true });
  const { code, stderr } = await stop();
  expect(stderr).toContain('the state of the local AppConfig cannot be saved');
  expect(code).toBe(3);
});

test('refuses a folder as --data', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'appcfg-data-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  expect(await refused('--data', folder)).toMatch(/^3: error: the state .* cannot be read/);
});

test.each([['--local'], ['--tenant', 'a'], ['--concurrency', '3'], ['--timeout', '3h'], ['--detailed-exitcode']])(
  'refuses %s, which has no effect on it',
  async (...args) => {
    expect(await refused(...args)).toMatch(new RegExp(`^3: error: .*${args[0]}`));
  },
);

test('lists only the flags that it has', async () => {
  const { stdout } = await createWorld({}).appcfg('emulator', '--help');
  for (const flag of ['--port', '--region', '--output', '--quiet']) expect(stdout).toContain(flag);
  for (const flag of ['--local', '--tenant', '--concurrency', '--detailed-exitcode'])
    expect(stdout).not.toContain(flag);
});

test('follows a symbolic link to its state file, and locks that file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'appcfg-data-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync('state.json', join(folder, 'link.json'));
  const first = await serve('--data', join(folder, 'link.json'));
  await fetch(`${first.url}/applications`, { method: 'POST', body: '{"Name":"own"}' });
  await expect(serve('--data', join(folder, 'state.json'))).rejects.toThrow(/ended with 75/);
  await first.stop();
  expect(lstatSync(join(folder, 'link.json')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(folder, 'state.json'), 'utf8')).toContain('"own"');
});

test('is seeded regardless of quotas and accounts in the settings, and refuses a folder without a tree', async () => {
  const world = createWorld();
  world.write('appcfg.yml', 'project: p\naws: { quotas: { applications: 1 }, allowedAccounts: ["111122223333"] }\n');
  const { url } = await serve('--seed-from', world.directory);
  expect(await (await fetch(`${url}/applications`)).text()).toContain('tenant2');
  const empty = createWorld({});
  expect(await refused('--seed-from', empty.directory)).toMatch(/has no folder tenants\//);
});
