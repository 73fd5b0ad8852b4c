import { expect, test } from 'vitest';
import { groupMap, groupsBy } from '../../../src/core/model/groups-by.ts';

test('any text is a key, and groups are in the order of their first items', () => {
  const names = ['b', '__proto__', '10', '2', 'constructor', '__proto__', 'b'];
  expect(groupsBy(names, (name) => name)).toEqual([
    ['b', 'b'],
    ['__proto__', '__proto__'],
    ['10'],
    ['2'],
    ['constructor'],
  ]);
  expect(groupMap(names, (name) => name).get('__proto__')).toHaveLength(2);
  expect(groupMap(names, (name) => name).get('toString')).toBeUndefined();
  expect(groupsBy([], String)).toEqual([]);
});
