// Input that was misread or misreported: Regions, partitions, unreadable files, conflict markers.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { createEmulator } from '../../src/emulator/host/emulator.ts';
import { intercepted } from '../support/request-handlers.ts';
import { createWorld } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: acme/config\n',
  'template/Limits.yml': 'rate: 1\n',
  'tenants/acme/dev/.gitkeep': '',
};

test('a mistyped Region is invalid input, wherever it is set, and nothing is called', async () => {
  const world = createWorld(tree);
  const typo = /"eu-wset-1".* is not an AWS Region[\s\S]*did you mean "eu-west-1"\?/;
  for (const [env, args] of [
    [{}, ['diff', '--region', 'eu-wset-1']],
    [{ AWS_REGION: 'eu-wset-1' }, ['diff']],
    [{ AWS_DEFAULT_REGION: 'eu-wset-1' }, ['status']],
  ] as const) {
    const { exitCode, stderr } = await world.appcfgWith({ env }, ...args);
    expect(stderr).toMatch(typo);
    expect(exitCode).toBe(3);
  }
  for (const [settings, pointer] of [
    ['aws: { region: eu-wset-1 }', 'aws.region'],
    ['environments: { dev: { region: eu-wset-1 } }', 'environments.dev.region'],
    ['tenants: [{ match: acme, region: eu-wset-1 }]', 'tenants.0.region'],
  ] as const) {
    world.write('appcfg.yml', `project: acme/config\n${settings}\n`);
    const { exitCode, stderr } = await world.appcfg('validate');
    expect(stderr).toContain(`appcfg.yml:2`);
    expect(stderr).toMatch(new RegExp(`"${pointer}" is "eu-wset-1", which is not an AWS Region[\\s\\S]*"eu-west-1"`));
    expect(exitCode).toBe(3);
  }
  expect(world.takeCalls()).toEqual({});
});

test('a Region that is not known is used; where its host is not found it may not exist, which no further attempt changes', async () => {
  const world = createWorld(tree);
  expect((await world.appcfg('diff', '--region', 'us-west-9')).exitCode).toBe(0);
  for (const [region, code, exitCode] of [
    ['us-west-9', 'region-unknown', 3],
    ['us-west-2', 'endpoint-unreachable', 75],
  ] as const) {
    let attempts = 0;
    const requestHandler = intercepted(world, async () => {
      attempts += 1;
      const hostname = `appconfig.${region}.amazonaws.com`;
      throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND', hostname });
    });
    const args = ['diff', '--region', region, '-o', 'json'];
    const outcome = await world.appcfgWith({ requestHandler }, ...args);
    expect(outcome.exitCode, outcome.stderr).toBe(exitCode);
    expect(JSON.parse(outcome.stdout).problems).toMatchObject([{ code }]);
    expect(attempts > 1).toBe(code === 'endpoint-unreachable');
  }
});

test('a run that would call AWS in a Region that is not known warns of it first', async () => {
  const { directory } = createWorld(tree);
  for (const [region, warns] of [
    ['us-west-9', true],
    ['us-west-2', false],
  ] as const) {
    const err: string[] = [];
    // Without the ID token for this role the run ends before its first call.
    const env = { NO_COLOR: '1', AWS_REGION: region, AWS_CREDS_READ_ROLE: 'arn:aws:iam::111122223333:role/reader' };
    const stream = { write: (text: string) => err.push(text) };
    const events = { on: () => {}, off: () => {}, exit: () => {} };
    const { stdin, cpuUsage } = process;
    const machine = { env, stdin, stdout: stream, stderr: stream, cwd: () => directory, cpuUsage, ...events };
    expect(await run(['diff'], machine, {})).toBe(6);
    expect(err.join('').includes('warning: unknown Region "us-west-9": it may not exist')).toBe(warns);
  }
});

test('Regions of other partitions work, with the ARNs of their partition', async () => {
  for (const [region, partition] of [
    ['eusc-de-east-1', 'aws-eusc'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['cn-north-1', 'aws-cn'],
    ['us-iso-east-1', 'aws-iso'],
    ['eu-west-1', 'aws'],
  ]) {
    const world = createWorld({ ...tree, 'appcfg.yml': `project: acme/config\naws: { region: ${region} }\n` });
    const arns = new Set<string>();
    const requestHandler = intercepted(world, async (call) => {
      const [, arn] = /^\/tags\/([^/]+)/.exec(call.path) ?? [];
      if (arn !== undefined) arns.add(decodeURIComponent(arn).split(':').slice(0, 4).join(':'));
      return call.answer();
    });
    const first = await world.appcfgWith({ requestHandler }, 'sync');
    expect(first.exitCode, first.stderr).toBe(0);
    world.write('template/Limits.yml', 'rate: 2\n');
    const second = await world.appcfgWith({ requestHandler }, 'sync');
    expect(second.exitCode, second.stderr).toBe(0);
    expect([...arns]).toEqual([`arn:${partition}:appconfig:${region}`]);
  }
});

test('a role of another partition keeps it', async () => {
  const emulator = createEmulator({ now: Date.now });
  const body = new URLSearchParams({
    Action: 'AssumeRole',
    RoleArn: 'arn:aws-eusc:iam::444455556666:role/appcfg',
    RoleSessionName: 'run',
  });
  const response = await emulator.handle({
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: {},
    body: Buffer.from(body.toString()),
  });
  expect(response.body.toString()).toContain('arn:aws-eusc:sts::444455556666:assumed-role/appcfg/run');
});

test('-o json=/dev/stdout writes into a pipe', async () => {
  const { directory } = createWorld(tree);
  const program = join(import.meta.dirname, '../../bin/appcfg.js');
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile(
      process.execPath,
      [program, 'validate', '-q', '-o', 'json=/dev/stdout'],
      { cwd: directory, env: { PATH: process.env.PATH, HOME: directory } },
      (error, out) => (error === null ? resolve(out) : reject(error)),
    );
  });
  expect(JSON.parse(stdout)).toMatchObject({ valid: true });
});

const mark = (character: string) => character.repeat(7);
const conflict = (before: string) =>
  `${before}${mark('<')} HEAD\n  requests: 100\n${mark('=')}\n  requests: 200\n${mark('>')} raise-limits\n`;

test('conflict markers are named, once for a file, at the first of them', async () => {
  for (const [file, text, line] of [
    ['tenants/acme/Limits.yml', conflict('burst: 20\napi:\n'), 3],
    ['tenants/acme/Limits.yml', conflict(''), 1],
    ['tenants/acme/Limits.yml', conflict('a: 1\n') + conflict('b: 1\n'), 2],
    ['tenants/acme/Limits.yml', conflict('a: 1\n').replaceAll('\n', '\r\n'), 2],
    // Without the markers' own rule this is one string.
    ['tenants/acme/Limits.yml', `${mark('<')} HEAD\none\n${mark('=')}\ntwo\n${mark('>')} x\n`, 1],
    ['tenants/acme/Limits.json', conflict('{\n'), 2],
    ['appcfg.yml', conflict('project: acme/config\n'), 2],
  ] as const) {
    const world = createWorld(tree);
    world.write(file, text);
    const { exitCode, json } = await world.appcfg('validate', '-o', 'json');
    const errors = json.problems.filter(({ severity }: { severity: string }) => severity === 'error');
    expect(errors, text).toMatchObject([{ code: 'syntax-invalid', source: `${file}:${line}` }]);
    expect(errors[0].message).toContain('conflict markers');
    expect(errors[0].hint.text).toContain('resolve');
    expect(exitCode).toBe(3);
  }
  const world = createWorld(tree);
  world.write('tenants/acme/Limits.yml', `help: |\n  ${mark('<')} HEAD\n  ${mark('>')} x\nrule: ${mark('=')}\n`);
  expect((await world.appcfg('validate')).exitCode).toBe(0);
});

test('what is missing at the end of a file is reported on its last line', async () => {
  for (const [file, text, line] of [
    ['Limits.yml', 'a: {\n', 1],
    ['Limits.yml', 'a: {\n\n\n', 1],
    ['Limits.yml', 'b: 1\na: [1,\n  2\n', 3],
    ['Limits.yml', 'b: 1\na: "text\n', 2],
    ['Limits.json', '{\n  "a": [1\n', 2],
    ['Limits.json', '{"a": 1,\n', 1],
  ] as const) {
    const world = createWorld(tree);
    world.write(`tenants/acme/${file}`, text);
    const { json } = await world.appcfg('validate', '-o', 'json');
    expect(json.problems, text).toMatchObject([
      { code: 'syntax-invalid', source: expect.stringContaining(`${file}:${line}:`) },
    ]);
  }
});

test('a tenant whose environments cannot be used has the problem that makes them so, and no other', async () => {
  const world = createWorld(tree);
  world.write('appcfg.yml', 'project: acme/config\nenvironments: { prod: {} }\n');
  const { json } = await world.appcfg('validate', '-o', 'json');
  const codes = json.problems
    .filter(({ severity }: { severity: string }) => severity === 'error')
    .map(({ code }: { code: string }) => code);
  expect(codes).toEqual(['environment-unknown']);
});

test.each([
  ['what was live before, where nothing was', [], 5],
  ['a version that does not exist', ['--to', '99'], 3],
  ['a label that does not exist', ['--to', 'no-label'], 3],
])('a rollback to %s does not end as a failed deployment', async (_what, args, exit) => {
  const world = createWorld(tree);
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  const { exitCode, stderr } = await world.appcfg('rollback', 'acme/dev/Limits', ...args);
  expect(exitCode, stderr).toBe(exit);
});

test('why no message quotes a value while the settings have errors is reported once', async () => {
  const files = { 'template/A.yml': 'a: yes\nb: no\n', 'tenants/one/dev/.gitkeep': '' };
  const broken = createWorld({ ...files, 'appcfg.yml': 'project: p\nredct: [/a]\n' });
  const { stderr, json } = await broken.appcfg('validate', '-o', 'json');
  expect(stderr.match(/what to redact is unknown while the settings have errors/g)).toHaveLength(1);
  expect(json.problems.map(({ code }: { code: string }) => code)).toEqual([
    'settings-invalid',
    'values-hidden',
    'scalar-ambiguous',
    'scalar-ambiguous',
  ]);
  const quiet = createWorld({ ...files, 'template/A.yml': 'a: 1\n', 'appcfg.yml': 'project: p\nredct: [/a]\n' });
  expect((await quiet.appcfg('validate')).stderr).not.toContain('(redacted)');
});
