import { expect, test } from 'vitest';
import { contentOf } from '../../../src/core/document/content-of.ts';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { mapOf } from '../../../src/core/model/value.ts';
import { documentKey, type Merged, RenderCache } from '../../../src/core/render/render-cache.ts';

const mergedOf = (text: string): Merged => ({
  value: mapOf([['a', text]]),
  redundant: [],
  mismatches: [],
  findings: [],
  isInvalid: false,
});

function rendered(cache: RenderCache, merged: Merged) {
  const { value = null } = merged;
  return cache.rendered(merged, () => ({ value, content: contentOf(value, 'json'), bytes: 0, flags: undefined }));
}

const asYaml = { format: 'yaml', deployedAs: 'json' } as const;

test('a merged value is rendered to one object', () => {
  const cache = new RenderCache();
  const [one, other] = [mergedOf('x'), mergedOf('y')];
  expect(rendered(cache, one)).toBe(rendered(cache, one));
  expect(rendered(cache, other).content?.text).toBe('{\n  "a": "y"\n}\n');
});

test('an override is merged once for each value that it inherits from', () => {
  const cache = new RenderCache();
  const [one, other, override] = [mergedOf('x'), mergedOf('y'), mapOf([])];
  const merge = (inherited: Merged) => cache.merged(inherited, override, () => ({ ...inherited }));
  expect(merge(one)).toBe(merge(one));
  expect(merge(other)).not.toBe(merge(one));
});

test('the cache is bounded: what was not used for long is forgotten, what is used is kept', () => {
  const cache = new RenderCache();
  const [used, unused] = [mergedOf('used'), mergedOf('unused')];
  const [first, second] = [rendered(cache, used), rendered(cache, unused)];
  for (let index = 0; index < 100; index += 1) {
    rendered(cache, mergedOf(`${index}`.repeat(500_000)));
    expect(rendered(cache, used)).toBe(first);
  }
  expect(rendered(cache, unused)).not.toBe(second);
});

test('a document larger than the whole cache is not kept, and not lost', () => {
  const cache = new RenderCache();
  // What is read does not matter: the cache measures the text.
  const parsed = parseDocument('key: x', { path: 'f.yml' });
  const [large, small] = [`key: ${'x'.repeat(20_000_000)}`, 'key: x'].map((text) => documentKey(text, asYaml));
  for (const key of [large, small]) expect(cache.keep(key ?? '', parsed)).toBe(parsed);
  expect([cache.parsed(large ?? ''), cache.parsed(small ?? '')]).toEqual([undefined, parsed]);
});

test('the same text is parsed anew as JSON, and where it has problems', () => {
  const cache = new RenderCache();
  const parse = (text: string, format: 'yaml' | 'json', path: string) => {
    const key = documentKey(text, { format, deployedAs: 'json' });
    const parsed = cache.parsed(key) ?? cache.keep(key, parseDocument(text, { path, format }));
    return parsed.problems.map(({ source }) => source?.file);
  };
  expect([parse('{a: 1}', 'yaml', 'a.yml'), parse('{a: 1}', 'json', 'a.json')]).toEqual([[], ['a.json']]);
  expect([parse('a: yes', 'yaml', 'b.yml'), parse('a: yes', 'yaml', 'c.yml')]).toEqual([['b.yml'], ['c.yml']]);
});
