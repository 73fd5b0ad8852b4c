import { expect, test } from 'vitest';
import { equalByValue } from '../../../src/core/document/equality.ts';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { lineText } from '../../../src/core/document/write-json.ts';
import { smallestOverride } from '../../../src/core/edit/smallest-override.ts';
import type { Value } from '../../../src/core/model/value.ts';
import { mergeLayer } from '../../../src/core/render/merge-layers.ts';
import { defaultProfileSettings, type ListStrategy } from '../../../src/core/settings/settings.ts';

function parsed(text: string): Value {
  return parseDocument(text, { path: 'x.yml' }).value ?? null;
}

function overrideOf(
  inherited: string,
  wanted: string,
  how: { list?: ListStrategy; merge?: 'replace'; null?: 'keep' } = {},
) {
  const settings = {
    ...defaultProfileSettings,
    merge: how.merge ?? ('merge' as const),
    null: how.null ?? ('delete' as const),
    lists: new Map(how.list === undefined ? [] : [['/l', how.list]]),
  };
  const override = smallestOverride(parsed(inherited), parsed(wanted), settings);
  const merged = override === undefined ? parsed(inherited) : mergeLayer(parsed(inherited), override, settings);
  return { override: override && lineText(override), isExact: equalByValue(merged, parsed(wanted)) };
}

test.each([
  ['{a: 1, b: {c: 2, d: 3}}', '{a: 1, b: {c: 2, d: 4, e: 5}}', '{ "b": { "d": 4, "e": 5 } }'],
  ['{a: 1, b: 2}', '{b: 2}', '{ "a": null }'],
  ['{a: {b: 1}}', '{a: {}}', '{ "a": { "b": null } }'],
  ['{a: [1, 2]}', '{a: [1]}', '{ "a": [1] }'],
  ['{a: 1}', '{a: {b: 1}}', '{ "a": { "b": 1 } }'],
  ['{a: 1}', '[1]', '[1]'],
  ['{a: 1.0}', '{a: 1.5}', '{ "a": 1.5 }'],
])('%s to %s', (inherited, wanted, override) => {
  expect(overrideOf(inherited, wanted)).toEqual({ override, isExact: true });
});

test('where nothing differs, there is no override', () => {
  expect(overrideOf('{a: 1.0, b: x}', '{b: "x", a: 1.0}')).toEqual({ override: undefined, isExact: true });
});

test('lists that the settings combine', () => {
  expect(overrideOf('{l: [1, 2]}', '{l: [1, 2, 3]}', { list: 'append' })).toEqual({
    override: '{ "l": [3] }',
    isExact: true,
  });
  expect(overrideOf('{l: [1, 2]}', '{l: [0, 1, 2]}', { list: 'prepend' })).toEqual({
    override: '{ "l": [0] }',
    isExact: true,
  });
  expect(overrideOf('{l: [1, 2]}', '{l: [1, 2, 3]}', { list: 'union' })).toEqual({
    override: '{ "l": [3] }',
    isExact: true,
  });
  const byKey = overrideOf('{l: [{k: a, v: 1}, {k: b}]}', '{l: [{k: a, v: 2}, {k: b}, {k: c}]}', { list: { by: 'k' } });
  expect(byKey).toEqual({ override: '{ "l": [{ "k": "a", "v": 2 }, { "k": "c" }] }', isExact: true });
});

test('what no override can express is not exact', () => {
  expect(overrideOf('{l: [1, 2]}', '{l: [2]}', { list: 'append' }).isExact).toBe(false);
  expect(overrideOf('{a: 1}', '{a: 1, b: null}').isExact).toBe(false);
  expect(overrideOf('{a: 1}', '{}', { null: 'keep' }).isExact).toBe(false);
});

test('with merge: replace the override is the whole', () => {
  expect(overrideOf('{a: 1, b: 2}', '{b: 2, c: null}', { merge: 'replace' })).toEqual({
    override: '{ "b": 2, "c": null }',
    isExact: true,
  });
});
