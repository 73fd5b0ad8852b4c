// A service that accepts fewer calls than published: the limiter finds its rates, and the run ends as usual.
import { expect, test } from 'vitest';
import type { RequestHandler } from '../../src/engine/context.ts';
import { createEngineWorld, desiredOf, type EngineRun, type EngineWorld, syncFleet } from '../support/engine.ts';

const environments = 200;
const instant = { durationMinutes: 0, bakeMinutes: 0, growthFactor: 100, growthType: 'LINEAR' } as const;
const fleet: EngineRun = {
  settings: { deploymentStrategy: 'instant', deploymentStrategies: new Map([['instant', instant]]) },
  desired: desiredOf(
    Array.from({ length: environments / 2 }, (_, index) => index).flatMap((index) =>
      ['dev', 'qa'].map((environment) => ({ address: `t${index}/${environment}/A`, content: `a: ${index}` })),
    ),
  ),
};

/** Whether each call was throttled, and when. */
type Log = { readonly at: number; readonly throttled: boolean }[];

/** Throttles the calls for which `isTooMany` is true, and answers the others as fast as AppConfig. */
function throttling(
  world: EngineWorld,
  log: Log,
  isTooMany: (operation: string, at: number) => boolean,
): RequestHandler {
  const { clock, emulator } = world;
  const inner = emulator.requestHandler() as unknown as { handle(...args: unknown[]): Promise<unknown> };
  emulator.onCall = ({ operation }) => {
    const at = clock.now();
    const throttled = isTooMany(operation, at);
    log.push({ at, throttled });
    if (throttled) emulator.injectFault({ operation, kind: 'throttle' });
  };
  return {
    handle: async (...args: unknown[]) => {
      await clock.sleepDuring(50);
      return inner.handle(...args);
    },
  } as unknown as RequestHandler;
}

function shareOf(log: Log): number {
  return log.filter(({ throttled }) => throttled).length / log.length;
}

test.each([
  { client: 'keeps to the published rates', publishedRates: true },
  { client: 'knows no rates', publishedRates: false },
])(
  'a client that $client meets a service that takes six calls of ten: once adapted, less than one of twenty is throttled',
  async ({ publishedRates }) => {
    const world = createEngineWorld();
    const log: Log = [];
    const taken = new Map<string, number[]>();
    const start = world.clock.now();
    const requestHandler = throttling(world, log, (operation, at) => {
      const perSecond = 0.6 * (operation.startsWith('Get') ? 100 : operation === 'TagResource' ? 20 : 10);
      const lately = (taken.get(operation) ?? []).filter((each) => each > at - 1000);
      taken.set(operation, lately);
      if (lately.length >= perSecond) return true;
      lately.push(at);
      return false;
    });
    const outcome = await syncFleet(world, { ...fleet, publishedRates, requestHandler });
    expect(outcome.errors).toEqual([]);
    expect(world.emulator.violations()).toEqual([]);
    const adapted = log.filter(({ at }) => at > start + 20_000);
    expect(adapted.length).toBeGreaterThan(250);
    expect(shareOf(adapted)).toBeLessThan(0.05);
  },
);

test('40 % of calls throttled for a minute, whatever the client does: the run succeeds, and returns to the full rate', async () => {
  const world = createEngineWorld();
  const log: Log = [];
  const start = world.clock.now();
  let calls = 0;
  const requestHandler = throttling(world, log, (_operation, at) => {
    calls += 1;
    return at < start + 60_000 && calls % 5 < 2;
  });
  const outcome = await syncFleet(world, { ...fleet, publishedRates: true, requestHandler });
  expect(outcome.errors).toEqual([]);
  expect(world.emulator.violations()).toEqual([]);
  expect(shareOf(log.filter(({ at }) => at < start + 60_000))).toBeCloseTo(0.4, 1);
  // Without throttling it takes two and a half minutes.
  expect(world.clock.now() - start).toBeLessThan(5 * 60_000);
});
