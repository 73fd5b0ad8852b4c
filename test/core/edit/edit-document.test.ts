import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equalByValue } from '../../../src/core/document/equality.ts';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { editDocument } from '../../../src/core/edit/edit-document.ts';
import type { Value } from '../../../src/core/model/value.ts';

const path = 'tenants/one/prod/Limits.yml';

function parsed(text: string): Value | undefined {
  return parseDocument(text, { path }).value;
}

/** The text after the change to the value of another one. */
function edited(text: string | undefined, to: string, file = path): string {
  return editDocument(text, parsed(to), { path: file });
}

test.each([
  [
    'a scalar in its line',
    '# agreed\nrate: 250 # per second\nburst: 5\n',
    'rate: 300\nburst: 5',
    '# agreed\nrate: 300 # per second\nburst: 5\n',
  ],
  [
    'a nested scalar',
    'a:\n    b:   1   # x\n    c: "two"\nd: 3\n',
    'a: { b: 2, c: two }\nd: 3',
    'a:\n    b:   2   # x\n    c: "two"\nd: 3\n',
  ],
  ['a key that is added', 'a: 1\n# end\n', 'a: 1\nb: two', 'a: 1\nb: two\n# end\n'],
  [
    'a key that is added to a map',
    'a:\n  b: 1 # x\nc: 2',
    'a: { b: 1, d: { e: [1] } }\nc: 2',
    'a:\n  b: 1 # x\n  d:\n    e:\n      - 1\nc: 2',
  ],
  ['a key that is added at the end of a file without a line break', 'a: 1', 'a: 1\nb: 2', 'a: 1\nb: 2\n'],
  [
    'a key that is deleted',
    'a: 1\nb: # gone\n  c: 2\n  d: [1,\n    2]\n# kept\ne: 3\n',
    'a: 1\ne: 3',
    'a: 1\n# kept\ne: 3\n',
  ],
  ['null', 'a: 1\nb: 2\n', 'a: 1\nb: null', 'a: 1\nb: null\n'],
  ['a list', 'a:\n  - 1 # one\n  - 2\n# c\nb: 1\n', 'a: [1, 3]\nb: 1', 'a:\n  - 1\n  - 3\n# c\nb: 1\n'],
  ['a block scalar', 'a: |\n  text\n  more\nb: 1 # b\n', 'a: other\nb: 1', 'a: other\nb: 1 # b\n'],
  ['a scalar that becomes a map', 'a: 1\nb: 2 # b\n', 'a: { x: 1 }\nb: 2', 'a:\n  x: 1\nb: 2 # b\n'],
  ['a map that becomes empty', 'a:\n  x: 1\nb: 2 # b\n', 'a: {}\nb: 2', 'a: {}\nb: 2 # b\n'],
  ['a flow map with the same keys', 'a: { x: 1, y: "z" } # a\n', 'a: { x: 2, y: "z" }', 'a: { x: 2, y: "z" } # a\n'],
  [
    'a flow map with other keys',
    'a: { x: 1, y: "z" } # a\nb: 1 # b\n',
    'a: { x: 1 }\nb: 1',
    'a:\n  x: 1 # a\nb: 1 # b\n',
  ],
  ['a number with its digits', 'a: 1.0\n', 'a: 12345678901234567890.10', 'a: 12345678901234567890.10\n'],
  ['keys with quotes', '"a b": 1\n\'c\': 2\n', '"a b": 1\nc: 3', '"a b": 1\n\'c\': 3\n'],
  ['line ends of Windows', 'a: 1\r\nb: 2\r\n', 'a: 1\nb: 3\nc: 4', 'a: 1\r\nb: 3\r\nc: 4\r\n'],
])('%s', (_what, before, to, after) => {
  expect(edited(before, to)).toBe(after);
});

test('what cannot be changed in part is written anew, below the comments at its top', () => {
  const merged = '# top\nbase: &b { x: 1 }\na:\n  <<: *b\n  z: 2\n';
  expect(edited(merged, 'base: { x: 1 }\na: { x: 5, z: 2 }')).toBe('# top\nbase:\n  x: 1\na:\n  x: 5\n  z: 2\n');
});

test('a file that is created, or that had only comments', () => {
  expect(edited(undefined, 'a: { b: 1 }')).toBe('a:\n  b: 1\n');
  expect(edited('# nothing yet\n', 'a: 1')).toBe('# nothing yet\na: 1\n');
});

test('where nothing is overridden any more, the comments stay', () => {
  expect(editDocument('# top\na: 1 # a\n', undefined, { path })).toBe('# top\n');
});

test('JSON is written as JSON', () => {
  expect(edited('{"a": 1}', 'a: 2', 'tenants/one/Limits.json')).toBe('{\n  "a": 2\n}\n');
});

const scalars = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('', 'yes', 'a: b', '# c', '<<', 'é'),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    scalars,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c d', '1', 'no', '<<x'), tie('tree'), { maxKeys: 4 }),
  ),
}));
const maps = fc.dictionary(fc.constantFrom('a', 'b', 'c d', '1', 'no'), tree, { minKeys: 1, maxKeys: 4 });

test('the text has the value, whatever the values are', () => {
  fc.assert(
    fc.property(maps, maps, (from, to) => {
      const before = editDocument(undefined, parsed(JSON.stringify(from)), { path });
      const wanted = parsed(JSON.stringify(to));
      const found = parsed(editDocument(before, wanted, { path }));
      expect(found !== undefined && wanted !== undefined && equalByValue(found, wanted)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
