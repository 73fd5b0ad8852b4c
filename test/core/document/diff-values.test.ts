import { expect, test } from 'vitest';
import { changesBetween } from '../../../src/core/document/diff-values.ts';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { patternsOnly } from '../../../src/core/document/redact.ts';

function changes(before: string, after: string, redact: readonly string[] = []): string[] {
  const value = (text: string) => parseDocument(text, { path: '' }).value;
  return changesBetween(value(before), value(after), { redact: patternsOnly(redact) }).map(
    ({ op, path, before: was, after: is }) =>
      `${op} ${path} ${[was, is].filter((text) => text !== undefined).join(' → ')}`,
  );
}

test('maps are compared key by key, in the order of the new content', () => {
  expect(changes('{a: 1, b: {c: 2, d: 3}, e: x}', '{e: x, b: {d: 4, f: null}, a: 1}')).toEqual([
    'remove /b/c 2',
    'replace /b/d 3 → 4',
    'add /b/f null',
  ]);
});

test('a list that grows or shrinks shows the added and removed items, with the index in the new or old list', () => {
  expect(changes('[a, b, c, d]', '[a, x, c, d, e]')).toEqual(['remove /1 "b"', 'add /1 "x"', 'add /4 "e"']);
  expect(changes('[a, b, c]', '[b, c]')).toEqual(['remove /0 "a"']);
});

test('items of lists of the same length are compared by index', () => {
  expect(changes('[{id: 1, on: true}, {id: 2, on: true}]', '[{id: 1, on: true}, {id: 2, on: false}]')).toEqual([
    'replace /1/on true → false',
  ]);
});

test('two long lists that have nothing in common are one change', () => {
  const list = (letter: string) => JSON.stringify(Array.from({ length: 300 }, (_, index) => `${letter}${index}`));
  expect(changes(list('a'), list('b').replace('"b0",', ''))).toHaveLength(1);
});

test('numbers that are equal but written differently are a change: typed clients read them differently', () => {
  expect(changes('{a: 1}', '{a: 1.0}')).toEqual(['replace /a 1 → 1.0']);
  expect(changes('{a: 1}', '{a: 1}')).toEqual([]);
});

test('what has the same digest has no changes: the order of keys and the form of exponents do not count', () => {
  expect(changes('{a: 1e3, b: [{x: 1, y: 2}]}', '{b: [{y: 2, x: 1}], a: 1.0E+3}')).toEqual([]);
  expect(changes('[1e3, {x: 1, y: 2}]', '[1.0e+3, {y: 2, x: 1}, 2e3]')).toEqual(['add /2 2.0e+3']);
});

test('redacted values are not shown, not even that they are longer', () => {
  expect(changes('{db: {password: old}}', '{db: {password: new}}', ['/db/password'])).toEqual([
    'replace /db/password (redacted) → (redacted)',
  ]);
  expect(changes('{db: [a]}', '{db: [a, b]}', ['/db'])).toEqual(['replace /db (redacted) → (redacted)']);
  expect(changes('{db: [1]}', '{db: [1.0]}', ['/db'])).toEqual([]);
});
