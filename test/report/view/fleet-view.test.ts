// The fleet as a table.
import { expect, test } from 'vitest';
import { unknownAccountRegion } from '../../../src/core/model/account-region.ts';
import { emptyPlan } from '../../../src/core/plan/empty-plan.ts';
import { type Plan, type PlannedAddress, plannedAddress } from '../../../src/core/plan/plan.ts';
import type { Review } from '../../../src/core/review/review.ts';
import { fleetOf } from '../../../src/report/view/fleet-view.ts';

function planned(name: string, of: Partial<PlannedAddress> = {}): PlannedAddress {
  const [tenant = '', environment = '', configurationProfile = ''] = name.split('/');
  return plannedAddress({
    address: { tenant, environment, configurationProfile },
    application: tenant,
    accountRegion: unknownAccountRegion.id,
    action: 'update',
    changeGroup: 'g',
    reason: 'content differs',
    ...of,
  });
}

const none = { added: [], removed: [], renamed: [] };
const nothing = { totals: [], edits: [], shielded: [], outliers: [], newAddresses: [], rollout: undefined };
const reviewOfNothing: Review = {
  ...{ ...nothing, base: undefined, verdict: '', tenants: none, environments: none, label: undefined },
};

const unchanged = { action: 'unchanged', changeGroup: undefined } as const;

function planOf(addresses: readonly PlannedAddress[], waves: readonly string[] = []): Plan {
  const nothing = {
    soakMinutes: 0,
    maxFailures: 0,
    addresses: 0,
    live: 0,
    environments: 0,
    blocked: 0,
    liveSince: undefined,
  };
  return {
    ...emptyPlan('sync', 'acme/config', unknownAccountRegion),
    addresses,
    waves: waves.map((name) => ({ name, ...nothing })),
  };
}

/** `section: tenant kinds by environment`. */
function shown(plan: Plan) {
  return fleetOf(plan, undefined).sections.map(({ waves, rows, unchanged: same }) => ({
    wave: waves.join(', ') || undefined,
    rows: rows.map(
      ({ tenant, cells }) => `${tenant} ${cells.map((cell) => cell.map(({ kind }) => kind).join('+')).join('|')}`,
    ),
    same,
  }));
}

test('a tenant has a cell for each environment, and a mark for each profile that has something to show', () => {
  const plan = planOf([
    planned('a/dev/A'),
    planned('a/dev/B', unchanged),
    planned('a/prod/A', unchanged),
    planned('b/prod/A'),
  ]);
  expect(fleetOf(plan, undefined).environments).toEqual(['dev', 'prod']);
  expect(shown(plan)).toEqual([{ wave: undefined, rows: ['a changed|', 'b |changed'], same: [] }]);
});

test('what is out of the ordinary comes first, tenants without a change are only named', () => {
  const plan = planOf([
    planned('a/dev/A'),
    planned('b/dev/A', { action: 'blocked' }),
    planned('c/dev/A', unchanged),
    planned('d/dev/A', { action: 'delete' }),
    planned('e/dev/A', { action: 'drifted' }),
  ]);
  expect(shown(plan)).toEqual([
    { wave: undefined, rows: ['b blocked', 'd removed', 'e drifted', 'a changed'], same: ['c'] },
  ]);
});

test('tenants are in sections by their waves, in the order of the waves', () => {
  const plan = planOf(
    [
      planned('a/prod/A', { wave: 'late' }),
      planned('b/dev/A', { wave: 'early' }),
      planned('b/prod/A', { wave: 'late' }),
    ],
    ['early', 'late'],
  );
  expect(shown(plan).map(({ wave, rows }) => [wave, rows])).toEqual([
    ['early, late', ['b changed|changed']],
    ['late', ['a changed|']],
  ]);
});

test('a tenant and an environment may have names of members of objects', () => {
  const plan = planOf([planned('__proto__/constructor/toString')]);
  expect(shown(plan)).toEqual([{ wave: undefined, rows: ['__proto__ changed'], same: [] }]);
});

test('without waves, tenants are in sections by their label; those without it come last', () => {
  const plan = planOf([planned('a/dev/A'), planned('b/dev/A'), planned('c/dev/A'), planned('d/dev/A', unchanged)]);
  const label = {
    name: 'tier',
    values: new Map([
      ['b', 'gold'],
      ['c', 'basic'],
      ['d', 'gold'],
    ]),
  };
  const sections = (of: Plan) =>
    fleetOf(of, { ...reviewOfNothing, label }).sections.map(({ waves, label: own, rows, unchanged: same }) => [
      waves[0] ?? own?.value,
      ...rows.map(({ tenant }) => tenant),
      ...same,
    ]);
  expect(sections(plan)).toEqual([
    ['gold', 'b', 'd'],
    ['basic', 'c'],
    [undefined, 'a'],
  ]);
  const waves = planOf([planned('a/dev/A', { wave: 'all' }), planned('b/dev/A', { wave: 'all' })], ['all']);
  expect(sections(waves)).toEqual([['all', 'a', 'b']]);
});
