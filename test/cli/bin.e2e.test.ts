// The built program in a process of its own, over HTTP.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createEmulator } from '../../src/emulator/host/emulator.ts';
import { listen } from '../../src/emulator/host/http-server.ts';

const checkout = join(import.meta.dirname, '../..');
const program = join(checkout, 'bin/appcfg.js');

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function sampleTree(): string {
  const directory = mkdtempSync(join(tmpdir(), 'appcfg-bin-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const part of ['template', 'tenants', 'appcfg.yml'])
    cpSync(join(checkout, part), join(directory, part), { recursive: true });
  return directory;
}

function appcfg(directory: string, args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, ...args],
      { cwd: directory, env: { PATH: process.env.PATH, HOME: directory, AWS_EC2_METADATA_DISABLED: 'true', ...env } },
      (error, stdout, stderr) =>
        resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

const keys = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_REGION: 'eu-west-1' };

test('--version prints the version of package.json', async () => {
  const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
  expect(await appcfg(checkout, ['--version'])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
});

test('a JSON Schema of the tree is applied', async () => {
  const directory = sampleTree();
  writeFileSync(join(directory, 'appcfg.yml'), 'profiles: { AllowList: { schema: a.schema.json } }\n');
  writeFileSync(join(directory, 'a.schema.json'), '{ "required": ["absent"] }');
  const outcome = await appcfg(directory, ['validate', '-t', 'tenant1', '-e', 'dev']);
  expect(outcome.stderr).toContain("the content must have required property 'absent' (a.schema.json");
  expect(outcome.exitCode).toBe(3);
});

test('sync and cleanup work over HTTP', async () => {
  const emulator = createEmulator({ now: Date.now, speed: 1200 });
  const server = await listen(emulator, { port: 0 });
  onTestFinished(() => server.close());
  const directory = sampleTree();
  const env = { ...keys, AWS_ENDPOINT_URL: server.url };
  const sync = await appcfg(directory, ['sync'], env);
  expect(sync.exitCode, sync.stderr).toBe(0);
  expect(sync.stdout).toContain('12 deployments complete');
  const again = await appcfg(directory, ['sync', '--endpoint-url', server.url], keys);
  expect(again.stdout).toBe('Nothing to do: 12 addresses match the tree.\n');
  const cleanup = await appcfg(directory, ['cleanup', '--all', '--yes'], env);
  expect(cleanup.exitCode, cleanup.stderr).toBe(0);
  expect(emulator.violations()).toEqual([]);
});

test('--local keeps its state in the tree, and refuses a damaged state file without changing it', async () => {
  const directory = sampleTree();
  const env = { APPCFG_LOCAL_SPEED: '1200' };
  expect((await appcfg(directory, ['sync', '--local'], env)).exitCode).toBe(0);
  expect((await appcfg(directory, ['sync', '--local'], env)).stdout).toContain('Nothing to do');
  const file = join(directory, '.appcfg/local.json');
  writeFileSync(file, '{"half":');
  const damaged = await appcfg(directory, ['sync', '--local'], env);
  expect(damaged.exitCode).toBe(3);
  expect(damaged.stderr).toContain('local.json');
  expect(damaged.stderr).toContain('delete the file to start with an empty AppConfig');
  expect(readFileSync(file, 'utf8')).toBe('{"half":');
});

test('a run without credentials exits 6 and suggests --local', async () => {
  const outcome = await appcfg(sampleTree(), ['diff', '--region', 'eu-west-1']);
  expect(outcome.exitCode).toBe(6);
  expect(outcome.stderr).toContain('no AWS credentials');
  expect(outcome.stderr).toContain('--local');
});

test('a run without a Region exits 3', async () => {
  const outcome = await appcfg(sampleTree(), ['diff']);
  expect(outcome.exitCode).toBe(3);
  expect(outcome.stderr).toContain('no Region is set');
});

test('an endpoint that cannot be reached ends the run with 75', async () => {
  const outcome = await appcfg(sampleTree(), ['diff', '--endpoint-url', 'http://127.0.0.1:1'], keys);
  expect(outcome.exitCode).toBe(75);
  expect(outcome.stderr).toMatch(/cannot be reached \(ECONNREFUSED/);
});

test('an endpoint that responds with HTML ends the run with 1, without a stack trace', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Welcome to the proxy</body></html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const outcome = await appcfg(sampleTree(), ['diff', '--endpoint-url', `http://127.0.0.1:${port}`], keys);
  expect(outcome.exitCode).toBe(1);
  expect(outcome.stderr).toContain('is not from AppConfig');
  expect(outcome.stderr).not.toMatch(/^ {4}at /m);
});

test('plain HTTP to another machine is refused before a request is sent', async () => {
  const outcome = await appcfg(sampleTree(), ['diff'], { ...keys, AWS_ENDPOINT_URL: 'http://appconfig.example.com' });
  expect(outcome.exitCode).toBe(3);
  expect(outcome.stderr).toContain('--insecure');
});

test('a reader that closes the pipe ends the program without an error', async () => {
  const child = spawn('bash', ['-c', `${process.execPath} ${program} render | head -1; echo "\${PIPESTATUS[0]}"`], {
    cwd: sampleTree(),
  });
  const { stdout, stderr } = await outputOf(child);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^# tenant1\/dev\/AllowList\n0\n$/);
});

test.each([1, 2])('%i interrupts end the program with 130; deployments in flight continue', async (times) => {
  const emulator = createEmulator({ now: Date.now, speed: 1 });
  const server = await listen(emulator, { port: 0 });
  onTestFinished(() => server.close());
  const child = spawn(process.execPath, [program, 'sync'], {
    cwd: sampleTree(),
    env: { PATH: process.env.PATH, ...keys, AWS_ENDPOINT_URL: server.url },
  });
  let sent = 0;
  child.stderr.on('data', (chunk: Buffer) => {
    if (!chunk.toString().includes('deploying')) return;
    for (; sent < times; sent += 1) child.kill('SIGINT');
  });
  const { stderr, code } = await outputOf(child);
  expect(code).toBe(130);
  if (times === 1) expect(stderr).toMatch(/deployments? continues? in AppConfig/);
});

function outputOf(child: ChildProcess): Promise<{ stdout: string; stderr: string; code: number | null }> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  child.stderr?.on('data', (chunk) => (stderr += chunk));
  return new Promise((resolve) => child.on('close', (code) => resolve({ stdout, stderr, code })));
}
