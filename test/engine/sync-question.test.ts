// What sync asks, and warns of, before the first write.
import { expect, test } from 'vitest';
import { writesOf } from '../support/aws.ts';
import { OtherClient } from '../support/other-client.ts';
import { commit, createWorld, inPipeline } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: acme/config\n',
  'template/A.yml': 'a: 1\n',
  'template/B.yml': 'b: 1\n',
  'tenants/one/dev/.gitkeep': '',
  'tenants/two/dev/.gitkeep': '',
  'tenants/two/qa/.gitkeep': '',
};

/** Without a Git repository to ask. */
const terminal = { isTTY: true, env: inPipeline };
const question = '6 deployments to 2 tenants (dev, qa) in us-east-1, about 4 minutes. Continue? [y/N] ';

test.each(['n\n', '\n', '', 'no\n', 'yep\n', ' \n'])('%j is a no: nothing is written', async (input) => {
  const world = createWorld(tree);
  const outcome = await world.appcfgWith({ ...terminal, input }, 'sync', '-o', 'json');
  expect(outcome.exitCode, outcome.stderr).toBe(5);
  expect(outcome.stderr.split(question)).toHaveLength(2);
  expect(outcome.json.problems).toMatchObject([{ code: 'declined', message: 'nothing was changed' }]);
  expect(writesOf(world.takeCalls())).toEqual({});
});

test.each(['y\n', 'Y\n', 'yes\n'])('%j is a yes', async (input) => {
  const world = createWorld(tree);
  const outcome = await world.appcfgWith({ ...terminal, input }, 'sync');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(outcome.stderr.split(question)).toHaveLength(2);
});

test('an interrupt at the question ends the run with its exit code, and nothing is written', async () => {
  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const world = createWorld(tree);
    let send: (name: typeof signal) => void = () => {};
    const onStart = (given: typeof send) => {
      send = given;
    };
    world.emulator.onCall = () => void setTimeout(() => send(signal), 300);
    const outcome = await world.appcfgWith({ ...terminal, onStart }, 'sync', '-o', 'json');
    expect(outcome.stderr).toContain(question);
    expect(outcome.exitCode, outcome.stderr).toBe(exitCode);
    expect(writesOf(world.takeCalls())).toEqual({});
  }
});

test.each([
  [['sync', '--yes'], terminal],
  [['sync', '-y'], terminal],
  [['sync'], { env: inPipeline }],
  [['sync'], { ...terminal, env: { ...inPipeline, CI: 'true' } }],
  [['sync', '--dry-run'], terminal],
])('%j with %j does not ask', async (args, options) => {
  const world = createWorld(tree);
  const outcome = await world.appcfgWith({ ...options, input: 'n\n' }, ...args);
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(outcome.stderr).not.toContain('Continue?');
});

test('an empty plan, and one that a guard refuses, are not asked about', async () => {
  const world = createWorld(tree);
  await world.appcfgWith({ env: inPipeline }, 'sync');
  const empty = await world.appcfgWith({ ...terminal, input: 'n\n' }, 'sync');
  expect([empty.exitCode, empty.stderr.includes('Continue?')]).toEqual([0, false]);
  world.write('tenants/one', undefined);
  world.write('tenants/two', undefined);
  world.write('tenants/.gitkeep', '');
  const refused = await world.appcfgWith({ ...terminal, input: 'y\n' }, 'sync');
  expect([refused.exitCode, refused.stderr.includes('Continue?')]).toEqual([5, false]);
});

test('a stage, an adoption and changed settings are asked about in their own words', async () => {
  const world = createWorld(tree);
  const asked = async (...args: string[]) => {
    const { stderr } = await world.appcfgWith({ ...terminal, input: 'n\n' }, 'sync', ...args);
    return /\d+ [a-z].*Continue\?/.exec(stderr)?.[0];
  };
  expect(await asked('--only', 'update')).toBe(
    '2 applications to create, 3 environments to create, 4 configuration profiles to create, 4 versions to create, for 2 tenants (dev, qa) in us-east-1. Continue?',
  );
  const other = new OtherClient(world.emulator);
  await other.deploy({ application: 'one', environment: 'dev', configurationProfile: 'A', content: 'a: 1' });
  await world.clock.sleep(600_000);
  await other.deploy({ application: 'one', environment: 'dev', configurationProfile: 'B', content: 'b: 1' });
  await world.clock.sleep(600_000);
  expect(await asked('--adopt', '-t', 'one')).toBe(
    '4 resources to adopt, 1 application to update, for tenant one (dev) in us-east-1. Continue?',
  );
  await world.appcfgWith({ env: inPipeline }, 'sync', '-t', 'two');
  const alarm =
    'alarmArn: "arn:aws:cloudwatch:us-east-1:111122223333:alarm:x", alarmRoleArn: "arn:aws:iam::111122223333:role/x"';
  world.write('appcfg.yml', `${tree['appcfg.yml']}environments:\n  dev: { monitors: [{ ${alarm} }] }\n  qa: {}\n`);
  world.write('tenants/two/dev/A.yml', 'a: 2\n');
  expect(await asked('-t', 'two')).toBe(
    '1 deployment to tenant two (dev) in us-east-1, 1 environment to update, about 2 minutes. Continue?',
  );
});

test('uncommitted changes of the tree are a warning, of other files not', async () => {
  const world = createWorld(tree);
  commit(world);
  const codes = async (...args: string[]) => {
    const { json } = await world.appcfg(...args, '-o', 'json');
    return json.problems.map(({ code }: { code: string }) => code);
  };
  world.write('README.md', 'x');
  expect(await codes('sync', '-t', 'one')).toEqual([]);
  world.write('template/A.yml', 'a: 2\n');
  expect(await codes('diff')).toEqual([]);
  expect(await codes('sync', '--dry-run')).toEqual([]);
  const { stderr } = await world.appcfg('sync', '-t', 'one');
  expect(stderr).toContain('the tree has uncommitted changes, so what is deployed is in no commit');
  expect(stderr).toContain('git status --short template tenants appcfg.yml');
  expect(await codes('sync', '-t', 'one')).toEqual([]);
  expect(await codes('sync')).toContain('working-tree-dirty');
});
