import { expect, test } from 'vitest';
import { widthOf } from '../../../src/report/style/columns.ts';
import { noColours, styleFor } from '../../../src/report/style/style.ts';
import { statusText } from '../../../src/report/text/status.ts';
import { fleetOf, rolledBackAt, statusAt } from '../../support/statuses.ts';

const spell = (command: { readonly run?: string; readonly args?: readonly string[] }) => [
  'appcfg',
  command.run ?? '',
  ...(command.args ?? []),
];
const options = { style: noColours, width: 80, verbose: false, spell: spell as never };
const environments = ['dev', 'qa', 'prod'];

test('nothing, one address, and many of which all are synced have a sentence each', () => {
  expect(statusText({ addresses: [], environments: [] }, options)).toBe('No addresses.\n');
  expect(statusText({ addresses: [statusAt('a/dev', 'synced')], environments: ['dev'] }, options)).toBe(
    'environment  synced\ndev               1\n\nThe address is synced.\n',
  );
  expect(statusText({ addresses: fleetOf(500, environments), environments }, options)).toBe(
    [
      'environment  synced',
      'dev             500',
      'qa              500',
      'prod            500',
      '',
      'All 1,500 addresses are synced.',
      '',
    ].join('\n'),
  );
});

test('many addresses with one cause are three of them and a count; few are all listed', () => {
  const text = statusText(
    { addresses: [...fleetOf(300, ['prod'], 'out-of-sync'), rolledBackAt('one/dev')], environments },
    options,
  );
  expect(text).toBe(
    [
      'environment  rolled-back  out-of-sync',
      'dev                    1            -',
      'qa                     -            -',
      'prod                   -          300',
      '',
      'rolled-back  deployment 9 of this content was rolled back',
      '  one/dev/Limits  since 2026-03-01 12:04Z  commit 1a2b3c4d5e  version 3',
      '  change the content; to deploy it again: appcfg sync --retry-rolled-back',
      '',
      'out-of-sync  the live content is not that of the tree, in 300 addresses',
      '  tenant-0001/prod/Limits  since 2026-03-01 12:04Z  commit 1a2b3c4d5e  version 3',
      '  tenant-0002/prod/Limits  since 2026-03-01 12:04Z  commit 1a2b3c4d5e  version 3',
      '  tenant-0003/prod/Limits  since 2026-03-01 12:04Z  commit 1a2b3c4d5e  version 3',
      '  … and 297 more; list all with -v or -o json',
      '  to deploy the tree: appcfg sync',
      '',
      '301 of 301 addresses are not synced: 1 rolled-back, 300 out-of-sync.',
      '',
    ].join('\n'),
  );
  const few = statusText({ addresses: fleetOf(5, ['prod'], 'missing'), environments: ['prod'] }, options);
  expect(few.split('\n').filter((line) => line.startsWith('  tenant-'))).toHaveLength(5);
});

test('-v lists every address, also those that are synced', () => {
  const addresses = [...fleetOf(30, ['dev']), ...fleetOf(30, ['prod'], 'missing')];
  const text = statusText({ addresses, environments }, { ...options, verbose: true });
  expect(text.split('\n').filter((line) => line.startsWith('  tenant-'))).toHaveLength(60);
});

test.each([40, 60, 80, 120])('no line is wider than %i columns, whatever the states', (width) => {
  const addresses = [
    ...fleetOf(3, environments, 'unknown'),
    ...fleetOf(3, environments, 'blocked'),
    ...fleetOf(30, environments, 'deploying'),
    ...fleetOf(3, environments, 'drifted'),
    ...fleetOf(2, environments, 'missing'),
    ...fleetOf(200, environments, 'out-of-sync'),
    ...fleetOf(9, environments),
    rolledBackAt(`${'a-long-name-'.repeat(5)}/prod/Limits`),
    rolledBackAt('b/prod/Limits', 12),
  ];
  const lines = statusText({ addresses, environments }, { ...options, width }).split('\n');
  // The terminal breaks a command, so that it can be copied.
  expect(lines.filter((line) => widthOf(line) > width && !/^ {4}appcfg /.test(line))).toEqual([]);
  // Every environment and state is there, in columns or in a line.
  expect(lines.slice(0, 12).join('\n')).toMatch(/unknown[\s\S]*out-of-sync/);
});

test('of many environments those with something off are shown first, and the rest is counted', () => {
  const many = Array.from({ length: 100 }, (_, index) => `env-${String(index).padStart(3, '0')}`);
  const addresses = [...fleetOf(1, many), statusAt('x/env-099', 'missing')];
  const text = statusText({ addresses, environments: many }, options);
  expect(text).toContain('env-099');
  expect(text).toContain('… and 81 more environments, all synced');
  expect(text.split('\n').length).toBeLessThan(32);
});

test('a name from AppConfig cannot steer the terminal, and colors are only around whole cells', async () => {
  const style = await styleFor(1);
  const text = statusText(
    { addresses: [statusAt('a\u001b[2J/dev', 'missing')], environments: ['dev\u202e'] },
    { ...options, style },
  );
  expect(text).not.toContain('\u001b[2J');
  expect(text).not.toContain('\u202e');
});
