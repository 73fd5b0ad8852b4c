// Flags as plain values: where a value comes from, and how it is parsed.
import { describe, expect, test } from 'vitest';
import { choiceFlag, type Flag, listFlag, readFlags, switchFlag, valueFlag } from '../../src/cli/flag.ts';
import { parseDuration } from '../../src/core/settings-file/parse-values.ts';
import { messageOf } from '../support/message-of.ts';

const dryRun = switchFlag({ name: '--dry-run', help: '' });
const noWait = switchFlag({ name: '--no-wait', help: '' });
const yes = switchFlag({ name: '-y, --yes', help: '', env: false });
const out = valueFlag({ name: '--out <dir>', help: '' });
const timeout = valueFlag({ name: '--busy-timeout <duration>', help: '', parse: parseDuration, default: '30m' });
const layout = choiceFlag({ name: '--layout <layout>', help: '', choices: ['tree', 'agent'], default: 'tree' });
const tenants = listFlag({ name: '-t, --tenant <glob>', help: '' });

/** @param typed by attribute name, as commander stores it */
function read<Value>(
  flag: Flag<Value>,
  typed: Readonly<Record<string, unknown>> = {},
  environment: Readonly<Record<string, string>> = {},
): Value {
  return flag.read({ environment, typed: (each) => typed[each.attributeName()] });
}

describe('a value comes from the command line, else from the environment, else it is the default', () => {
  test.each([
    ['30m without either', {}, {}, 30],
    ['the environment form', {}, { APPCFG_BUSY_TIMEOUT: '2h' }, 120],
    ['the command line over the environment', { busyTimeout: '1h' }, { APPCFG_BUSY_TIMEOUT: '2h' }, 60],
    ['30m where the environment form is empty', {}, { APPCFG_BUSY_TIMEOUT: '' }, 30],
  ])('%s', (_name, typed, environment, minutes) => {
    expect(read(timeout, typed, environment)).toBe(minutes * 60_000);
  });
});

test.each([
  ['--dry-run', dryRun, { dryRun: true }, {}, true],
  ['no --dry-run', dryRun, {}, {}, false],
  ['APPCFG_DRY_RUN=1', dryRun, {}, { APPCFG_DRY_RUN: '1' }, true],
  ['APPCFG_DRY_RUN=false', dryRun, {}, { APPCFG_DRY_RUN: 'false' }, false],
  ['--no-wait', noWait, { wait: false }, {}, false],
  ['no --no-wait', noWait, {}, {}, true],
  ['APPCFG_NO_WAIT=true', noWait, {}, { APPCFG_NO_WAIT: 'true' }, false],
  ['APPCFG_NO_WAIT=0', noWait, {}, { APPCFG_NO_WAIT: '0' }, true],
] as const)('%s switches its value', (_name, flag, typed, environment, value) => {
  expect(read(flag, typed, environment)).toBe(value);
});

test('a flag that confirms has no environment form', () => {
  expect(read(yes, {}, { APPCFG_YES: '1' })).toBe(false);
  expect(read(yes, { yes: true })).toBe(true);
});

test('a command can ignore the environment form of a common flag', () => {
  const source = { environment: { APPCFG_TENANT: 'one' }, typed: () => undefined };
  expect(tenants.read(source)).toEqual(['one']);
  expect(tenants.read({ ...source, typedOnly: [tenants] })).toEqual([]);
});

test('a repeatable flag is separated by commas in the environment', () => {
  expect(read(tenants, {}, { APPCFG_TENANT: 'one, two' })).toEqual(['one', 'two']);
  expect(read(tenants, { tenant: ['three'] }, { APPCFG_TENANT: 'one' })).toEqual(['three']);
});

test.each([
  [out, { out: '' }, {}, '--out is empty'],
  [tenants, { tenant: ['one', ''] }, {}, '--tenant is empty'],
  [tenants, {}, { APPCFG_TENANT: 'one,' }, 'APPCFG_TENANT is empty'],
  [timeout, { busyTimeout: 'soon' }, {}, '--busy-timeout is "soon", not a duration such as 3h, 90m, 1h30m or 45s'],
  [layout, {}, { APPCFG_LAYOUT: 'flat' }, 'APPCFG_LAYOUT is "flat", not one of tree, agent'],
  [noWait, {}, { APPCFG_NO_WAIT: 'perhaps' }, 'APPCFG_NO_WAIT is "perhaps", not one of 1, 0, true, false'],
] as const)(
  'a message names the flag or the variable that is wrong',
  (flag: Flag<unknown>, typed, environment, message) => {
    expect(messageOf(() => read(flag, typed, environment))).toBe(message);
  },
);

test('a record of flags is read to a record of values', () => {
  const source = {
    environment: {},
    typed: (flag: { attributeName(): string }) => (flag === layout ? 'agent' : undefined),
  };
  expect(readFlags({ layout, out, wait: noWait }, source)).toEqual({ layout: 'agent', out: undefined, wait: true });
});
