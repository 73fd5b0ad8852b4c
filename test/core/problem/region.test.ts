import { expect, test } from 'vitest';
import { regionMeant, regionPattern } from '../../../src/core/problem/region.ts';

test.each([
  ['eu-wset-1', 'eu-west-1'],
  ['eu-wst-1', 'eu-west-1'],
  ['us-esat-1', 'us-east-1'],
  ['ue-west-1', 'eu-west-1'],
  ['ap-souteast-2', 'ap-southeast-2'],
  ['us-gvo-west-1', 'us-gov-west-1'],
  ['eu-centrall-1', 'eu-central-1'],
  ['EU-West-1', 'eu-west-1'],
])('%s is a typo of %s', (name, meant) => {
  expect(regionMeant(name)).toBe(meant);
});

test.each([
  'eu-west-1',
  'eusc-de-east-1',
  'us-gov-west-1',
  'cn-northwest-1',
  'us-iso-east-1',
  'us-isob-east-1',
  'eu-isoe-west-1',
  'mx-central-1',
  'sa-west-1',
  'xy-central-7',
  'eu-west-99',
])('%s is taken: AWS adds Regions', (name) => {
  expect(regionMeant(name)).toBeUndefined();
  expect(name).toMatch(regionPattern);
});

test.each(['local', 'eu-west', 'euwest1', '', '1'])('%s is like no Region', (name) => {
  expect(regionMeant(name)).toBeUndefined();
  expect(name).not.toMatch(regionPattern);
});
