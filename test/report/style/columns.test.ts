import { expect, test } from 'vitest';
import { cut, padded, widthOf } from '../../../src/report/style/columns.ts';

test('wide characters take two columns', () => {
  expect([widthOf('a中'), cut('中中中', 5), padded('中', 4)]).toEqual([3, '中中…', '中  ']);
});

test('a text of megabytes is not measured', () => {
  const start = performance.now();
  const text = '7,'.repeat(2_000_000);
  expect(widthOf(text)).toBeGreaterThan(1000);
  expect(cut(text, 80)).toHaveLength(80);
  expect(cut(text, Number.POSITIVE_INFINITY)).toBe(text);
  expect(performance.now() - start).toBeLessThan(500);
});
