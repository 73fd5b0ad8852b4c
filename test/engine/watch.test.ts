// `status --watch`: deployments in flight are followed to their end, with few calls.
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: acme/config\n',
  'template/A.yml': 'a: 1',
  'tenants/one/dev/.gitkeep': '',
  'tenants/two/dev/.gitkeep': '',
};

async function running(files: Readonly<Record<string, string>> = tree) {
  const world = createWorld(files);
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2');
  await world.appcfg('sync', '--no-wait', '-p', 'A');
  world.takeCalls();
  return world;
}

test('without a terminal, each change of state is a line, and only environments with a deployment in flight are polled', async () => {
  const world = await running();
  const outcome = await world.appcfg('status', '--watch');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  const [table, lines, counts] = outcome.stdout.split('\n\n').filter((part) => !part.startsWith('2 addresses: 2 dep'));
  expect(table).toMatch(/^address .*state/);
  for (const tenant of ['one', 'two']) {
    expect(lines?.split('\n').filter((line) => line.startsWith(tenant))).toEqual([
      `${tenant}/dev/A  deploying, deployment 2`,
      `${tenant}/dev/A  baking, deployment 2`,
      `${tenant}/dev/A  synced, version 2`,
    ]);
  }
  expect(counts).toBe('2 addresses: 2 synced\n');
  const { GetDeployment = 0, GetHostedConfigurationVersion: _contents, ...others } = world.takeCalls();
  expect(others).toEqual({
    // Whose an application is, before its content is compared.
    GetCallerIdentity: 1,
    ListTagsForResource: 2,
    ListApplications: 1,
    ListEnvironments: 2,
    ListConfigurationProfiles: 2,
    ListDeployments: 2,
  });
  // For each environment: the commit of what is live, at most six polls, and three for what comes next.
  expect(GetDeployment).toBeLessThanOrEqual(2 * 10);
});

test('on a terminal rows are redrawn, and the table comes at the end', async () => {
  const world = await running();
  const outcome = await world.appcfgWith({ isTTY: true }, 'status', '--watch');
  expect(outcome.exitCode).toBe(0);
  expect(outcome.stdout.split('\n').slice(1, 3)).toEqual([
    expect.stringMatching(/^one\/dev\/A {2}synced {2}2 /),
    expect.stringMatching(/^two\/dev\/A {2}synced {2}2 /),
  ]);
  expect(outcome.stderr).toContain('✓ one/dev/A  synced, version 2');
});

test('without a deployment in flight it is a plain status', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  const [plain, followed] = [await world.appcfg('status'), await world.appcfg('status', '--watch')];
  expect(followed).toMatchObject({ exitCode: 0, stdout: plain.stdout });
});

test('a rollback is reported with its reason, in text and in the JSON document', async () => {
  const world = await running();
  world.emulator.onCall = ({ operation }) => {
    if (operation !== 'ListDeployments') return;
    world.clock.advance(40_000);
    world.emulator.setAlarm({ application: 'two', environment: 'dev', state: 'ALARM' });
  };
  const outcome = await world.appcfg('status', '--watch', '-o', 'json', '--detailed-exitcode');
  expect(outcome.exitCode).toBe(2);
  expect(outcome.json.addresses.map((each: { state: string }) => each.state)).toEqual(['synced', 'rolled-back']);
  expect(outcome.stderr).toContain(
    'deployment 2 of this content was rolled back: Rollback initiated by CloudWatch alarm',
  );
});

test('Ctrl-C ends it with 130, and stops no deployment', async () => {
  const world = await running();
  let interrupt: (name: 'SIGINT') => void = () => {};
  let polls = 0;
  world.emulator.onCall = ({ operation }) => {
    if (operation === 'GetDeployment' && ++polls === 5) interrupt('SIGINT');
  };
  const onStart = (signal: (name: 'SIGINT' | 'SIGTERM') => void) => {
    interrupt = signal;
  };
  const outcome = await world.appcfgWith({ onStart }, 'status', '--watch');
  world.emulator.onCall = undefined;
  expect(outcome.exitCode).toBe(130);
  expect(outcome.stdout).toContain('2 addresses: 2 deploying');
  expect((await world.appcfg('sync')).exitCode).toBe(0);
});

test('a deployment that follows in the same environment is followed, too', async () => {
  const world = await running({ ...tree, 'template/B.yml': 'b: 1' });
  world.write('template/B.yml', 'b: 2');
  let reads = 0;
  // A run that only reads a file while the other one's clock advances would see nothing of it.
  const bothHaveRead = new Promise<void>((resolve) => {
    world.emulator.onCall = ({ operation }) => {
      if (operation === 'ListDeployments' && ++reads === 4) resolve();
    };
  });
  const held = world.clock.during(() => bothHaveRead);
  const syncing = world.appcfg('sync');
  const outcome = await world.appcfg('status', '--watch');
  await held;
  expect((await syncing).exitCode).toBe(0);
  expect(outcome.stdout).toContain('one/dev/B  deploying, deployment 4');
  expect(outcome.stdout).toContain('4 addresses: 4 synced');
});
