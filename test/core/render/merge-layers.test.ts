import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentOf } from '../../../src/core/document/content-of.ts';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { canonicalText, lineText } from '../../../src/core/document/write-json.ts';
import { entriesOf, isMap, mapOf, memberOf, type Value } from '../../../src/core/model/value.ts';
import { SourceDocument } from '../../../src/core/render/layers.ts';
import { mergeLayer } from '../../../src/core/render/merge-layers.ts';
import { redundancyProblems, redundantOverrides } from '../../../src/core/render/redundant-overrides.ts';
import { defaultProfileSettings, type ListStrategy } from '../../../src/core/settings/settings.ts';

const plain = defaultProfileSettings;

function value(text: string): Value {
  const { value: parsed, problems } = parseDocument(text, { path: 'x.yml' });
  if (parsed === undefined) throw new Error(JSON.stringify(problems));
  return parsed;
}

function merged(weak: string, strong: string, profile = plain): string {
  return lineText(mergeLayer(value(weak), value(strong), profile));
}

function redundantIn(inherited: Value, override: Value, profile = plain) {
  return redundantOverrides(inherited, override, { ...profile, merged: mergeLayer(inherited, override, profile) });
}

/** RFC 7396, section 2, word for word. */
function mergePatch(target: Value | undefined, patch: Value): Value {
  if (!isMap(patch)) return patch;
  const result = new Map(isMap(target) ? entriesOf(target) : []);
  for (const [key, member] of entriesOf(patch)) {
    if (member === null) result.delete(key);
    else result.set(key, mergePatch(result.get(key), member));
  }
  return mapOf(result);
}

const keys = fc.constantFrom(
  'a',
  'b',
  '1',
  '0',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  'x/y',
  '~',
);
const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom<Value>(null, true, false, 0, 1, -5, 'text', ''),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 4 }).map((entries) => mapOf(new Map(entries))),
  ),
})).value;

test('merging follows RFC 7396, whatever the keys are called', () => {
  fc.assert(
    fc.property(values, values, (target, patch) => {
      expect(canonicalText(mergeLayer(target, patch, plain))).toBe(canonicalText(mergePatch(target, patch)));
    }),
    { numRuns: 2000 },
  );
});

test('merging changes neither layer', () => {
  fc.assert(
    fc.property(values, values, (target, patch) => {
      const before = [canonicalText(target), canonicalText(patch)];
      mergeLayer(target, patch, plain);
      expect([canonicalText(target), canonicalText(patch)]).toEqual(before);
    }),
    { numRuns: 500 },
  );
});

test('a layer that is a copy of what it overrides gives the same content', () => {
  fc.assert(
    fc.property(values, (layer) => {
      const once = mergeLayer(undefined, layer, plain);
      const twice = mergeLayer(once, once, { ...plain, null: 'keep' });
      expect(contentOf(twice, 'json').text).toBe(contentOf(once, 'json').text);
    }),
    { numRuns: 500 },
  );
});

test('keys keep their authored order, those of the less specific layer first', () => {
  expect(merged('{b: 1, "10": 1, a: 1, "2": 1}', '{c: 1, a: 2, "1": 3}')).toBe(
    '{ "b": 1, "10": 1, "a": 2, "2": 1, "c": 1, "1": 3 }',
  );
});

test('null deletes an inherited key, and stays in the least specific layer', () => {
  expect(merged('{a: 1, b: null}', '{a: null, c: null}')).toBe('{ "b": null }');
});

test('with `null: keep` null is a value', () => {
  expect(merged('{a: 1}', '{a: null}', { ...plain, null: 'keep' })).toBe('{ "a": null }');
});

test('nulls inside lists stay', () => {
  expect(merged('{a: 1}', '{a: [null, {b: null}]}')).toBe('{ "a": [null, { "b": null }] }');
});

test('with `merge: replace` only the most specific file counts', () => {
  expect(merged('{a: 1, b: 2}', '{a: 3}', { ...plain, merge: 'replace' })).toBe('{ "a": 3 }');
});

const lists = (strategy: ListStrategy) => ({ ...plain, lists: new Map([['/l', strategy]]) });

test.each<[ListStrategy, string, string, string]>([
  ['append', '{l: [1, 2]}', '{l: [2, 3]}', '{ "l": [1, 2, 2, 3] }'],
  ['prepend', '{l: [1, 2]}', '{l: [2, 3]}', '{ "l": [2, 3, 1, 2] }'],
  ['union', '{l: [1, 2]}', '{l: [2, 3, 3]}', '{ "l": [1, 2, 3] }'],
  ['union', '{l: [{a: 1, b: 2}]}', '{l: [{b: 2, a: 1}]}', '{ "l": [{ "a": 1, "b": 2 }] }'],
  [
    { by: 'id' },
    '{l: [{id: x, v: 1, w: 1}, {id: y}]}',
    '{l: [{id: z}, {id: x, v: 2, w: null}]}',
    '{ "l": [{ "id": "x", "v": 2 }, { "id": "y" }, { "id": "z" }] }',
  ],
  ['append', '{l: [1]}', '{l: null}', '{  }'.replace('  ', '')],
  ['append', '{k: 1}', '{l: [2]}', '{ "k": 1, "l": [2] }'],
])('lists are combined by %j', (strategy, weak, strong, expected) => {
  expect(merged(weak, strong, lists(strategy))).toBe(expected);
});

test.each<[ListStrategy, string, string, string]>([
  ['append', '{l: [1]}', '{l: 2}', 'the settings combine lists at /l, but the value in this file is not a list'],
  [
    'append',
    '{l: 1}',
    '{l: [2]}',
    'the settings combine lists at /l, but the value in a less specific layer is not a list',
  ],
  [
    { by: 'id' },
    '{l: [{id: 1}]}',
    '{l: [{n: 1}]}',
    'the settings combine the list /l by "id", but item 0 of this file has no "id"',
  ],
  [
    { by: 'id' },
    '{l: [{id: 1, a: 1}, {id: 1, b: 1}]}',
    '{l: [{id: 1}]}',
    'the settings combine the list /l by "id", but item 1 of a less specific layer repeats the "id" of another item',
  ],
  [
    { by: 'id' },
    '{l: [{id: 1}]}',
    '{l: [{id: 2}, {id: 2}]}',
    'the settings combine the list /l by "id", but item 1 of this file repeats the "id" of another item',
  ],
])('lists that cannot be combined by %j are reported', (strategy, weak, strong, message) => {
  const mismatches: string[] = [];
  mergeLayer(value(weak), value(strong), {
    ...lists(strategy),
    onMismatch: (mismatch) => mismatches.push(mismatch.message),
  });
  expect(mismatches).toEqual([message]);
});

test('with `null: keep` null is a value in items combined by a key too', () => {
  const profile = { ...lists({ by: 'id' }), null: 'keep' } as const;
  expect(merged('{l: [{id: 1, v: 1}]}', '{l: [{id: 1, v: null}]}', profile)).toBe('{ "l": [{ "id": 1, "v": null }] }');
});

test('an item that repeats the key of another is not lost', () => {
  expect(merged('{l: [{id: 1, a: 1}, {id: 1, b: 1}]}', '{l: [{id: 2}]}', lists({ by: 'id' }))).toBe(
    '{ "l": [{ "id": 1, "a": 1 }, { "id": 1, "b": 1 }, { "id": 2 }] }',
  );
});

test('a null in a less specific layer is not a list to combine with', () => {
  const mismatches: string[] = [];
  const result = mergeLayer(value('{l: null}'), value('{l: [1]}'), {
    ...lists('append'),
    onMismatch: (mismatch) => mismatches.push(mismatch.message),
  });
  expect(lineText(result)).toBe('{ "l": [1] }');
  expect(mismatches).toEqual([]);
});

test('union and by are idempotent', () => {
  for (const strategy of ['union', { by: 'id' }] as const) {
    const layer = value('{l: [{id: 1, a: 1}, {id: 2}]}');
    expect(canonicalText(mergeLayer(layer, layer, lists(strategy)))).toBe(canonicalText(layer));
  }
});

test.each([
  ['{a: 1, b: {c: 2, d: 3}}', '{b: {c: 2}}', ['']],
  ['{a: 1, b: {c: 2, d: 3}}', '{a: 5, b: {c: 2}}', ['/b']],
  ['{a: 1, b: {c: 2, d: 3}}', '{b: {c: 2, d: 4}}', ['/b/c']],
  ['{a: 1}', '{b: null}', ['/b']],
  ['{limits: {max: 1, mode: 2}}', '{limits: {mod: null}}', ['/limits/mod']],
  ['{a: 1, limits: {max: 1, mode: 2}}', '{a: 1, limits: {max: 1, mod: null}}', ['/a', '/limits/max', '/limits/mod']],
  ['{a: 1}', '{a: null}', []],
  ['{a: 1}', '{a: 1.0}', []],
  ['{a: [1, 2]}', '{a: [1, 2]}', ['']],
  ['{a: {}}', '{a: {b: 1}}', []],
  ['{a: 1}', '{n: {x: null, y: {z: null, w: 1}}}', ['/n/x', '/n/y/z']],
  ['{a: 1}', '{a: {x: null}}', ['/a/x']],
])('of %s the override %s is redundant at %j', (weak, strong, expected) => {
  expect(redundantIn(value(weak), value(strong)).map(({ pointer }) => pointer)).toEqual(expected);
});

test.each<[ListStrategy, string, string, readonly string[]]>([
  ['union', '[a, {b: 1, c: 2}, 1]', '[1, {c: 2, b: 1}, a]', ['']],
  ['union', '[a]', '[a, b]', []],
  ['union', '[1, 2]', '[1.0]', []],
  ['union', '[1, 2]', '["1"]', []],
  ['append', '[a]', '[]', ['']],
  [{ by: 'id' }, '[{id: 1, v: 1}, {id: 2, v: 2}]', '[{id: 2, v: 2}]', ['']],
  [{ by: 'id' }, '[{id: 1, v: 1}]', '[{id: 1, v: 2}]', []],
  [{ by: 'id' }, '[{id: 1, v: 1}]', '[{id: 1.0, v: 1}]', []],
])('with %j of %s the override %s is redundant at %j', (strategy, weak, strong, expected) => {
  const profile = { ...plain, lists: new Map([['/l', strategy]]) };
  const redundant = redundantIn(value(`{l: ${weak}}`), value(`{l: ${strong}}`), profile);
  expect(redundant.map(({ pointer }) => pointer)).toEqual(expected);
});

test('a null that deletes nothing is reported as a likely typo, also if it is all that a file has', () => {
  const text = 'limits:\n  mod: null\n';
  const document = new SourceDocument('x.yml', text, parseDocument(text, { path: 'x.yml' }));
  const redundant = redundantIn(value('{limits: {mode: 1}}'), value(text));
  expect(redundancyProblems(document, [redundant])).toMatchObject([
    {
      message: 'null at /limits/mod has no effect: the key is not inherited',
      hint: { text: 'check the key for typos, or delete all lines of the file' },
    },
  ]);
});

test('removing a redundant override changes nothing, for any layers', () => {
  fc.assert(
    fc.property(values, values, (target, patch) => {
      for (const { pointer } of redundantIn(target, patch)) {
        if (pointer === '') expect(canonicalText(mergeLayer(target, patch, plain))).toBe(canonicalText(target));
      }
      if (isMap(patch) && isMap(target)) {
        const redundant = new Set(redundantIn(target, patch).map(({ pointer }) => pointer));
        const living = mapOf(
          entriesOf(patch).filter(([key]) => !redundant.has(`/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)),
        );
        expect(canonicalText(mergeLayer(target, living, plain))).toBe(canonicalText(mergeLayer(target, patch, plain)));
      }
    }),
    { numRuns: 1000 },
  );
});

test("nothing that a layer is called reaches JavaScript's own objects", () => {
  const result = mergeLayer(
    value('{a: {}}'),
    value('{__proto__: {polluted: 1}, a: {__proto__: {polluted: 1}}}'),
    plain,
  );
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(isMap(result) && memberOf(result, '__proto__')).toEqual(mapOf([['polluted', 1]]));
});
