import { expect, test } from 'vitest';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { canonicalText } from '../../../src/core/document/write-json.ts';
import { normalizeFlags } from '../../../src/core/flags/normalize-flags.ts';
import type { Value } from '../../../src/core/model/value.ts';

const parsed = (text: string): Value => parseDocument(text, { path: '', format: 'json' }).value ?? null;
const normal = (text: string) => canonicalText(normalizeFlags(parsed(text)));
const flag = (value: string) => `{"version":"1","values":{"f":${value}}}`;
const definition = (value: string) => `{"flags":{"f":${value}},"version":"1"}`;

test.each([
  ['truth values', flag('{"enabled":"TRUE"}'), flag('{"enabled":true}')],
  ['a missing truth value', flag('{"n":1}'), flag('{"n":1,"enabled":false}')],
  ['no truth value', flag('{"enabled":null}'), flag('{"enabled":false}')],
  ['an empty list of variants', flag('{"_variants":[]}'), flag('{}')],
  ['an empty list of variants, as one that is disabled', flag('{"_variants":[]}'), flag('{"enabled":false}')],
  ['numbers', flag('{"enabled":true,"n":1.0,"l":[1e2,0.50]}'), flag('{"enabled":true,"n":1,"l":[100,0.5]}')],
  ['large numbers', flag('{"enabled":true,"n":9007199254740993}'), flag('{"enabled":true,"n":9007199254740992}')],
  ['times', flag('{"enabled":true,"_createdAt":"2026-03-01T12:00:00Z"}'), flag('{"enabled":true}')],
  ['empty parts', '{"version":"1","flags":{},"values":{}}', '{"version":"1"}'],
  ['unknown members', '{"version":"1","x":1}', '{"version":"1"}'],
  ['unknown members of a flag', definition('{"name":"F","owner":"a"}'), definition('{"name":"F"}')],
  [
    'unknown members of constraints',
    definition('{"attributes":{"a":{"x":1,"constraints":{"type":"number","minimum":1.0,"y":2}}}}'),
    definition('{"attributes":{"a":{"constraints":{"type":"number","minimum":1}}}}'),
  ],
  [
    'variants',
    flag('{"_variants":[{"name":"a","enabled":"t","x":1,"attributeValues":{"n":2.0}}]}'),
    flag('{"_variants":[{"name":"a","enabled":true,"attributeValues":{"n":2}}]}'),
  ],
])('%s are made equal', (_what, one, other) => {
  expect(normal(one)).toBe(normal(other));
});

test.each([
  ['a truth value', flag('{"enabled":true}'), flag('{"enabled":false}')],
  ['an attribute', flag('{"enabled":true,"n":1}'), flag('{"enabled":true,"n":2}')],
  ['what AppConfig refuses', flag('{"enabled":"yes"}'), flag('{"enabled":true}')],
  ['a rule', flag('{"_variants":[{"name":"a","enabled":true,"rule":"(not true)"}]}'), flag('{"_variants":[]}')],
])('%s makes a difference', (_what, one, other) => {
  expect(normal(one)).not.toBe(normal(other));
});

test.each(['1', 'null', '[]', '{"flags":1,"values":[null]}', '{"values":{"__proto__":{"enabled":"1"}}}'])(
  'a document like %s is left as it is where it is no flags document, and normalizing twice changes nothing more',
  (text) => {
    const once = normalizeFlags(parsed(text));
    expect(canonicalText(normalizeFlags(once))).toBe(canonicalText(once));
  },
);
