// What callers of the library pass, looked at while it runs: theirs may be JavaScript.
import type { StartOptions } from './start-emulator.ts';

/** @throws TypeError for an option of another type @throws RangeError for one that is out of bounds */
export function checkOptions(options: StartOptions): void {
  const { account, region, speed, now, latencyMs, quotas } = options;
  for (const name of ['port', 'agentPort'] as const) {
    check(name, options[name], 'a port from 0 to 65535', (port) => isWithin(port, 0, 65_535) && Number.isInteger(port));
  }
  check('account', account, 'a text of twelve digits', (id) => typeof id === 'string' && /^\d{12}$/.test(id));
  check('region', region, 'a Region such as eu-west-1', (name) => typeof name === 'string' && /^[a-z\d-]+$/.test(name));
  check('speed', speed, 'a number above 0', (factor) => isWithin(factor, Number.MIN_VALUE, Number.MAX_VALUE));
  check('now', now, 'a function', (clock) => typeof clock === 'function');
  check('latencyMs', latencyMs, 'a number of milliseconds, at most 60000', (ms) => isWithin(ms, 0, 60_000));
  for (const [name, quota] of Object.entries(quotas ?? {})) {
    check(`quotas.${name}`, quota, 'a number, at least 0', (most) => typeof most === 'number' && most >= 0);
  }
}

function check(name: string, value: unknown, expected: string, fits: (value: unknown) => boolean): void {
  if (value === undefined || fits(value)) return;
  const message = `startEmulator: ${name} is to be ${expected}, not ${JSON.stringify(value) ?? String(value)}`;
  throw typeof value === 'number' ? new RangeError(message) : new TypeError(message);
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}
