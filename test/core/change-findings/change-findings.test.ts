// What two values come to: which changes look like mistakes, and which are ordinary.
import { expect, test } from 'vitest';
import { changeFindings } from '../../../src/core/change-findings/change-findings.ts';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { redactNothing } from '../../../src/core/document/redact.ts';
import { type ChangeChecks, defaultSettings } from '../../../src/core/settings/settings.ts';

const parsed = (text: string) => parseDocument(text, { path: 'L.yml' }).value;

function findings(before: string, after: string, checks: Partial<ChangeChecks> = {}) {
  const values = { before: parsed(before), after: parsed(after) };
  const checking = { ...defaultSettings.guards.changes, ...checks };
  return changeFindings(values, { checks: checking, lists: new Map(), redact: redactNothing });
}

const messages = (...of: Parameters<typeof findings>) => findings(...of).map(({ message }) => message);

const limit = '; the limit is 10 (guards.changes.maxFactor)';

test.each([
  ['100', '1001', `100 → 1001 changes by a factor of 10.01${limit}`],
  ['1', '11', `1 → 11 changes by a factor of 11${limit}`],
  ['1000', '99', `1000 → 99 changes by a factor of 10.1${limit}`],
  ['0.02', '2', `0.02 → 2 changes by a factor of 100${limit}`],
  ['-5', '-500', `-5 → -500 changes by a factor of 100${limit}`],
  ['100', '1000', `100 → 1000 changes by a factor of 10${limit}`],
  ['30', '300', `30 → 300 changes by a factor of 10${limit}`],
  ['0.5', '5', `0.5 → 5 changes by a factor of 10${limit}`],
  ['0.3', '3', `0.3 → 3 changes by a factor of 10${limit}`],
  ['0.1', '1.0', `0.1 → 1.0 changes by a factor of 10${limit}`],
  ['7', '0.7', `7 → 0.7 changes by a factor of 10${limit}`],
  ['-2', '-20', `-2 → -20 changes by a factor of 10${limit}`],
  ['5000', '500', `5000 → 500 changes by a factor of 10${limit}`],
  ['10', '0', '10 → 0'],
  ['1', '-1', '1 → -1 changes the sign'],
  ['-0.5', '100', '-0.5 → 100 changes the sign'],
  ['100', '0', '100 → 0'],
  ['-100', '0.0', '-100 → 0.0'],
  ['12345678901234567890', '1', `12345678901234567890 → 1 changes by a factor of 12350000000000000000${limit}`],
])('from %s to %s', (before, after, message) => {
  expect(messages(`n: ${before}`, `n: ${after}`)).toEqual([`/n: ${message}`]);
});

test.each([
  ['100', '200'],
  ['100', '500'],
  ['9', '80'],
  ['1000', '101'],
  ['0.3', '2.9'],
  ['1', '9.99'],
  ['0', '5'],
  ['0', '100000'],
  ['0', '-3'],
  ['5', '0'],
  ['9.9', '0'],
  ['0.5', '0'],
  ['1', '1.0'],
  ['-2', '-19'],
  ['1e3', '1000'],
])('from %s to %s is an ordinary change', (before, after) => {
  expect(findings(`n: ${before}`, `n: ${after}`)).toEqual([]);
});

test('a larger factor', () => {
  expect(findings('n: 1', 'n: 49', { maxFactor: 50 })).toEqual([]);
  expect(findings('n: 1', 'n: 50', { maxFactor: 50 })).toHaveLength(1);
  expect(findings('n: 1', 'n: 3', { maxFactor: 2 })).toHaveLength(1);
  expect(findings('n: 1', 'n: 1000', { factor: 'off' })).toEqual([]);
});

const kinds = ['{ a: 1 }', '[1]', 'text', '5', 'true', 'null'];

test.each(kinds.flatMap((before) => kinds.filter((after) => after !== before).map((after) => [before, after])))(
  '%s that becomes %s is of another kind',
  (before, after) => {
    expect(findings(`v: ${before}`, `v: ${after}`).map(({ code, path }) => [code, path])).toEqual([
      ['change-kind', '/v'],
    ]);
  },
);

test.each([
  ['a whole content', '{ a: 1 }', '{}', ['/: the map becomes empty']],
  ['a map', 'm: { a: 1 }', 'm: {}', ['/m: the map becomes empty']],
  ['a map whose maps were empty', 'm: { a: {} }', 'm: {}', ['/m: the map becomes empty']],
  ['a list in a list', 'l: [[1], [2]]', 'l: [[], [2]]', ['/l/0: the list becomes empty']],
  ['what was empty', 'm: {}\nl: []', 'm: {}\nl: []', []],
  ['an empty map that gets an entry', 'm: {}', 'm: { a: 1 }', []],
  ['an empty list as an empty map', 'm: []', 'm: {}', ['/m: a list becomes a map']],
])('%s', (_name, before, after, expected) => {
  expect(messages(before, after)).toEqual(expected);
});

test.each([
  ['an item that comes', '[80, 443]', '[80, 443, 9000]'],
  ['an item that leaves', '[1, 100, 10000]', '[100, 10000]'],
  ['another order', '[1, 100, 10000]', '[10000, 1, 100]'],
  ['named items in another order', '[{ id: a, n: 1 }, { id: b, n: 900 }]', '[{ id: b, n: 900 }, { id: a, n: 2 }]'],
  ['named items of which one is another', '[{ id: a, n: 1 }]', '[{ id: b, n: 900 }]'],
])('a list with %s is an ordinary change', (_name, before, after) => {
  expect(findings(`l: ${before}`, `l: ${after}`)).toEqual([]);
});

test('the items of a list that change in one way are one finding', () => {
  const found = findings('l: [1, 2, 3]', 'l: ["1", "2", "3"]');
  expect(found.map(({ message, common }) => [message, common])).toEqual([
    ['/l/0: a number becomes a string, and 2 more items of the list', '/l/*: a number becomes a string'],
  ]);
});
