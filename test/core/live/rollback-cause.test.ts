import { expect, test } from 'vitest';
import { rollbackCause } from '../../../src/core/live/rollback-cause.ts';

const event = (type: string, by = 'USER') => ({ type, by, text: undefined, at: undefined });

test('the start of a rollback is its cause', () => {
  const events = [event('ROLLBACK_COMPLETED', 'APPCONFIG'), event('ROLLBACK_STARTED', 'CLOUDWATCH_ALARM')];
  expect(rollbackCause(events)?.by).toBe('CLOUDWATCH_ALARM');
});

test.each(['ROLLBACK_COMPLETED', 'REVERT_COMPLETED'])('without a start the cause is %s', (type) => {
  expect(rollbackCause([event('DEPLOYMENT_COMPLETED', 'APPCONFIG'), event(type)])?.type).toBe(type);
});

test('other events are no cause', () => {
  expect(rollbackCause([event('DEPLOYMENT_COMPLETED'), event('BAKE_TIME_STARTED')])).toBeUndefined();
});
