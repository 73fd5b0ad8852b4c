import { expect, test } from 'vitest';
import { formatsOf } from '../../src/report/formats.ts';

test.each([
  ['diff', 'text json jsonl markdown html junit codequality tfplan gitlab-note'],
  ['sync', 'text json jsonl markdown html junit tfplan'],
  ['cleanup', 'text json jsonl markdown html junit tfplan'],
  ['rollback', 'text json jsonl markdown html junit tfplan'],
  ['history', 'text json jsonl markdown'],
  ['validate', 'text json jsonl junit codequality'],
  ['render', 'text json jsonl'],
  ['explain', 'text json jsonl'],
  ['status', 'text json jsonl markdown html junit'],
  ['emulator', 'text jsonl'],
])('%s has the formats %s', (command, formats) => {
  expect(formatsOf(command).join(' ')).toBe(formats);
});
