import { expect, test } from 'vitest';
import type { StepResult } from '../../../src/core/events/event.ts';
import { lossParts, type RunOutcome, type RunResult, rootOf } from '../../../src/report/view/run-results.ts';

function resultsOf(...outcomes: readonly RunOutcome[]): readonly RunResult[] {
  return outcomes.map((outcome) => ({ outcome }) as RunResult);
}

test.each<{ readonly outcomes: readonly RunOutcome[]; readonly parts: readonly string[] }>([
  { outcomes: [], parts: [] },
  { outcomes: ['succeeded', 'succeeded'], parts: [] },
  { outcomes: ['failed'], parts: ['1 of 1 address failed'] },
  {
    outcomes: ['skipped', 'rolled back', 'succeeded', 'skipped'],
    parts: ['1 of 4 addresses rolled back', '2 skipped'],
  },
  { outcomes: ['blocked', 'in flight'], parts: ['1 of 2 addresses in flight', '1 blocked'] },
])('of addresses that ended as $outcomes, $parts are losses', ({ outcomes, parts }) => {
  expect(lossParts(resultsOf(...outcomes))).toEqual(parts);
});

test('the root of a skipped step is what failed, through all that was skipped in between', () => {
  const failed = { step: 'app', status: 'failed' } as StepResult;
  const version: StepResult = { step: 'version', status: 'skipped', blockedBy: 'app' };
  const start: StepResult = { step: 'start', status: 'skipped', blockedBy: 'version' };
  const noted: StepResult = { ...start, note: 'wave "canary" allows 0 failed' };
  const resultOf = new Map([failed, version, start].map((result) => [result.step, result]));
  expect(rootOf(start, resultOf)).toBe(failed);
  expect(rootOf(noted, resultOf)).toBe(noted);
  expect(rootOf(start, new Map([['version', version]]))).toBe(version);
});
