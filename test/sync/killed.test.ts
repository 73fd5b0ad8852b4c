// Killed at any moment, a sync leaves what the next one picks up from AppConfig alone: nothing twice, and the same end.
import { expect, test } from 'vitest';
import { createEngineWorld, desiredOf, type EngineRun, syncFleet } from '../support/engine.ts';
import { endOf } from '../support/inventory.ts';
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
  for (const acting of [false, true]) {
    for (let calls = 0; calls <= total; calls += 1) {
      const world = createEngineWorld();
      await syncFleet(world, { ...small, requestHandler: killedAfter(world, calls, acting) });
      const second = await syncFleet(world, small);
      expect(second.errors, `killed after ${calls} calls, ${acting}`).toEqual([]);
      expect(endOf(world.emulator), `killed after ${calls} calls, ${acting}`).toEqual(endOf(undisturbed.emulator));
      expect(world.emulator.violations()).toEqual([]);
    }
  }
});
