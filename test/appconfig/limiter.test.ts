import { expect, test } from 'vitest';
import { Limiter, publishedRate } from '../../src/appconfig/limiter.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

async function timesOf(limiter: Limiter, clock: VirtualClock, operation: string, calls: number): Promise<number[]> {
  const start = clock.now();
  return Promise.all(
    Array.from({ length: calls }, () => limiter.run(operation, undefined, async () => clock.now() - start)),
  );
}

test('calls of one operation keep to its published rate', async () => {
  const clock = new VirtualClock();
  const limiter = new Limiter(clock, { published: true, concurrency: 64 });
  const times = await timesOf(limiter, clock, 'ListDeployments', 21);
  expect(Math.max(...times)).toBe(2000);
});

test('operations do not take from each other', async () => {
  const clock = new VirtualClock();
  const limiter = new Limiter(clock, { published: true, concurrency: 64 });
  const [lists, gets] = await Promise.all([
    timesOf(limiter, clock, 'ListDeployments', 11),
    timesOf(limiter, clock, 'GetDeployment', 11),
  ]);
  expect(Math.max(...lists)).toBe(1000);
  expect(Math.max(...gets)).toBe(100);
});

test('without published rates nothing waits until the service throttles, and the rate recovers', async () => {
  const clock = new VirtualClock();
  const limiter = new Limiter(clock, { published: false, concurrency: 1000 });
  expect(Math.max(...(await timesOf(limiter, clock, 'ListDeployments', 100)))).toBe(0);
  limiter.throttled('ListDeployments');
  const slowed = Math.max(...(await timesOf(limiter, clock, 'ListDeployments', 10)));
  expect(slowed).toBeGreaterThan(500);
  const later = await timesOf(limiter, clock, 'ListDeployments', 400);
  expect(Math.max(...later) / 400).toBeLessThan(slowed / 10);
});

test('no more requests are in flight than the limiter allows', async () => {
  const clock = new VirtualClock();
  const limiter = new Limiter(clock, { published: false, concurrency: 3 });
  let running = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 20 }, () =>
      limiter.run('GetDeployment', undefined, async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
      }),
    ),
  );
  expect(most).toBe(3);
});

test('the published rates are those of the General Reference', () => {
  expect(publishedRate('ListDeployments')).toBe(10);
  expect(publishedRate('StartDeployment')).toBe(10);
  expect(publishedRate('GetDeployment')).toBe(100);
  expect(publishedRate('TagResource')).toBe(20);
});
