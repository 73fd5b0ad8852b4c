// What AppConfig refuses or rewrites in a feature-flag document: one row for each message.
import { expect, test } from 'vitest';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { checkFlags } from '../../../src/core/flags/check-flags.ts';
import { mapOf, numberOf } from '../../../src/core/model/value.ts';

const check = (text: string) => checkFlags(parseDocument(text, { path: '', format: 'json' }).value ?? null);

/** A document with one flag. */
const flag = (definition: string, value?: string) =>
  `{"version":"1","flags":{"f":${definition}}${value === undefined ? '' : `,"values":{"f":${value}}`}}`;
/** A flag with one attribute. */
const attribute = (constraints: string, value?: string) =>
  flag(
    `{"attributes":{"a":{"constraints":${constraints}}}}`,
    value === undefined ? undefined : `{"enabled":true,"a":${value}}`,
  );
const value = (text: string) => `{"version":"1","values":{"f":${text}}}`;
const variants = (...each: string[]) => value(`{"_variants":[${each.join(',')}]}`);
const long = (length: number) => 'x'.repeat(length);

const keyRule = 'must begin with a lower-case letter, and have at most 64 letters, digits, "_" and "-"';

test.each([
  ['[]', '', 'a feature-flag document must be a map: { version: "1", flags: {…}, values: {…} }'],
  ['{}', '', 'a feature-flag document needs version: "1"'],
  ['{"version":1}', '/version', '`version` must be the string "1"'],
  ['{"version":"1","flags":[]}', '/flags', '`flags` must be a map'],
  ['{"version":"1","values":1}', '/values', '`values` must be a map'],
  ['{"version":"1","flags":{"F":{}}}', '/flags/F', `the key "F" ${keyRule}`],
  [
    `{"version":"1","values":{"${long(65)}":{"enabled":true}}}`,
    `/values/${long(65)}`,
    `the key "${long(65)}" ${keyRule}`,
  ],
  ['{"version":"1","flags":{"f":1}}', '/flags/f', 'the entry must be a map'],
  [flag('{"name":1}'), '/flags/f/name', '`name` must be a string'],
  [flag(`{"name":"${long(65)}"}`), '/flags/f/name', '`name` has more than 64 characters'],
  [flag(`{"description":"${long(1025)}"}`), '/flags/f/description', '`description` has more than 1024 characters'],
  [
    flag('{"_deprecation":{"status":"x"}}'),
    '/flags/f/_deprecation',
    '`_deprecation` must be { status: planned, date: … }',
  ],
  [
    flag('{"_createdAt":"2026-03-01"}'),
    '/flags/f/_createdAt',
    '`_createdAt` is not a full timestamp, such as 2026-03-01T12:00:00Z',
  ],
  [flag('{"attributes":[]}'), '/flags/f/attributes', '`attributes` must be a map'],
  [flag('{"attributes":{"a":{"constraints":1}}}'), '/flags/f/attributes/a/constraints', '`constraints` must be a map'],
  [
    attribute('{}'),
    '/flags/f/attributes/a/constraints',
    'constraints must have a `type`: one of string, number, boolean, array',
  ],
  [
    attribute('{"type":"text"}'),
    '/flags/f/attributes/a/constraints/type',
    '`type` must be one of string, number, boolean, array',
  ],
  [
    attribute('{"type":"string","pattern":"("}'),
    '/flags/f/attributes/a/constraints/pattern',
    '`pattern` must be a regular expression',
  ],
  [
    attribute('{"type":"string","enum":[1]}'),
    '/flags/f/attributes/a/constraints/enum',
    '`enum` must be a list of strings',
  ],
  [
    attribute('{"type":"string","enum":["a"],"pattern":"a"}'),
    '/flags/f/attributes/a/constraints',
    'constraints must not have both `pattern` and `enum`',
  ],
  [
    attribute('{"type":"number","minimum":1.5}'),
    '/flags/f/attributes/a/constraints/minimum',
    '`minimum` must be an integer',
  ],
  [
    attribute('{"type":"number","maximum":"2"}'),
    '/flags/f/attributes/a/constraints/maximum',
    '`maximum` must be an integer',
  ],
  [
    attribute('{"type":"array","elements":[]}'),
    '/flags/f/attributes/a/constraints/elements',
    '`elements` must be a map of constraints',
  ],
  [value('{"enabled":"yes"}'), '/values/f/enabled', '`enabled` must be true or false'],
  [value('{"enabled":true,"a":1}'), '/values/f/a', 'the flag does not define the attribute "a": it defines none'],
  [
    flag('{"attributes":{"a":{"constraints":{"type":"number"}}}}', '{"enabled":true,"b":1}'),
    '/values/f/b',
    'the flag does not define the attribute "b": it defines a',
  ],
  [
    flag('{"attributes":{"a":{"constraints":{"type":"number","required":true}}}}', '{"enabled":false}'),
    '/values/f',
    'the attribute "a" is required even if the flag is disabled',
  ],
  [attribute('{"type":"number"}', '"1"'), '/values/f/a', 'the value must be a number'],
  [attribute('{"type":"array"}', '1'), '/values/f/a', 'the value must be an array'],
  [attribute('{"type":"array"}', '[1,"b"]'), '/values/f/a/1', 'the element must have the type number'],
  [
    attribute('{"type":"array","elements":{"type":"string"}}', '[1]'),
    '/values/f/a/0',
    'the element must have the type string',
  ],
  [attribute('{"type":"number","minimum":2}', '1'), '/values/f/a', 'the number is below the minimum 2'],
  [attribute('{"type":"number","maximum":2}', '3'), '/values/f/a', 'the number is above the maximum 2'],
  [attribute('{"type":"string"}', `"${long(1025)}"`), '/values/f/a', 'the string has more than 1024 characters'],
  [attribute('{"type":"string","enum":["a","b"]}', '"c"'), '/values/f/a', 'the value must be one of a, b'],
  [
    value('{"_variants":[],"enabled":true}'),
    '/values/f',
    'a value must have either `enabled` and attributes, or `_variants`, not both',
  ],
  [value('{"_variants":{}}'), '/values/f/_variants', '`_variants` must be a list'],
  [variants('1'), '/values/f/_variants/0', 'a variant must be a map'],
  [
    variants('{"name":"a","enabled":true,"rule":"(not true)"}', '{"name":"a","enabled":true}'),
    '/values/f/_variants/1/name',
    'two variants have this name',
  ],
  [
    variants('{"name":"a","enabled":true,"rule":"(not true)"}'),
    '/values/f/_variants/0/rule',
    'the last variant is the default variant: it must not have a rule',
  ],
  [
    variants('{"name":"a","enabled":true}', '{"name":"b","enabled":true}'),
    '/values/f/_variants/0',
    'each variant but the last must have a rule',
  ],
  [variants('{"enabled":true}'), '/values/f/_variants/0', 'a variant must have a `name`'],
  [variants('{"name":"a"}'), '/values/f/_variants/0', 'a variant must have `enabled`'],
  [
    variants('{"name":"a","enabled":true,"rule":"true"}', '{"name":"b","enabled":true}'),
    '/values/f/_variants/0/rule',
    'invalid rule: it must be an expression in parentheses, such as (eq $tier "premium")',
  ],
  [
    variants(`{"name":"a","enabled":true,"rule":"(eq $a \\"${long(16_400)}\\")"}`, '{"name":"b","enabled":true}'),
    '/values/f/_variants/0/rule',
    '`rule` has more than 16384 characters',
  ],
  [
    variants('{"name":"a","enabled":true,"attributeValues":1}'),
    '/values/f/_variants/0/attributeValues',
    '`attributeValues` must be a map',
  ],
])('row %#: what AppConfig refuses', (document, pointer, message) => {
  const { errors } = check(document);
  expect(errors.map((error) => `${error.pointer}: ${error.message}`)).toEqual([`${pointer}: ${message}`]);
});

test.each([
  ['{"version":"1","owner":1}', '/owner', 'AppConfig silently drops the key "owner"'],
  [flag('{"owner":1}'), '/flags/f/owner', 'AppConfig silently drops the key "owner"'],
  [attribute('{"type":"number","x":1}'), '/flags/f/attributes/a/constraints/x', 'AppConfig silently drops the key "x"'],
  [variants('{"name":"a","enabled":true,"x":1}'), '/values/f/_variants/0/x', 'AppConfig silently drops the key "x"'],
  [
    value('{"enabled":true,"_updatedAt":"2026-03-01T12:00:00Z"}'),
    '/values/f/_updatedAt',
    'AppConfig sets `_updatedAt` itself: it is not sent',
  ],
  [attribute('{"type":"number"}', '9007199254740993'), '/values/f/a', 'AppConfig keeps the number as 9007199254740992'],
])('row %#: what AppConfig drops or changes', (document, pointer, message) => {
  const { errors, rewritten } = check(document);
  expect(errors).toEqual([]);
  expect(rewritten.map((each) => `${each.pointer}: ${each.message}`)).toEqual([`${pointer}: ${message}`]);
});

test('the texts that a pattern concerns are left to be matched', () => {
  const patterned = attribute('{"type":"array","elements":{"type":"string","pattern":"^a"}}', '["a","b"]');
  expect(check(patterned).patterns).toEqual([
    { pointer: '/values/f/a/0', pattern: '^a', text: 'a' },
    { pointer: '/values/f/a/1', pattern: '^a', text: 'b' },
  ]);
});

test('a number that no double holds is refused', () => {
  const values = mapOf([['f', mapOf([['enabled', true] as const, ['a', numberOf('1e400')] as const])]]);
  const constraints = mapOf([['type', 'number']]);
  const flags = mapOf([['f', mapOf([['attributes', mapOf([['a', mapOf([['constraints', constraints]])]])]])]]);
  const document = mapOf([
    ['version', '1'],
    ['flags', flags],
    ['values', values],
  ]);
  expect(checkFlags(document).errors).toMatchObject([
    { pointer: '/values/f/a', message: 'the number is too large for AppConfig' },
  ]);
});
