import { expect, test } from 'vitest';
import type { StepResult } from '../../../src/core/events/event.ts';
import type { Plan } from '../../../src/core/plan/plan.ts';
import { noColours } from '../../../src/report/style/style.ts';
import { type Skipped, skippedLines } from '../../../src/report/text/not-done.ts';

const failed = {
  step: 'app',
  status: 'failed',
  problem: { code: 'permission-denied', severity: 'error', message: 'denied' },
};

function linesOf(skipped: readonly Omit<Skipped, 'status'>[], verbose = false): readonly string[] {
  const operations = {
    app: 'CreateApplication',
    version: 'CreateHostedConfigurationVersion',
    start: 'StartDeployment',
  };
  const plan = {
    kind: 'sync',
    accountRegions: [{}],
    steps: Object.entries(operations).map(([id, operation]) => ({
      id,
      operation,
      subject: { tenant: 'one', environment: 'dev', configurationProfile: 'Limits' },
    })),
  } as unknown as Plan;
  const results = skipped.map((each): Skipped => ({ ...each, status: 'skipped' }));
  const options = { style: noColours, verbose, width: 80 } as Parameters<typeof skippedLines>[2];
  return skippedLines(results, { results: [failed as StepResult, ...results], plan }, options);
}

test('what was skipped because of a skipped step has the cause of that one', () => {
  const skipped = [
    { step: 'version', blockedBy: 'app' },
    { step: 'start', blockedBy: 'version' },
  ];
  expect(linesOf(skipped)).toEqual(['skipped  2 steps (one/dev/Limits): 1 application could not be created']);
});

test.each([
  ['timeout', 'the run did not end within --timeout'],
  ['fail-fast', 'another deployment failed, and --fail-fast starts nothing more'],
  ['interrupted', 'the run was interrupted'],
  ['wave canary', 'wave canary'],
])('a cause that is no step is named: %s', (blockedBy, why) => {
  expect(linesOf([{ step: 'start', blockedBy }])).toEqual([`skipped  1 deployment (one/dev/Limits): ${why}`]);
});

test('causes that depend on each other end', () => {
  const skipped = [
    { step: 'version', blockedBy: 'start' },
    { step: 'start', blockedBy: 'version' },
  ];
  expect(linesOf(skipped)).not.toEqual([]);
});
