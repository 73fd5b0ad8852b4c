import { expect, test } from 'vitest';
import { driftWarning } from '../../../src/core/guards/drift.ts';
import { statusCauses, statusTotals } from '../../../src/report/view/status-view.ts';
import { fleetOf, rolledBackAt, statusAt } from '../../support/statuses.ts';

test('totals have only what occurs, in the order of the environments, the most serious state first', () => {
  const statuses = [
    statusAt('a/prod', 'synced'),
    statusAt('a/dev', 'synced'),
    statusAt('b/dev', 'missing'),
    statusAt('b/prod', 'unknown'),
    statusAt('c/dev', 'missing'),
  ];
  expect(statusTotals(statuses, ['dev', 'qa', 'prod'])).toEqual([
    { environment: 'dev', state: 'missing', addresses: 2 },
    { environment: 'dev', state: 'synced', addresses: 1 },
    { environment: 'prod', state: 'unknown', addresses: 1 },
    { environment: 'prod', state: 'synced', addresses: 1 },
  ]);
});

test('an environment may have a name that JavaScript gives a meaning', () => {
  const statuses = ['a/__proto__', 'a/constructor', 'b/__proto__'].map((address) => statusAt(address, 'missing'));
  expect(statusTotals(statuses, ['__proto__', 'constructor'])).toEqual([
    { environment: '__proto__', state: 'missing', addresses: 2 },
    { environment: 'constructor', state: 'missing', addresses: 1 },
  ]);
});

test('addresses that need the same for the same reason are one cause, also where messages name other deployments', () => {
  const statuses = [
    ...fleetOf(300, ['dev'], 'out-of-sync'),
    rolledBackAt('a/dev', 9),
    rolledBackAt('b/dev', 12),
    ...fleetOf(10, ['prod']),
  ];
  const causes = statusCauses(statuses);
  expect(causes.map(({ state, addresses }) => [state, addresses.length])).toEqual([
    ['rolled-back', 2],
    ['out-of-sync', 300],
  ]);
  expect(causes[0]).toMatchObject({
    reason: 'the content of the tree was rolled back',
    hasOwnReasons: true,
    // What they have in common.
    hint: { command: { run: 'sync', args: ['--retry-rolled-back'], selects: { environment: 'dev' } } },
  });
  expect(causes[1]?.hint?.command).toEqual({ run: 'sync', args: [] });
});

test('the reason of a single address is its own', () => {
  expect(statusCauses([rolledBackAt('a/dev', 9)])[0]).toMatchObject({
    reason: 'deployment 9 of this content was rolled back',
    hasOwnReasons: false,
  });
});

test('a pull names the addresses that have drifted, and never what they have in common', () => {
  const drifted = (address: string) => {
    const status = statusAt(address, 'drifted');
    const drift = { deploymentNumber: 7, startedAt: undefined, startedBy: 'USER', description: undefined };
    return { ...status, drift, problem: driftWarning(drift, status.address, true) };
  };
  const commandOf = (...addresses: string[]) => statusCauses(addresses.map(drifted))[0]?.hint?.command;
  expect(commandOf('a/dev')).toMatchObject({ run: 'pull', selects: { tenant: 'a' } });
  expect(commandOf('a/dev', 'b/dev')).toEqual({ run: 'pull', args: ['a/dev/Limits', 'b/dev/Limits'] });
  expect(commandOf('a/dev', 'b/dev', 'c/dev', 'd/dev', 'e/dev', 'f/dev')).toBeUndefined();
});

test('two accounts that cannot be read are two causes', () => {
  const problem = {
    code: 'permission-denied',
    severity: 'error',
    message: 'access denied',
    hint: { text: 'allow it' },
  } as const;
  const other = '444455556666/eu-west-1' as ReturnType<typeof statusAt>['accountRegion'];
  const statuses = [
    statusAt('a/dev', 'unknown', { problem }),
    statusAt('b/dev', 'unknown', { problem, accountRegion: other }),
  ];
  expect(statusCauses(statuses)).toHaveLength(2);
});
