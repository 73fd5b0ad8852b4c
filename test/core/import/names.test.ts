import { expect, test } from 'vitest';
import { folderNameFault, similarNames } from '../../../src/core/import/folder-names.ts';
import { tenantsByMap, tenantsByPattern } from '../../../src/core/import/tenant-names.ts';

test.each(['../x', 'a/b', 'a\\b', '.hidden', '_parsed', '', ' a', 'a ', 'a\u202eb', 'a\nb', 'é'.repeat(126)])(
  'a tree cannot have the name %j',
  (name) => {
    expect(folderNameFault(name)).toBeDefined();
  },
);

test.each(['acme', 'CON', 'Zürich', 'a b', 'a.b', 'x.yml', '__proto__'.slice(2), 'constructor'])(
  'a tree can have the name %j',
  (name) => {
    expect(folderNameFault(name)).toBeUndefined();
  },
);

test('an environment cannot have the name of a file of a profile', () => {
  expect(folderNameFault('Limits.yml', true)).toBeDefined();
});

test('of names that look the same the first is kept', () => {
  expect([...similarNames(['Acme', 'acme', 'beta', 'ACME'])]).toEqual([
    ['acme', 'Acme'],
    ['ACME', 'Acme'],
  ]);
});

test('a pattern names the tenants of the applications that match it', () => {
  const { tenants } = tenantsByPattern('{tenant}-config', ['acme-config', '-config', 'other']);
  expect([...tenants]).toEqual([['acme-config', 'acme']]);
});

test('of a map, the pattern that fits most is that of all; tenants of another pattern, or of none, have their own', () => {
  const map = new Map([
    ['cfg-acme', 'acme'],
    ['cfg-beta', 'beta'],
    ['cfg-gamma', 'gamma'],
    ['Old two', 'two'],
    ['Old one', 'one'],
    ['legacy1', 'core'],
    ['a{b}', 'braces'],
  ]);
  const { pattern, own, tenants, impossible } = tenantsByMap(map);
  expect([pattern, own, impossible]).toEqual([
    'cfg-{tenant}',
    [
      { applicationName: 'Old {tenant}', tenants: ['one', 'two'] },
      { applicationName: 'legacy1', tenants: ['core'] },
    ],
    ['a{b}'],
  ]);
  expect([...tenants.values()]).toEqual(['acme', 'beta', 'gamma', 'two', 'one', 'core']);
});

test('a tenant without a name has no pattern', () => {
  const { pattern, own } = tenantsByMap(new Map([['Shop', '']]));
  expect([pattern, own]).toEqual(['{tenant}', [{ applicationName: 'Shop', tenants: [''] }]]);
});

test('a map in which each pair of applications has a pattern of its own takes no longer than others', () => {
  const map = new Map<string, string>();
  for (let pair = 0; pair < 5000; pair += 1) {
    for (const tenant of [`a${pair}`, `b${pair}`]) map.set(`team${pair} ${tenant}`, tenant);
  }
  const before = performance.now();
  const { own } = tenantsByMap(map);
  expect(performance.now() - before).toBeLessThan(4000);
  expect(own).toHaveLength(4999);
});

test('a map without any common pattern gives each tenant the name of its application', () => {
  const { pattern, own } = tenantsByMap(new Map([['Shop', 'acme']]));
  expect([pattern, own]).toEqual(['{tenant}', [{ applicationName: 'Shop', tenants: ['acme'] }]]);
});
