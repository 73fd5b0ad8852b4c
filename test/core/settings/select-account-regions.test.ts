// The part of a tree that is in some accounts and Regions, and the ids of these.
import { expect, test } from 'vitest';
import { formattedAddresses } from '../../../src/core/model/desired-state.ts';
import { accountRegionsOf } from '../../../src/core/settings/account-regions.ts';
import {
  desiredIn,
  idOfPart,
  needsOwnAccount,
  selectAccountRegions,
} from '../../../src/core/settings/select-account-regions.ts';
import { parseSettings } from '../../../src/core/settings-file/parse-settings.ts';
import { desiredApplication } from '../../support/desired.ts';

const roleArn = 'arn:aws:iam::444455556666:role/appcfg';
const { settings } = await parseSettings(
  `project: p\nenvironments: { dev: {}, qa: { account: "111122223333" }, prod: { region: eu-west-1, roleArn: "${roleArn}" } }`,
  'appcfg.yml',
);
const region = 'us-east-1';
const desired = [desiredApplication('one', 'dev', 'prod'), desiredApplication('two', 'prod', 'qa')];
const parts = accountRegionsOf(desired, settings, { region, everywhere: false });
const offline = { settings, region, ownAccount: undefined };

test('an id has the account of the role, else that of STS, else the only one of the settings', () => {
  expect(parts.map((part) => idOfPart(part, offline))).toEqual(['111122223333/us-east-1', '444455556666/eu-west-1']);
  expect(parts.map((part) => idOfPart(part, { ...offline, ownAccount: '123456789012' }))).toEqual([
    '123456789012/us-east-1',
    '444455556666/eu-west-1',
  ]);
  const [dev] = accountRegionsOf([desiredApplication('one', 'dev')], settings, { region, everywhere: false });
  expect(dev && idOfPart(dev, offline)).toBe('unknown/us-east-1');
});

test.each([
  ['nothing is selected', [], false],
  ['all are selected by the settings', ['*/*'], false],
  ['the own one is selected by the settings', ['unknown/us-east-1'], false],
  ['the own one may be selected by its account', ['444455556666/*'], true],
  ['it may be excluded', ['*/*', '!123456789012/us-east-1'], true],
  ['a glob matches nothing that is known', ['123456789012/*'], true],
])('where %s, STS is asked: %s', (_, globs, expected) => {
  expect(needsOwnAccount(parts, { ...offline, globs })).toBe(expected);
});

test('each glob has to match', () => {
  const globs = ['444455556666/*', '999999999999/*', '!*/ap-south-1'];
  expect(() => selectAccountRegions(parts, { ...offline, globs })).toThrow(
    expect.objectContaining({ problems: [expect.anything(), expect.anything()] }),
  );
});

test('what does not exist is refused with the ids that output shows: none is unknown where the account is known', () => {
  const selecting = { ...offline, globs: ['999900001111/*', 'unknown/us-east-1'], ownAccount: '123456789012' };
  const hint = { text: 'available: 123456789012/us-east-1, 444455556666/eu-west-1' };
  expect(() => selectAccountRegions(parts, selecting)).toThrow(
    expect.objectContaining({ problems: [expect.objectContaining({ code: 'selection-empty', hint })] }),
  );
});

test('a part of a tree is in its own accounts and Regions', () => {
  const at = (...there: Parameters<typeof desiredIn>[0]) =>
    formattedAddresses(desiredIn(there, desired, { settings, region }));
  expect(at({ region: 'eu-west-1', roleArn })).toEqual(['one/prod/Limits', 'two/prod/Limits']);
  expect(at({ region, roleArn: undefined })).toEqual(['one/dev/Limits', 'two/qa/Limits']);
  expect(at({ region: 'eu-west-1', roleArn: undefined })).toEqual([]);
  expect(at({ region, roleArn })).toEqual([]);
  expect(at()).toEqual([]);
});
