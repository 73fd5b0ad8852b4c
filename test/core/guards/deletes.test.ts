import { expect, test } from 'vitest';
import { deletes } from '../../../src/core/guards/deletes.ts';

test('more than the limit is refused, unless the user named it', () => {
  const limit = { percent: 10 };
  expect(deletes.check({ deleted: 12, managed: 40, limit, isExplicit: false })).toMatchObject({
    message: 'cleanup would delete 12 of 40 managed environments; the limit is 4 (guards.maxDeletes)',
    hint: { command: { run: 'same', args: ['--max-deletes', '12'] } },
  });
  expect(deletes.check({ deleted: 12, managed: 40, limit, isExplicit: true })).toBeUndefined();
  expect(deletes.check({ deleted: 12, managed: 40, limit: { count: 12 }, isExplicit: false })).toBeUndefined();
  // A percentage of few environments still allows one.
  expect(deletes.check({ deleted: 1, managed: 2, limit, isExplicit: false })).toBeUndefined();
});
