import { expect, test } from 'vitest';
import { globProblems, selectorProblems } from '../../../src/core/settings/check-selection.ts';

test('a glob that matches nothing is an error, with the name that was probably meant', () => {
  const names = new Set(['dev', 'prod']);
  expect(globProblems('--env', ['dev', 'p*', '!prod'], names)).toEqual([]);
  expect(globProblems('--env', ['pord', '!zzz'], names).map(({ message, hint }) => [message, hint?.text])).toEqual([
    ['--env "pord" matches nothing', 'did you mean "prod"?'],
    ['--env "!zzz" matches nothing', 'available: dev, prod'],
  ]);
});

test('a selector that matches no label is an error, with the labels that exist', () => {
  const labels = [new Map([['tier', 'gold']]), new Map([['tier', 'silver']])];
  const hintsOf = (key: string, value: string, all = labels) =>
    selectorProblems([{ key, value, negated: false }], all).map(({ hint }) => hint?.text);
  expect(hintsOf('tier', 'g*')).toEqual([]);
  expect(hintsOf('tier', 'bronze')).toEqual(['values of "tier": gold, silver']);
  expect(hintsOf('tier', 'godl')).toEqual(['did you mean "gold"?']);
  expect(hintsOf('region', 'eu')).toEqual(['available: tier']);
  expect(hintsOf('teir', 'gold')).toEqual(['did you mean "tier"?']);
  expect(hintsOf('tier', 'gold', [])).toEqual(['no tenant has labels: add them under `tenants:` in appcfg.yml']);
});
