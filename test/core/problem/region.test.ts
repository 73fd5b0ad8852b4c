import { partition } from '@aws-sdk/core/client';
import { expect, test } from 'vitest';
import { knownRegions, regionMeant, regionPattern, unknownRegionHint } from '../../../src/core/problem/region.ts';

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

test('the known Regions are those of the SDK', () => {
  // With a known Region it has a description.
  const unknown = [...knownRegions].filter((region) => !('description' in partition(region)));
  expect(unknown).toEqual([]);
  const bases = new Set([...knownRegions].map((region) => region.replace(/-[0-9]+$/, '')));
  const candidates = [...bases].flatMap((base) => [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => `${base}-${number}`));
  expect(candidates.filter((region) => 'description' in partition(region))).toEqual([...knownRegions]);
  expect(candidates.filter((region) => regionMeant(region) !== undefined)).toEqual([]);
});

test.each([
  ['us-west-9', 'did you mean "us-west-1" or "us-west-2"?'],
  ['ca-east-1', 'did you mean "ca-west-1"?'],
  ['qq-nowhere-77', 'check its name in the AWS console'],
])('%s is not known: %s', (name, hint) => {
  expect(knownRegions.has(name)).toBe(false);
  expect(unknownRegionHint(name)).toBe(hint);
});
