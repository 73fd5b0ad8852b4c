import { expect, test } from 'vitest';
import { areSimilar } from '../../../src/core/problem/similar.ts';

test.each([
  ['requestPerSecond', 'requestsPerSecond'],
  ['timeout', 'timout'],
  ['colour', 'color'],
  ['timeuot', 'timeout'],
  ['timeaut', 'timeout'],
  ['max_rps', 'maxRps'],
  ['max-rps', 'max_rps'],
  ['URL', 'url'],
  ['a-b-c-d', 'abcd'],
  ['hosts', 'hostsx'],
  ['v1beta', 'v1bets'],
])('%s and %s are similar, in both directions', (one, other) => {
  expect([areSimilar(one, other), areSimilar(other, one)]).toEqual([true, true]);
});

test.each([
  ['same-name', 'same-name'],
  ['host1', 'host2'],
  ['region12', 'region21'],
  ['hosts', 'hosts2'],
  ['rate', 'rates'],
  ['max', 'min'],
  ['colour', 'requests'],
  ['timeout', 'tmeuot'],
  ['abcdef', 'abdcfe'],
  ['requests', 'requester'],
])('%s and %s are not similar', (one, other) => {
  expect([areSimilar(one, other), areSimilar(other, one)]).toEqual([false, false]);
});
