import { expect, test } from 'vitest';
import { ancestors, pointerTo, stepsOf, valueAt } from '../../../src/core/document/json-pointer.ts';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';

test.each([
  ['', ['']],
  ['/a', ['/a', '']],
  ['/a/b~1c/0', ['/a/b~1c/0', '/a/b~1c', '/a', '']],
  ['/', ['/', '']],
  ['//', ['//', '/', '']],
])('the ancestors of "%s" are %j', (pointer, expected) => {
  expect(ancestors(pointer)).toEqual(expected);
});

test('the steps of a pointer are the keys that it was made of', () => {
  const keys = ['a', 'b/c', '~', '~1', '', '0'];
  expect(stepsOf(keys.reduce<string>(pointerTo, ''))).toEqual(keys);
});

test.each([
  ['/a/0/b', 1],
  ['/a/1', undefined],
  ['/a/00', undefined],
  ['/a/0/b/c', undefined],
  ['/x', undefined],
])('the value at %s is %j', (pointer, expected) => {
  const { value } = parseDocument('a: [{b: 1}]', { path: '' });
  expect(valueAt(value, pointer)).toBe(expected);
});
