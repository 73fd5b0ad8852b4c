// Entries under `tenants:` and `environments:`, combined.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { areLabelsSelected } from '../../../src/core/model/selection.ts';
import { effectiveAccountRegion } from '../../../src/core/settings/account-regions.ts';
import { strategyFor } from '../../../src/core/settings/deployment-strategies.ts';
import { hasLabels, labelsOf, monitorsOf } from '../../../src/core/settings/effective-settings.ts';
import {
  defaultSettings,
  type EnvironmentSettings,
  type Settings,
  type TenantEntry,
  type WaveSettings,
} from '../../../src/core/settings/settings.ts';
import { tenantEntries } from '../../../src/core/settings/tenant-entries.ts';
import { matchesWave } from '../../../src/core/settings/waves.ts';
import { policy } from '../../support/guard-inputs.ts';
import { holds } from '../../support/properties.ts';

function entry(match: string | readonly string[], settings: Partial<TenantEntry> = {}): TenantEntry {
  return {
    match: typeof match === 'string' ? [match] : match,
    account: undefined,
    region: undefined,
    roleArn: undefined,
    deploymentStrategy: undefined,
    monitors: undefined,
    excludeProfiles: [],
    labels: new Map(),
    ...settings,
  };
}

function settings(tenants: readonly TenantEntry[], others: Partial<Settings> = {}): Settings {
  return { ...defaultSettings, tenants: tenantEntries(tenants), ...others };
}

const noSettings: EnvironmentSettings = {};

test('a later entry wins over an earlier one, and keeps what it does not set', () => {
  const all = settings([
    entry('*', {
      deploymentStrategy: 'slow',
      labels: new Map([
        ['tier', 'silver'],
        ['sold', 'eu'],
      ]),
    }),
    entry(['acme-*', '!acme-test'], { deploymentStrategy: 'fast', labels: new Map([['tier', 'gold']]) }),
    entry('acme-one', { excludeProfiles: ['AllowList'] }),
  ]);
  expect(all.tenants.of('acme-one')).toMatchObject({ deploymentStrategy: 'fast', excludeProfiles: ['AllowList'] });
  expect([...labelsOf(all, 'acme-one')]).toEqual([
    ['tier', 'gold'],
    ['sold', 'eu'],
  ]);
  expect(all.tenants.of('acme-test')).toMatchObject({ deploymentStrategy: 'slow', entries: [0] });
});

test('for strategies and monitors a tenant wins over its environment, and that over the default', () => {
  const environments = new Map([
    ['prod', { ...noSettings, deploymentStrategy: 'careful', monitors: [] }],
    ['dev', noSettings],
  ]);
  const monitors = [{ alarmArn: 'arn:a', alarmRoleArn: 'arn:b' }];
  const all = settings([entry('inside', { deploymentStrategy: 'instant', monitors })], { environments });
  const strategies = ['inside', 'outside'].flatMap((tenant) =>
    ['prod', 'dev'].map((environment) => strategyFor(all, { tenant, environment })),
  );
  expect(strategies).toEqual(['instant', 'instant', 'careful', defaultSettings.deploymentStrategy]);
  const where = { settings: all, accountRegion: policy.accountRegion };
  expect(monitorsOf(where, { tenant: 'inside', environment: 'prod' })).toEqual(monitors);
  expect(monitorsOf(where, { tenant: 'outside', environment: 'prod' })).toEqual([]);
  expect(monitorsOf(where, { tenant: 'outside', environment: 'dev' })).toBeUndefined();
});

test('account and Region come from the environment and the tenant together; a role implies its account', () => {
  const roleArn = 'arn:aws:iam::444455556666:role/appcfg';
  const environments = new Map([['prod', { ...noSettings, roleArn }]]);
  const all = settings([entry('eu-*', { region: 'eu-west-1' })], { environments });
  expect(effectiveAccountRegion(all, { tenant: 'eu-one', environment: 'prod' })).toEqual({
    account: '444455556666',
    region: 'eu-west-1',
    roleArn,
  });
  expect(effectiveAccountRegion(all, { tenant: 'us-one', environment: 'dev' })).toEqual({
    account: undefined,
    region: undefined,
    roleArn: undefined,
  });
});

test('in selectors, values of one key are alternatives, every key has to match, and != also selects tenants without the label', () => {
  const labels = new Map([
    ['tier', 'gold'],
    ['sold', 'eu'],
  ]);
  const select = (...texts: string[]) =>
    areLabelsSelected(
      labels,
      texts.map((text) => {
        const [key = '', value = ''] = text.split(/!?=/);
        return { key, value, negated: text.includes('!=') };
      }),
    );
  expect(select()).toBe(true);
  expect(select('tier=gold')).toBe(true);
  expect(select('tier=g*')).toBe(true);
  expect(select('tier=silver')).toBe(false);
  expect(select('tier=silver', 'tier=gold')).toBe(true);
  expect(select('tier=gold', 'sold=us')).toBe(false);
  expect(select('tier!=silver')).toBe(true);
  expect(select('tier!=gold')).toBe(false);
  expect(select('stage!=beta')).toBe(true);
  expect(select('stage=beta')).toBe(false);
});

test('a wave matches the tenants that have its labels', () => {
  const all = settings([entry('one', { labels: new Map([['tier', 'gold']]) })]);
  const wave: WaveSettings = {
    name: 'first',
    tenants: ['*'],
    environments: ['prod'],
    labels: new Map([['tier', 'gold']]),
    soakMinutes: 0,
    maxFailures: { count: 0 },
  };
  expect(matchesWave(wave, { tenant: 'one', environment: 'prod' }, all)).toBe(true);
  expect(matchesWave(wave, { tenant: 'one', environment: 'dev' }, all)).toBe(false);
  expect(matchesWave(wave, { tenant: 'two', environment: 'prod' }, all)).toBe(false);
  expect(hasLabels(new Map(), new Map())).toBe(true);
});

test('entries that do not match a tenant do not affect it', () => {
  const entrySettings = fc.record({
    deploymentStrategy: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
    labels: fc
      .dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2'))
      .map((all) => new Map(Object.entries(all))),
  });
  const entries = fc.array(fc.tuple(fc.constantFrom('one', 'two', 'o*', '*'), entrySettings));
  return holds(
    fc.property(entries, (list) => {
      const all = list.map(([match, each]) => entry(match, each));
      const matching = all.filter(({ match }) => match[0] !== 'two');
      const { entries: _every, ...whole } = settings(all).tenants.of('one');
      const { entries: _some, ...part } = settings(matching).tenants.of('one');
      expect(whole).toEqual(part);
    }),
    200,
  );
});
