import { expect, test } from 'vitest';
import { accountOf, accountRegionId } from '../../../src/core/model/account-region.ts';
import { isInFlight, isRolledBack, isStoppable, profileTypeOf } from '../../../src/core/model/resource.ts';

test.each([
  ['VALIDATING', { inFlight: true, stoppable: true, rolledBack: false }],
  ['DEPLOYING', { inFlight: true, stoppable: true, rolledBack: false }],
  ['BAKING', { inFlight: true, stoppable: true, rolledBack: false }],
  ['COMPLETE', { inFlight: false, stoppable: false, rolledBack: false }],
  ['ROLLING_BACK', { inFlight: true, stoppable: false, rolledBack: true }],
  ['ROLLED_BACK', { inFlight: false, stoppable: false, rolledBack: true }],
  ['REVERTED', { inFlight: false, stoppable: false, rolledBack: true }],
] as const)('a deployment that is %s', (state, expected) => {
  expect({ inFlight: isInFlight(state), stoppable: isStoppable(state), rolledBack: isRolledBack(state) }).toEqual(
    expected,
  );
});

test('the type of a profile is known by the name of AppConfig and that of the settings; another holds any content', () => {
  const names = ['AWS.AppConfig.FeatureFlags', 'feature-flags', 'freeform', 'AWS.Other', undefined];
  const [flags, freeform] = ['AWS.AppConfig.FeatureFlags', 'AWS.Freeform'];
  expect(names.map(profileTypeOf)).toEqual([flags, flags, freeform, freeform, freeform]);
});

test('the account of a role is that of its ARN, unless the account itself is set', () => {
  const roleArn = 'arn:aws-cn:iam::444455556666:role/deploy';
  expect(accountOf({ roleArn })).toBe('444455556666');
  expect(accountOf({ account: '111122223333', roleArn })).toBe('111122223333');
  expect(accountOf({ roleArn: undefined })).toBeUndefined();
});

test('an account that is not known yet is unknown', () => {
  expect(accountRegionId({ account: undefined, region: 'eu-west-1' })).toBe('unknown/eu-west-1');
});
