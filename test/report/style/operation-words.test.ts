import { expect, test } from 'vitest';
import type { Step } from '../../../src/core/plan/step.ts';
import { attemptText, failureText, operationParts } from '../../../src/report/style/operation-words.ts';

const at = {
  id: '',
  after: [],
  reason: '',
  subject: { tenant: 'one', environment: 'dev', configurationProfile: 'Limits' },
  accountRegion: '111122223333/eu-west-1',
  application: 'one',
  environment: 'dev',
} as const;
const stop: Step = { ...at, operation: 'StopDeployment', deploymentNumber: 1, inFavourOf: undefined };
const revert: Step = {
  ...stop,
  rollsBack: { configurationProfile: 'Limits', state: 'COMPLETE', newest: 1, versionNumber: 1, fallback: undefined },
};
const remove: Step = { ...at, operation: 'DeleteEnvironment' };

test('parts are in the order of the table, each ending apart', () => {
  const steps = [
    { step: remove, ending: 'already' },
    { step: stop, ending: 'done' },
    { step: remove, ending: 'done' },
    { step: remove, ending: 'done' },
  ] as const;
  expect(operationParts('cleanup', steps)).toEqual([
    '1 deployment stopped',
    '2 environments deleted',
    '1 environment already deleted',
  ]);
});

test('a rollback lists stopped and reverted deployments separately', () => {
  const steps = [stop, revert].map((step) => ({ step, ending: 'planned' as const }));
  expect(operationParts('rollback', steps)).toEqual(['1 deployment to stop', '1 deployment to revert']);
});

test('steps of one operation are named by it, and others are steps', () => {
  const deploy = { ...at, operation: 'AwaitDeployment', deploymentNumber: 1 } as unknown as Step;
  expect(attemptText('cleanup', [remove, remove])).toBe('2 environments to delete');
  expect(failureText('cleanup', [remove, remove])).toBe('2 environments could not be deleted');
  expect(attemptText('sync', [deploy])).toBe('1 in-flight deployment');
  expect(failureText('sync', [deploy])).toBe('1 in-flight deployment failed');
  expect(attemptText('cleanup', [remove, stop])).toBe('2 steps');
  expect(failureText('cleanup', [remove, stop])).toBe('2 steps failed');
});
