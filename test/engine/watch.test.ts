// `status --watch`: deployments in flight are followed to their end, with few calls, and everything is read again now and then.
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

/** A job is not interrupted: there it ends when no deployment is in flight. */
const inJob = { env: { CI: 'true' } };

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

test('in a CI job each change of state is a line, only environments with a deployment in flight are polled, and it ends with them', async () => {
  const world = await running();
  const outcome = await world.appcfgWith(inJob, 'status', '--watch');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(outcome.stdout).toMatch(/^environment {2}deploying\ndev {18}2\n/);
  for (const tenant of ['one', 'two']) {
    expect(outcome.stdout.split('\n').filter((line) => line.startsWith(tenant))).toEqual([
      `${tenant}/dev/A  deploying, deployment 2`,
      `${tenant}/dev/A  baking, deployment 2`,
      `${tenant}/dev/A  synced, version 2`,
    ]);
  }
  expect(outcome.stdout).toMatch(/\n\nenvironment {2}synced\ndev {15}2\n\nAll 2 addresses are synced\.\n$/);
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

test('on a terminal the board is redrawn on stderr, and stdout gets it once, at the end', async () => {
  const world = await running();
  await world.appcfg('status');
  const outcome = await world.appcfgWith({ isTTY: true }, 'status', '--watch', '--timeout', '10m');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(outcome.stdout).toBe('environment  synced\ndev               2\n\nAll 2 addresses are synced.\n');
  expect(outcome.stderr).toContain('environment  deploying\ndev                  2\n');
  expect(outcome.stderr).toContain('Ctrl-C ends');
});

test('in a CI job without a deployment in flight it is a plain status', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  const [plain, followed] = [await world.appcfg('status'), await world.appcfgWith(inJob, 'status', '--watch')];
  expect(followed).toMatchObject({ exitCode: 0, stdout: plain.stdout });
});

test('outside of CI it continues until it is interrupted, and shows what other runs start', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  await world.appcfg('status');
  let interrupt: (name: 'SIGINT') => void = () => {};
  const onStart = (signal: (name: 'SIGINT' | 'SIGTERM') => void) => {
    interrupt = signal;
  };
  const watching = world.appcfgWith({ onStart }, 'status', '--watch');
  await world.clock.sleep(60_000);
  world.write('template/A.yml', 'a: 2');
  const synced = await world.appcfg('sync', '--tenant', 'two');
  await world.clock.sleep(120_000);
  interrupt('SIGINT');
  const outcome = await watching;
  expect(synced.exitCode, synced.stderr).toBe(0);
  expect(outcome.exitCode).toBe(130);
  // It was started with the old tree: what the other run deployed is not what this tree wants.
  expect(outcome.stdout).toContain('All 2 addresses are synced.\n\n');
  expect(outcome.stdout).toContain('two/dev/A  deploying, deployment 2');
  expect(outcome.stdout).toContain('two/dev/A  out-of-sync, version 2');
  expect(outcome.stdout).toMatch(/1 of 2 addresses is not synced: 1 out-of-sync\.\n$/);
  // It was the user's wish: nothing is wrong.
  expect(outcome.stderr).not.toContain('Interrupted');
});

test('it reads everything every half minute, and less often where a reading takes long', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  // While modules are loaded, the clock runs.
  await world.appcfg('status');
  world.takeCalls();
  const outcome = await world.appcfg('status', '--watch', '--timeout', '5m');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  const { ListDeployments = 0, GetDeployment = 0, ListApplications = 0 } = world.takeCalls();
  expect(ListApplications).toBeGreaterThanOrEqual(9);
  expect(ListApplications).toBeLessThanOrEqual(10);
  expect(ListDeployments).toBe(2 * ListApplications);
  // A deployment keeps its description: it is read once.
  expect(GetDeployment).toBe(2);
  // Three calls after another take a minute. With a pause of half a minute there would be 20 readings.
  await world.appcfgWith({ latencyMs: 20_000 }, 'status', '--watch', '--timeout', '30m');
  expect(world.takeCalls().ListApplications ?? 0).toBeLessThanOrEqual(11);
});

test('an outage does not end it, and the end of the credentials does', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  await world.appcfg('status');
  const watchWith = async (kind: 'error' | 'expired') => {
    const watching = world.appcfg('status', '--watch', '--timeout', '60m');
    await world.clock.sleep(45_000);
    world.emulator.injectFault({ operation: 'ListApplications', kind, times: Number.POSITIVE_INFINITY });
    await world.clock.sleep(20 * 60_000);
    world.emulator.clearFaults();
    return watching;
  };
  const outage = await watchWith('error');
  expect(outage.exitCode, outage.stderr).toBe(0);
  expect(outage.stderr).toContain('warning: ');
  expect(outage.stdout).toContain('All 2 addresses are synced.');
  const expired = await watchWith('expired');
  expect(expired.exitCode, expired.stderr).toBe(6);
});

test('a rollback is reported with its reason, in text and in the JSON document', async () => {
  const world = await running();
  world.emulator.onCall = ({ operation }) => {
    if (operation !== 'ListDeployments') return;
    world.clock.advance(40_000);
    world.emulator.setAlarm({ application: 'two', environment: 'dev', state: 'ALARM' });
  };
  const outcome = await world.appcfgWith(inJob, 'status', '--watch', '-o', 'json', '--detailed-exitcode');
  expect(outcome.exitCode).toBe(2);
  expect(outcome.json.addresses.map((each: { state: string }) => each.state)).toEqual(['synced', 'rolled-back']);
  expect(outcome.stderr).toContain('deployment 2 of this content was rolled back: CloudWatch alarm');
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
  expect(outcome.stdout).toContain('2 of 2 addresses are not synced: 2 deploying.');
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
  const outcome = await world.appcfgWith(inJob, 'status', '--watch');
  await held;
  expect((await syncing).exitCode).toBe(0);
  expect(outcome.stdout).toContain('one/dev/B  deploying, deployment 4');
  expect(outcome.stdout).toContain('All 4 addresses are synced.');
});
