// What a user sees when calls fail, responses are lost, or the program is stopped; fault-matrix.test.ts has every operation.
import { expect, test } from 'vitest';
import { createWorld, type World } from '../support/world.ts';

const smallTree = {
  'appcfg.yml':
    'project: acme/config\ndeploymentStrategy: quick\ndeploymentStrategies: { quick: { durationMinutes: 1, growthFactor: 50 } }\n',
  'template/A.yml': 'a: 1',
  'template/B.yml': 'b: 1',
  'tenants/one/dev/.gitkeep': '',
  'tenants/one/qa/A.yml': 'a: 2',
};

/** The end that every run should come to. */
async function expectAllLive(world: World): Promise<void> {
  const last = await world.appcfg('sync');
  expect(last.stdout).toContain('Nothing to do: 4 addresses match');
  world.takeCalls();
  expect(world.emulator.violations()).toEqual([]);
  const { applications } = inventory(world);
  expect(applications).toEqual([{ environments: 2, profiles: 2, versions: 3, deployments: 4 }]);
}

/** Counts of everything that AppConfig holds. */
function inventory(world: World) {
  const found: Record<string, number[]> = {};
  const count = (name: string, value: unknown): void => {
    if (Array.isArray(value)) found[name] = [...(found[name] ?? []), value.length];
    if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) count(key, member);
    }
  };
  count('state', world.emulator.snapshot());
  const total = (name: string) => (found[name] ?? []).reduce((sum, length) => sum + length, 0);
  return {
    applications: Array.from({ length: total('applications') }, () => ({
      environments: total('environments'),
      profiles: total('profiles'),
      versions: total('versions'),
      deployments: total('deployments'),
    })),
  };
}

const creating = [
  'CreateApplication',
  'CreateEnvironment',
  'CreateConfigurationProfile',
  'CreateHostedConfigurationVersion',
  'CreateDeploymentStrategy',
  'StartDeployment',
];

test('if every response to a create or a start is lost, nothing is done twice', async () => {
  const world = createWorld(smallTree);
  for (const operation of creating) world.emulator.injectFault({ operation, kind: 'drop-after', times: 1000 });
  const outcome = await world.appcfg('sync');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  await expectAllLive(world);
});

test('after the "already exists" race of a start, the deployment is started once', async () => {
  const world = createWorld(smallTree);
  world.emulator.injectFault({ operation: 'StartDeployment', kind: 'race', times: 3 });
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  await expectAllLive(world);
});

test('endless throttling ends the run with 75', async () => {
  const world = createWorld(smallTree);
  world.emulator.injectFault({ operation: 'ListApplications', kind: 'throttle', times: 100_000 });
  const outcome = await world.appcfg('sync');
  expect(outcome.exitCode).toBe(75);
  expect(outcome.stderr).toContain('throttled');
});

test('a missing permission is reported with its operation', async () => {
  const world = createWorld(smallTree);
  world.emulator.injectFault({ operation: 'StartDeployment', kind: 'deny', times: 100 });
  const outcome = await world.appcfg('sync');
  expect(outcome.exitCode).toBe(6);
  expect(outcome.stderr).toContain('StartDeployment');
});

test('with expired credentials the run exits with 6; deployments in flight continue, and the next run follows them', async () => {
  const world = createWorld(smallTree);
  world.emulator.injectFault({ operation: 'GetDeployment', kind: 'expired', times: 100_000 });
  const outcome = await world.appcfg('sync');
  expect(outcome.exitCode).toBe(6);
  expect(outcome.stderr).toContain('run the same command again');
  world.emulator.clearFaults();
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  await expectAllLive(world);
});

test('an endpoint that answers HTML is reported as such', async () => {
  const world = createWorld(smallTree);
  world.emulator.injectFault({ operation: 'ListApplications', kind: 'html', times: 100 });
  const outcome = await world.appcfg('sync');
  expect(outcome.exitCode).toBe(1);
  expect(outcome.stderr).toContain('is not from AppConfig');
  expect(outcome.stderr).not.toContain('    at ');
});

test('a used-up quota stops creating, and is explained', async () => {
  const world = createWorld(smallTree);
  for (let index = 0; index < 20; index += 1)
    world.write(`tenants/one/env${String(index).padStart(2, '0')}/.gitkeep`, '');
  const outcome = await world.appcfg('sync');
  expect(outcome.exitCode).toBe(4);
  expect(outcome.stderr).toMatch(/quota.*CreateEnvironment/);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s leaves deployments in flight to AppConfig and prints how to continue', async (name, exitCode) => {
  const world = createWorld(smallTree);
  let send: (signal: 'SIGINT' | 'SIGTERM') => void = () => {};
  world.emulator.onCall = ({ operation }) => {
    // The first reads of deployments look whether one was started meanwhile.
    if (operation === 'GetDeployment' && (world.emulator.stats().StartDeployment ?? 0) >= 2) send(name);
    return undefined;
  };
  const onStart = (signal: typeof send) => {
    send = signal;
  };
  const outcome = await world.appcfgWith({ onStart }, 'sync');
  world.emulator.onCall = undefined;
  expect(outcome.exitCode).toBe(exitCode);
  expect(outcome.stderr).toContain(`Interrupted (${name})`);
  expect(outcome.stderr).toContain('2 deployments continue in AppConfig');
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  await expectAllLive(world);
});

test('--timeout bounds the run', async () => {
  const world = createWorld(smallTree);
  const start = world.clock.now();
  const outcome = await world.appcfg('sync', '--timeout', '30s');
  expect(outcome.exitCode).toBe(4);
  expect(outcome.stderr).toContain('--timeout');
  expect(world.clock.now() - start).toBeLessThan(60_000);
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  await expectAllLive(world);
});
