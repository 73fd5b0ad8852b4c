import { expect, test } from 'vitest';
import { contentOf } from '../../../src/core/document/content-of.ts';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { mapOf, type Value } from '../../../src/core/model/value.ts';
import { type Merged, RenderCache } from '../../../src/core/render/render-cache.ts';

const merged = (value: Value): Merged => ({ value, redundant: [], mismatches: [] });
const mapWith = (text: string) => mapOf([['a', text]]);

function rendered(cache: RenderCache, value: Value) {
  return cache.rendered(merged(value), () => ({ value, content: contentOf(value, 'json') }));
}

test('equal contents are one object', () => {
  const cache = new RenderCache();
  const first = rendered(cache, mapWith('x'));
  expect(rendered(cache, mapWith('x'))).toBe(first);
  expect(rendered(cache, mapWith('y'))).not.toBe(first);
});

test('contents that differ only in the order of keys keep their text', () => {
  const cache = new RenderCache();
  const ordered = (keys: readonly string[]) => mapOf(keys.map((key) => [key, 1]));
  for (const keys of [
    ['a', 'b'],
    ['b', 'a'],
    ['a', 'b'],
  ]) {
    expect(rendered(cache, ordered(keys)).content).toEqual(contentOf(ordered(keys), 'json'));
  }
});

test('the cache is bounded: what was not used for long is forgotten, what is used is kept', () => {
  const cache = new RenderCache();
  const used = rendered(cache, mapWith('used'));
  const unused = rendered(cache, mapWith('unused'));
  for (let index = 0; index < 100; index += 1) {
    rendered(cache, mapWith(`${index}`.repeat(500_000)));
    expect(rendered(cache, mapWith('used'))).toBe(used);
  }
  expect(rendered(cache, mapWith('unused'))).not.toBe(unused);
});

test('a document larger than the whole cache is not kept, and not lost', () => {
  const cache = new RenderCache();
  const text = `key: ${'x'.repeat(20_000_000)}`;
  const parse = () => parseDocument(text, { path: 'f.yml' });
  expect(cache.parsed(text, 'yaml', parse)).not.toBe(cache.parsed(text, 'yaml', parse));
});

test('the same text is parsed anew as JSON, and where it has problems', () => {
  const cache = new RenderCache();
  const parse = (text: string, format: 'yaml' | 'json', path: string) =>
    cache.parsed(text, format, () => parseDocument(text, { path, format })).problems.map(({ source }) => source?.file);
  expect([parse('{a: 1}', 'yaml', 'a.yml'), parse('{a: 1}', 'json', 'a.json')]).toEqual([[], ['a.json']]);
  expect([parse('a: yes', 'yaml', 'b.yml'), parse('a: yes', 'yaml', 'c.yml')]).toEqual([['b.yml'], ['c.yml']]);
});
