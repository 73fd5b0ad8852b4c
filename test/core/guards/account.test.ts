import { expect, test } from 'vitest';
import { account } from '../../../src/core/guards/account.ts';
import { defaultSettings, type EnvironmentSettings } from '../../../src/core/settings/settings.ts';
import { policy } from '../../support/guard-inputs.ts';

function check(own: Partial<EnvironmentSettings>) {
  const unset = { deploymentStrategy: undefined, account: undefined, region: undefined, roleArn: undefined };
  const environments = new Map([['dev', { ...unset, monitors: undefined, ...own }]]);
  const settings = { ...defaultSettings, environments };
  return account.check({ tenant: 'one', environment: 'dev', policy: { ...policy, settings } });
}

test('an environment of this account and Region passes, and so does one without', () => {
  expect(check({})).toBeUndefined();
  expect(check({ account: '111122223333', region: 'us-east-1' })).toBeUndefined();
});

test('an environment of another account or Region is refused, and the hint leaves it out', () => {
  expect(check({ account: '999988887777' })).toMatchObject({
    message: 'environment "dev" belongs to account 999988887777, but the credentials are for account 111122223333',
    hint: { command: { run: 'same', args: ['--env', '!dev'] } },
    subject: { tenant: 'one', environment: 'dev' },
  });
  expect(check({ region: 'eu-west-1' })).toMatchObject({
    message: 'environment "dev" belongs to Region eu-west-1, but this run uses Region us-east-1',
  });
});
