import { expect, test } from 'vitest';
import { collisionProblems, nameProblem } from '../../src/tree/check-names.ts';

test.each([
  ['Limits', undefined],
  ['Größe', undefined],
  ['x'.repeat(128), undefined],
  ['x'.repeat(129), 'has 129 characters, which exceeds the limit of 128'],
  ['😀'.repeat(128), undefined],
  ['a\tb', 'has control characters, or is not valid Unicode'],
  ['a\ud800', 'has control characters, or is not valid Unicode'],
])('the profile %j: %s', (name, expected) => {
  const message = nameProblem(name, 'profile', 'template/x.yml')?.message;
  if (expected === undefined) expect(message).toBeUndefined();
  else expect(message).toContain(expected);
});

test('names that differ only in case or Unicode form collide', () => {
  const tenants = ['acme', 'Acme', 'caf\u00e9', 'cafe\u0301', 'beta'];
  expect(collisionProblems(tenants, (tenant) => `app-${tenant}`).map(({ source }) => source?.file)).toEqual([
    'tenants/Acme',
    'tenants/cafe\u0301',
  ]);
});
