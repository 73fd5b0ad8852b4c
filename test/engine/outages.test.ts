// Outages, short and long: AppConfig does not answer, or credentials expire.
import { expect, test } from 'vitest';
import { deploymentsOf } from '../support/aws.ts';
import { OtherClient } from '../support/other-client.ts';
import { intercepted, isStart, unreachable } from '../support/request-handlers.ts';
import { createWorld, type World } from '../support/world.ts';

const one = {
  'appcfg.yml': 'project: acme/config\n',
  'template/A.yml': 'a: 1\n',
  'tenants/one/dev/.gitkeep': '',
  'tenants/two/dev/.gitkeep': '',
};
const two = { ...one, 'template/B.yml': 'b: 1\n' };
const minute = 60_000;

interface Row {
  readonly step: string;
  readonly status: string;
  readonly blockedBy: string | null;
  readonly note?: string;
  readonly problem: { readonly code: string } | null;
}

function starts(json: { readonly results: readonly Row[] }): readonly Row[] {
  return json.results.filter(({ step }) => step.startsWith('StartDeployment'));
}

/** AppConfig does not answer polls for a while. Before a start there is nothing to poll. */
function outage(world: World, ms: number) {
  let since: number | undefined;
  return intercepted(world, async ({ method, path, answer }) => {
    const isStarted = (world.emulator.stats().StartDeployment ?? 0) > 0;
    if (isStarted && method === 'GET' && /\/deployments\/\d+$/.test(path)) {
      since ??= world.clock.now();
      if (world.clock.now() - since < ms) throw unreachable();
    }
    return answer();
  });
}

test.each([2_000, 4 * minute])('polls without a response for %d ms do not fail the deployment', async (ms) => {
  const world = createWorld({
    ...two,
    'appcfg.yml': 'project: acme/config\nwaves: [{ name: canary, tenants: [one] }, { name: rest }]\n',
  });
  const run = await world.appcfgWith({ requestHandler: outage(world, ms) }, 'sync', '--supersede');
  expect(run.exitCode, run.stderr).toBe(0);
  // This run's own deployments do not block it.
  const rows = ['1 A v1 COMPLETE', '2 B v1 COMPLETE'];
  for (const tenant of ['one', 'two']) expect((await deploymentsOf(world, tenant, 'dev')).toReversed()).toEqual(rows);
});

test('polls that are never answered end with 75, and the deployment is left to AppConfig', async () => {
  const world = createWorld(one);
  const run = await world.appcfgWith({ requestHandler: outage(world, 600 * minute) }, 'sync', '-t', 'one');
  expect(run.exitCode).toBe(75);
  expect(run.stderr).toContain('one/dev/A  the endpoint cannot be reached');
  expect(await deploymentsOf(world, 'one', 'dev')).toEqual(['1 A v1 COMPLETE']);
});

test.each(['applications', 'deployments'])('a POST of %s that does not reach AppConfig is sent again', async (what) => {
  const world = createWorld(two);
  let met = false;
  const requestHandler = intercepted(world, async ({ method, path, answer }) => {
    if (!met && method === 'POST' && path.endsWith(`/${what}`)) {
      met = true;
      throw unreachable();
    }
    return answer();
  });
  expect((await world.appcfgWith({ requestHandler }, 'sync')).exitCode).toBe(0);
  expect(met).toBe(true);
});

test('expired credentials are reported once, and deployments in flight continue', async () => {
  const tenants = ['one', 'two', 'three', 'four', 'five'].map((tenant) => [`tenants/${tenant}/dev/.gitkeep`, '']);
  const world = createWorld({ 'template/A.yml': 'a: 1\n', ...Object.fromEntries(tenants) });
  world.emulator.injectFault({ operation: 'GetDeployment', kind: 'expired', after: 7, times: 1000 });
  const { json, exitCode, stderr } = await world.appcfg('sync', '-o', 'json');
  expect(exitCode).toBe(6);
  const [failed, ...others] = starts(json).toSorted((a, b) => a.status.localeCompare(b.status));
  expect(failed).toMatchObject({ status: 'failed', problem: { code: 'credentials-expired' } });
  expect(others).toHaveLength(4);
  for (const other of others) {
    const note = 'deployment 1 continues in AppConfig';
    expect(other).toMatchObject({ status: 'skipped', blockedBy: failed?.step, note });
  }
  expect(stderr.match(/credentials expired/g)).toHaveLength(1);
});

test('a start that was recalled, and whose run then ends, is skipped', async () => {
  const world = createWorld(one);
  await world.appcfg('sync', '--only', 'update');
  let count = 0;
  const requestHandler = intercepted(world, async (call) => {
    if (!isStart(call)) return call.answer();
    count += 1;
    if (count === 1) {
      const response = await call.answer();
      const ring = () => world.emulator.setAlarm({ application: 'one', environment: 'dev', state: 'ALARM' });
      void world.clock.sleep(1000).then(ring);
      return response;
    }
    // The first one is rolled back while this one is under way.
    await world.clock.sleepDuring(30_000);
    world.emulator.injectFault({ operation: 'StartDeployment', kind: 'error' });
    return call.answer();
  });
  const args = ['sync', '--only', 'deploy', '--fail-fast', '-o', 'json'];
  const { json, exitCode, stderr } = await world.appcfgWith({ requestHandler }, ...args);
  expect(exitCode, stderr).toBe(4);
  expect(starts(json)).toMatchObject([
    { status: 'failed', problem: { code: 'deployment-rolled-back' } },
    { status: 'skipped', blockedBy: expect.stringMatching(/fail-fast|one\/dev\/A/) },
  ]);
});

test('a deployment that a timeout leaves running is reported with the timeout, not with an earlier failure', async () => {
  const world = createWorld({ ...one, 'tenants/two/dev/A.yml': 'a: 2\n' });
  const requestHandler = intercepted(world, async (call) => {
    const response = await call.answer();
    if (isStart(call)) {
      const ring = () => world.emulator.setAlarm({ application: 'one', environment: 'dev', state: 'ALARM' });
      void world.clock.sleep(1000).then(ring);
    }
    return response;
  });
  const args = ['sync', '--fail-fast', '--timeout', '40s', '-o', 'json'];
  const { json } = await world.appcfgWith({ requestHandler }, ...args);
  expect(starts(json)).toMatchObject([
    { status: 'failed', problem: { code: 'deployment-rolled-back' } },
    { status: 'skipped', blockedBy: 'timeout', note: 'deployment 1 continues in AppConfig' },
  ]);
});

test('a deployment that a user stopped is not reported as running, even if an interrupt comes during the check', async () => {
  const world = createWorld(one);
  await world.appcfg('sync', '--only', 'update');
  let send: (name: 'SIGINT') => void = () => {};
  let isStopped = false;
  world.emulator.onCall = ({ operation }) => {
    if (operation === 'StartDeployment') {
      void world.clock.sleep(10_000).then(async () => {
        await new OtherClient(world.emulator).stop('one', 'dev');
        isStopped = true;
      });
    }
    if (operation === 'GetDeployment' && isStopped) {
      isStopped = false;
      void world.clock.sleep(3000).then(() => send('SIGINT'));
    }
  };
  const onStart = (interrupt: typeof send) => {
    send = interrupt;
  };
  const run = await world.appcfgWith({ onStart }, 'sync', '-t', 'one', '-o', 'json');
  world.emulator.onCall = undefined;
  expect(run.exitCode).toBe(130);
  expect(starts(run.json)).toMatchObject([{ status: 'failed', problem: { code: 'deployment-stopped' } }]);
});

test('a deployment that was recalled too late is reported as running', async () => {
  const world = createWorld(one);
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2\n');
  let send: (name: 'SIGINT') => void = () => {};
  let count = 0;
  const requestHandler = intercepted(world, async (call) => {
    if (!isStart(call)) return call.answer();
    count += 1;
    const nth = count;
    const response = await call.answer();
    if (nth === 1) {
      const stop = () => world.clock.during(() => new OtherClient(world.emulator).stop('one', 'dev'));
      void world.clock.sleep(3000).then(stop);
    } else {
      // The same change is stopped while the response is on its way.
      await world.clock.sleepDuring(50_000);
      void world.clock.sleep(15_000).then(() => send('SIGINT'));
    }
    return response;
  });
  const onStart = (interrupt: typeof send) => {
    send = interrupt;
  };
  const { json, stderr } = await world.appcfgWith({ requestHandler, onStart }, 'sync', '-o', 'json');
  expect(starts(json)[1]).toMatchObject({ status: 'skipped', note: 'deployment 2 continues in AppConfig' });
  expect(stderr).toContain('1 deployment continues in AppConfig: two/dev/A');
});
