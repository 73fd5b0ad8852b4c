// Which address is in which wave, and what a plan in waves needs.
import { expect, test } from 'vitest';
import type { Plan, PlannedAddress } from '../../../src/core/plan/plan.ts';
import type { Step } from '../../../src/core/plan/step.ts';
import { assignWaves } from '../../../src/core/rollout/assign-waves.ts';
import { needsSeveralWaves } from '../../../src/core/rollout/no-wait.ts';
import { defaultSettings, type WaveSettings } from '../../../src/core/settings/settings.ts';
import { waveOf } from '../../../src/core/settings/waves.ts';

const wave = (name: string, more: Partial<WaveSettings> = {}): WaveSettings => ({
  name,
  tenants: ['*'],
  environments: ['*'],
  labels: new Map(),
  soakMinutes: 0,
  maxFailures: { count: 0 },
  ...more,
});

const waves = [
  wave('canary', { tenants: ['a*', '!ab'], environments: ['dev'] }),
  wave('prod', { environments: ['prod*'] }),
  wave('rest', { environments: ['!qa'] }),
];

test('an address is in the first wave that matches tenant and environment, and in none where none does', () => {
  const nameOf = (tenant: string, environment: string) =>
    waveOf({ tenant, environment }, { waves, tenants: defaultSettings.tenants })?.name;
  expect(nameOf('aa', 'dev')).toBe('canary');
  expect(nameOf('ab', 'dev')).toBe('rest');
  expect(nameOf('aa', 'prod-eu')).toBe('prod');
  expect(nameOf('b', 'qa')).toBeUndefined();
});

const accountRegion = '111122223333/eu-west-1';

function planned(address: string, action: PlannedAddress['action'], since?: string): PlannedAddress {
  const [application = '', environment = '', configurationProfile] = address.split('/');
  const live = since === undefined ? undefined : { versionNumber: 1, versionLabel: undefined, since };
  const subject = { tenant: application, environment, configurationProfile };
  return {
    address: subject,
    accountRegion,
    application,
    environment,
    action,
    live,
    reason: '',
  } as unknown as PlannedAddress;
}

function started(address: string, operation = 'StartDeployment'): Step {
  const [application = '', environment = ''] = address.split('/');
  const subject = { tenant: application, environment };
  const id = `${operation} ${address}`;
  return { id, after: [], subject, accountRegion, operation, application, environment } as unknown as Step;
}

const planOf = (addresses: readonly PlannedAddress[], steps: readonly Step[] = []) =>
  ({ addresses, steps, waves: [], refusals: [], changeGroups: [] }) as unknown as Plan;

test('a percentage counts all addresses of the wave that were looked at, and is rounded down; the newest completion counts', () => {
  const settings = [wave('all', { maxFailures: { percent: 30 }, soakMinutes: 5 })];
  const addresses = [
    planned('a/dev/P', 'unchanged', '2026-03-01T12:00:00.000Z'),
    planned('b/dev/P', 'adopt', '2026-03-01T13:00:00.000Z'),
    planned('c/dev/P', 'update', '2026-03-01T14:00:00.000Z'),
    planned('d/dev/P', 'blocked', '2026-03-01T14:00:00.000Z'),
    planned('e/dev/P', 'await'),
    planned('f/gone', 'orphaned'),
  ];
  const plan = assignWaves(planOf(addresses), {
    settings: { waves: settings, tenants: defaultSettings.tenants },
    wave: undefined,
    isRestricted: false,
  });
  expect(plan.waves).toEqual([
    {
      name: 'all',
      soakMinutes: 5,
      maxFailures: 1,
      addresses: 5,
      environments: 5,
      live: 2,
      blocked: 1,
      liveSince: '2026-03-01T13:00:00.000Z',
    },
  ]);
  expect(plan.addresses.map((address) => address.wave)).toEqual(['all', 'all', 'all', 'all', 'all', undefined]);
});

test('several waves are needed where something starts after the first wave that has a deployment', () => {
  const settings = [wave('one', { tenants: ['a'] }), wave('two', { tenants: ['b'] }), wave('three')];
  const needs = (...steps: readonly Step[]) => {
    const addresses = ['a', 'b', 'c'].map((tenant) => planned(`${tenant}/dev/P`, 'update'));
    return needsSeveralWaves(
      assignWaves(planOf(addresses, steps), {
        settings: { waves: settings, tenants: defaultSettings.tenants },
        wave: undefined,
        isRestricted: false,
      }),
    );
  };
  expect(needs(started('b/dev/P'))).toBe(false);
  expect(needs(started('a/dev/P'), started('b/dev/P'))).toBe(true);
  expect(needs(started('a/dev/P', 'AwaitDeployment'), started('c/dev/P'))).toBe(true);
  expect(needs(started('a/dev/P'), started('b/dev/P', 'AwaitDeployment'))).toBe(false);
  expect(needs()).toBe(false);
});

test('a wave by name is refused while an address of an earlier one is not live, unless a guard blocks it', () => {
  const settings = [wave('first one', { tenants: ['a', 'b'] }), wave('two')];
  const refusals = (...actions: readonly PlannedAddress['action'][]) => {
    const addresses = [
      ...actions.map((action, index) => planned(`${'ab'[index]}/dev/P`, action)),
      planned('c/dev/P', 'update'),
    ];
    return assignWaves(planOf(addresses, []), {
      settings: { waves: settings, tenants: defaultSettings.tenants },
      wave: 'two',
      isRestricted: false,
    }).refusals;
  };
  expect(refusals('unchanged', 'blocked')).toEqual([]);
  expect(refusals('await', 'update')).toMatchObject([
    {
      code: 'guard-wave',
      hint: { text: 'deploy that wave first', command: { run: 'sync', args: ['--wave', 'first one'] } },
    },
  ]);
});
