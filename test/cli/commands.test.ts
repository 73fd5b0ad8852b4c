// Commands as plain values: the options that their flags and arguments come to, and what they refuse.
import { expect, test } from 'vitest';
import type { CommandDefinition } from '../../src/cli/command.ts';
import { cleanupCommand } from '../../src/cli/commands/cleanup.ts';
import { emulatorCommand } from '../../src/cli/commands/emulator.ts';
import { historyCommand } from '../../src/cli/commands/history.ts';
import { rollbackCommand } from '../../src/cli/commands/rollback.ts';
import { syncCommand } from '../../src/cli/commands/sync.ts';
import { commonFlags, commonOptions } from '../../src/cli/common-flags.ts';
import { readFlags } from '../../src/cli/flag.ts';
import { refuseConflicts, refuseFlagsWithoutEffect } from '../../src/cli/refuse-flags.ts';
import { messageOf } from '../support/message-of.ts';

/** @param typed by attribute name, as commander stores it */
function sourceOf(typed: Readonly<Record<string, unknown>>) {
  return { environment: {}, typed: (flag: { attributeName(): string }) => typed[flag.attributeName()] };
}

function parse<Options>(
  command: CommandDefinition<Options>,
  typed: Readonly<Record<string, unknown>>,
  args: readonly string[] = [],
): Options {
  const source = sourceOf(typed);
  refuseConflicts(command, source);
  const { chdir: _, yes, ...common } = readFlags(commonFlags, source);
  return command.parse(source, { common: commonOptions(common), yes, args });
}

test('sync waits for its deployments by default', () => {
  expect(parse(syncCommand, {})).toMatchObject({ wait: true, dryRun: false, adopt: false, busyTimeoutMs: 30 * 60_000 });
  expect(parse(syncCommand, { wait: false, only: 'update', tenant: ['one'] })).toMatchObject({
    wait: false,
    only: 'update',
    selection: { tenants: ['one'] },
  });
});

test('APPCFG_RATES is about the calls of appcfg, not about the emulator', () => {
  const source = { ...sourceOf({}), environment: { APPCFG_RATES: 'aws' } };
  expect(readFlags(emulatorCommand.flags, source).rates).toBe(false);
});

test('cleanup takes the selected tenants as what to delete, not as a part of the tree', () => {
  expect(parse(cleanupCommand, { tenant: ['one'], yes: true, maxDeletes: '10%' })).toMatchObject({
    tenants: ['one'],
    selection: { tenants: [] },
    yes: true,
    maxDeletes: { percent: 10 },
  });
});

test.each([
  [{}, 'cleanup needs one of --tenant (or --selector), --all, --orphans and --versions'],
  [{ all: true, orphans: true }, 'cleanup needs only one of --tenant (or --selector), --all, --orphans and --versions'],
  [{ all: true, env: ['dev'] }, 'cleanup deletes whole tenants: --env and --config-profile cannot be used'],
])('cleanup refuses %j: %s', (typed, message) => {
  expect(messageOf(() => parse(cleanupCommand, typed))).toBe(message);
});

test.each([
  [{}, [], 'rollback needs an address or a selection'],
  [{}, ['one/dev'], '"one/dev" is not an address'],
  [{ commit: '1a2b3c4', to: '7' }, [], '--commit and --to cannot be combined'],
  [{ commit: '1a2b3c4' }, [], 'accepted'],
  [{ tenant: ['one'] }, [], 'accepted'],
  [{}, ['**'], 'accepted'],
])('rollback with %j and the arguments %j: %s', (typed, args, message) => {
  expect(messageOf(() => parse(rollbackCommand, typed, args))).toBe(message);
});

test('history shows ten deployments of each address', () => {
  expect(parse(historyCommand, {}, ['one/dev/A'])).toMatchObject({
    limit: 10,
    addresses: [{ text: 'one/dev/A', tenant: 'one' }],
  });
});

test('the emulator takes its own flags, and refuses those that have no effect on it', () => {
  expect(parse(emulatorCommand, { port: '0', quota: ['applications=5'], region: 'eu-west-1' })).toMatchObject({
    port: 0,
    agentPort: undefined,
    quotas: { applications: 5 },
    region: 'eu-west-1',
  });
  expect(messageOf(() => refuseFlagsWithoutEffect(emulatorCommand, sourceOf({ tenant: ['one'] })))).toBe(
    '--tenant has no effect on appcfg emulator',
  );
});
