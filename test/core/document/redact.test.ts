import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pointerTo } from '../../../src/core/document/json-pointer.ts';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { patternsOnly } from '../../../src/core/document/redact.ts';
import { lineText } from '../../../src/core/document/write-json.ts';

test.each([
  ['/pw', '/pw'],
  ['/pw', '/pw/below'],
  ['/a/*', '/a/b'],
  ['/a/*', '/a/'],
  ['/a/*', '/a/.'],
  ['/a/*', '/a/..'],
  ['/a/*', '/a/a\nb'],
  ['/a/pw*', '/a/pw'],
  ['/a/*_key', '/a/api_key'],
  ['/**/pw', '/pw'],
  ['/**/pw', '/a/b/pw/c'],
  ['/**/pw', '/n/../pw'],
  ['/**/pw', '/a\nb/pw'],
  ['/a/**', '/a'],
  ['/**/x/**/pw', '/x/pw'],
  ['/**', ''],
  ['/a~1b/c', '/a~1b/c'],
  ['/key (secret)', '/key (secret)'],
  ['/[a]', '/[a]'],
  ['/\u{1f511}*', '/\u{1f511}\u{1f511}'],
])('%j covers %j', (pattern, pointer) => {
  expect(patternsOnly([pattern]).covers(pointer)).toBe(true);
});

test.each([
  ['/pw', ''],
  ['/pw', '/pwd'],
  ['/a/*', '/a'],
  ['/a/*', '/ab/c'],
  ['/a/pw*', '/a/b/pw'],
  ['/**/pw', '/a/pwd'],
  ['/[a]', '/a'],
  ['/a.b', '/axb'],
])('%j does not cover %j', (pattern, pointer) => {
  expect(patternsOnly([pattern]).covers(pointer)).toBe(false);
});

test('whatever the keys are, no value at or below a covered pointer is shown', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }), fc.nat(), (keys, n) => {
      const pointer = keys.reduce<string>(pointerTo, '');
      const any = keys.map((key, index) => ((n >> index) & 1 ? key.replaceAll('*', '') && key : '*'));
      for (const pattern of [pointer, any.reduce<string>(pointerTo, ''), pointerTo('/**', keys.at(-1) ?? '')]) {
        expect(patternsOnly([pattern]).covers(pointer)).toBe(true);
      }
    }),
  );
});

test('what is covered is replaced as a whole, in maps and lists', () => {
  const { value = null } = parseDocument('{a: {pw: x, n: 1}, l: [{pw: {deep: 1}}, 2], pw: [1]}', { path: 'x.yml' });
  expect(lineText(patternsOnly(['/**/pw']).apply(value))).toBe(
    '{ "a": { "pw": "(redacted)", "n": 1 }, "l": [{ "pw": "(redacted)" }, 2], "pw": "(redacted)" }',
  );
});

test.each([
  ['/db/password', '{db: "password:x"}', '{ "db": "(redacted)" }'],
  ['/db/password', '{db: 123456}', '{ "db": "(redacted)" }'],
  ['/db/password', '{db: [{password: x}]}', '{ "db": "(redacted)" }'],
  ['/a/b/password', '{a: "b:password:x"}', '{ "a": "(redacted)" }'],
  ['/db/*', '{db: "password:x"}', '{ "db": "(redacted)" }'],
  ['/db/**/password', '{db: "password:x"}', '{ "db": "(redacted)" }'],
  ['/db/0/password', '{db: [{password: x, n: 1}]}', '{ "db": [{ "password": "(redacted)", "n": 1 }] }'],
  ['/db/0/password', '{db: ["password:x", 2]}', '{ "db": ["(redacted)", 2] }'],
  ['/db/*/password', '{db: [1, {password: x}]}', '{ "db": [1, { "password": "(redacted)" }] }'],
  ['/db/password', '{db: null, db2: x}', '{ "db": null, "db2": "x" }'],
  ['/db/password', '{db: false}', '{ "db": false }'],
  ['/db/password', 'text', '"text"'],
  ['/*/password', '{limit: 1}', '{ "limit": 1 }'],
  ['/**/password', '{limit: 1, l: [x]}', '{ "limit": 1, "l": ["x"] }'],
])('with %j, text where a map has a redacted member is replaced: %s', (pattern, text, shown) => {
  const { value = null } = parseDocument(text, { path: 'x.yml' });
  const redactor = patternsOnly([pattern]);
  expect(lineText(redactor.apply(value))).toBe(shown);
  const visited: string[] = [];
  redactor.visit(value, (part) => visited.push(lineText(part)));
  expect(visited.length > 0).toBe(shown.includes('(redacted)'));
});

test('many `**` take no more time than few', () => {
  const redactor = patternsOnly([`${'/**/a'.repeat(12)}/pw`]);
  expect(redactor.covers('/a'.repeat(90))).toBe(false);
});

const redact = patternsOnly(['/**/password']);

test.each([
  'password: yes',
  'password: 0644',
  'password: 22:30',
  'password: !!int hunter2',
  'password: !hunter2 x',
  'password: 1e999',
  'password: .inf',
  'password: *hunter2',
  'password: {hunter2: 1, hunter2: 2}',
  'password: {on: yes}',
  'password: [!!bool hunter2]',
  'a: {<<: {password: !!int hunter2}}',
  'a: {<<: [{password: !!int hunter2}]}',
  'password: !hunter2! x',
  'password: !<hun<ter2> x',
])('no problem of %j shows the value', (text) => {
  const { problems } = parseDocument(text, { path: 'f.yml', redact });
  expect(problems).not.toEqual([]);
  const reported = problems.map(({ message, hint }) => `${message} ${hint?.text}`).join();
  expect(reported).not.toMatch(/hunter2|"yes"|0644|22:30|1e999|"\.inf"|"on"/);
  expect(reported).toContain('(redacted)');
});

test('a syntax error in JSON is reported without the text of the file', () => {
  const text = '{\n  "password": hunter2\n}';
  expect(parseDocument(text, { path: 'f.json', format: 'json' }).problems).toEqual([
    expect.objectContaining({
      source: { file: 'f.json', line: 2, column: 15 },
      message: 'invalid JSON: text without quotes',
    }),
  ]);
});
