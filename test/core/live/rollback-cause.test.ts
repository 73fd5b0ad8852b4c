import { expect, test } from 'vitest';
import { rollbackCause, rollbackReason } from '../../../src/core/live/rollback-cause.ts';

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

test.each([
  ['Rollback initiated by CloudWatch alarm errors in state ALARM', 'CloudWatch alarm errors in state ALARM'],
  ['Rollback initiated by an operator', 'Rollback initiated by an operator'],
  ['The alarm errors rang', 'The alarm errors rang'],
  [undefined, undefined],
])('the reason of %j is %j', (text, reason) => {
  expect(rollbackReason([{ ...event('ROLLBACK_STARTED'), text }])).toBe(reason);
});
