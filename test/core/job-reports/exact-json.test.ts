import { expect, test } from 'vitest';
import { exactText, parseExactly } from '../../../src/core/job-reports/exact-json.ts';

test.each(['9007199254740993', '1.0', '-0.10', '1e400', '0', '12', '[1.0,{"a":2.50}]', '"1.0"', '"a\\"1.0"'])(
  '%s keeps its digits',
  (text) => {
    expect(exactText(parseExactly(text))).toBe(text);
  },
);

test('a text that looks like a kept number adds nothing but a number', () => {
  for (const tail of ['1,"x":2', '1}', '01', '1 ']) {
    const written = JSON.stringify(`\u0000number:${tail}`);
    expect(JSON.parse(exactText(parseExactly(written)))).toBe(`\u0000number:${tail}`);
  }
});

test('what is no JSON is refused', () => {
  for (const text of ['1-2', '{"a":01}', '[1.]', '"']) expect(() => parseExactly(text)).toThrow(SyntaxError);
});

test.each([
  ['a string that does not end', `"${'\\"'.repeat(200_000)}`],
  ['strings that do not end', '"\\'.repeat(200_000)],
  ['signs without a number', '-'.repeat(400_000)],
  ['a number that does not end', `1${'e+'.repeat(200_000)}`],
  ['lists that do not end', '['.repeat(400_000)],
])('%s is refused at once', (_, text) => {
  const startedAt = performance.now();
  expect(() => parseExactly(text)).toThrow(SyntaxError);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

test.each([
  ['a long string', `"${'x'.repeat(20_000_000)}"`],
  ['a long string of escaped characters', `"${'\\"'.repeat(10_000_000)}"`],
  ['a long number', `1${'0'.repeat(2_000_000)}`],
  ['many numbers', `[${'1.0,'.repeat(200_000)}1]`],
])('%s is read', (_, text) => {
  expect(exactText(parseExactly(text)) === text).toBe(true);
});
