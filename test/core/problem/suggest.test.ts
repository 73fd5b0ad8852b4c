import { expect, test } from 'vitest';
import { nearest, suggest } from '../../../src/core/problem/suggest.ts';

test('a name that is similar is suggested, and else the names are listed', () => {
  expect(suggest('pord', ['dev', 'prod'])).toEqual({ text: 'did you mean "prod"?' });
  expect(suggest('zzz', ['dev', 'prod'])).toEqual({ text: 'available: dev, prod' });
  expect(suggest('zzz', [])).toEqual({ text: 'there is none' });
  expect(suggest('zzz', ['dev'], { text: 'create it' })).toEqual({ text: 'create it' });
});

test('of many names ten are listed', () => {
  const names = Array.from({ length: 12 }, (_, index) => `name${index}`);
  expect(suggest('zzz', names).text).toBe(`available: ${names.slice(0, 10).join(', ')}, …`);
});

test('case does not count', () => {
  expect(nearest('LIMITS', ['Flags', 'Limits'])).toBe('Limits');
});
