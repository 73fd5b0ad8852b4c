import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { cut, padded, widthOf, wrapped } from '../../../src/report/style/columns.ts';

test('wide characters take two columns', () => {
  expect([widthOf('a中'), cut('中中中', 5), padded('中', 4)]).toEqual([3, '中中…', '中  ']);
});

test('no line of a wrapped text begins with a space, also where it is coloured', () => {
  for (const text of ['one two three', '\u001b[31mone two three\u001b[39m']) {
    for (const line of wrapped(text, 7).split('\n')) expect(stripVTControlCharacters(line)).not.toMatch(/^ /);
  }
});

test('a text of megabytes is not measured', () => {
  const start = performance.now();
  const text = '7,'.repeat(2_000_000);
  expect(widthOf(text)).toBeGreaterThan(1000);
  expect(cut(text, 80)).toHaveLength(80);
  expect(cut(text, Number.POSITIVE_INFINITY)).toBe(text);
  expect(performance.now() - start).toBeLessThan(500);
});
