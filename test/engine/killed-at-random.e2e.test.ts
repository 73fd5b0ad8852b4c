// After a sync is killed at any moment, the next one continues from what AppConfig has: nothing twice, and the same end.
// killed.e2e.test.ts kills real processes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEngineWorld, desiredOf, type EngineRun, syncFleet } from '../support/engine.ts';
import { endOf } from '../support/inventory.ts';
import { holds, times } from '../support/properties.ts';
import { killedAfter } from '../support/request-handlers.ts';

const small: EngineRun = {
  settings: {
    deploymentStrategy: 'quick',
    deploymentStrategies: new Map([
      ['quick', { durationMinutes: 1, bakeMinutes: 0, growthFactor: 50, growthType: 'LINEAR' }],
    ]),
  },
  desired: desiredOf([
    { address: 'one/dev/A', content: 'a: 1' },
    { address: 'one/dev/B', content: 'b: 1' },
    { address: 'one/qa/A', content: 'a: 2' },
    { address: 'one/qa/B', content: 'b: 1' },
  ]),
};

test('killed at any call, before or after AppConfig acted, the next sync ends as if nothing had happened', async () => {
  const undisturbed = createEngineWorld();
  expect((await syncFleet(undisturbed, small)).exitCode).toBe(0);
  const total = Object.values(undisturbed.emulator.stats()).reduce((sum, calls) => sum + calls, 0);
  // Every fifth call, and with PROPERTY_TIMES every call.
  const step = times > 1 ? 1 : 5;
  for (const acting of [false, true]) {
    for (let calls = 0; calls <= total; calls += step) {
      const world = createEngineWorld();
      await syncFleet(world, { ...small, requestHandler: killedAfter(world, calls, acting) });
      const second = await syncFleet(world, small);
      expect(second.errors, `killed after ${calls} calls, ${acting}`).toEqual([]);
      expect(endOf(world.emulator), `killed after ${calls} calls, ${acting}`).toEqual(endOf(undisturbed.emulator));
      expect(world.emulator.violations()).toEqual([]);
    }
  }
});

test('killed at random moments of rollouts with waves, each ends as if nothing had happened', async () => {
  const strategy = { durationMinutes: 1, bakeMinutes: 0, growthFactor: 50, growthType: 'LINEAR' } as const;
  const waves = [
    { name: 'canary', tenants: ['t0', 't1'], environments: ['*'], soakMinutes: 2, maxFailures: { count: 0 } },
    { name: 'everyone', tenants: ['*'], environments: ['*'], soakMinutes: 0, maxFailures: { count: 0 } },
  ] as const;
  const run: EngineRun = {
    settings: {
      deploymentStrategy: 'quick',
      deploymentStrategies: new Map([['quick', strategy]]),
      waves: waves.map((wave) => ({ ...wave, labels: new Map() })),
    },
    desired: desiredOf(
      Array.from({ length: 8 }, (_, index) => index).flatMap((index) =>
        ['dev', 'qa'].flatMap((environment) => [
          { address: `t${index}/${environment}/A`, content: `a: ${index}` },
          { address: `t${index}/${environment}/B`, content: `b: ${environment}` },
        ]),
      ),
    ),
  };
  const undisturbed = createEngineWorld();
  expect((await syncFleet(undisturbed, run)).errors).toEqual([]);
  const end = endOf(undisturbed.emulator);
  // Most processes get past reading, and not far.
  const moment = fc.record({
    calls: fc.oneof(fc.nat(33), ...[1, 2, 3].map(() => fc.integer({ min: 34, max: 80 }))),
    acting: fc.boolean(),
  });
  await holds(
    fc.asyncProperty(fc.array(moment, { minLength: 1, maxLength: 4 }), async (moments) => {
      const world = createEngineWorld();
      for (const { calls, acting } of moments) {
        await syncFleet(world, { ...run, requestHandler: killedAfter(world, calls, acting) });
      }
      expect((await syncFleet(world, run)).exitCode).toBe(0);
      expect(world.emulator.violations()).toEqual([]);
      expect(endOf(world.emulator)).toEqual(end);
    }),
    16,
  );
});
