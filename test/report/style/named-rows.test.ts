// Rows of a name and a text, on terminals wide and narrow.
import { expect, test } from 'vitest';
import { namedRows } from '../../../src/report/style/named-rows.ts';

const rows = [
  { name: 'canary', text: '4 of 8 addresses to deploy, then watched for 5 min' },
  { name: 'all', text: '2 of 9 addresses to deploy' },
];

test('where there is no terminal, each row is one line', () => {
  expect(namedRows(rows, Number.POSITIVE_INFINITY)).toEqual([
    '  canary  4 of 8 addresses to deploy, then watched for 5 min',
    '  all     2 of 9 addresses to deploy',
  ]);
});

test('what does not fit goes on below, between words', () => {
  expect(namedRows(rows, 42)).toEqual([
    '  canary  4 of 8 addresses to deploy, then',
    '          watched for 5 min',
    '  all     2 of 9 addresses to deploy',
  ]);
});

test('on a narrow terminal the text stands below its name', () => {
  expect(namedRows(rows, 30)).toEqual([
    '  canary',
    '    4 of 8 addresses to',
    '    deploy, then watched for 5',
    '    min',
    '  all',
    '    2 of 9 addresses to deploy',
  ]);
});
