import { expect, test } from 'vitest';
import { assessEnvironment } from '../../../src/core/assess/assess-environment.ts';
import type { LiveEnvironment } from '../../../src/core/live/live-state.ts';
import type { Monitor } from '../../../src/core/model/resource.ts';
import { contentOfYaml, deployment, newContent, policy, settingsOfDev } from '../../support/guard-inputs.ts';

const dev = { tenant: 'one', environment: 'dev' };

const errors: Monitor = { alarmArn: 'arn:errors', alarmRoleArn: 'arn:role' };
const latency: Monitor = { alarmArn: 'arn:latency', alarmRoleArn: 'arn:role' };

/** The assessment beside monitors that AppConfig has, with monitors of the settings for every environment. */
function assess(has: readonly Monitor[] | undefined, wants: readonly Monitor[] | undefined) {
  return assessEnvironment(dev, has && environmentWith(has), {
    ...policy,
    settings: settingsOfDev({ monitors: wants }),
  });
}

function environmentWith(monitors: readonly Monitor[]): LiveEnvironment {
  return { ...newContent(contentOfYaml('a: 1'), [deployment(1, 'COMPLETE')]).environment, monitors };
}

test('monitors differ by what they are, not by their order', () => {
  expect(assess([errors, latency], [latency, errors])).toMatchObject({ monitorsDiffer: false });
  expect(assess([errors], [latency, errors])).toMatchObject({ monitorsDiffer: true, monitors: [latency, errors] });
  expect(assess([errors], [{ ...errors, alarmRoleArn: 'arn:other' }])).toMatchObject({ monitorsDiffer: true });
});

test('an empty list of the settings removes monitors; without a list they are left alone', () => {
  expect(assess([errors], [])).toMatchObject({ monitors: [], monitorsDiffer: true });
  expect(assess([errors], undefined)).toMatchObject({ monitors: undefined, monitorsDiffer: false });
});

test('the monitors of an environment that AppConfig does not have differ from nothing', () => {
  expect(assess(undefined, [errors])).toMatchObject({ live: undefined, monitors: [errors], monitorsDiffer: false });
});

test('ARNs of monitors are filled in with tenant, environment, account and Region', () => {
  const pattern = { alarmArn: '{region}:{account}:{tenant}-{environment}', alarmRoleArn: '{account}:role' };
  const filled = { alarmArn: 'us-east-1:111122223333:one-dev', alarmRoleArn: '111122223333:role' };
  expect(assess([filled], [pattern])).toMatchObject({ monitors: [filled], monitorsDiffer: false });
});

test('an environment of another account or Region is blocked', () => {
  const isBlocked = (own: Parameters<typeof settingsOfDev>[0]) =>
    assessEnvironment(dev, undefined, { ...policy, settings: settingsOfDev(own) }).blocked;
  expect(isBlocked({ account: policy.accountRegion.account, region: policy.accountRegion.region })).toBe(false);
  expect(isBlocked({ account: '999988887777' })).toBe(true);
  expect(isBlocked({ region: 'eu-west-1' })).toBe(true);
});
