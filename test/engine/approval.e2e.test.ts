// The approval of a change: the JSON of a diff, and the sync that does nothing else.
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writesOf } from '../support/aws.ts';
import { OtherClient } from '../support/other-client.ts';
import { holds } from '../support/properties.ts';
import { killedAfter } from '../support/request-handlers.ts';
import { commit, createWorld, inPipeline, type Outcome, type World } from '../support/world.ts';

const settings = `project: acme/config
environments:
  dev: { deploymentStrategy: quick }
  prod: { deploymentStrategy: slow }
deploymentStrategies:
  quick: { durationMinutes: 0, bakeMinutes: 0, growthFactor: 100, growthType: LINEAR }
  slow: { durationMinutes: 10, bakeMinutes: 5, growthFactor: 20, growthType: LINEAR }
waves:
  - { name: canary, tenants: [one] }
  - { name: everyone }
`;

const tree = {
  'appcfg.yml': settings,
  'template/A.yml': 'a: 1\n',
  'template/B.yml': 'b: 1\n',
  'tenants/one/dev/.gitkeep': '',
  'tenants/one/prod/.gitkeep': '',
  'tenants/two/dev/.gitkeep': '',
  'tenants/two/prod/.gitkeep': '',
};

/** Of one tenant. */
const small = Object.fromEntries(Object.entries(tree).filter(([path]) => !path.startsWith('tenants/two')));

/** A fleet that is live, a change of its template, and the approval of that change in `diff.json`. */
async function approved(files: Readonly<Record<string, string>> = tree, ...flags: string[]): Promise<World> {
  const world = createWorld(files, inPipeline);
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  world.write('template/A.yml', 'a: 2\n');
  await approve(world, ...flags);
  return world;
}

async function approve(world: World, ...flags: string[]): Promise<void> {
  const diff = await world.appcfg('diff', '-o', 'json', ...flags);
  expect(diff.exitCode, diff.stderr).toBe(0);
  writeFileSync(join(world.directory, 'diff.json'), diff.stdout);
  world.takeCalls();
}

function sync(world: World, ...flags: string[]): Promise<Outcome> {
  return world.appcfg('sync', '--expect', 'diff.json', '-o', 'json', ...flags);
}

async function isLive(world: World): Promise<boolean> {
  const { json } = await world.appcfg('diff', '-o', 'json');
  return json.summary.unchanged === json.addresses.length;
}

/** The refusals of a run that has written nothing. */
async function refusals(world: World, ...flags: string[]) {
  const outcome = await sync(world, ...flags);
  expect(outcome.exitCode, outcome.stderr).toBe(5);
  expect(writesOf(world.takeCalls())).toEqual({});
  return outcome.json.problems
    .filter(({ code }: { code: string }) => code === 'guard-expect')
    .map(({ message, addresses }: { message: string; addresses: readonly string[] }) => [message, addresses]);
}

test('the approved change is carried out, and the same file passes again when nothing is left to do', async () => {
  const world = await approved();
  const first = await sync(world);
  expect(first.exitCode, first.stderr).toBe(0);
  expect(first.json.results).toHaveLength(6);
  expect(await isLive(world)).toBe(true);
  expect((await sync(world)).exitCode).toBe(0);
});

test('an approved change can be carried out in two stages', async () => {
  const world = await approved();
  for (const stage of ['update', 'deploy']) {
    const outcome = await sync(world, '--only', stage);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
  }
  expect(await isLive(world)).toBe(true);
});

test('an approved change can be carried out by waves, and for one tenant after the other', async () => {
  const world = await approved();
  for (const flags of [
    ['--wave', 'canary'],
    ['--tenant', 'two', '--env', 'dev'],
    ['--wave', 'everyone'],
  ]) {
    const outcome = await sync(world, ...flags);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
  }
  expect(await isLive(world)).toBe(true);
});

test('new tenants can be approved, with all that is created for them', async () => {
  const world = createWorld(tree);
  await approve(world);
  for (const stage of ['update', 'deploy']) expect((await sync(world, '--only', stage)).exitCode).toBe(0);
  expect(await isLive(world)).toBe(true);
});

test('after a kill at any call the same approval carries the change to its end', async () => {
  await holds(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(60), fc.boolean()), { minLength: 1, maxLength: 3 }), async (kills) => {
      const world = await approved(small);
      for (const [calls, acting] of kills) {
        await world.appcfgWith({ requestHandler: killedAfter(world, calls, acting) }, 'sync', '--expect', 'diff.json');
      }
      const last = await sync(world);
      expect(last.exitCode, last.stderr).toBe(0);
      expect(await isLive(world)).toBe(true);
    }),
    4,
  );
});

test('another value, strategy, wave or tenant is refused with nothing written, and named', async () => {
  const cases: readonly (readonly [string, string, readonly (readonly [string, readonly string[]])[]])[] = [
    ['tenants/two/prod/A.yml', 'a: 3\n', [['the content is not the approved one', ['two/prod/A']]]],
    [
      'template/B.yml',
      'b: 2\n',
      [['this deployment was not approved', ['one/dev/B', 'one/prod/B', 'two/dev/B', 'two/prod/B']]],
    ],
    [
      'appcfg.yml',
      settings.replace('slow: { durationMinutes: 10', 'slow: { durationMinutes: 1'),
      [
        ['UpdateDeploymentStrategy with these values was not approved', ['slow']],
        [
          'the deployment strategy is 1 min, bake 5 min, linear 20 %, and not 10 min, bake 5 min, linear 20 %',
          ['one/prod/A', 'two/prod/A'],
        ],
      ],
    ],
    [
      'appcfg.yml',
      settings.replace('tenants: [one]', 'tenants: [two]'),
      [
        ['it is in wave "everyone", not in wave "canary"', ['one/dev/A', 'one/prod/A']],
        ['it is in wave "canary", not in wave "everyone"', ['two/dev/A', 'two/prod/A']],
      ],
    ],
    ['tenants/new/dev/.gitkeep', '', [['this deployment was not approved', ['new/dev/A', 'new/dev/B']]]],
    [
      'appcfg.yml',
      settings.replace(
        'dev: {',
        'dev: { monitors: [{ alarmArn: "arn:aws:cloudwatch:us-east-1:111122223333:alarm:x", alarmRoleArn: "arn:aws:iam::111122223333:role/x" }],',
      ),
      [['UpdateEnvironment with these values was not approved', ['one/dev', 'two/dev']]],
    ],
  ];
  for (const [file, text, expected] of cases) {
    const world = await approved();
    world.write(file, text);
    expect(await refusals(world)).toEqual(expect.arrayContaining([...expected]));
    expect(await refusals(world, '--only', 'update')).toEqual(expect.arrayContaining([...expected]));
    // That starts deployments, and updates nothing.
    const deployments = expected.filter(([message]) => !message.startsWith('Update'));
    if (deployments.length > 0) {
      expect(await refusals(world, '--only', 'deploy')).toEqual(expect.arrayContaining([...deployments]));
    }
  }
});

test('waves in another order, with less soak, or with more failures allowed are refused, also a part of them', async () => {
  const waves = {
    canary: '{ name: canary, tenants: [one], soak: 5m }',
    rest: '{ name: rest, tenants: [two], soak: 1m }',
  };
  const withWaves = (...rows: readonly string[]) =>
    settings.replace(/waves:.*/s, `waves:\n${rows.map((row) => `  - ${row}\n`).join('')}`);
  const files = { ...tree, 'appcfg.yml': withWaves(waves.canary, waves.rest) };
  const prefix = 'the waves are not the approved ones:';
  const [one, two] = ['one', 'two'].map((tenant) => [`${tenant}/dev/A`, `${tenant}/prod/A`]);
  const refused: readonly (readonly [readonly string[], readonly unknown[]])[] = [
    [
      [waves.rest, waves.canary],
      [
        [`${prefix} before wave "canary" comes "rest" (soak 1 min, at most 0 failures)`, one],
        [`${prefix} nothing comes before wave "rest"`, two],
      ],
    ],
    [
      [waves.canary.replace('5m', '0m'), waves.rest],
      [[`${prefix} before wave "rest" comes "canary" (soak 0 min, at most 0 failures)`, two]],
    ],
    [
      [waves.canary.replace('5m', '5m, maxFailures: 100%'), waves.rest],
      [[`${prefix} before wave "rest" comes "canary" (soak 5 min, at most 100 % failures)`, two]],
    ],
  ];
  for (const [rows, expected] of refused) {
    const world = await approved(files);
    world.write('appcfg.yml', withWaves(...rows));
    expect(await refusals(world)).toEqual(expect.arrayContaining([...expected]));
    expect(await refusals(world, '--only', 'update')).toHaveLength(expected.length);
    expect(await refusals(world, '-t', 'two')).toEqual(expected.slice(-1));
  }
  // What comes after the last wave is nothing.
  const world = await approved(files);
  world.write('appcfg.yml', withWaves(waves.canary, waves.rest.replace('1m', '0m')));
  for (const flags of [['--wave', 'canary'], ['-t', 'two', '-e', 'dev'], []]) {
    const outcome = await sync(world, ...flags);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
  }
  expect(await isLive(world)).toBe(true);
});

test('a live version that another run has deployed since is refused', async () => {
  const world = await approved();
  await new OtherClient(world.emulator).deploy({
    application: 'one',
    environment: 'dev',
    configurationProfile: 'A',
    content: '{"a":9}',
  });
  await world.clock.sleep(10 * 60_000);
  world.takeCalls();
  expect(await refusals(world, '--overwrite-drift')).toEqual([
    [expect.stringMatching(/^version \d is live, not version 1$/), ['one/dev/A']],
  ]);
});

test.each([
  ['missing.json', undefined, 'there is no such file'],
  ['no/such/folder.json', undefined, 'there is no such file'],
  ['template', undefined, 'it is a folder'],
  ['template/A.yml/x.json', undefined, 'there is no such file'],
  ['link.json', 'link', 'there is no such file'],
  ['/dev/null', undefined, 'it is not a regular file'],
  ['x.json', '{', 'it is not JSON, or cut off'],
])('--expect %s is refused before AppConfig is called', async (file, text, reason) => {
  const world = createWorld(tree);
  if (text === 'link') symlinkSync('link.json', join(world.directory, 'link.json'));
  else if (text !== undefined) writeFileSync(join(world.directory, file), text);
  const outcome = await world.appcfg('sync', '--expect', file);
  expect(outcome.exitCode, outcome.stderr).toBe(3);
  expect(outcome.stderr).toContain(`--expect "${file}" cannot be used: ${reason}`);
  expect(outcome.stderr).toContain('appcfg diff -o text -o json=diff.json');
  expect(world.takeCalls()).toEqual({});
});

test('the JSON of a comparison of revisions approves nothing', async () => {
  const world = createWorld(tree);
  commit(world);
  const { stdout } = await world.appcfg('diff', '--base', 'HEAD', '-o', 'json');
  writeFileSync(join(world.directory, 'diff.json'), stdout);
  const outcome = await world.appcfg('sync', '--expect', 'diff.json');
  expect(outcome.exitCode).toBe(3);
  expect(outcome.stderr).toContain('it has no plan against what is live');
});

test('each change of a plan is refused alone where it is missing from the approval', async () => {
  const world = await approved(small);
  world.write(
    'appcfg.yml',
    `${settings.replace('slow: { durationMinutes: 10', 'slow: { durationMinutes: 1')}versions: { keep: 3 }\n`,
  );
  await approve(world);
  const whole = JSON.parse(readFileSync(join(world.directory, 'diff.json'), 'utf8'));
  // Two deployments, their wave, the strategy, and old versions of the profile.
  expect(whole.expect).toHaveLength(5);
  for (const digest of whole.expect) {
    const expected = whole.expect.filter((each: string) => each !== digest);
    writeFileSync(join(world.directory, 'diff.json'), JSON.stringify({ ...whole, expect: expected }));
    expect(await refusals(world)).toHaveLength(1);
  }
});

test('an approval over several Regions holds for a run of one of them, whose account is then asked for', async () => {
  const regions = settings.replace('prod: {', 'prod: { region: eu-west-1,');
  const world = await approved({ ...tree, 'appcfg.yml': regions });
  for (const environment of ['dev', 'prod']) {
    const outcome = await sync(world, '-e', environment);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    expect(outcome.json.results).not.toEqual([]);
  }
  expect(await isLive(world)).toBe(true);
});

test('digests do not depend on redacted values, and an approval of content with one passes', async () => {
  const expectOf = async (password: string, limit: number) => {
    const world = await approved({ ...small, 'appcfg.yml': `${settings}redact: [/password]\n` });
    world.write('template/A.yml', `limit: ${limit}\npassword: ${password}\n`);
    await approve(world);
    const digests = JSON.parse(readFileSync(join(world.directory, 'diff.json'), 'utf8')).expect;
    expect((await sync(world)).exitCode).toBe(0);
    // One of them is of the wave.
    expect(digests).toHaveLength(3);
    return digests;
  };
  const digests = await expectOf('hunter2', 1);
  expect(await expectOf('correct-horse', 1)).toEqual(digests);
  expect(await expectOf('hunter2', 2)).not.toEqual(digests);
});

test('fewer versions to keep are another change, and those approved are deleted at the end', async () => {
  const keeping = (keep: number) => `${settings}versions: { keep: ${keep} }\n`;
  const world = await approved({ ...small, 'appcfg.yml': keeping(2) });
  world.write('appcfg.yml', keeping(1));
  expect(await refusals(world)).toEqual([
    ['the deletion of all but the newest 1 versions was not approved', ['one/*/A']],
  ]);
  world.write('appcfg.yml', keeping(2));
  expect((await sync(world)).exitCode).toBe(0);
});

test('an adoption is approved with its flag, and passes in two stages', async () => {
  const world = createWorld(small, inPipeline);
  const other = new OtherClient(world.emulator);
  const wanted = { application: 'one', environment: 'dev', configurationProfile: 'A' };
  await other.deploy({ ...wanted, content: 'a: 7' });
  await world.clock.sleep(600_000);
  await approve(world, '--adopt');
  for (const stage of ['update', 'deploy']) {
    const outcome = await sync(world, '--adopt', '--only', stage);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
  }
  expect(await isLive(world)).toBe(true);
});

test('the refusal names each address once for what differs, and the command that makes a new plan', async () => {
  const world = await approved();
  world.write('template/A.yml', 'a: 3\n');
  const { stdout, stderr } = await world.appcfg('sync', '--expect', 'diff.json', '-t', 'two');
  expect(stdout).toContain('Refused by a guard: nothing will be changed.');
  expect(stderr).toContain('the content is not the approved one');
  expect(stderr).toContain('have the new plan approved; this writes it: appcfg diff -o text -o json=diff.json -t two');
  expect(stderr.split('the content is not the approved one')).toHaveLength(2);
});
