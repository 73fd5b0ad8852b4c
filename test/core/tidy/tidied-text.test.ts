import { expect, test } from 'vitest';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { tidiedText } from '../../../src/core/tidy/tidied-text.ts';

function edited(text: string, after: string, path = 'A.yml') {
  const value = (of: string) => parseDocument(of, { path }).value;
  return tidiedText(text, { path, before: value(text), after: value(after) })?.text;
}

test('a comment on the line of a removed value is removed, and no other', () => {
  expect(edited('a: 1 # why\nb: 2 # why\n', 'b: 2')).toBe('b: 2 # why\n');
  expect(edited('# head\nm:\n  # in m\n  x: 1\n# next\nb: 2\n', 'b: 2')).toBe('# head\n# next\nb: 2\n');
});

test('a map that is left without members loses the comments on these', () => {
  expect(edited('a: 1\nm: # map\n  # why\n  x: ~\nb: 2 # so\n', 'a: 1\nm: {}\nb: 2')).toBe(
    'a: 1\nm: {} # map\nb: 2 # so\n',
  );
  expect(edited('a: 1\nm:\n  # why\n  x: ~\nb: 2 # so\n', 'a: 1\nm: {}\nb: 2')).toBe('a: 1\nm: {}\nb: 2 # so\n');
});

test('a text that would lose a comment of what stays is not made', () => {
  expect(edited('m: {\n  x: 1,\n  # why\n  y: 2\n}\n', 'm: { x: 1 }')).toBeUndefined();
  expect(edited('m: {\n  x: 1,\n  # why\n  y: 2, # of y\n  z: 3\n}\n', 'm: { y: 2, z: 3 }')).toBeUndefined();
});

test('a text whose value would be another in order or digits is not made', () => {
  expect(edited('a: 1\nb: 2\n', 'c: 3\na: 1\nb: 2')).toBeUndefined();
  expect(edited('a: 1\n', 'a: 1\nb: 1e3')).toBeUndefined();
});

test('a file in one line stays one', () => {
  expect(edited('{ "a": 1, "b": 2 } # both\n', 'b: 2')).toBe('{ "b": 2 } # both\n');
});

test('of a file without a value its leading comments are left; without any it is deleted', () => {
  const gone = (text: string, path = 'A.yml') =>
    tidiedText(text, { path, before: parseDocument(text, { path }).value, after: undefined });
  expect(gone('# why\n\na: 1\n')).toEqual({ text: '# why\n' });
  expect(gone('a: 1 # why\n')).toEqual({ text: undefined });
  expect(gone('{"a":1}', 'A.json')).toEqual({ text: undefined });
});

test('a byte-order mark stays, and goes with the file', () => {
  const value = (text: string) => parseDocument(text, { path: 'A.yml' }).value;
  const change = { path: 'A.yml', before: value('a: 1\nb: 2\n') };
  expect(tidiedText('\uFEFFa: 1\nb: 2\n', { ...change, after: value('b: 2') })).toEqual({ text: '\uFEFFb: 2\n' });
  expect(tidiedText('\uFEFFa: 1\nb: 2\n', { ...change, after: undefined })).toEqual({ text: undefined });
});
