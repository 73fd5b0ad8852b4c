// Which accounts and Regions a tree is in.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DesiredApplication, formattedAddresses } from '../../../src/core/model/desired-state.ts';
import { formatSource } from '../../../src/core/model/source-position.ts';
import {
  accountRegionProblems,
  accountRegionsOf,
  conflictingRolesProblem,
} from '../../../src/core/settings/account-regions.ts';
import {
  defaultSettings,
  type EnvironmentSettings,
  type Settings,
  type TenantEntry,
} from '../../../src/core/settings/settings.ts';
import { tenantEntries } from '../../../src/core/settings/tenant-entries.ts';
import { parseSettings } from '../../../src/core/settings-file/parse-settings.ts';
import { desiredApplication } from '../../support/desired.ts';
import { holds } from '../../support/properties.ts';

const dev = 'arn:aws:iam::111122223333:role/appcfg';
const prod = 'arn:aws:iam::444455556666:role/appcfg';

function environment(settings: Partial<EnvironmentSettings>): EnvironmentSettings {
  return {
    deploymentStrategy: undefined,
    monitors: undefined,
    account: undefined,
    region: undefined,
    roleArn: undefined,
    ...settings,
  };
}

function entry(match: string, settings: Partial<TenantEntry>): TenantEntry {
  return { ...environment({}), match: [match], excludeProfiles: [], labels: new Map(), ...settings };
}

function accountRegionsIn(desired: readonly DesiredApplication[], settings: Partial<Settings>, everywhere = false) {
  const all = accountRegionsOf(desired, { ...defaultSettings, ...settings }, { region: 'us-east-1', everywhere });
  return all.map(({ region, roleArn, desired: there }) => ({ region, roleArn, addresses: formattedAddresses(there) }));
}

describe('the accounts and Regions of a tree', () => {
  test('there is one, unless the settings set others', () => {
    const addresses = ['one/dev/Limits', 'one/prod/Limits'];
    const expected = [{ region: 'us-east-1', roleArn: undefined, addresses }];
    expect(accountRegionsIn([desiredApplication('one', 'dev', 'prod')], {})).toEqual(expected);
    expect(accountRegionsIn([desiredApplication('one', 'dev', 'prod')], {}, true)).toEqual(expected);
    expect(accountRegionsIn([], {}, true)).toEqual([{ region: 'us-east-1', roleArn: undefined, addresses: [] }]);
  });

  test('an account without a role is read with the credentials of the run', () => {
    const environments = new Map([['prod', environment({ account: '444455556666', region: 'us-east-1' })]]);
    expect(accountRegionsIn([desiredApplication('one', 'dev', 'prod')], { environments })).toHaveLength(1);
  });

  test('a tenant whose environments are in two accounts is an application in each; that of the run comes first', () => {
    const environments = new Map([
      ['dev', environment({})],
      ['prod', environment({ roleArn: prod, region: 'eu-west-1' })],
    ]);
    expect(
      accountRegionsIn([desiredApplication('one', 'prod', 'dev'), desiredApplication('two', 'prod')], { environments }),
    ).toEqual([
      { region: 'us-east-1', roleArn: undefined, addresses: ['one/dev/Limits'] },
      { region: 'eu-west-1', roleArn: prod, addresses: ['one/prod/Limits', 'two/prod/Limits'] },
    ]);
  });

  test('with everywhere, those that the tree has nothing in are included: orphans may be there', () => {
    const environments = new Map([
      ['dev', environment({ roleArn: dev })],
      ['prod', environment({ roleArn: prod })],
    ]);
    const tree = [desiredApplication('one', 'dev')];
    expect(accountRegionsIn(tree, { environments }).map(({ roleArn }) => roleArn)).toEqual([dev]);
    // Every environment has a role, so nothing can be where the run itself is.
    expect(accountRegionsIn(tree, { environments }, true).map(({ roleArn }) => roleArn)).toEqual([dev, prod]);
    const tenants = tenantEntries([
      entry('eu-*', { roleArn: dev, region: 'eu-west-1' }),
      entry('us-*', { roleArn: prod }),
    ]);
    expect(accountRegionsIn([desiredApplication('us-one', 'dev')], { tenants }, true)).toEqual([
      { region: 'us-east-1', roleArn: prod, addresses: ['us-one/dev/Limits'] },
      { region: 'eu-west-1', roleArn: dev, addresses: [] },
    ]);
  });

  test('every address is in one account and Region', () => {
    const assignment = fc.record({
      region: fc.constantFrom(undefined, 'eu-west-1', 'us-east-1'),
      roleArn: fc.constantFrom(undefined, dev, prod),
    });
    const settings = fc.record({ dev: assignment, prod: assignment, one: assignment, two: assignment }).map((all) => ({
      environments: new Map([
        ['dev', environment(all.dev)],
        ['prod', environment(all.prod)],
      ]),
      tenants: tenantEntries([entry('one', all.one), entry('two', all.two)]),
    }));
    const tree = [desiredApplication('one', 'dev', 'prod'), desiredApplication('two', 'prod')];
    return holds(
      fc.property(settings, fc.boolean(), (each, everywhere) => {
        const accountRegions = accountRegionsIn(tree, each, everywhere);
        expect(accountRegions.flatMap(({ addresses }) => addresses).sort()).toEqual(formattedAddresses(tree));
        expect(new Set(accountRegions.map(({ region, roleArn }) => `${region} ${roleArn}`)).size).toBe(
          accountRegions.length,
        );
      }),
      200,
    );
  });
});

test('contradictions of account and Region are problems, each with its position', async () => {
  const text = [
    'environments: { dev: {}, prod: { account: "444455556666", region: eu-west-1 } }',
    'tenants:',
    '  - { match: "acme-*", account: "111122223333" }',
    '  - { match: acme-two, account: "444455556666", region: us-east-1 }',
    '',
  ];
  const { settings } = await parseSettings(text.join('\n'), 'appcfg.yml');
  const problemsOf = (tenant: string, ...environments: string[]) =>
    accountRegionProblems(settings, tenant, environments).map(
      ({ source, message }) => `${source && formatSource(source)}  ${message}`,
    );
  expect(problemsOf('acme-one', 'dev')).toEqual([]);
  expect(problemsOf('acme-two', 'prod')).toEqual([
    'appcfg.yml:4:24  two entries match the tenant "acme-two" and set an account: "acme-*" and "acme-two"',
    'appcfg.yml:4:49  acme-two/prod has two values for region: environments.prod sets "eu-west-1", and the tenants entry with match "acme-two" sets "us-east-1"',
  ]);
  expect(problemsOf('acme-one', 'prod')).toEqual([
    'appcfg.yml:3:24  acme-one/prod has two values for account: environments.prod sets "444455556666", and the tenants entry with match "acme-*" sets "111122223333"',
  ]);
  expect(problemsOf('one', 'dev')).toEqual(['appcfg.yml:2:1  one/dev has no account, but other tenants have one']);
});

test('two roles for one account and Region are a problem', () => {
  const region = 'eu-west-1';
  expect(
    conflictingRolesProblem([
      { region, roleArn: dev },
      { region, roleArn: prod },
    ]),
  ).toBeUndefined();
  expect(
    conflictingRolesProblem([
      { region, roleArn: dev },
      { region, roleArn: undefined, account: '111122223333' },
    ]),
  ).toMatchObject({
    message: `two roles for 111122223333/eu-west-1: ${dev} and the run's own credentials`,
  });
});
