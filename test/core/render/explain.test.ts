import { expect, test } from 'vitest';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { patternsOnly } from '../../../src/core/document/redact.ts';
import { formatSource } from '../../../src/core/model/source-position.ts';
import { explain } from '../../../src/core/render/explain.ts';
import { SourceDocument } from '../../../src/core/render/layers.ts';
import {
  defaultProfileSettings,
  type ListStrategy,
  type ProfileSettings,
} from '../../../src/core/settings/settings.ts';

/** Explains the layers `1`, `2`, …, least specific first: `path = value from source (note), over value from source`. */
function explained(layers: readonly string[], profile: Partial<ProfileSettings> = {}, pointer = ''): string[] {
  const documents = layers.map((text, index) => {
    const path = `${index + 1}`;
    return new SourceDocument(path, text, parseDocument(text, { path }));
  });
  const redact = patternsOnly(['/secret']);
  return explain(documents, { profile: { ...defaultProfileSettings, ...profile }, redact, pointer }).map((value) => {
    const overrode = value.overrode.map((over) => `, over ${over.value} from ${formatSource(over.source)}`);
    const note = value.note === undefined ? '' : ` (${value.note})`;
    return `${value.path} = ${value.value ?? 'nothing'} from ${value.source && formatSource(value.source)}${note}${overrode.join('')}`;
  });
}

test('each value names the most specific layer that sets it, and what that layer overrode', () => {
  expect(explained(['a: 1\nb: {c: 1}', 'b: {c: 2, d: x}', 'b:\n  c: 3'])).toEqual([
    '/a = 1 from 1:1:1',
    '/b/c = 3 from 3:2:3, over 2 from 2:1:5, over 1 from 1:2:5',
    '/b/d = "x" from 2:1:11',
  ]);
});

test('a layer that replaces a map hides the less specific layers below it', () => {
  expect(explained(['a: {b: 1}', 'a: x', 'a: {b: 2}'])).toEqual(['/a/b = 2 from 3:1:5']);
  expect(explained(['a: {b: 1}', 'a: null', 'a: {b: 2}'])).toEqual(['/a/b = 2 from 3:1:5']);
});

test('a value is deleted if a less specific layer has it and no more specific layer sets it again', () => {
  expect(explained(['a: 1\nb: 2', 'a: null\nc: null'])).toEqual([
    '/b = 2 from 1:2:1',
    '/a = nothing from 2:1:1 (deleted), over 1 from 1:1:1',
  ]);
  expect(explained(['a: 1', 'a: null', 'a: null'])).toEqual([
    ' = {} from 3:1:1, over { "a": null } from 2:1:1, over { "a": 1 } from 1:1:1',
    '/a = nothing from 2:1:1 (deleted), over 1 from 1:1:1',
  ]);
  expect(explained(['a: {b: 1}', 'a: {b: null}', 'a: x'])).toEqual([
    '/a = "x" from 3:1:1, over { "b": null } from 2:1:1, over { "b": 1 } from 1:1:1',
  ]);
  expect(explained(['a: {b: 1, c: 1}', 'a: x', 'a: {b: null, c: 2}'])).toEqual(['/a/c = 2 from 3:1:14']);
});

test('a value from an alias or a merge key has the position of the alias or merge key', () => {
  expect(explained(['d: &d {x: {y: 1}}\ne: *d\nf:\n  <<: *d\n  z: 1'])).toEqual([
    '/d/x/y = 1 from 1:1:12',
    '/e/x/y = 1 from 1:2:1',
    '/f/x/y = 1 from 1:4:3',
    '/f/z = 1 from 1:5:3',
  ]);
});

const lists = (strategy: ListStrategy) => ({ lists: new Map([['/l', strategy]]) });

test.each<[ListStrategy, string[], string[]]>([
  ['append', ['l: [1, 2]', 'l: [2]'], ['/l/0 = 1 from 1:1:5', '/l/1 = 2 from 1:1:8', '/l/2 = 2 from 2:1:5']],
  ['prepend', ['l: [1]', 'l: [2]', 'l: [3]'], ['/l/0 = 3 from 3:1:5', '/l/1 = 2 from 2:1:5', '/l/2 = 1 from 1:1:5']],
  ['union', ['l: [1, 1]', 'l: [2, 1, 2]'], ['/l/0 = 1 from 1:1:5', '/l/1 = 1 from 1:1:8', '/l/2 = 2 from 2:1:5']],
])('each item of a list combined by %j names its layer', (strategy, layers, expected) => {
  expect(explained(layers, lists(strategy))).toEqual(expected.map((line) => `${line} (combined by ${strategy})`));
});

test('each value of an item of a list combined by a key names its layer', () => {
  const layers = ['l: [{id: a, v: 1}, {id: b}]', 'l: [{id: c}, {id: a, v: 2, w: 3}]'];
  expect(explained(layers, lists({ by: 'id' }))).toEqual([
    '/l/0/id = "a" from 2:1:15 (combined by id), over "a" from 1:1:6',
    '/l/0/v = 2 from 2:1:22 (combined by id), over 1 from 1:1:13',
    '/l/0/w = 3 from 2:1:28 (combined by id)',
    '/l/1/id = "b" from 1:1:21 (combined by id)',
    '/l/2/id = "c" from 2:1:6 (combined by id)',
  ]);
});

test('a list that one layer sets is one value', () => {
  expect(explained(['l: [1, 2]', 'm: 1'], lists('append'))).toEqual(['/l = [1, 2] from 1:1:1', '/m = 1 from 2:1:1']);
});

test.each([
  ['/a', ['/a/b = 1 from 1:1:5']],
  ['/l/0', ['/l = [{ "x": 1 }] from 1:2:1']],
  ['/l/0/x', ['/l = [{ "x": 1 }] from 1:2:1']],
  ['/l/99', []],
  ['/l/', []],
  ['/l/0/foo', []],
  ['/a/b/c', []],
  ['/aa', []],
])('the pointer %j selects %j', (pointer, expected) => {
  expect(explained(['a: {b: 1}\nl: [{x: 1}]'], {}, pointer)).toEqual(expected);
});

test('with `merge: replace` only the most specific layer counts, and with `null: keep` nothing is deleted', () => {
  expect(explained(['a: 1', 'b: 2'], { merge: 'replace' })).toEqual(['/b = 2 from 2:1:1']);
  expect(explained(['a: 1', 'a: null'], { null: 'keep' })).toEqual(['/a = null from 2:1:1, over 1 from 1:1:1']);
});

test('redacted values are not shown', () => {
  expect(explained(['secret: {a: 1}', 'secret: {a: 2}'])).toEqual([
    '/secret/a = (redacted) from 2:1:10, over (redacted) from 1:1:10',
  ]);
});
