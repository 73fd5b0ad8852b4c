// What callers of the library pass, looked at while it runs: theirs may be JavaScript.
import { inspect } from 'node:util';
import { faultKinds } from '../model/faults.ts';
import { featureFlags, freeform } from '../model/profile-types.ts';
import { awsQuotas } from '../model/quotas.ts';
import { highestSpeed } from '../model/service-clock.ts';

/** What a member has to be. */
interface Expected {
  /** In words. */
  readonly what: string;
  /** Of `typeof`. */
  readonly type: string;
  /** Asked only for values of that type. */
  readonly fits?: (value: unknown) => boolean;
  readonly needed?: boolean;
}

type Members = Readonly<Record<string, Expected>>;

const text: Expected = { what: 'a text', type: 'string' };
const neededText: Expected = { ...text, needed: true };
const port: Expected = { what: 'a port from 0 to 65535', type: 'number', fits: whole(0, 65_535) };
const quota: Expected = { what: 'a number, at least 0', type: 'number', fits: within(0, Infinity) };
const delay: Expected = { what: 'a number of milliseconds, at most 60000', type: 'number', fits: within(0, 60_000) };

const place: Members = {
  account: { what: 'a text of twelve digits', type: 'string', fits: (id) => /^\d{12}$/.test(String(id)) },
  region: { what: 'a Region such as eu-west-1', type: 'string', fits: (name) => /^[a-z\d-]+$/.test(String(name)) },
};

const options: Members = {
  ...place,
  port,
  agentPort: port,
  speed: {
    what: `a number above 0, at most ${highestSpeed}`,
    type: 'number',
    fits: within(Number.MIN_VALUE, highestSpeed),
  },
  now: { what: 'a function', type: 'function' },
  onUnexpected: { what: 'a function', type: 'function' },
  latencyMs: delay,
  rates: { what: 'true or false', type: 'boolean' },
  quotas: { what: 'an object', type: 'object', fits: isObject },
  configurations: { what: 'a list', type: 'object', fits: Array.isArray },
};

const quotas: Members = Object.fromEntries(Object.keys(awsQuotas).map((name) => [name, quota]));

const configuration: Members = {
  application: neededText,
  environment: neededText,
  profile: neededText,
  contentType: text,
  type: oneOf(freeform, featureFlags),
  versionLabel: text,
};

const fault: Members = {
  operation: neededText,
  kind: { ...oneOf(...faultKinds), needed: true },
  about: text,
  times: { what: 'a whole number, at least 1', type: 'number', fits: (n) => n === Infinity || whole(1)(n) },
  after: { what: 'a whole number, at least 0', type: 'number', fits: whole(0) },
  every: { what: 'a whole number, at least 1', type: 'number', fits: whole(1) },
  delayMs: delay,
};

const alarm: Members = {
  ...place,
  application: neededText,
  environment: neededText,
  state: { ...oneOf('OK', 'ALARM', 'INSUFFICIENT_DATA'), needed: true },
};

/** @throws TypeError for a value of another type, or an option that is not there @throws RangeError for one out of bounds */
export function checkOptions(given: unknown): void {
  const about = 'startEmulator: ';
  const checked = checkMembers(given, options, about);
  onlyThose(checked, options, about);
  if (isObject(checked.quotas)) {
    checkMembers(checked.quotas, quotas, `${about}quotas.`);
    onlyThose(checked.quotas, quotas, `${about}quotas.`);
  }
  const { configurations } = checked;
  if (!Array.isArray(configurations)) return;
  for (const [at, each] of configurations.entries()) checkContent(each, `${about}configurations[${at}]`);
}

/** @throws TypeError @throws RangeError */
export function checkConfiguration(given: unknown): void {
  checkContent(given, 'deploy: configuration');
}

/** @throws TypeError @throws RangeError */
export function checkFault(given: unknown): void {
  onlyThose(checkMembers(given, fault, 'injectFault: '), fault, 'injectFault: ');
}

/** Other members are passed over: a configuration's address says where the alarm is. @throws TypeError @throws RangeError */
export function checkAlarm(given: unknown): void {
  checkMembers(given, alarm, 'setAlarm: ');
}

function checkContent(given: unknown, about: string): void {
  if (!isObject(given)) throw new TypeError(`${about} is to be an object, not ${shown(given)}`);
  onlyThose(given, { ...configuration, content: text }, `${about}.`);
  if (JSON.stringify(given.content) === undefined) {
    throw new TypeError(`${about}.content is to be a text or what JSON can hold, not ${shown(given.content)}`);
  }
  checkMembers(given, configuration, `${about}.`);
}

/** @param about comes before the member's name */
function checkMembers(given: unknown, members: Members, about: string): Record<string, unknown> {
  if (!isObject(given)) throw new TypeError(`${about}it takes an object, not ${shown(given)}`);
  for (const [name, { what, type, fits, needed = false }] of Object.entries(members)) {
    const value = given[name];
    if (value === undefined && !needed) continue;
    const message = `${about}${name} is to be ${what}, not ${shown(value)}`;
    if (typeof value !== type) throw new TypeError(message);
    if (fits?.(value) === false) throw type === 'object' ? new TypeError(message) : new RangeError(message);
  }
  return given;
}

/** A misspelt option would else do nothing. */
function onlyThose(given: Readonly<Record<string, unknown>>, members: Members, about: string): void {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(members, name)) continue;
    throw new TypeError(`${about}${name} is not there; there are ${Object.keys(members).join(', ')}`);
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : inspect(value, { depth: 0, breakLength: Infinity });
}

function oneOf(...values: readonly string[]): Expected {
  return { what: `one of ${values.join(', ')}`, type: 'string', fits: (value) => values.includes(String(value)) };
}

function within(least: number, most: number): (value: unknown) => boolean {
  return (value) => Number(value) >= least && Number(value) <= most;
}

function whole(least: number, most = Number.MAX_SAFE_INTEGER): (value: unknown) => boolean {
  return (value) => Number.isInteger(value) && within(least, most)(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
