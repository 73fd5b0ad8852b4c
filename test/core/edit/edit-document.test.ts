import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equalByValue } from '../../../src/core/document/equality.ts';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { editDocument } from '../../../src/core/edit/edit-document.ts';
import { toPlain, type Value } from '../../../src/core/model/value.ts';

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
  ['a list', 'a:\n  - 1 # one\n  - 2\n# c\nb: 1\n', 'a: [1, 3]\nb: 1', 'a:\n  - 1 # one\n  - 3\n# c\nb: 1\n'],
  ['a block scalar', 'a: |\n  text\n  more\nb: 1 # b\n', 'a: other\nb: 1', 'a: other\nb: 1 # b\n'],
  ['a scalar that becomes a map', 'a: 1\nb: 2 # b\n', 'a: { x: 1 }\nb: 2', 'a:\n  x: 1\nb: 2 # b\n'],
  ['a map that becomes empty', 'a:\n  x: 1\nb: 2 # b\n', 'a: {}\nb: 2', 'a: {}\nb: 2 # b\n'],
  ['a flow map with the same keys', 'a: { x: 1, y: "z" } # a\n', 'a: { x: 2, y: "z" }', 'a: { x: 2, y: "z" } # a\n'],
  [
    'a flow map with other keys',
    'a: { x: 1, y: "z" } # a\nb: 1 # b\n',
    'a: { x: 1 }\nb: 1',
    'a: { x: 1 } # a\nb: 1 # b\n',
  ],
  ['a number with its digits', 'a: 1.0\n', 'a: 12345678901234567890.10', 'a: 12345678901234567890.10\n'],
  ['keys with quotes', '"a b": 1\n\'c\': 2\n', '"a b": 1\nc: 3', '"a b": 1\n\'c\': 3\n'],
  ['line ends of Windows', 'a: 1\r\nb: 2\r\n', 'a: 1\nb: 3\nc: 4', 'a: 1\r\nb: 3\r\nc: 4\r\n'],
])('%s', (_what, before, to, after) => {
  expect(edited(before, to)).toBe(after);
});

const anchored = 'base: &b { x: 1 } # b\nread:\n  <<: *b\n  z: 2 # z\nlist: [*b, 2]\ncopy: *b # c\n';
test.each([
  [
    'a merged key that gets its own value',
    'read: { x: 5, z: 2 }',
    anchored.replace('z: 2 # z\n', 'z: 2 # z\n  x: 5\n'),
  ],
  ['a merged key that is deleted', 'read: { z: 2 }', anchored.replace('<<: *b\n  z: 2 # z\n', 'z: 2\n')],
  ['an alias', 'copy: 3', anchored.replace('*b # c', '3 # c')],
  ['an alias in a list', 'list: [{ x: 1 }, 3]', anchored.replace('2]', '3]')],
  [
    'an anchor, and all that refers to it',
    'base: { x: 2 }\nread: { x: 2, z: 2 }\nlist: [{ x: 2 }, 2]\ncopy: { x: 2 }',
    anchored.replace('x: 1', 'x: 2'),
  ],
  [
    'an anchor, and nothing that refers to it',
    'base: { x: 2 }',
    'base: &b { x: 2 } # b\nread:\n  <<: *b\n  z: 2 # z\n  x: 1\nlist: [{ "x": 1 }, 2]\ncopy:\n  x: 1 # c\n',
  ],
  [
    'an anchor that is replaced as a whole',
    'base: 1\nread: { z: 2 }',
    'base: &b 1 # b\nread:\n  z: 2\nlist: [{ "x": 1 }, 2]\ncopy:\n  x: 1 # c\n',
  ],
  ['an anchor that is deleted', 'base: null', 'base: &b null # b\n'],
])('of a file with anchors: %s', (_what, change, after) => {
  const to = { ...(toPlain(parsed(anchored) ?? null) as object), ...(toPlain(parsed(change) ?? null) as object) };
  const found = edited(anchored, JSON.stringify(to));
  if (after.includes('read')) expect(found).toBe(after);
  else expect(found.startsWith(after)).toBe(true);
});

test.each([
  ['{ a: 1,   b: 2, c: 3 } # of all\n', 'c: 3', '{ c: 3 } # of all\n'],
  ['{ a: 1,   b: 2, c: 3 }\n', 'a: 1\nc: 3', '{ a: 1,   c: 3 }\n'],
  ['{a: 1,b: 2,}\n', 'a: 1', '{a: 1,}\n'],
  ['{"a":1,"b":2}\n', 'b: 2', '{"b":2}\n'],
  ['{\n  # of a\n  a: 1, # a\n  # of b\n  b: 2 # b\n}\n', 'a: 1', '{\n  # of a\n  a: 1 # a\n  # of b\n}\n'],
  ['{\n  a: 1\n, b: 2\n, c: 3\n}\n', 'a: 1\nc: 3', '{\n  a: 1\n, c: 3\n}\n'],
  ['m: { a: 1, # a\n     b: 2 }\nc: 3\n', 'm: { a: 1 }\nc: 3', 'm: { a: 1 # a\n     }\nc: 3\n'],
  ['m: { a: 1,\n     b: 2 }\r\nc: 3\n', 'm: { a: 1 }\nc: 3', 'm: { a: 1 }\r\nc: 3\n'],
  ['{ ? a : 1, "b": "a, b", c: [1, 2] }\n', 'c: [1, 2]', '{ c: [1, 2] }\n'],
  ['m: { a: { b: 1, # b\n  } }\nc: 1\n', 'm: { a: {} }\nc: 1', 'm: { a: { # b\n  } }\nc: 1\n'],
  ['? a # key\n: 1 # value\nb: 2 # b\n', 'b: 2', 'b: 2 # b\n'],
  ['? |-\n  a\n:\n  - 1\nb: 2\n', 'b: 2', 'b: 2\n'],
  ['a: 1\n? b\n: x: 1\n  y: 2\n', 'a: 1\nb: { y: 2 }', 'a: 1\n? b\n: y: 2\n'],
  ['l:\n  - x: 1\n    y: 2\n    z: 3 # z\n', 'l: [{ z: 3 }]', 'l:\n  - z: 3 # z\n'],
  ['m: # m\n  # of a\n  a: 1\nb: 2\n', 'm: {}\nb: 2', 'm: {} # m\nb: 2\n'],
  ['a: |+\n  text\nb: 2\n\n\n', 'a: "text\\n"', 'a: |+\n  text\n'],
  ['b: 2\n<<: { a: 1 }\n', 'a: 1', '<<: { a: 1 }\n'],
])('of %j the members of %j stay as they are written', (before, to, after) => {
  expect(edited(before, to)).toBe(after);
});

test('what cannot be changed in part is written anew, below the comments at its top', () => {
  expect(edited('# top\n{ a: 1,\n  b: 2 } # b\n', 'b: 2\nc: 3')).toBe('# top\nb: 2\nc: 3\n');
  expect(edited('# top\r\n{ a: 1,\r\n}\r\n', 'b: 3')).toBe('# top\r\nb: 3\r\n');
});

test.each([
  ['items at the end', '- a # a\n- b # b\n', '[a, b, c]', '- a # a\n- b # b\n- c\n'],
  ['items at the start', '- a # a\n- b # b\n', '[c, a, b]', '- c\n- a # a\n- b # b\n'],
  ['items that are gone', 'l:\n  - a # a\n  - b\n  - x: 1 # c\n', 'l: [a, { x: 1 }]', 'l:\n  - a # a\n  - x: 1 # c\n'],
  [
    'a map in a list',
    '- x: 1 # x\n  y: 2 # y\n- z\n',
    '[{ x: 1, y: 3, w: 4 }, z]',
    '- x: 1 # x\n  y: 3 # y\n  w: 4\n- z\n',
  ],
  ['an item of a flow list', 'l: [a, b] # l\n', 'l: [a, c]', 'l: [a, "c"] # l\n'],
  ['the number of items of a flow list', 'l: [a, b] # l\n', 'l: [a]', 'l: [a] # l\n'],
  ['a list that becomes empty', 'l:\n  - a\nm: 1 # m\n', 'l: []\nm: 1', 'l: []\nm: 1 # m\n'],
  ['a list without indentation', 'l:\n- a # a\nm: 1\n', 'l: [a, b]\nm: 1', 'l:\n- a # a\n- b\nm: 1\n'],
])('of a list: %s', (_what, before, to, after) => {
  expect(edited(before, to)).toBe(after);
});

test('a byte order mark stays', () => {
  expect(edited('\uFEFFa: 1 # a\n', 'a: 2')).toBe('\uFEFFa: 2 # a\n');
});

test('numbers are written digit by digit', () => {
  expect(edited('a: 1.00 # a\n', 'a: 1.0')).toBe('a: 1.0 # a\n');
});

test('a file that is created, or that had only comments', () => {
  expect(edited(undefined, 'a: { b: 1 }')).toBe('a:\n  b: 1\n');
  expect(edited('# nothing yet\n', 'a: 1')).toBe('# nothing yet\na: 1\n');
});

test('where nothing is overridden any more, the comments stay', () => {
  expect(editDocument('# top\na: 1 # a\n', undefined, { path })).toBe('# top\n');
});

test.each([
  ['a member in one line', '{"a": 1,  "b": [1,2]}', '{ a: 2, b: [1, 3] }', '{"a": 2,  "b": [1,3]}'],
  ['a new member in one line', '{"a": 1}\n', '{ a: 1, b: { c: [1.0] } }', '{"a": 1, "b": { "c": [1.0] }}\n'],
  ['a member that is deleted', '{\n  "a": 1,\n  "b": 2\n}\n', '{ b: 2 }', '{\n  "b": 2\n}\n'],
  ['the last member', '{\n  "a": 1,\n  "b": 2\n}\n', '{ a: 1 }', '{\n  "a": 1\n}\n'],
  [
    'numbers beyond doubles',
    '{\n  "a": 1\n}\n',
    '{ a: 12345678901234567890.10 }',
    '{\n  "a": 12345678901234567890.10\n}\n',
  ],
  [
    'a text like the mark of a new value',
    '{ "a": "value", "b": 1 }',
    '{ a: value, b: value_ }',
    '{ "a": "value", "b": "value_" }',
  ],
  ['a map that becomes empty', '{\n  "a": { "b": 1 }\n}\n', '{ a: {} }', '{\n  "a": {}\n}\n'],
  [
    'tabs',
    '{\n\t"a": {\n\t\t"b": 1\n\t}\n}',
    '{ a: { b: 1, c: { d: 1 } } }',
    '{\n\t"a": {\n\t\t"b": 1,\n\t\t"c": {\n\t\t\t"d": 1\n\t\t}\n\t}\n}',
  ],
  ['the whole value', '[1]', '{ a: 1 }', '{\n  "a": 1\n}\n'],
  ['an own __proto__', '{ "__proto__": { "a": 1 } }', '{ __proto__: { a: 2 } }', '{ "__proto__": { "a": 2 } }'],
])('of JSON: %s', (_what, before, to, after) => {
  expect(edited(before, to, 'tenants/one/Limits.json')).toBe(after);
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
    fc.property(maps, maps, fc.constantFrom(path, 'Limits.json'), (from, to, file) => {
      const before = editDocument(undefined, parsed(JSON.stringify(from)), { path: file });
      const wanted = parsed(JSON.stringify(to));
      const found = parsed(editDocument(before, wanted, { path: file }));
      expect(found !== undefined && wanted !== undefined && equalByValue(found, wanted)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
