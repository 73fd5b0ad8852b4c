import { expect, test } from 'vitest';
import { deploymentFact } from '../../../src/appconfig/read/read-facts.ts';

const reasonOf = (...EventLog: NonNullable<Parameters<typeof deploymentFact>[0]['EventLog']>) =>
  deploymentFact({ $metadata: {}, EventLog }).rollbackReason;

test('the reason of a revert is that of the revert, whatever was logged since', () => {
  const reverted = { EventType: 'REVERT_COMPLETED', Description: 'reverted by a user' } as const;
  const later = { EventType: 'BAKE_TIME_STARTED', Description: 'baking' } as const;
  expect(reasonOf(later, reverted)).toBe('reverted by a user');
});

test('a deployment without a rollback has no reason for one', () => {
  expect(reasonOf({ EventType: 'DEPLOYMENT_COMPLETED', Description: 'completed' })).toBeUndefined();
});
