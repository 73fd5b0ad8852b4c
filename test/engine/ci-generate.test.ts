// `ci generate`: which jobs a tree has, and what they are given.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorld, type World } from '../support/world.ts';

const role = (account: string) => `arn:aws:iam::${account}:role/appcfg`;

const settings = `project: acme/config
environments: { dev: {}, prod: { region: eu-west-1, roleArn: "${role('444455556666')}" } }
`;
const waves = `waves:
  - { name: canary, tenants: [one], soak: 30m, maxFailures: 50% }
  - { name: rest }
`;
const tree = {
  'template/Limits.yml': 'rate: 100\n',
  'tenants/one/dev/.gitkeep': '',
  'tenants/one/prod/.gitkeep': '',
  'tenants/two/prod/.gitkeep': '',
};

function worldOf(text: string, more: Readonly<Record<string, string>> = {}): World {
  return createWorld({ ...tree, ...more, 'appcfg.yml': text });
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into documents whose shape they assert.
type Pipeline = Record<string, any>;

async function generated(world: World, ...flags: string[]): Promise<Pipeline> {
  const { stdout, stderr, exitCode } = await world.appcfg('ci', 'generate', ...flags);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout);
}

/** The sync of each job, by its name. */
function syncs(pipeline: Pipeline): Record<string, string> {
  return Object.fromEntries(
    Object.entries(pipeline)
      .filter(([, { script = [] }]) => / sync /.test(script.at(-1)))
      .map(([name, { script }]) => [name, script.at(-1).replace(/^\S+ | --region=us-east-1| --timeout=.*$/g, '')]),
  );
}

test('there is a stage for each wave, and a job for each account and Region with addresses in it; AWS is not called', async () => {
  const world = worldOf(settings + waves);
  const pipeline = await generated(world);
  expect(syncs(pipeline)).toEqual({
    'wave 1 canary: [unknown/us-east-1]': 'sync --wave=canary --account-region=unknown/us-east-1',
    'wave 1 canary: [444455556666/eu-west-1]': 'sync --wave=canary --account-region=444455556666/eu-west-1',
    'wave 2 rest: [444455556666/eu-west-1]': 'sync --wave=rest --account-region=444455556666/eu-west-1',
  });
  expect(pipeline['wave 1 canary: [444455556666/eu-west-1]'].allow_failure).toBeDefined();
  expect(world.takeCalls()).toEqual({});
});

test('a wave after one whose failures are allowed reports them, too, and is not stopped by them; the last one is', async () => {
  const three = `waves:\n  - { name: a, tenants: [one], environments: [dev], maxFailures: 1 }\n  - { name: b, tenants: [one] }\n  - { name: c }\n`;
  const { json } = await worldOf(settings + three).appcfg('ci', 'generate', '--out', 'fleet.yml', '-o', 'json');
  expect(json.jobs.map(({ wave, mayFail }: { wave: string; mayFail: boolean }) => [wave, mayFail])).toEqual([
    ['a', true],
    ['b', true],
    ['c', false],
  ]);
});

test('jobs of some accounts and Regions judge the waves of the others: their soak takes time, and their failures may be allowed', async () => {
  const three = `waves:
  - { name: a, tenants: [one], environments: [prod], maxFailures: 1, soak: 4h }
  - { name: b, tenants: [one] }
  - { name: c }
`;
  const world = worldOf(settings + three, { 'tenants/two/dev/.gitkeep': '' });
  const { json } = await world.appcfg(
    ...['ci', 'generate', '--out', 'fleet.yml', '-o', 'json', '--account-region', '*/us-east-1'],
  );
  expect(json.jobs).toMatchObject([
    { wave: 'b', stage: 1, mayFail: true, timeoutMinutes: 360 },
    { wave: 'c', stage: 2, mayFail: false, timeoutMinutes: 60 },
  ]);
});

test('a job awaits the soaks of all waves since the last one that has a job', async () => {
  const three = `waves:
  - { name: a, tenants: [one], environments: [dev], soak: 2h }
  - { name: b, environments: [prod], soak: 1h }
  - { name: c }
`;
  const world = worldOf(settings + three, { 'tenants/two/dev/.gitkeep': '' });
  const { json } = await world.appcfg(
    ...['ci', 'generate', '--out', 'fleet.yml', '-o', 'json', '--account-region', '*/us-east-1'],
  );
  expect(json.jobs).toMatchObject([
    { wave: 'a', timeoutMinutes: 60 },
    { wave: 'c', minutes: expect.closeTo(180 + json.jobs[0].minutes, 5) },
  ]);
});

test('the same tree gives the same bytes', async () => {
  const [one, other] = [await generated(worldOf(settings + waves)), await generated(worldOf(settings + waves))];
  expect(JSON.stringify(one)).toBe(JSON.stringify(other));
});

test('without waves there is one stage; in one account and Region one job', async () => {
  const split = await generated(worldOf(settings));
  expect(Object.keys(syncs(split))).toEqual(['sync: [unknown/us-east-1]', 'sync: [444455556666/eu-west-1]']);
  expect(syncs(await generated(worldOf('project: acme/config\n')))).toEqual({ 'appcfg sync': 'sync' });
});

test('what is selected, the Region and the role are given to the jobs', async () => {
  const world = worldOf(settings + waves);
  const flags = ['--tenant', '{one,$x}', '--env', '!dev', '--region', 'eu-central-1', '--write-role', role('1')];
  const pipeline = await generated(world, ...flags.map((each) => each.replace('{one,$x}', 'o*')));
  expect(syncs(pipeline)).toEqual({
    'appcfg wave 1 canary': "sync --region=eu-central-1 '--tenant=o*' '--env=!dev' --wave=canary",
  });
  expect(pipeline['.appcfg:sync'].before_script).toEqual([`export AWS_CREDS_TARGET_ROLE=${role('1')}`]);
  const other = await generated(world, '--account-region', '*/eu-west-1');
  expect(Object.keys(syncs(other))).toEqual([
    'wave 1 canary: [444455556666/eu-west-1]',
    'wave 2 rest: [444455556666/eu-west-1]',
  ]);
});

test('the jobs have the Region that their ids have, whatever variables they are given', async () => {
  const [env, regional] = [{ AWS_DEFAULT_REGION: 'eu-central-1' }, `${settings}aws: { region: eu-central-1 }\n`];
  for (const run of [
    worldOf(settings).appcfgWith({ env }, 'ci', 'generate'),
    worldOf(regional).appcfg('ci', 'generate'),
  ]) {
    const pipeline = JSON.parse((await run).stdout);
    expect(pipeline['sync: [unknown/eu-central-1]'].script[0]).toContain(' --region=eu-central-1 ');
  }
});

test('the last wave with anything in the selection is not allowed to fail', async () => {
  const more = `${waves.replace('rest }', 'rest, tenants: [two] }')}  - { name: nobody, tenants: [nobody] }\n`;
  for (const [text, flags] of [
    [waves, ['--tenant', 'one']],
    [waves, ['--env', 'dev']],
    [waves, ['--account-region', '*/us-east-1']],
    [more, []],
    [waves.replace('[one]', '["*"]'), []],
  ] as const) {
    const pipeline = await generated(worldOf(settings + text), ...flags);
    const [last = ''] = Object.keys(syncs(pipeline)).slice(-1);
    expect(pipeline[last].allow_failure, `${text} ${flags}`).toBeUndefined();
  }
});

test('a job that may need more time than it has is reported, with a timeout that is enough', async () => {
  const long = waves.replace('30m', '12h');
  const run = async (...flags: string[]) =>
    worldOf(settings + long).appcfg('ci', 'generate', '--out', 'f.yml', ...flags);
  const { stderr, exitCode } = await run();
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(
    /warning: if everything changes, .* job "wave 2 rest: \[444455556666\/eu-west-1\]" take \d+ min/,
  );
  const [, enough = ''] = /raise --job-timeout to (\d+h)/.exec(stderr) ?? [];
  for (const flag of [enough, '13h']) expect((await run('--job-timeout', flag)).stderr).not.toContain('--job-timeout');
});

test('the image is that of the job that generates', async () => {
  const run = await worldOf(settings).appcfgWith({ env: { CI_JOB_IMAGE: 'node@sha256:1' } }, 'ci', 'generate');
  expect(JSON.parse(run.stdout)['.appcfg'].image).toBe('node@sha256:1');
});

test('with an empty --install the image has the program', async () => {
  const pipeline = await generated(worldOf(settings), '--install', '');
  expect(pipeline['appcfg prepare']).toBeUndefined();
  expect(pipeline['sync: [unknown/us-east-1]'].script[0]).toMatch(/^appcfg sync /);
});

test('--out writes the file, and the result lists the stages', async () => {
  const world = worldOf(settings + waves);
  const { stdout, exitCode } = await world.appcfg('ci', 'generate', '--out', 'fleet.yml');
  expect(exitCode).toBe(0);
  expect(stdout).toBe(
    'canary: 2 jobs, 2 addresses, timeout 60 min\nrest: 1 job, 1 address, timeout 90 min\n3 sync jobs in 2 stages, written to fleet.yml\n',
  );
  expect(Object.keys(JSON.parse(readFileSync(join(world.directory, 'fleet.yml'), 'utf8')))).toContain('stages');
  const { json } = await world.appcfg('ci', 'generate', '--out', 'fleet.yml', '-o', 'json');
  expect(json).toMatchObject({ file: 'fleet.yml', jobs: [{ wave: 'canary', stage: 1 }, {}, { wave: 'rest' }] });
});

test.each([
  ['more jobs than allowed', settings + waves, ['--max-jobs', '2'], '3 jobs, more than --max-jobs 2'],
  ['an account and Region that does not exist', settings, ['--account-region', '4*/us-east-1'], 'matches nothing'],
  ['a wave whose name hides characters', settings + waves.replace('rest', '"re\\u202est"'), [], 'U+202E'],
  ['a timeout that is too short', settings, ['--job-timeout', '1m'], 'less than 15 minutes'],
  ['an approval that is none', settings, ['--expect', 'appcfg.yml'], '--expect "appcfg.yml" cannot be used'],
  ['a tree with errors', `${settings}nope: 1\n`, [], 'nope'],
])('%s is refused, and nothing is written', async (_, text, flags, message) => {
  const world = worldOf(text);
  const { stderr, exitCode } = await world.appcfg('ci', 'generate', '--out', 'fleet.yml', ...flags);
  expect(exitCode).toBe(3);
  expect(stderr).toContain(message);
  expect(() => readFileSync(join(world.directory, 'fleet.yml'))).toThrow();
});

test('a tree with nothing to deploy has a pipeline with a job that does nothing', async () => {
  const world = createWorld({ 'appcfg.yml': 'project: acme/config\n', 'tenants/one/dev/.gitkeep': '' });
  const pipeline = await generated(world);
  expect(Object.keys(pipeline)).toEqual(['nothing to deploy']);
});

test('the jobs of an approved plan carry it out, and refuse what is not in it', async () => {
  const world = worldOf(settings + waves);
  await world.appcfg('diff', '-o', 'json=diff.json');
  const pipeline = await generated(world, '--expect', 'diff.json');
  const [written = ''] = pipeline['appcfg prepare'].script.at(-1).match(/\{.*\}/) ?? [];
  world.write('appcfg-approved.json', written);
  const [canary = ''] = Object.values(syncs(pipeline));
  expect((await world.appcfg(...canary.split(' '))).exitCode).toBe(0);
  world.write('template/Limits.yml', 'rate: 200\n');
  const refused = await world.appcfg(...canary.split(' '));
  expect(refused.exitCode).toBe(5);
  expect(refused.stderr).toContain('approv');
});
