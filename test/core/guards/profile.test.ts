import { expect, test } from 'vitest';
import { profile } from '../../../src/core/guards/profile.ts';
import { address, profile as hosted } from '../../support/guard-inputs.ts';

test('a hosted profile of the desired type passes', () => {
  expect(profile.check({ address, profile: hosted, profileType: 'AWS.Freeform' })).toBeUndefined();
});

test('a profile of another type is refused, and the hint names the setting', () => {
  expect(profile.check({ address, profile: hosted, profileType: 'AWS.AppConfig.FeatureFlags' })).toMatchObject({
    code: 'guard-owner',
    message:
      'configuration profile "Limits" (p) has type AWS.Freeform, but the tree needs type AWS.AppConfig.FeatureFlags',
    hint: { text: expect.stringContaining('profiles.Limits.type') },
    subject: address,
  });
});

test('a profile whose content is not in AppConfig is refused, whatever type is wanted', () => {
  const elsewhere = { ...hosted, locationUri: 'ssm-parameter://limits' };
  expect(profile.check({ address, profile: elsewhere, profileType: undefined })).toMatchObject({
    message:
      'the content of configuration profile "Limits" (p) is stored in ssm-parameter://limits, not hosted by AppConfig',
  });
});
