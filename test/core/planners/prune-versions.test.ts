// Which versions are deleted, from plain values.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LiveDeployment } from '../../../src/core/live/live-state.ts';
import {
  isAppcfgVersion,
  planPrune,
  versionsInUse,
  versionsToPrune,
} from '../../../src/core/planners/prune-versions.ts';
import { holds } from '../../support/properties.ts';

const project = 'acme/config';
const nothing = { numbers: new Set<number>(), labels: new Set<string>() };

const labelOf = (number: number) => `sha256-${String(number).padStart(32, '0')}`;
const own = (number: number) => ({ number, label: labelOf(number), description: `appcfg project=${project}` });
const unmanaged = (number: number) => ({ number, label: undefined, description: '' });

test('label and description prove a version, one of them does not', () => {
  expect(isAppcfgVersion(own(1), project)).toBe(true);
  expect(isAppcfgVersion({ ...own(1), label: 'v1' }, project)).toBe(false);
  expect(isAppcfgVersion({ ...own(1), label: `${labelOf(1)}0` }, project)).toBe(false);
  expect(isAppcfgVersion({ ...own(1), description: '' }, project)).toBe(false);
  expect(isAppcfgVersion({ ...own(1), description: 'appcfg project=other/config' }, project)).toBe(false);
  expect(isAppcfgVersion({ ...own(1), description: `by hand: appcfg project=${project}` }, project)).toBe(false);
});

test('the oldest beyond the newest are deleted, the oldest first', () => {
  const versions = [own(5), own(4), own(3), own(2), own(1)];
  expect(versionsToPrune({ keep: 3, versions, inUse: nothing }, project)).toEqual([1, 2]);
  expect(versionsToPrune({ keep: 5, versions, inUse: nothing }, project)).toEqual([]);
  expect(versionsToPrune({ keep: 3, versions: [], inUse: nothing }, project)).toEqual([]);
});

test('what is in use counts among the newest only by its number', () => {
  const versions = [1, 2, 3, 4, 5].map(own);
  const inUse = { numbers: new Set([1]), labels: new Set([labelOf(2)]) };
  expect(versionsToPrune({ keep: 1, versions, inUse }, project)).toEqual([3, 4]);
});

test('versions of others neither count nor are deleted; the newest of all is kept', () => {
  const versions = [own(1), unmanaged(2), own(3), unmanaged(4), own(5), unmanaged(6)];
  expect(versionsToPrune({ keep: 2, versions, inUse: nothing }, project)).toEqual([1]);
});

const deployment = (number: number, of: Partial<LiveDeployment>): LiveDeployment => ({
  ...{ number, profileId: 'p', versionNumber: number, versionLabel: undefined, state: 'COMPLETE' },
  ...{ startedAt: undefined, completedAt: undefined },
  strategy: { durationMinutes: 0, bakeMinutes: 0, growthFactor: 100, growthType: 'LINEAR' },
  ...of,
});

test('live in any environment is in use, and what is in flight; a deployment of another profile and a rolled back one are not', () => {
  const environment = { id: 'e', name: 'dev', monitors: [], configurationProfiles: [], complete: true };
  const inUse = versionsInUse(
    {
      environments: [
        {
          ...environment,
          deployments: [
            deployment(9, { profileId: 'q' }),
            deployment(8, { state: 'DEPLOYING' }),
            deployment(7, { state: 'ROLLED_BACK' }),
            deployment(6, { type: 'MANAGED', versionLabel: labelOf(6) }),
            deployment(5, {}),
            deployment(4, {}),
          ],
        },
        { ...environment, deployments: [deployment(3, { state: 'REVERTED' }), deployment(2, {}), deployment(1, {})] },
      ],
    },
    'p',
    [],
  );
  expect([...inUse.numbers].sort()).toEqual([2, 5, 6, 8]);
  expect([...inUse.labels]).toEqual([labelOf(6)]);
});

test('never one in use, of others or newest; the newest are kept; nothing else is left', async () => {
  const versions = fc.uniqueArray(
    fc.record({
      number: fc.integer({ min: 1, max: 40 }),
      isOwn: fc.boolean(),
      use: fc.constantFrom('no', 'no', 'number', 'label'),
    }),
    {
      selector: ({ number }) => number,
    },
  );
  const property = fc.property(versions, fc.integer({ min: 1, max: 10 }), (made, keep) => {
    const numbersOf = (use: string) => made.filter((each) => each.use === use).map(({ number }) => number);
    const inUse = { numbers: new Set(numbersOf('number')), labels: new Set(numbersOf('label').map(labelOf)) };
    const pruned = versionsToPrune(
      { keep, versions: made.map(({ number, isOwn }) => (isOwn ? own(number) : unmanaged(number))), inUse },
      project,
    );
    const sorted = made
      .filter(({ isOwn }) => isOwn)
      .map(({ number }) => number)
      .sort((a, b) => b - a);
    const newest = Math.max(...made.map(({ number }) => number));
    const expected = sorted
      .filter((number, index) => index >= keep && number !== newest)
      .filter((number) => made.find((each) => each.number === number)?.use === 'no');
    expect(pruned).toEqual(expected.reverse());
    // A second run finds nothing.
    const left = made.filter(({ number }) => !pruned.includes(number));
    expect(
      versionsToPrune(
        { keep, versions: left.map(({ number, isOwn }) => (isOwn ? own(number) : unmanaged(number))), inUse },
        project,
      ),
    ).toEqual([]);
  });
  await holds(property, 300);
});

test('a step for each version, which names the newest deployments that were read', () => {
  const accountRegion = {
    id: 'unknown/us-east-1',
    account: undefined,
    region: 'us-east-1',
    roleArn: undefined,
  } as const;
  const { steps, kind } = planPrune(
    [
      {
        ...{ tenant: 'one', id: 'a', name: 'acme-one' },
        environments: [{ id: 'e', name: 'dev', newest: 7 }],
        configurationProfiles: [
          { id: 'p', name: 'Limits', keep: 1, versions: [own(1), own(2), own(3)], inUse: nothing },
        ],
      },
    ],
    { project, accountRegion },
  );
  expect(kind).toBe('cleanup');
  expect(steps.map(({ id }) => id)).toEqual([
    'DeleteHostedConfigurationVersion acme-one/Limits 1',
    'DeleteHostedConfigurationVersion acme-one/Limits 2',
  ]);
  expect(steps[0]).toMatchObject({
    reason: 'beyond the newest 1',
    subject: { tenant: 'one', configurationProfile: 'Limits' },
    unlessDeployed: [{ environment: 'dev', deploymentNumber: 7 }],
    after: [],
  });
});
