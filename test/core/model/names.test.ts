import { expect, test } from 'vitest';
import { durationOf } from '../../../src/core/model/clock.ts';
import { isLiteralName, matchesAny } from '../../../src/core/model/globs.ts';
import { areLabelsSelected, isSelected } from '../../../src/core/model/selection.ts';

test.each([
  ['prod', ['dev', 'pr*'], true],
  ['.hidden', ['*'], true],
  ['a[1]', ['a[1]'], true],
  ['!x', ['!x'], true],
  ['prod', [], false],
])('%s matches one of %j: %s', (name, globs, matches) => {
  expect(matchesAny(name, globs)).toBe(matches);
});

test('a name with the characters of globs is not literal', () => {
  expect(['prod', 'a-b_c.d', 'a*', '{a,b}', '!a'].map(isLiteralName)).toEqual([true, true, false, false, false]);
});

test.each([
  [[], true],
  [['!dev'], true],
  [['p*', '!prod'], false],
  [['!prod', 'p*'], false],
  [['dev'], false],
])('prod is selected by %j: %s', (globs, selected) => {
  expect(isSelected('prod', globs)).toBe(selected);
});

test('values of one label are alternatives, labels are not', () => {
  const labels = new Map([['tier', 'gold']]);
  const selector = (key: string, value: string, negated = false) => ({ key, value, negated });
  expect(areLabelsSelected(labels, [selector('tier', 'silver'), selector('tier', 'g*')])).toBe(true);
  expect(areLabelsSelected(labels, [selector('tier', 'gold'), selector('region', 'eu')])).toBe(false);
  expect(areLabelsSelected(labels, [selector('region', 'eu', true)])).toBe(true);
  expect(areLabelsSelected(labels, [selector('tier', 'gold', true)])).toBe(false);
});

test.each([
  ['1h30m', 5_400_000],
  ['45s', 45_000],
  ['', 0],
  ['30m1h', undefined],
  ['5', undefined],
])('the duration "%s"', (text, ms) => {
  expect(durationOf(text)).toBe(ms);
});
