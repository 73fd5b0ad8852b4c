import { expect, test } from 'vitest';
import { groupingLabel } from '../../../src/core/settings/grouping-label.ts';
import { defaultSettings } from '../../../src/core/settings/settings.ts';
import { tenantEntries } from '../../../src/core/settings/tenant-entries.ts';

type Labels = Readonly<Record<string, string>>;

/** The settings that give each tenant these labels. */
function settingsOf(tenants: Readonly<Record<string, Labels>>) {
  const entries = Object.entries(tenants).map(([name, labels]) => ({
    match: [name],
    labels: new Map(Object.entries(labels)),
    excludeProfiles: [],
  }));
  return { ...defaultSettings, tenants: tenantEntries(entries as never) };
}

function labelOf(tenants: Readonly<Record<string, Labels>>) {
  const label = groupingLabel(Object.keys(tenants), settingsOf(tenants));
  return label && { name: label.name, values: Object.fromEntries(label.values) };
}

test('tenants are grouped by the label that most of them carry', () => {
  const gold = { tier: 'gold', sold: 'eu' };
  expect(labelOf({ a: gold, b: { tier: 'basic' }, c: { tier: 'basic', sold: 'us' }, d: {} })).toEqual({
    name: 'tier',
    values: { a: 'gold', b: 'basic', c: 'basic' },
  });
});

test.each<[string, Readonly<Record<string, Labels>>]>([
  ['no tenant has one', { a: {}, b: {} }],
  ['half of the tenants have it', { a: { tier: 'x' }, b: { tier: 'y' }, c: {}, d: {} }],
  ['all have the same value', { a: { tier: 'x' }, b: { tier: 'x' } }],
  ['every tenant has its own', Object.fromEntries(Array.from({ length: 13 }, (_, i) => [`t${i}`, { id: `${i}` }]))],
])('no label groups tenants where %s', (_what, tenants) => {
  expect(labelOf(tenants)).toBeUndefined();
});

test('one value groups where some tenants lack it', () => {
  expect(labelOf({ a: { tier: 'x' }, b: { tier: 'x' }, c: {} })?.name).toBe('tier');
});

test('a label may have the name of a member of objects', () => {
  expect(groupingLabel(['a', 'b'], settingsOf({ a: { constructor: 'x' }, b: { constructor: 'y' } }))?.name).toBe(
    'constructor',
  );
});
