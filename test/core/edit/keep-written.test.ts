import { expect, test } from 'vitest';
import { equalByValue } from '../../../src/core/document/equality.ts';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { lineText } from '../../../src/core/document/write-json.ts';
import { keepWritten } from '../../../src/core/edit/keep-written.ts';
import { normalizeFlags } from '../../../src/core/flags/normalize-flags.ts';
import type { Value } from '../../../src/core/model/value.ts';

function parsed(text: string): Value {
  return parseDocument(text, { path: 'a' }).value ?? null;
}

/** @param known pairs of what files have and what is deployed */
function kept(wanted: string, ...known: readonly (readonly [written: string, seen: string])[]): string {
  const value = keepWritten(parsed(wanted), {
    known: known.map(([written, seen]) => ({ written: parsed(written), seen: parsed(seen) })),
    isSame: equalByValue,
    literal: (text) => `literal ${text}`,
  });
  return lineText(value);
}

test('what is live as it is written stays as it is written, the inherited form first', () => {
  expect(kept('{a: one, b: x}', ['{a: $t}', '{a: one}'], ['{a: $u, b: $b, c: 1}', '{a: one, b: x, c: 1}'])).toBe(
    '{ "a": "$t", "b": "$b" }',
  );
  expect(kept('{a: 1}', ['{a: 1.0}', '{a: 1.0}'])).toBe('{ "a": 1.0 }');
});

test('other texts become literal, at any depth', () => {
  expect(kept('{a: two, b: [x, {c: y}]}', ['{a: $t}', '{a: one}'])).toBe(
    '{ "a": "literal two", "b": ["literal x", { "c": "literal y" }] }',
  );
});

test('items that moved are known', () => {
  expect(kept('[new, two, one]', ['[$1, $2]', '[one, two]'])).toBe('["literal new", "$2", "$1"]');
});

test('what AppConfig adds is not written, and what it drops stays', () => {
  const written = parsed('{version: "1", owner: me, values: {f: {n: 1, enabled: "true"}, g: {}}}');
  const wanted = parsed('{version: "1", values: {f: {n: 2, enabled: true}, g: {enabled: false}, h: {enabled: false}}}');
  const forms = { isSame: equalByValue, literal: (text: string) => text };
  const value = keepWritten(wanted, { ...forms, known: [{ written, seen: normalizeFlags(written) }] });
  expect(lineText(value)).toBe(
    '{ "version": "1", "values": { "f": { "n": 2, "enabled": "true" }, "g": {}, "h": { "enabled": false } }, "owner": "me" }',
  );
});
