// Rows of a name and a text, on wide and narrow terminals.
import { expect, test } from 'vitest';
import { namedRows } from '../../../src/report/style/named-rows.ts';

const rows = [
  { name: 'canary', text: '4 of 8 addresses to deploy, then soaks for 5 min' },
  { name: 'all', text: '2 of 9 addresses to deploy' },
];

test('without a terminal each row is one line', () => {
  expect(namedRows(rows, Number.POSITIVE_INFINITY)).toEqual([
    '  canary  4 of 8 addresses to deploy, then soaks for 5 min',
    '  all     2 of 9 addresses to deploy',
  ]);
});

test('a text that does not fit is broken between words and stays in its column', () => {
  expect(namedRows(rows, 42)).toEqual([
    '  canary  4 of 8 addresses to deploy, then',
    '          soaks for 5 min',
    '  all     2 of 9 addresses to deploy',
  ]);
});

test('on a narrow terminal the text stands below its name', () => {
  expect(namedRows(rows, 30)).toEqual([
    '  canary',
    '    4 of 8 addresses to',
    '    deploy, then soaks for 5',
    '    min',
    '  all',
    '    2 of 9 addresses to deploy',
  ]);
});
