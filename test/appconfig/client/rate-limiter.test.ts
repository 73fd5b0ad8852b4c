import { expect, test } from 'vitest';
import { Limiter } from '../../../src/appconfig/client/rate-limiter.ts';
import { Slots } from '../../../src/appconfig/client/slots.ts';
import { publishedRate } from '../../../src/core/model/service-limits.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

async function timesOf(limiter: Limiter, clock: VirtualClock, operation: string, calls: number): Promise<number[]> {
  const start = clock.now();
  return Promise.all(Array.from({ length: calls }, () => limiter.run(operation, async () => clock.now() - start)));
}

test('calls of one operation keep to its published rate', async () => {
  const clock = new VirtualClock();
  const limiter = new Limiter(clock, { published: true, concurrency: 64 });
  const times = await timesOf(limiter, clock, 'ListDeployments', 21);
  expect(Math.max(...times)).toBe(2000);
});

test('each operation has its own rate', async () => {
  const clock = new VirtualClock();
  const limiter = new Limiter(clock, { published: true, concurrency: 64 });
  const [lists, gets] = await Promise.all([
    timesOf(limiter, clock, 'ListDeployments', 11),
    timesOf(limiter, clock, 'GetDeployment', 11),
  ]);
  expect(Math.max(...lists)).toBe(1000);
  expect(Math.max(...gets)).toBe(100);
});

/** A service that accepts a number of calls per second, and throttles the rest. */
class Service {
  readonly #clock: VirtualClock;
  readonly #rate: () => number;
  #tokens = 0;
  #at: number;
  readonly calls: { readonly at: number; readonly throttled: boolean }[] = [];

  constructor(clock: VirtualClock, rate: () => number) {
    this.#clock = clock;
    this.#rate = rate;
    this.#at = clock.now();
  }

  async respond(): Promise<void> {
    await this.#clock.sleep(40);
    const now = this.#clock.now();
    this.#tokens = Math.min(this.#rate(), this.#tokens + ((now - this.#at) * this.#rate()) / 1000);
    this.#at = now;
    const throttled = this.#tokens < 1;
    this.calls.push({ at: now, throttled });
    if (throttled) throw new Error('throttled');
    this.#tokens -= 1;
  }

  /** Throttled calls as a share of all from one moment to another. */
  throttledBetween(from: number, to: number): number {
    const seen = this.calls.filter(({ at }) => at >= from && at < to);
    return seen.filter(({ throttled }) => throttled).length / seen.length;
  }
}

/** Many calls, each repeated until it succeeds. */
async function callAll(limiter: Limiter, clock: VirtualClock, load: { service: Service; calls: number }) {
  await Promise.all(
    Array.from({ length: load.calls }, async () => {
      for (let again = false; ; again = true) {
        try {
          return await limiter.run('CreateEnvironment', () => load.service.respond(), {
            again,
            isThrottling: () => true,
          });
        } catch {
          await clock.sleep(500);
        }
      }
    }),
  );
}

test.each([
  ['published', true],
  ['unknown', false],
])('a service with a lower rate is used at that rate, and throttles few calls (%s)', async (_, published) => {
  const clock = new VirtualClock();
  const start = clock.now();
  const service = new Service(clock, () => 6);
  await callAll(new Limiter(clock, { published, concurrency: 64 }), clock, { service, calls: 1000 });
  const seconds = (clock.now() - start) / 1000;
  expect(service.throttledBetween(start + 20_000, clock.now())).toBeLessThan(0.05);
  expect(seconds).toBeLessThan((1000 / 6) * 1.35);
});

test('the rate recovers after a minute of throttling', async () => {
  const clock = new VirtualClock();
  const start = clock.now();
  const service = new Service(clock, () => (clock.now() < start + 60_000 ? 3 : 10));
  await callAll(new Limiter(clock, { published: true, concurrency: 64 }), clock, { service, calls: 1000 });
  const late = service.calls.filter(({ at }) => at > start + 90_000);
  expect(late.length / ((clock.now() - start - 90_000) / 1000)).toBeGreaterThan(9);
});

test('calls that were in flight together lower the rate once', async () => {
  const clock = new VirtualClock();
  const limiter = new Limiter(clock, { published: true, concurrency: 64 });
  const throttled = (sleep: number) =>
    limiter
      .run(
        'GetDeployment',
        async () => {
          await clock.sleep(sleep);
          throw new Error('throttled');
        },
        { isThrottling: () => true },
      )
      .catch(() => {});
  await Promise.all(Array.from({ length: 20 }, () => throttled(400)));
  const times = await timesOf(limiter, clock, 'GetDeployment', 71);
  expect(Math.max(...times)).toBeLessThan(1200);
});

test('without published rates no call waits until the service throttles', async () => {
  const clock = new VirtualClock();
  const limiter = new Limiter(clock, { published: false, concurrency: 1000 });
  expect(Math.max(...(await timesOf(limiter, clock, 'ListDeployments', 100)))).toBe(0);
});

test('a call that waits for its turn leaves the queue when its signal aborts', async () => {
  const clock = new VirtualClock();
  const limiter = new Limiter(clock, { published: true, concurrency: 64 });
  const leaving = new AbortController();
  const first = limiter.run('StartDeployment', async () => clock.now());
  const left = limiter.run('StartDeployment', async () => 'sent', { signal: leaving.signal });
  const third = limiter.run('StartDeployment', async () => clock.now());
  leaving.abort('interrupted');
  await expect(left).rejects.toBe('interrupted');
  expect((await third) - (await first)).toBe(100);
});

test('no more requests are in flight than the limiter allows', async () => {
  const clock = new VirtualClock();
  const limiter = new Limiter(clock, { published: false, concurrency: 3 });
  let running = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 20 }, () =>
      limiter.run('GetDeployment', async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
      }),
    ),
  );
  expect(most).toBe(3);
});

test('calls that waited for a slot keep to the rate when slots become free', async () => {
  const clock = new VirtualClock();
  const start = clock.now();
  const limiter = new Limiter(clock, { published: true, concurrency: 4 });
  const slow = Array.from({ length: 4 }, () => limiter.run('GetDeployment', () => clock.sleep(5000)));
  const leaving = new AbortController();
  const left = limiter.run('StartDeployment', async () => 'sent', { signal: leaving.signal });
  const starts = timesOf(limiter, clock, 'StartDeployment', 20);
  const others = timesOf(limiter, clock, 'ListDeployments', 5);
  leaving.abort('interrupted');
  await expect(left).rejects.toBe('interrupted');
  expect(clock.now() - start).toBeLessThan(5000);
  await Promise.all(slow);
  const sent = await starts;
  const distances = sent.slice(1).map((at, index) => at - (sent[index] ?? 0));
  expect(Math.min(...distances)).toBeGreaterThanOrEqual(99.9);
  expect(Math.max(...sent)).toBeLessThan(7100);
  expect(Math.max(...(await others))).toBeLessThan(5600);
});

test('each account and Region has its own rates; requests in flight are limited over all of them', async () => {
  const clock = new VirtualClock();
  const concurrency = new Slots(2);
  const limiters = [1, 2, 3].map(() => new Limiter(clock, { published: true, concurrency }));
  const times = await Promise.all(limiters.map((limiter) => timesOf(limiter, clock, 'ListDeployments', 11)));
  expect(times.map((each) => Math.max(...each))).toEqual([1000, 1000, 1000]);
  let running = 0;
  let most = 0;
  const call = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  };
  await Promise.all(limiters.map((limiter) => limiter.run('GetDeployment', call)));
  expect(most).toBe(2);
});

test('the published rates are those of the General Reference', () => {
  expect(publishedRate('ListDeployments')).toBe(10);
  expect(publishedRate('StartDeployment')).toBe(10);
  expect(publishedRate('GetDeployment')).toBe(100);
  expect(publishedRate('TagResource')).toBe(20);
});
