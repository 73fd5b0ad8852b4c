// An environment is shared: with other runs of the project, older ones, and users in the console.
import { GetDeploymentCommand } from '@aws-sdk/client-appconfig';
import { expect, test } from 'vitest';
import type { RequestHandler } from '../../src/engine/context.ts';
import { awsClient, deployByHand, deployedByScripts, deploymentsOf, lookUp, writesOf } from '../support/aws.ts';
import { OtherClient } from '../support/other-client.ts';
import { intercepted, isStart } from '../support/request-handlers.ts';
import { commit, createWorld, type World } from '../support/world.ts';

const instant =
  'project: acme/config\ndeploymentStrategy: instant\ndeploymentStrategies: { instant: { durationMinutes: 0, growthFactor: 100 } }\n';
const hour = 'project: acme/config\ndeploymentStrategy: AppConfig.Linear20PercentEvery6Minutes\n';
const small = { 'appcfg.yml': 'project: acme/config\n', 'template/A.yml': 'a: 1', 'tenants/one/dev/.gitkeep': '' };
const two = { ...small, 'template/B.yml': 'b: 1' };

/** An AppConfig whose first start waits until it is released. */
function holdingStart(world: World) {
  const inner = world.emulator.requestHandler() as unknown as { handle(request: never): Promise<unknown> };
  let letGo: () => void = () => {};
  let noteReached: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    noteReached = resolve;
  });
  const requestHandler = {
    handle: async (request: { readonly method: string; readonly path: string }) => {
      if (
        request.method === 'GET' &&
        /deployments$/.test(request.path) &&
        (await lookUp(world, 'one')).profiles.size > 0
      ) {
        noteReached();
        await gate;
      }
      return inner.handle(request as never);
    },
  } as unknown as RequestHandler;
  return { requestHandler, reached, letGo };
}

/** An AppConfig in which another client acts right before a run's starts. */
function beforeEachStart(world: World, other: { readonly times: number; readonly act: () => Promise<unknown> }) {
  const inner = world.emulator.requestHandler() as unknown as { handle(request: never): Promise<unknown> };
  let left = other.times;
  return {
    handle: async (request: { readonly method: string; readonly path: string }) => {
      if (request.method === 'POST' && /deployments$/.test(request.path) && left-- > 0) await other.act();
      return inner.handle(request as never);
    },
  } as unknown as RequestHandler;
}

test('in a new environment nothing is started before its deployments were listed', async () => {
  const tree = { ...small, 'appcfg.yml': instant };
  const world = createWorld(tree);
  const other = createWorld(tree);
  const held = holdingStart(world);
  const second = other.appcfgWith({ requestHandler: held.requestHandler }, 'sync');
  await held.reached;
  const first = await world.appcfg('sync');
  held.letGo();
  expect([first.exitCode, (await second).exitCode]).toEqual([0, 0]);
  expect(await deploymentsOf(world, 'one', 'dev')).toEqual(['1 A v1 COMPLETE']);
});

test('in a new environment an older pipeline does not overwrite what a newer one started meanwhile', async () => {
  const tree = { ...small, 'appcfg.yml': instant };
  const world = createWorld(tree);
  commit(world);
  const other = createWorld(tree);
  const held = holdingStart(world);
  const second = other.appcfgWith({ requestHandler: held.requestHandler, env: { CI_PIPELINE_IID: '5' } }, 'sync');
  await held.reached;
  world.write('template/A.yml', 'a: 2');
  await world.appcfgWith({ env: { CI_PIPELINE_IID: '6' } }, 'sync');
  held.letGo();
  expect((await second).exitCode).toBe(5);
  expect(await deploymentsOf(world, 'one', 'dev')).toEqual(['1 A v2 COMPLETE']);
});

test.each(['before the plan', 'at the stop'])(
  '--supersede waits for a rollback that begins by itself %s, and that still counts as one',
  async (when) => {
    const world = createWorld(small);
    await world.appcfg('sync');
    world.write('template/A.yml', 'a: 2');
    await world.appcfg('sync', '--no-wait');
    const rollBack = () => {
      world.emulator.setAlarm({ application: 'one', environment: 'dev', state: 'ALARM' });
      world.emulator.setAlarm({ application: 'one', environment: 'dev', state: 'OK' });
    };
    if (when === 'before the plan') rollBack();
    world.emulator.onCall = ({ operation }) => {
      if (operation === 'StopDeployment') rollBack();
      return undefined;
    };
    world.write('template/A.yml', 'a: 3');
    const outcome = await world.appcfg('sync', '--supersede');
    world.emulator.onCall = undefined;
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    world.write('template/A.yml', 'a: 2');
    expect((await world.appcfg('sync')).exitCode).toBe(5);
  },
);

test('--only deploy --supersede stops nothing where there is nothing to start instead', async () => {
  const world = createWorld(small);
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2');
  await world.appcfg('sync', '--no-wait');
  world.write('template/A.yml', 'a: 3');
  world.takeCalls();
  const outcome = await world.appcfg('sync', '--only', 'deploy', '--supersede');
  expect(outcome.exitCode).toBe(4);
  expect(outcome.stderr).toContain('--only update');
  expect(writesOf(world.takeCalls())).toEqual({});
});

test('a deployment in flight is awaited before another one starts in its environment', async () => {
  const world = createWorld({ ...two, 'appcfg.yml': hour });
  await world.appcfg('sync', '--timeout', '65m');
  world.write('template/A.yml', 'a: 2');
  await world.appcfg('sync', '--only', 'update');
  const outcome = await world.appcfg('sync', '--only', 'deploy');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
});

test('--supersede also stops a deployment that started after the plan, if drift may be overwritten', async () => {
  const renamed = createWorld({ ...small, 'appcfg.yml': hour });
  await renamed.appcfg('sync', '--no-wait');
  renamed.write('template/A.yml', undefined);
  renamed.write('template/New.yml', 'a: 1');
  renamed.takeCalls();
  const outcome = await renamed.appcfg('sync', '--supersede', '-o', 'json');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(outcome.json.plan.steps.map((s: { operation: string }) => s.operation)).toContain('StopDeployment');
  expect(renamed.takeCalls().StopDeployment).toBe(1);

  const world = createWorld({ ...two, 'appcfg.yml': hour });
  await world.appcfg('sync');
  const { id, environments, profiles } = await lookUp(world, 'one');
  const target = { applicationId: id, environmentId: environments.get('dev') ?? '' };
  const requestHandler = beforeEachStart(world, {
    times: 1,
    act: () => deployByHand(world, { ...target, profileId: profiles.get('B') ?? '' }, '{"b": 9}'),
  });
  world.write('template/A.yml', 'a: 2');
  world.takeCalls();
  const later = await world.appcfgWith({ requestHandler }, 'sync', '--supersede', '--overwrite-drift', '-p', 'A');
  expect(later.exitCode, later.stderr).toBe(0);
  expect(world.takeCalls().StopDeployment).toBe(1);
  const started = await awsClient(world).send(
    new GetDeploymentCommand({ ApplicationId: id, EnvironmentId: target.environmentId, DeploymentNumber: 4 }),
  );
  expect(started.Description).toContain('supersedes=3');
});

test('nothing is started for content that is live again because the deployment in flight was rolled back', async () => {
  for (const how of ['alarm', '--supersede']) {
    const world = createWorld(small);
    await world.appcfg('sync');
    world.write('template/A.yml', 'a: 2');
    await world.appcfg('sync', '--no-wait');
    world.write('template/A.yml', 'a: 1');
    let polls = 0;
    world.emulator.onCall = ({ operation }) => {
      if (how === 'alarm' && operation === 'GetDeployment' && ++polls === 2) {
        world.emulator.setAlarm({ application: 'one', environment: 'dev', state: 'ALARM' });
      }
      return undefined;
    };
    const outcome = await world.appcfg('sync', ...(how === 'alarm' ? [] : [how]));
    world.emulator.onCall = undefined;
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    expect(await deploymentsOf(world, 'one', 'dev')).toEqual(['2 A v2 ROLLED_BACK', '1 A v1 COMPLETE']);
  }
});

test('--busy-timeout bounds the wait for all deployments of other runs together', async () => {
  const world = createWorld(two);
  await world.appcfg('sync');
  const { id, environments, profiles } = await lookUp(world, 'one');
  const target = { applicationId: id, environmentId: environments.get('dev') ?? '' };
  const next = () => deployByHand(world, { ...target, profileId: profiles.get('B') ?? '' }, '{"b": 9}').catch(() => {});
  const requestHandler = beforeEachStart(world, { times: 40, act: next });
  world.write('template/A.yml', 'a: 2');
  const start = world.clock.now();
  const outcome = await world.appcfgWith({ requestHandler }, 'sync', '--busy-timeout', '5m', '-p', 'A');
  expect(outcome.exitCode).toBe(75);
  expect(world.clock.now() - start).toBeLessThan(5.5 * 60_000);
});

test('--no-wait does not wait for a busy environment', async () => {
  const world = createWorld(two);
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2');
  await world.appcfg('sync', '--no-wait');
  world.write('template/B.yml', 'b: 2');
  const start = world.clock.now();
  const outcome = await world.appcfg('sync', '--no-wait', '-p', 'B');
  expect(outcome.exitCode).toBe(75);
  expect(outcome.stderr).toContain('is busy with deployment 3 of A');
  expect(world.clock.now() - start).toBeLessThan(1_000);
});

test('endless refusals to start, in an environment without a deployment in flight, end with 75', async () => {
  const world = createWorld(small);
  world.emulator.injectFault({ operation: 'StartDeployment', kind: 'race', times: 1000 });
  const outcome = await world.appcfg('sync');
  expect(outcome.exitCode).toBe(75);
  expect(outcome.stderr).toContain('run the same command again later');
});

test('--only deploy names the strategy if that is what is missing', async () => {
  const world = createWorld(small);
  await world.appcfg('sync', '--only', 'update');
  world.write('appcfg.yml', instant);
  const outcome = await world.appcfg('sync', '--only', 'deploy');
  expect(outcome.exitCode).toBe(4);
  expect(outcome.stderr).toContain('the deployment strategy "instant" is not in AppConfig');
});

test('a deployment that another run superseded is reported with the one that replaced it', async () => {
  const world = createWorld(small);
  const other = createWorld({ ...small, 'template/A.yml': 'a: 3' });
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2');
  const inner = world.emulator.requestHandler() as unknown as { handle(request: never): Promise<unknown> };
  let superseding: Promise<{ exitCode: number }> | undefined;
  let isStarted = false;
  // The other run is over before this one's first poll is answered.
  const requestHandler = {
    handle: async (request: { readonly method: string; readonly path: string }) => {
      isStarted ||= request.method === 'POST' && /deployments$/.test(request.path);
      if (isStarted && request.method === 'GET' && /deployments\/2$/.test(request.path)) {
        superseding ??= world.appcfg('sync', '--supersede', '--no-wait', '-C', other.directory);
        await superseding;
      }
      return inner.handle(request as never);
    },
  } as unknown as RequestHandler;
  const outcome = await world.appcfgWith({ requestHandler }, 'sync');
  expect((await superseding)?.exitCode).toBe(0);
  expect(outcome.exitCode).toBe(4);
  expect(outcome.stderr).toContain('deployment 2 was stopped with --supersede, and deployment 3 replaced it');
});

test('content without a label of appcfg that was rolled back is not tried again, whatever followed it', async () => {
  const world = createWorld({
    'appcfg.yml': small['appcfg.yml'],
    'tenants/one/dev/.gitkeep': '',
    'template/Limits.yml': 'rate: 1',
  });
  const { applicationId, profileId, environments } = await deployedByScripts(world, 'one', {
    contents: { dev: '{"rate": 1}' },
  });
  await world.appcfg('sync', '--adopt');
  const target = { applicationId, profileId, environmentId: environments.dev ?? '' };
  await deployByHand(world, target, '{"rate": 5}');
  world.emulator.setAlarm({ application: 'one', environment: 'dev', state: 'ALARM' });
  world.clock.advance(300_000);
  world.emulator.setAlarm({ application: 'one', environment: 'dev', state: 'OK' });
  await deployByHand(world, target, '{"rate": 2}');
  world.clock.advance(300_000);
  world.write('template/Limits.yml', 'rate: 5');
  const outcome = await world.appcfg('sync', '--overwrite-drift');
  expect(outcome.exitCode).toBe(5);
  expect(outcome.stderr).toContain('deployment 2 of this content was rolled back');
});

test('a rollback that is found when the environment is read again blocks the same change elsewhere', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: acme/config\ntenants: [{ match: [one], excludeProfiles: [A] }]\n',
    'template/A.yml': 'a: 1\n',
    'template/B.yml': 'b: 1\n',
    'tenants/one/dev/.gitkeep': '',
    'tenants/two/dev/.gitkeep': '',
  });
  await world.appcfg('sync', '--only', 'update');
  const { id } = await lookUp(world, 'one');
  let isFirst = true;
  const requestHandler = intercepted(world, async (call) => {
    if (isFirst && isStart(call) && call.path.includes(id)) {
      isFirst = false;
      await world.appcfg('sync', '--no-wait', '-t', 'one');
      await new OtherClient(world.emulator).stop('one', 'dev');
    }
    return call.answer();
  });
  const { json, exitCode } = await world.appcfgWith({ requestHandler }, 'sync', '-o', 'json');
  expect(exitCode).toBe(5);
  const starts = json.results.filter(({ operation }: { operation: string }) => operation === 'StartDeployment');
  expect(starts).toMatchObject([
    { step: 'StartDeployment one/dev/B', status: 'failed', problem: { code: 'guard-rolled-back' } },
    { step: 'StartDeployment two/dev/A', status: 'succeeded' },
    { step: 'StartDeployment two/dev/B', status: 'skipped', blockedBy: 'StartDeployment one/dev/B' },
  ]);
});

test('a deployment that was superseded while a start was on its way does not count as rolled back', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: acme/config\n',
    'template/A.yml': 'a: 1\n',
    'template/B.yml': 'b: 1\n',
    'tenants/one/dev/.gitkeep': '',
  });
  await world.appcfg('sync', '--only', 'update');
  let isFirst = true;
  const requestHandler = intercepted(world, async (call) => {
    if (isFirst && isStart(call)) {
      isFirst = false;
      await world.appcfg('sync', '--no-wait', '-p', 'B');
      await world.appcfg('sync', '--no-wait', '-p', 'A', '--supersede');
    }
    return call.answer();
  });
  const { exitCode, stderr } = await world.appcfgWith({ requestHandler }, 'sync', '-p', 'B');
  expect(exitCode, stderr).toBe(0);
  expect(await deploymentsOf(world, 'one', 'dev')).toEqual([
    '3 B v1 COMPLETE',
    '2 A v1 COMPLETE',
    '1 B v1 ROLLED_BACK',
  ]);
});

test('a stop that was sent is waited for and reported, even if there is nothing to start any more', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: acme/config\n',
    'template/B.yml': 'b: 1\n',
    'tenants/one/dev/.gitkeep': '',
    'tenants/two/dev/.gitkeep': '',
  });
  await world.appcfg('sync', '--only', 'update');
  const slow = { deploymentStrategyId: 'AppConfig.Linear20PercentEvery6Minutes' };
  const deployment = { application: 'two', environment: 'dev', configurationProfile: 'Theirs', content: 'x', ...slow };
  await new OtherClient(world.emulator).deploy(deployment);
  const requestHandler = intercepted(world, async (call) => {
    const isStop = call.method === 'DELETE';
    if (isStop) await world.clock.sleepDuring(1000);
    const response = await call.answer();
    const ring = () => world.emulator.setAlarm({ application: 'one', environment: 'dev', state: 'ALARM' });
    if (isStart(call)) void world.clock.sleep(500).then(ring);
    // The run sees the other one rolled back while the response to the stop is on its way.
    if (isStop) await world.clock.sleepDuring(60_000);
    return response;
  });
  const { json, exitCode } = await world.appcfgWith({ requestHandler }, 'sync', '--supersede', '-o', 'json');
  expect(exitCode).toBe(4);
  const results = json.results.filter(({ operation }: { operation: string }) => /^(Start|Stop)/.test(operation));
  expect(results).toMatchObject([
    { step: 'StartDeployment one/dev/B', status: 'failed' },
    { step: 'StopDeployment two/dev', status: 'succeeded' },
    { step: 'StartDeployment two/dev/B', status: 'skipped' },
  ]);
});

test('content that a rollback replaced while a start was on its way is not deployed again', async () => {
  const world = createWorld({ ...small, 'appcfg.yml': instant });
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 0');
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2');
  let isFirst = true;
  const requestHandler = intercepted(world, async (call) => {
    if (isFirst && isStart(call)) {
      isFirst = false;
      await world.appcfg('sync');
      await world.appcfg('rollback', 'one/dev/A', '--to', '1');
    }
    return call.answer();
  });
  const { exitCode, stderr } = await world.appcfgWith({ requestHandler }, 'sync');
  expect(exitCode, stderr).toBe(5);
  expect(stderr).toContain('content is quarantined: rollback deployment 4 replaced it');
  expect(await deploymentsOf(world, 'one', 'dev')).toHaveLength(4);
});
