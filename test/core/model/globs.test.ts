import { expect, test } from 'vitest';
import { globMistake, matchesAny } from '../../../src/core/model/globs.ts';

test.each([
  ['*', 'acme'],
  ['acme-*', 'acme-'],
  ['a?c', 'abc'],
  ['a?c', 'a\u{1f511}c'],
  ['[a-c]x', 'bx'],
  ['[!a-c]x', 'dx'],
  ['[^a]', 'b'],
  ['[]]', ']'],
  ['{dev,qa}', 'qa'],
  ['{dev,{qa,q*}-1}', 'qb-1'],
  ['t{1..12}', 't11'],
  ['t{3..1}', 't2'],
  ['one/*/A', 'one/dev/A'],
  ['**', 'one/dev/A'],
  ['**/A', 'A'],
  ['**/A', 'one/dev/A'],
  ['one/**/A', 'one/A'],
  ['one/**', 'one/dev/A'],
  ['{one,two}/**', 'two/dev/A'],
  ['\\*', '*'],
  ['*\\(*', 'a(b)'],
  ['{a}', '{a}'],
  ['[', '['],
  ['(a)', '(a)'],
  ['*.', 'a.'],
])('%s matches %s', (glob, name) => {
  expect(matchesAny(name, [glob])).toBe(true);
});

test.each([
  ['*', 'one/dev'],
  ['a?c', 'a/c'],
  ['[!a]', '/'],
  ['a**', 'a/b'],
  ['t{1..12}', 't13'],
  ['one/*', 'one/dev/A'],
  ['**/A', 'one/devA'],
  ['acme', 'Acme'],
  ['a.c', 'abc'],
  ['{a,b}', '{a,b'],
])('%s does not match %s', (glob, name) => {
  expect(matchesAny(name, [glob])).toBe(false);
});

test.each([
  '*a'.repeat(256),
  `${'{a,'.repeat(120)}a${'}'.repeat(120)}`,
  '{a,aa}'.repeat(80),
  '**/'.repeat(170),
  '('.repeat(512),
  '[a-z]*'.repeat(85),
])('the hostile glob %s is matched in time', (glob) => {
  expect(globMistake(glob)).toBeUndefined();
  const start = process.cpuUsage().user;
  expect(matchesAny(`${'a'.repeat(250)}/!`, [glob])).toBe(false);
  expect(process.cpuUsage().user - start).toBeLessThan(500_000);
});

test.each([
  ['a'.repeat(513), 'has more than 512 characters'],
  ['{1..1000000}', 'has a range of more than 1000 numbers'],
  ['{0..1000}{0..1000}', 'has a range of more than 1000 numbers'],
  ['{-600..600}', 'has a range of more than 1000 numbers'],
  ['@(a|b)', 'has "@(": write alternatives as {a,b}, and a parenthesis as \\('],
  ['x?(a)', 'has "?(": write alternatives as {a,b}, and a parenthesis as \\('],
  ['*(a|b)', 'has "*(": write alternatives as {a,b}, and a parenthesis as \\('],
  [`${'+('.repeat(120)}a${')'.repeat(120)}`, 'has "+(": write alternatives as {a,b}, and a parenthesis as \\('],
  ['a!(b)', 'has "!(": exclude names with a glob of their own that begins with !'],
])('%.20s is refused', (glob, mistake) => {
  expect(globMistake(glob)).toBe(mistake);
});
