// Deployments that another run starts in an environment during this run, found when this run starts another profile.
import { expect, test } from 'vitest';
import type { RequestHandler } from '../../src/engine/context.ts';
import { createEngineWorld, desiredOf, type EngineRun, type EngineWorld, syncFleet } from '../support/engine.ts';
import { inventoryOf } from '../support/inventory.ts';

function runOf(contents: { readonly A: string; readonly B: string }, pipeline: number): EngineRun {
  return {
    settings: { deploymentStrategy: 'AppConfig.Linear50PercentEvery30Seconds' },
    origin: { commit: String(pipeline).repeat(40), dirty: false, pipeline, url: undefined },
    desired: desiredOf([
      { address: 'one/dev/A', content: contents.A },
      { address: 'one/dev/B', content: contents.B },
    ]),
  };
}

/** An AppConfig in which another client acts just before the first start arrives. */
function beforeFirstStart(world: EngineWorld, act: () => Promise<unknown>): RequestHandler {
  const inner = world.emulator.requestHandler() as unknown as { handle(request: unknown): Promise<unknown> };
  let first = true;
  return {
    handle: async (request: { readonly method: string; readonly path: string }) => {
      if (first && request.method === 'POST' && /\/deployments$/.test(request.path)) {
        first = false;
        await world.clock.meanwhile(act);
      }
      return inner.handle(request);
    },
  } as unknown as RequestHandler;
}

test('the second profile, which a newer pipeline deployed meanwhile, is not overwritten', async () => {
  const world = createEngineWorld();
  await syncFleet(world, runOf({ A: 'a: 0', B: 'b: 0' }, 1));
  const newer = runOf({ A: 'a: 0', B: 'b: 3' }, 3);
  const requestHandler = beforeFirstStart(world, () => syncFleet(world, newer));
  const outcome = await syncFleet(world, { ...runOf({ A: 'a: 2', B: 'b: 2' }, 2), requestHandler });
  expect(outcome.errors).toEqual([expect.stringMatching(/^guard-newer one\/dev\/B/)]);
  expect((await syncFleet(world, newer, true)).plan?.addresses).toContainEqual(
    expect.objectContaining({
      address: { tenant: 'one', environment: 'dev', configurationProfile: 'B' },
      action: 'unchanged',
    }),
  );
});

test('content that another run of the same tree deployed meanwhile is not deployed again', async () => {
  const world = createEngineWorld();
  await syncFleet(world, runOf({ A: 'a: 0', B: 'b: 0' }, 1));
  const run = runOf({ A: 'a: 2', B: 'b: 2' }, 2);
  const other = runOf({ A: 'a: 0', B: 'b: 2' }, 2);
  const outcome = await syncFleet(world, {
    ...run,
    requestHandler: beforeFirstStart(world, () => syncFleet(world, other)),
  });
  expect(outcome.errors).toEqual([]);
  const [environment] = inventoryOf(world.emulator).applications[0]?.environments ?? [];
  expect(environment?.deployments.map(({ profileName }) => profileName)).toEqual(['A', 'B', 'B', 'A']);
});

test('in a new environment, content that another run deployed during a start is not deployed again', async () => {
  const world = createEngineWorld();
  const run = runOf({ A: 'a: 1', B: 'b: 1' }, 1);
  const requestHandler = beforeFirstStart(world, () => syncFleet(world, run));
  expect((await syncFleet(world, { ...run, requestHandler })).errors).toEqual([]);
  const [environment] = inventoryOf(world.emulator).applications[0]?.environments ?? [];
  expect(environment?.deployments.map(({ profileName }) => profileName)).toEqual(['A', 'B']);
});

test('where AppConfig refuses 0 as the latest deployment number, the start is sent without it', async () => {
  for (const status of [400, 409]) {
    const world = createEngineWorld();
    const inner = world.emulator.requestHandler() as unknown as { handle(request: unknown): Promise<unknown> };
    const requestHandler = {
      handle: async (request: { readonly body?: string }) => {
        if (!String(request.body ?? '').includes('"LatestDeploymentNumber":0')) return inner.handle(request);
        const name = status === 400 ? 'BadRequestException' : 'ConflictException';
        const headers = { 'x-amzn-errortype': name, 'content-type': 'application/json' };
        return { response: { statusCode: status, headers, body: Buffer.from('{"Message":"no"}') } };
      },
    } as unknown as RequestHandler;
    expect((await syncFleet(world, { ...runOf({ A: 'a: 1', B: 'b: 1' }, 1), requestHandler })).errors).toEqual([]);
  }
});
