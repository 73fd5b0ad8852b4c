// `ci summary`: what the jobs of a rollout have written becomes one report.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holds } from '../support/properties.ts';
import { createWorld, type World } from '../support/world.ts';

const settings = `project: acme/config
deploymentStrategies: { instant: { durationMinutes: 0, growthFactor: 100 } }
deploymentStrategy: instant
environments: { dev: {}, prod: { region: eu-west-1, roleArn: "arn:aws:iam::444455556666:role/appcfg" } }
redact: [/password]
waves:
  - { name: canary, tenants: [one] }
  - { name: rest }
`;
const own = '123456789012/us-east-1';
const other = '444455556666/eu-west-1';

function worldOf(): World {
  return createWorld({
    'appcfg.yml': settings,
    'template/Limits.yml': 'rate: 9007199254740993\npassword: first-secret\n',
    'tenants/one/dev/.gitkeep': '',
    'tenants/one/prod/.gitkeep': '',
    'tenants/two/dev/.gitkeep': '',
    'tenants/two/prod/.gitkeep': '',
  });
}

const files = ['1-own.json', '1-other.json', '2-own.json', '2-other.json'];

/** Runs a job of the pipeline. @returns its exit code */
async function job(world: World, file: string): Promise<number> {
  const wave = file.startsWith('1') ? 'canary' : 'rest';
  const accountRegion = file.includes('own') ? own : other;
  return (await world.appcfg('sync', '--wave', wave, '--account-region', accountRegion, '-o', `json=${file}`)).exitCode;
}

function read(world: World, file: string): string {
  return readFileSync(join(world.directory, file), 'utf8');
}

const reports = [
  'text',
  'json=s.json',
  'junit=s.xml',
  'markdown=s.md',
  'html=s.html',
  'tfplan=s.tfplan',
  'jsonl=s.jsonl',
];

async function summary(world: World, ...of: readonly string[]) {
  return world.appcfg('ci', 'summary', ...of, ...reports.flatMap((report) => ['-o', report]));
}

test('the reports of all jobs are one, with each step once', async () => {
  const world = worldOf();
  for (const file of files) expect(await job(world, file)).toBe(0);
  world.takeCalls();
  const { stdout, stderr, exitCode } = await summary(world, ...files);
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toMatch(/4 jobs\n {2}1-own\.json +\d+ steps succeeded\n/);
  expect(stdout).toMatch(/Done: .*4 deployments complete/);
  const json = JSON.parse(read(world, 's.json'));
  const addresses = json.plan.addresses.map((each: { address: string; action: string }) => [each.address, each.action]);
  expect(Object.fromEntries(addresses)).toEqual({
    'one/dev/Limits': 'create',
    'one/prod/Limits': 'create',
    'two/dev/Limits': 'create',
    'two/prod/Limits': 'create',
  });
  expect(json.results.filter((each: { operation: string }) => each.operation === 'StartDeployment')).toHaveLength(4);
  expect(new Set(json.results.map((each: { step: string }) => each.step)).size).toBe(json.results.length);
  expect(json.plan.waves).toMatchObject([
    { name: 'canary', addresses: 2 },
    { name: 'rest', addresses: 2 },
  ]);
  expect(json.jobs).toMatchObject(files.map((file) => ({ file, isRead: true, failed: 0, exitCode: 0 })));
  expect(world.takeCalls()).toEqual({});
});

test('an equal change is one in all reports, numbers keep their digits, and redacted values stay so', async () => {
  const world = worldOf();
  for (const file of files) await job(world, file);
  world.write('template/Limits.yml', 'rate: 9007199254740995\npassword: first-secret\n');
  for (const file of files) expect(await job(world, file)).toBe(0);
  await summary(world, ...files);
  expect(JSON.parse(read(world, 's.json')).plan.changeGroups).toMatchObject([{ addresses: { length: 4 } }]);
  expect(read(world, 's.md')).toContain('- 9007199254740993\n+ 9007199254740995');
  world.write('template/Limits.yml', 'rate: 9007199254740995\npassword: second-secret\n');
  for (const file of files) expect(await job(world, file)).toBe(0);
  await summary(world, ...files);
  // Whether two redacted values are equal is not known.
  expect(JSON.parse(read(world, 's.json')).plan.changeGroups).toHaveLength(4);
  for (const report of reports.slice(1))
    expect(read(world, report.split('=')[1] ?? '')).not.toMatch(/(first|second)-secret/);
});

test('after a canary that failed the summary fails as its job did, and names the jobs that have not run', async () => {
  const world = worldOf();
  for (const file of files) await job(world, file);
  for (const file of files) world.write(file, undefined);
  world.write('template/Limits.yml', 'rate: 9007199254740997\npassword: first-secret\n');
  world.emulator.injectFault({ operation: 'StartDeployment', kind: 'deny', times: 1 });
  const failed = await job(world, '1-own.json');
  expect(failed).toBe(6);
  expect(await job(world, '1-other.json')).toBe(0);
  const { stdout, stderr, exitCode } = await summary(world, ...files);
  expect(exitCode).toBe(failed);
  expect(stdout).toMatch(/4 jobs, 2 without a report/);
  expect(stdout).toMatch(/1-own\.json +1 step succeeded, 1 failed; exit code 6/);
  expect(stdout).toMatch(/2-own\.json +no report/);
  expect(stderr).toContain('no report of 2 of 4 jobs (2-own.json, 2-other.json)');
  expect(read(world, 's.xml')).toMatch(/one\/dev\/Limits[\s\S]*<failure[\s\S]*job-not-run/);
  expect(read(world, 's.md')).toContain('**failed**: `one/dev/Limits`');
  expect(read(world, 's.html')).toContain('one/dev');
});

test('a blocked job and an interrupted one decide the exit code', async () => {
  const world = worldOf();
  expect(await job(world, '1-own.json')).toBe(0);
  expect(await job(world, '2-own.json')).toBe(5);
  expect((await summary(world, '1-own.json', '2-own.json')).exitCode).toBe(5);
  expect((await summary(world, '2-own.json')).stdout).toContain(
    '2-own.json  refused: wave "rest" comes after wave "canary", in which one/prod/Limits is not deployed',
  );
  world.write('2-own.json', read(world, '2-own.json').replace('"interruptedBy": null', '"interruptedBy": "SIGTERM"'));
  const { stdout, exitCode } = await summary(world, '1-own.json', '2-own.json');
  expect(exitCode).toBe(143);
  expect(stdout).toContain('2-own.json  5 steps skipped; exit code 143');
});

test('the row of a job has the exit code of its run', async () => {
  const world = worldOf();
  world.write('appcfg.yml', settings.replace('redact', 'aws: { allowedAccounts: ["444455556666"] }\nredact'));
  const codes = new Map<string, number>();
  for (const file of files) codes.set(file, await job(world, file));
  await summary(world, ...files);
  const { jobs } = JSON.parse(read(world, 's.json'));
  expect(new Map(jobs.map((each: { file: string; exitCode: number }) => [each.file, each.exitCode]))).toEqual(codes);
});

test('only what a sync has carried out is a report of a job', async () => {
  const world = worldOf();
  await world.appcfg('sync', '--dry-run', '-o', 'json=dry.json');
  world.write('bad/appcfg.yml', `${settings}nope: 1\n`);
  await world.appcfg('sync', '--chdir', 'bad', '--dry-run', '-o', 'json=early.json');
  await world.appcfgWith({ env: { APPCFG_DRY_RUN: '1' } }, 'sync', '-o', 'json=variable.json');
  for (const file of files) expect(await job(world, file)).toBe(0);
  await world.appcfg('rollback', 'one/dev/Limits', '-o', 'json=rollback.json');
  await world.appcfg('cleanup', '--versions', '--yes', '-o', 'json=cleanup.json');
  await summary(world, ...files);
  const others = ['dry.json', 'early.json', 'variable.json', 'rollback.json', 'cleanup.json', 's.json'];
  const { exitCode, stderr, stdout } = await world.appcfg('ci', 'summary', ...files, ...others);
  expect(exitCode).toBe(3);
  expect(stdout).toBe('');
  for (const file of others) expect(stderr).toContain(`"${file}" cannot be summed up: it is `);
  expect(stderr.match(/cannot be summed up/g)).toHaveLength(others.length);
});

test('a file that is named twice is one job', async () => {
  const world = worldOf();
  await job(world, '1-own.json');
  const { stdout } = await world.appcfg(
    'ci',
    'summary',
    '1-own.json',
    './1-own.json',
    join(world.directory, '1-own.json'),
  );
  expect(stdout).toMatch(/^1 job\n/);
});

test('deployments of an interrupted job continue: they are in flight, and the job is to be retried', async () => {
  const world = worldOf();
  for (const file of files) expect(await job(world, file)).toBe(0);
  world.write('template/Limits.yml', 'rate: 9007199254740997\npassword: first-secret\n');
  world.write('appcfg.yml', settings.replace('durationMinutes: 0', 'durationMinutes: 10'));
  let send: (signal: 'SIGTERM') => void = () => {};
  let starts = 0;
  world.emulator.onCall = ({ operation }) => {
    if (operation === 'StartDeployment' && ++starts === 2) void world.clock.sleep(60_000).then(() => send('SIGTERM'));
    return undefined;
  };
  const onStart = (signal: typeof send) => {
    send = signal;
  };
  const interrupted = await world.appcfgWith({ onStart }, 'sync', '-o', 'json=1-own.json', '-o', 'markdown=own.md');
  expect(interrupted.exitCode).toBe(143);
  expect(read(world, 'own.md')).toMatch(/Interrupted: 2 of 4 addresses in flight, 2 skipped/);
  const { stdout, stderr, exitCode } = await summary(world, '1-own.json');
  expect(exitCode).toBe(143);
  expect(stdout).toMatch(/1-own\.json +\d steps succeeded, 2 in flight, 2 skipped; exit code 143/);
  expect(stdout).toMatch(/Interrupted: 2 of 4 deployments left in flight, 2 skipped/);
  expect(stderr).toContain(
    'Interrupted (SIGTERM). 2 deployments continue in AppConfig: one/dev/Limits, one/prod/Limits',
  );
  expect(stderr).toMatch(/To continue, retry the interrupted job in GitLab/);
  expect(stderr).not.toMatch(/No deployment is in flight|run the same command/);
  expect(read(world, 's.md')).toMatch(/Interrupted: 2 of 4 addresses in flight, 2 skipped/);
  expect(JSON.parse(read(world, 's.json')).jobs).toMatchObject([{ inFlight: 2, skipped: 4 }]);
});

test.each([
  ['the settings are wrong', 3, /failed: .*nope.*; exit code 3/],
  ['the account is another', 6, /failed: .*account.*; exit code 6/],
  ['a guard refuses all', 5, /refused: .*; exit code 5/],
])('a job that did nothing because %s has not had nothing to do', async (_, exit, row) => {
  const world = worldOf();
  if (exit === 3) world.write('appcfg.yml', `${settings}nope: 1\n`);
  if (exit === 6)
    world.write('appcfg.yml', settings.replace('redact', 'aws: { allowedAccounts: ["999999999999"] }\nredact'));
  const file = exit === 5 ? '2-own.json' : '1-own.json';
  expect(await job(world, file)).toBe(exit);
  const { stdout } = await summary(world, file);
  expect(stdout).toMatch(row);
  expect(stdout).not.toContain('nothing to do');
  expect(JSON.parse(read(world, 's.json')).jobs[0].problem).toMatchObject({ severity: 'error' });
});

test('what blocks addresses of several jobs is one problem that counts each address once', async () => {
  const world = createWorld({
    'appcfg.yml': settings.replace(
      '{ name: canary, tenants: [one] }',
      '{ name: canary, tenants: [one], maxFailures: 1 }\n  - { name: next, tenants: [two] }',
    ),
    'template/Limits.yml': 'rate: 1\n',
    ...Object.fromEntries(
      ['one', 'two', 'three', 'four'].flatMap((tenant) =>
        ['dev', 'prod'].map((env) => [`tenants/${tenant}/${env}/.gitkeep`, '']),
      ),
    ),
  });
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  world.write('template/Limits.yml', 'rate: 2\n');
  const reportsOf = ['canary', 'next', 'rest'].flatMap((wave) =>
    [own, other].map((id) => [wave, id, `${wave}-${id.slice(0, 3)}.json`] as const),
  );
  for (const [wave, id, file] of reportsOf) {
    const [account, region] = id.split('/') as [string, string];
    const alarm = { application: 'one', environment: id === own ? 'dev' : 'prod', account, region };
    world.emulator.onCall = ({ operation }) => {
      if (operation === 'StartDeployment') world.emulator.setAlarm({ ...alarm, state: 'ALARM' });
    };
    await world.appcfg('sync', '--wave', wave, '--account-region', id, '-o', `json=${file}`);
  }
  await summary(world, ...reportsOf.map(([, , file]) => file));
  const { problems, plan } = JSON.parse(read(world, 's.json'));
  const blocked = plan.addresses.filter((each: { action: string }) => each.action === 'blocked');
  const found = problems.filter((each: { code: string }) => each.code === 'guard-rolled-back');
  expect(found).toHaveLength(1);
  expect(blocked).toHaveLength(6);
  expect(found[0]).toMatchObject({
    message: 'the same change was rolled back at one/dev/Limits (deployment 2)',
    count: 6,
  });
});

test('without any report all jobs have not run', async () => {
  const { exitCode, stdout } = await summary(worldOf(), 'a.json', 'b.json');
  expect(exitCode).toBe(4);
  expect(stdout).toContain('2 jobs, 2 without a report');
});

test('a run that ended before it had a plan is a part of the summary', async () => {
  const world = worldOf();
  world.write('appcfg.yml', `${settings}nope: 1\n`);
  expect(await job(world, '1-own.json')).toBe(3);
  const { exitCode, stderr } = await summary(world, '1-own.json');
  expect(exitCode).toBe(3);
  expect(stderr).toContain('nope');
});

test.each([
  ['nothing', '', 'it is empty'],
  ['a text that is cut off', '{"formatVersion":1,"resu', 'it is not JSON, or cut off'],
  ['another document', '[]', 'it is not a JSON document of appcfg'],
  ['another version', '{"formatVersion":2}', 'its formatVersion is 2, not 1'],
  ['the document of another version', '{"formatVersion":1,"addresses":[]}', 'it does not name the command'],
  ['the document of another command', '{"formatVersion":1,"command":"rollback"}', 'it is of the command "rollback"'],
  ['no name of a command', '{"formatVersion":1,"command":["sync"]}', 'it is of the command ["sync"]'],
  ['a summary', '{"formatVersion":1,"command":"ci summary"}', 'it is of the command "ci summary"'],
  ['a dry run', '{"formatVersion":1,"command":"sync","dryRun":true}', 'it is the report of a dry run'],
  [
    'another form',
    '{"formatVersion":1,"command":"sync","plan":{"steps":[]},"results":{},"problems":[]}',
    '"results" is not what',
  ],
  [
    'a code that this version does not know',
    '{"formatVersion":1,"command":"sync","plan":{"steps":[]},"results":[],"problems":[{"code":"toString","severity":"error","message":""}]}',
    '"problems.0.code" is not what',
  ],
  [
    'a value that is nested too deep',
    `{"formatVersion":1,"command":"sync","results":[],"problems":[],"plan":{"project":"p","accountRegions":[],"addresses":[],"waves":[],"steps":[],"changeGroups":[{"id":"1","addresses":[],"changes":[{"op":"add","path":"","before":null,"after":${'['.repeat(200_000)}${']'.repeat(200_000)}}]}]}}`,
    '"changeGroups.0.changes.0.after" is not what',
  ],
])('a file with %s is refused, with all that are', async (_, text, reason) => {
  const world = worldOf();
  world.write('a.json', text);
  world.write('b.json', text);
  world.write('d/.gitkeep', '');
  const { exitCode, stderr, stdout } = await world.appcfg('ci', 'summary', 'a.json', 'b.json', 'd');
  expect(exitCode).toBe(3);
  for (const file of ['a.json', 'b.json']) expect(stderr).toContain(`"${file}" cannot be summed up: ${reason}`);
  expect(stderr).toContain('"d" cannot be summed up: it is a folder');
  expect(stdout).toBe('');
});

/** Every path in a document. */
function pathsIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, member]) => pathsIn(member, [...path, key]))];
}

function withValue(document: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const copy = (Array.isArray(document) ? [...document] : { ...(document as object) }) as Record<string, unknown>;
  copy[key] = withValue(copy[key], rest, value);
  return copy;
}

test('whatever a member of a report is, it is summed up or refused, and nothing of it is markup', {
  timeout: 120_000,
}, async () => {
  const world = worldOf();
  await job(world, '1-own.json');
  world.write('template/Limits.yml', 'rate: 9007199254740997\npassword: first-secret\n');
  world.emulator.injectFault({ operation: 'StartDeployment', kind: 'deny', times: 1 });
  await job(world, '1-own.json');
  const document: unknown = JSON.parse(read(world, '1-own.json'));
  const values = [
    null,
    0,
    -1,
    1e300,
    '',
    '/',
    '../..',
    '<script>x</script>',
    '\u202e',
    '__proto__',
    [],
    {},
    [null],
    true,
  ];
  await holds(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...pathsIn(document)), fc.constantFrom<unknown>(...values)), {
        minLength: 1,
        maxLength: 3,
      }),
      async (changes) => {
        const changed = changes.reduce((whole, [path, value]) => {
          try {
            return withValue(whole, path, value);
          } catch {
            return whole;
          }
        }, document);
        world.write('hostile.json', JSON.stringify(changed));
        const { exitCode, stderr } = await summary(world, 'hostile.json');
        expect([0, 3, 4, 5, 6, 75, 143], stderr).toContain(exitCode);
        if (exitCode === 3) return;
        expect(read(world, 's.html')).not.toContain('<script>x');
        expect(read(world, 's.xml') + read(world, 's.md')).not.toMatch(/\u202e/);
      },
    ),
    120,
  );
});
