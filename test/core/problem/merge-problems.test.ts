import { expect, test } from 'vitest';
import { MergedProblems, mergeProblems } from '../../../src/core/problem/merge-problems.ts';
import type { Problem } from '../../../src/core/problem/problem.ts';

const address = (tenant: string, environment = 'dev') => ({ tenant, environment, configurationProfile: 'A' });
const problem = (more: Partial<Problem> = {}): Problem => ({
  code: 'content-invalid',
  severity: 'error',
  message: 'm',
  hint: { text: 'h' },
  ...more,
});

test('equal code, message and source make one problem, with what its addresses have in common', () => {
  const [merged, ...others] = mergeProblems(['a', 'b', 'a'].map((tenant) => problem({ subject: address(tenant) })));
  expect(others).toEqual([]);
  expect(merged).toMatchObject({ count: 2, addresses: [address('a'), address('b')] });
  expect(merged?.subject).toEqual({ environment: 'dev', configurationProfile: 'A' });
});

test.each<Partial<Problem>>([
  { code: 'secret' as Problem['code'] },
  { severity: 'warning' },
  { message: 'n' },
  { source: { file: 'a.yml', line: 2 } },
  { accountRegion: '1/eu' as never },
])('another %j is another problem', (difference) => {
  expect(
    mergeProblems([problem({ subject: address('a') }), problem({ subject: address('b'), ...difference })]),
  ).toHaveLength(2);
});

test('the same problem again changes nothing', () => {
  const one = problem({ subject: address('a'), hint: { text: 'h' } });
  expect(mergeProblems([one, one])).toEqual([one]);
  expect(mergeProblems([problem(), problem()])).toEqual([problem()]);
});

test('problems that were merged are merged again: what is not listed is counted', () => {
  const first = mergeProblems(Array.from({ length: 30 }, (_, index) => problem({ subject: address(`a${index}`) })));
  const second = mergeProblems(Array.from({ length: 25 }, (_, index) => problem({ subject: address(`b${index}`) })));
  const [all] = mergeProblems([...first, ...second]);
  expect(all?.count).toBe(55);
  expect(all?.addresses).toHaveLength(20);
  expect(mergeProblems([...first, ...first])).toEqual(first);
});

test.each([
  [['x'], ['x'], { run: 'sync', args: ['x'], selects: { environment: 'dev', configurationProfile: 'A' } }],
  [['x'], ['y'], undefined],
])('commands for single addresses become one for what they have in common', (one, other, command) => {
  const hinted = (tenant: string, args: readonly string[]) =>
    problem({
      subject: address(tenant),
      hint: { text: 'h', command: { run: 'sync', args, selects: address(tenant) } },
    });
  const [merged] = mergeProblems([hinted('a', one), hinted('b', other)]);
  expect(merged?.hint?.command).toEqual(command);
  expect(merged?.hint?.text).toBe('h');
});

test('what is taken is forgotten', () => {
  const all = new MergedProblems();
  all.add(problem());
  expect(all.take()).toEqual([problem()]);
  expect(all.size).toBe(0);
});
