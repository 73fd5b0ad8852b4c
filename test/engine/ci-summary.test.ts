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
  expect((await summary(world, '2-own.json')).stdout).toContain('2-own.json  5 steps skipped; exit code 5');
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
  ['the document of another command', '{"formatVersion":1,"addresses":[]}', 'it has no "results"'],
  ['another form', '{"formatVersion":1,"plan":{"steps":[]},"results":{},"problems":[]}', '"results" is not what'],
  [
    'a code that this version does not know',
    '{"formatVersion":1,"plan":{"steps":[]},"results":[],"problems":[{"code":"toString","severity":"error","message":""}]}',
    '"problems.0.code" is not what',
  ],
  [
    'a value that is nested too deep',
    `{"formatVersion":1,"results":[],"problems":[],"plan":{"project":"p","accountRegions":[],"addresses":[],"waves":[],"steps":[],"changeGroups":[{"id":"1","addresses":[],"changes":[{"op":"add","path":"","before":null,"after":${'['.repeat(200_000)}${']'.repeat(200_000)}}]}]}}`,
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
