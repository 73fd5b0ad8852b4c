// A run that is to stop sends nothing more, whatever its calls were waiting for.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListApplicationsCommand } from '@aws-sdk/client-appconfig';
import { expect, test } from 'vitest';
import { Connection } from '../../src/appconfig/client/connection.ts';
import type { RequestHandler } from '../../src/engine/context.ts';
import { deploymentsOf, writesOf } from '../support/aws.ts';
import { createWorld, type World } from '../support/world.ts';

const settings =
  'project: acme/config\ndeploymentStrategy: instant\ndeploymentStrategies: { instant: { durationMinutes: 0, growthFactor: 100 } }\n';

function treeOf(tenants: number): Record<string, string> {
  const names = Array.from({ length: tenants }, (_, index) => `tenants/t${index}/dev/.gitkeep`);
  return { 'appcfg.yml': settings, 'template/A.yml': 'a: 1', ...Object.fromEntries(names.map((name) => [name, ''])) };
}

/** Interrupts the run at the first call of an operation that begins with `start`. */
function interruptAt(world: World, start: string) {
  let send: (signal: 'SIGINT' | 'SIGTERM') => void = () => {};
  let sent = false;
  world.emulator.onCall = ({ operation }) => {
    if (operation.startsWith(start) && !sent) {
      sent = true;
      send('SIGINT');
    }
    return undefined;
  };
  return {
    env: { APPCFG_RATES: 'aws' },
    onStart: (signal: typeof send) => {
      send = signal;
    },
  };
}

test('after an interrupt, writes that wait for their rate are not sent', async () => {
  const world = createWorld(treeOf(30));
  await world.appcfg('sync', '--only', 'update');
  world.takeCalls();
  const synced = await world.appcfgWith(
    interruptAt(world, 'StartDeployment'),
    'sync',
    '--only',
    'deploy',
    '-o',
    'text',
    '-o',
    'markdown=note.md',
  );
  expect(synced.exitCode).toBe(130);
  expect(synced.stdout).toMatch(/^Interrupted: 29 of 30 deployments skipped; 1 deployment complete/m);
  expect(readFileSync(join(world.directory, 'note.md'), 'utf8')).toMatch(
    /^\*\*Interrupted: 29 of 30 addresses skipped, 1 deployed\./m,
  );
  expect(writesOf(world.takeCalls())).toEqual({ StartDeployment: 1 });
  world.emulator.onCall = undefined;
  await world.appcfg('sync');
  world.takeCalls();
  const cleaned = await world.appcfgWith(interruptAt(world, 'Delete'), 'cleanup', '--all', '--yes', '-o', 'json');
  expect(cleaned.exitCode).toBe(130);
  expect(writesOf(world.takeCalls())).toEqual({ DeleteEnvironment: 1 });
  expect(cleaned.json.summary.failed).toBe(0);
});

test('with --fail-fast, writes that wait for their rate are not sent, and deployments in flight are waited for', async () => {
  const world = createWorld({ ...treeOf(30), 'appcfg.yml': 'project: acme/config\n' });
  await world.appcfg('sync', '--only', 'update');
  world.takeCalls();
  let starts = 0;
  world.emulator.onCall = ({ operation }) => {
    if (operation === 'StartDeployment' && ++starts === 2) {
      world.emulator.injectFault({ operation, kind: 'deny', times: 1 });
    }
    return undefined;
  };
  const env = { APPCFG_RATES: 'aws' };
  const outcome = await world.appcfgWith({ env }, 'sync', '--only', 'deploy', '--fail-fast', '-o', 'json');
  expect(outcome.exitCode).toBe(6);
  expect(writesOf(world.takeCalls())).toEqual({ StartDeployment: 2 });
  expect(outcome.json.summary).toMatchObject({ succeeded: 1, failed: 1, skipped: 28 });
  expect(outcome.json.results.find((r: { status: string }) => r.status === 'skipped').blockedBy).toBe('fail-fast');
});

test('after an interrupt, or at the end of --timeout, a throttled start is not tried again', async () => {
  const world = createWorld(treeOf(1));
  await world.appcfg('sync', '--only', 'update');
  world.emulator.injectFault({ operation: 'StartDeployment', kind: 'throttle', times: 1000 });
  world.takeCalls();
  const interrupted = await world.appcfgWith(interruptAt(world, 'StartDeployment'), 'sync', '--only', 'deploy');
  expect(interrupted.exitCode).toBe(130);
  expect(world.takeCalls().StartDeployment).toBe(1);
  world.emulator.onCall = undefined;
  const start = world.clock.now();
  const timedOut = await world.appcfg('sync', '--timeout', '30s');
  expect(timedOut.exitCode).toBe(4);
  expect(world.clock.now() - start).toBeLessThan(60_000);
  expect(await deploymentsOf(world, 't0', 'dev')).toEqual([]);
});

test('the time limit for throttling begins at the first throttled response, however long the queue before it', async () => {
  const world = createWorld(treeOf(1));
  const inner = world.emulator.requestHandler() as unknown as { handle(request: never): Promise<unknown> };
  const connection = new Connection({
    region: 'us-east-1',
    clock: world.clock,
    requestHandler: {
      handle: (request: never) => world.clock.during(() => inner.handle(request)),
    } as unknown as RequestHandler,
    credentials: { accessKeyId: 'AKIALOCAL', secretAccessKey: 'x' },
    signer: { sign: async (request) => request },
    publishedRates: true,
    trustClockHeaders: true,
  });
  world.emulator.injectFault({ operation: 'ListApplications', kind: 'throttle', times: 1, after: 3050 });
  const calls = Array.from({ length: 3100 }, () => connection.once(new ListApplicationsCommand({}), ''));
  const results = await Promise.allSettled(calls);
  expect(results.filter((result) => result.status === 'rejected')).toEqual([]);
});

test("a used-up quota of one application does not stop another one's", async () => {
  const world = createWorld(treeOf(1));
  for (let index = 0; index < 20; index += 1) world.write(`tenants/t0/env${index}/.gitkeep`, '');
  world.write('tenants/t1/dev/.gitkeep', '');
  // The other tenant reaches it later.
  world.emulator.injectFault({ operation: 'CreateApplication', kind: 'slow', times: 1, after: 1, delayMs: 300 });
  const outcome = await world.appcfg('sync');
  expect(outcome.exitCode).toBe(4);
  expect(outcome.stderr).toMatch(/quota.*CreateEnvironment t0/);
  expect(await deploymentsOf(world, 't1', 'dev')).toEqual(['1 A v1 COMPLETE']);
});
