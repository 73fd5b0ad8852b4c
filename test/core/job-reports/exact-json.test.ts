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
