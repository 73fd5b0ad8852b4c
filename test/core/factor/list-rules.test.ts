import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { lineText } from '../../../src/core/document/write-json.ts';
import {
  type FactoredProfile,
  factorProfile,
  mergeSettings,
  type ProfileOfTenant,
} from '../../../src/core/factor/factor-profile.ts';
import { finished } from '../../../src/core/factor/interruptible.ts';
import { withListRules } from '../../../src/core/factor/list-rules.ts';
import { entriesOf, isMap, mapOf, type Value } from '../../../src/core/model/value.ts';
import { mergeLayer } from '../../../src/core/render/merge-layers.ts';
import { defaultProfileSettings } from '../../../src/core/settings/settings.ts';
import { holds } from '../../support/properties.ts';

const valueIn = (text: string) => parseDocument(text, { path: '' }).value as Value;

/** Of contents by `tenant/environment`. */
function tenantsOf(contents: Readonly<Record<string, string>>): readonly ProfileOfTenant[] {
  const tenants = new Map<string, Map<string, Value>>();
  for (const [address, text] of Object.entries(contents)) {
    const [tenant = '', environment = ''] = address.split('/');
    tenants.set(tenant, (tenants.get(tenant) ?? new Map<string, Value>()).set(environment, valueIn(text)));
  }
  return [...tenants].map(([tenant, values]) => ({ tenant, environments: [...values.keys()], values }));
}

function ruled(contents: Readonly<Record<string, string>>) {
  const tenants = tenantsOf(contents);
  const plain = finished(factorProfile(tenants));
  const found = finished(withListRules(plain, tenants));
  const texts = [...found.tenants].flatMap(([tenant, { own, environments }]) => [
    ...(own === undefined ? [] : [[tenant, lineText(own)] as const]),
    ...[...environments].map(([name, value]) => [`${tenant}/${name}`, lineText(value)] as const),
  ]);
  return { lists: Object.fromEntries(found.lists), ...Object.fromEntries(texts) };
}

const most = 'hosts: [{ name: a, port: 1, tls: true }, { name: b, port: 2, tls: true }]';
const others = { 'three/dev': most, 'four/dev': most, 'five/dev': most };

test('lists of items with a key of their own get a rule, and the files have what they change and add', () => {
  expect(
    ruled({
      'one/dev': 'hosts: [{ name: a, port: 1, tls: true }, { name: b, port: 2, tls: false }]',
      'two/dev': 'hosts: [{ name: a, port: 1, tls: true }, { name: b, port: 2, tls: true }, { name: c, port: 3 }]',
      ...others,
    }),
  ).toEqual({
    lists: { '/hosts': { by: 'name' } },
    one: '{ "hosts": [{ "name": "b", "tls": false }] }',
    two: '{ "hosts": [{ "name": "c", "port": 3 }] }',
  });
});

test.each([
  ['an item that one lacks', 'hosts: [{ name: a, port: 1, tls: true }]'],
  ['another order', 'hosts: [{ name: b, port: 2, tls: true }, { name: a, port: 9, tls: true }]'],
  ['an item in the middle', most.replace('{ name: b', '{ name: x, port: 1 }, { name: b')],
  ['an item twice', most.replace(']', ', { name: a, port: 5 }]')],
  ['an item without the key', most.replace(']', ', { port: 5 }]')],
  ['a key that is a list', most.replace(']', ', { name: [1], port: 5 }]')],
  ['an item that is no map', most.replace(']', ', a]')],
  ['a member that is null', most.replace('port: 2', 'port: null')],
])('a list stays whole where no rule fits all: %s', (_what, list) => {
  const found = ruled({ 'one/dev': list, 'two/dev': most.replace('port: 2', 'port: 7'), ...others });
  expect(found).toMatchObject({ lists: {}, two: expect.stringContaining('"name": "a"') });
});

test('one list is no reason for a rule, and a rule has to save more than it costs', () => {
  expect(ruled({ 'one/dev': most.replace('port: 2', 'port: 7'), ...others }).lists).toEqual({});
  const short = (port: number) => `hosts: [{ name: a, port: ${port} }]`;
  expect(
    ruled({ 'one/dev': short(1), 'two/dev': short(2), 'three/dev': short(3), 'four/dev': short(3) }).lists,
  ).toEqual({});
});

test('of several keys that fit the usual one is taken', () => {
  const list = (port: number) => `l: [{ host: x, id: 1, port: 1, a: 1 }, { host: y, id: 2, port: ${port}, a: 1 }]`;
  const contents = {
    'one/dev': list(8),
    'two/dev': list(9),
    'three/dev': list(7),
    'four/dev': list(7),
    'five/dev': list(7),
  };
  expect(ruled(contents).lists).toEqual({ '/l': { by: 'id' } });
});

const item = fc.record(
  { id: fc.constantFrom('a', 'b', 'c'), v: fc.constantFrom<unknown>(1, 2, null, ['x'], { y: 1 }), w: fc.constant(1) },
  { requiredKeys: ['id'] },
);
const content = fc.record(
  { l: fc.oneof({ weight: 6, arbitrary: fc.array(item, { maxLength: 4 }) }, fc.constant(1)) },
  { requiredKeys: [] },
);
const cells = fc.array(
  fc.oneof(
    content,
    fc.constant({
      l: [
        { id: 'a', v: 1, w: 1 },
        { id: 'b', v: 1, w: 1 },
      ],
    }),
  ),
  {
    minLength: 10,
    maxLength: 10,
  },
);

test('with or without a rule each address keeps its value, with the items in their order', async () => {
  await holds(
    fc.property(cells, (all) => {
      const tenants = tenantsOf(
        Object.fromEntries(
          all.map((value, index) => [`t${index % 5}/${index < 5 ? 'dev' : 'prod'}`, JSON.stringify(value)]),
        ),
      );
      const files = finished(withListRules(finished(factorProfile(tenants)), tenants));
      const settings = { ...defaultProfileSettings, ...mergeSettings[files.merging], lists: files.lists };
      for (const { tenant, values } of tenants) {
        for (const [environment, value] of values) {
          const own = files.tenants.get(tenant);
          const layers = [
            files.template,
            files.environments.get(environment),
            own?.own,
            own?.environments.get(environment),
          ];
          const given = layers.reduce<Value | undefined>(
            (above, layer) => (layer === undefined ? above : mergeLayer(above, layer, settings)),
            undefined,
          );
          expect(given && JSON.stringify(sorted(given))).toBe(JSON.stringify(sorted(value)));
        }
      }
    }),
    300,
  );
});

/** Most are what all have, with another value or with more. */
const similar = fc
  .record({
    v: fc.constantFrom<unknown>(1, 1, 2, null, ['x']),
    more: fc.constantFrom<unknown[]>([], [], [{ id: 'c' }]),
  })
  .map(({ v, more }): unknown => [{ id: 'a', v: 1, w: 1 }, { id: 'b', v, w: 1 }, ...more]);
const nested = fc.oneof({ weight: 4, arbitrary: similar.map((l) => ({ l })) }, content);
const several = fc.array(fc.record({ l: similar, m: nested, n: nested }), { minLength: 10, maxLength: 10 });

test('each list gets the rule, and each file the items, that they have without the other lists', async () => {
  await holds(
    fc.property(several, (all) => {
      const tenants = tenantsOf(
        Object.fromEntries(
          all.map((value, index) => [`t${index % 5}/${index < 5 ? 'dev' : 'prod'}`, JSON.stringify(value)]),
        ),
      );
      const files = finished(factorProfile(tenants));
      const together = finished(withListRules(files, tenants));
      for (const key of ['l', 'm', 'n']) {
        const alone = tenants.map(({ values, ...tenant }) => ({ ...tenant, values: mapValues(values, onlyAt(key)) }));
        const { lists, ...found } = finished(withListRules(filesAt(key, files), alone));
        expect(filesAt(key, together)).toEqual(found);
        expect([...together.lists].filter(([pointer]) => pointer.startsWith(`/${key}`))).toEqual([...lists]);
      }
    }),
    40,
  );
});

const onlyAt = (key: string) => (value: Value) =>
  isMap(value) ? mapOf(entriesOf(value).filter(([name]) => name === key)) : value;

function filesAt(key: string, files: FactoredProfile): FactoredProfile {
  const { merging, template, environments, tenants, excluded, leaves } = files;
  const only = onlyAt(key);
  return {
    ...{ merging, excluded, leaves },
    template: template && only(template),
    environments: mapValues(environments, only),
    tenants: mapValues(tenants, (tenant) => ({
      own: tenant.own && only(tenant.own),
      environments: mapValues(tenant.environments, only),
    })),
  };
}

function mapValues<Of, To>(map: ReadonlyMap<string, Of>, change: (value: Of) => To): ReadonlyMap<string, To> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}

test('the time grows with the number of lists, not with its square', () => {
  const contentOf = (lists: number, tenant: number) =>
    JSON.stringify(
      Object.fromEntries(
        Array.from({ length: lists }, (_, list) => [
          `l${list}`,
          [
            { name: 'a', port: 1, tls: true },
            { name: 'b', port: (tenant + list) % 5 === 0 ? 100 + tenant : 2, tls: true },
          ],
        ]),
      ),
    );
  const millisecondsFor = (lists: number) => {
    const tenants = tenantsOf(
      Object.fromEntries(Array.from({ length: 10 }, (_, tenant) => [`t${tenant}/dev`, contentOf(lists, tenant)])),
    );
    const files = finished(factorProfile(tenants));
    const before = process.cpuUsage();
    expect(finished(withListRules(files, tenants)).lists.size).toBe(lists);
    return process.cpuUsage(before).user / 1000;
  };
  const few = Math.min(millisecondsFor(20), millisecondsFor(20));
  expect(millisecondsFor(160)).toBeLessThan(24 * few);
});

/** Members in the order of their keys, items as they are. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, sorted(member)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
