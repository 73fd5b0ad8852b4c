// AppConfig's time, from the headers of its responses.
import { expect, test } from 'vitest';
import { ServiceClock } from '../../../src/appconfig/client/service-clock.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const dateOf = (ms: number) => ({ date: new Date(Math.floor(ms / 1000) * 1000).toUTCString() });

test('whole seconds in responses do not turn the clock back', () => {
  const clock = new VirtualClock(1_000_050);
  const service = new ServiceClock(clock, { trusted: false });
  let before = service.now();
  for (let n = 0; n < 20; n += 1) {
    service.observe(dateOf(clock.now()));
    expect(service.now()).toBeGreaterThanOrEqual(before);
    before = service.now();
    clock.advance(470);
  }
});

test('a wrong clock of the machine is corrected, forwards and backwards', () => {
  const clock = new VirtualClock(50_000_000);
  const service = new ServiceClock(clock, { trusted: false });
  for (const real of [90_000_000, 10_000_000]) {
    service.observe(dateOf(real));
    expect(service.now()).toBe(real);
  }
});
