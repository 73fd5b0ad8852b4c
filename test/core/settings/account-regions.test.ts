// Which accounts and Regions a tree is in, and several plans made into one.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccountRegionId } from '../../../src/core/model/account-region.ts';
import { formatAddress } from '../../../src/core/model/address.ts';
import type { DesiredApplication } from '../../../src/core/model/desired-state.ts';
import { formattedAddresses } from '../../../src/core/model/desired-state.ts';
import { type AccountRegionPlan, mergePlans } from '../../../src/core/plan/merge-plans.ts';
import type { Plan } from '../../../src/core/plan/plan.ts';
import type { Step } from '../../../src/core/plan/step.ts';
import { unreachablePlan } from '../../../src/core/plan/unreachable-plan.ts';
import { accountRegionsOf } from '../../../src/core/settings/account-regions.ts';
import {
  defaultSettings,
  type EnvironmentSettings,
  type Settings,
  type TenantEntry,
} from '../../../src/core/settings/settings.ts';
import { holds } from '../../support/properties.ts';

const dev = 'arn:aws:iam::111122223333:role/appcfg';
const prod = 'arn:aws:iam::444455556666:role/appcfg';

function application(tenant: string, ...environments: string[]): DesiredApplication {
  return {
    tenant,
    name: tenant,
    environments: environments.map((environment) => ({
      name: environment,
      configurations: [
        {
          address: { tenant, environment, configurationProfile: 'Limits' },
          profileType: 'AWS.Freeform',
          content: {
            contentType: 'application/json',
            text: '{}\n',
            bytes: 3,
            canonicalBytes: 2,
            digest: 'd',
            versionLabel: 'sha256-0',
          },
          value: {},
          sources: [],
        },
      ],
    })),
  };
}

function environment(said: Partial<EnvironmentSettings>): EnvironmentSettings {
  return {
    deploymentStrategy: undefined,
    monitors: undefined,
    account: undefined,
    region: undefined,
    roleArn: undefined,
    ...said,
  };
}

function entry(match: string, said: Partial<TenantEntry>): TenantEntry {
  return { ...environment({}), match: [match], excludeProfiles: [], labels: new Map(), ...said };
}

function placesIn(desired: readonly DesiredApplication[], settings: Partial<Settings>, everywhere = false) {
  const all = accountRegionsOf(desired, { ...defaultSettings, ...settings }, { region: 'us-east-1', everywhere });
  return all.map(({ region, roleArn, desired: there }) => ({ region, roleArn, addresses: formattedAddresses(there) }));
}

describe('the places of a tree', () => {
  test('without a word about them there is one', () => {
    const addresses = ['one/dev/Limits', 'one/prod/Limits'];
    const expected = [{ region: 'us-east-1', roleArn: undefined, addresses }];
    expect(placesIn([application('one', 'dev', 'prod')], {})).toEqual(expected);
    expect(placesIn([application('one', 'dev', 'prod')], {}, true)).toEqual(expected);
    expect(placesIn([], {}, true)).toEqual([{ region: 'us-east-1', roleArn: undefined, addresses: [] }]);
  });

  test('an account without a role is looked at with the credentials of the run, and changes nothing', () => {
    const environments = new Map([['prod', environment({ account: '444455556666', region: 'us-east-1' })]]);
    expect(placesIn([application('one', 'dev', 'prod')], { environments })).toHaveLength(1);
  });

  test('a tenant whose environments are in two accounts is an application in each; our own place comes first', () => {
    const environments = new Map([
      ['dev', environment({})],
      ['prod', environment({ roleArn: prod, region: 'eu-west-1' })],
    ]);
    expect(placesIn([application('one', 'prod', 'dev'), application('two', 'prod')], { environments })).toEqual([
      { region: 'us-east-1', roleArn: undefined, addresses: ['one/dev/Limits'] },
      { region: 'eu-west-1', roleArn: prod, addresses: ['one/prod/Limits', 'two/prod/Limits'] },
    ]);
  });

  test('places that nothing is in are looked at where the whole tree is: what left it may be there', () => {
    const environments = new Map([
      ['dev', environment({ roleArn: dev })],
      ['prod', environment({ roleArn: prod })],
    ]);
    const tree = [application('one', 'dev')];
    expect(placesIn(tree, { environments }).map(({ roleArn }) => roleArn)).toEqual([dev]);
    // Nothing can be in the run's own place, so that is not among them.
    expect(placesIn(tree, { environments }, true).map(({ roleArn }) => roleArn)).toEqual([dev, prod]);
    const tenants = [entry('eu-*', { roleArn: dev, region: 'eu-west-1' }), entry('us-*', { roleArn: prod })];
    expect(placesIn([application('us-one', 'dev')], { tenants }, true)).toEqual([
      { region: 'us-east-1', roleArn: prod, addresses: ['us-one/dev/Limits'] },
      { region: 'eu-west-1', roleArn: dev, addresses: [] },
    ]);
  });

  test('every address is in one place', () => {
    const said = fc.record({
      region: fc.constantFrom(undefined, 'eu-west-1', 'us-east-1'),
      roleArn: fc.constantFrom(undefined, dev, prod),
    });
    const settings = fc.record({ dev: said, prod: said, one: said, two: said }).map((all) => ({
      environments: new Map([
        ['dev', environment(all.dev)],
        ['prod', environment(all.prod)],
      ]),
      tenants: [entry('one', all.one), entry('two', all.two)],
    }));
    const tree = [application('one', 'dev', 'prod'), application('two', 'prod')];
    return holds(
      fc.property(settings, fc.boolean(), (each, everywhere) => {
        const places = placesIn(tree, each, everywhere);
        expect(places.flatMap(({ addresses }) => addresses).sort()).toEqual(formattedAddresses(tree));
        expect(new Set(places.map(({ region, roleArn }) => `${region} ${roleArn}`)).size).toBe(places.length);
      }),
      200,
    );
  });
});

function plan(id: AccountRegionId, said: Partial<Plan>): Plan {
  const [account, region = ''] = id.split('/');
  return {
    formatVersion: 1,
    kind: 'sync',
    project: 'acme/config',
    settingsChanges: [],
    accountRegions: [{ id, account, region, roleArn: undefined }],
    steps: [],
    addresses: [],
    changeGroups: [],
    waves: [],
    refusals: [],
    problems: [],
    expectedMinutes: 0,
    ...said,
  };
}

function part(
  id: AccountRegionId,
  isOwn: boolean,
  names: readonly string[],
  said: Partial<Plan> = {},
): AccountRegionPlan {
  return { isOwn, plan: plan(id, { addresses: names.map((name) => address(name, id)), ...said }) };
}

const strategy = { durationMinutes: 0, bakeMinutes: 0, growthFactor: 100, growthType: 'LINEAR' } as const;

function steps(tenant: string, accountRegion: AccountRegionId): readonly Step[] {
  return [
    {
      id: 'CreateDeploymentStrategy instant',
      after: [],
      reason: '',
      subject: { deploymentStrategy: 'instant' },
      accountRegion,
      operation: 'CreateDeploymentStrategy',
      deploymentStrategy: 'instant',
      numbers: strategy,
      tags: {},
    },
    {
      id: `CreateApplication ${tenant}`,
      after: ['CreateDeploymentStrategy instant'],
      reason: '',
      subject: { tenant },
      accountRegion,
      operation: 'CreateApplication',
      application: tenant,
      description: '',
      tags: {},
    },
  ];
}

function addressNamed(name: string) {
  const [tenant = '', environment = '', configurationProfile = ''] = name.split('/');
  return { tenant, environment, configurationProfile };
}

function address(name: string, accountRegion: AccountRegionId) {
  const subject = addressNamed(name);
  const { tenant: application, environment } = subject;
  return {
    address: subject,
    accountRegion,
    application,
    environment,
    action: 'update',
    changeGroup: 'c',
    live: undefined,
    desired: undefined,
    deploymentStrategy: undefined,
    reason: '',
    blockedBy: undefined,
  } as const;
}

describe('plans of several accounts and Regions', () => {
  test('the plan of one alone is the plan', () => {
    const only = part('111122223333/us-east-1', false, ['one/dev/Limits']);
    expect(mergePlans([only], [])).toBe(only.plan);
  });

  test('each step has an id of its own, and so has what it comes after', () => {
    const [own, other] = ['111122223333/us-east-1', '444455556666/eu-west-1'] as const;
    const merged = mergePlans(
      [
        part(own, true, ['one/dev/Limits'], { steps: steps('one', own) }),
        part(other, false, ['one/prod/Limits'], { steps: steps('one', other) }),
      ],
      [],
    );
    expect(merged.accountRegions.map(({ id }) => id)).toEqual([own, other]);
    expect(merged.steps.map(({ id, after, accountRegion }) => ({ id, after, accountRegion }))).toEqual([
      { id: 'CreateDeploymentStrategy instant', after: [], accountRegion: own },
      { id: 'CreateApplication one', after: ['CreateDeploymentStrategy instant'], accountRegion: own },
      { id: `CreateDeploymentStrategy instant in ${other}`, after: [], accountRegion: other },
      {
        id: `CreateApplication one in ${other}`,
        after: [`CreateDeploymentStrategy instant in ${other}`],
        accountRegion: other,
      },
    ]);
    expect(merged.addresses.map(({ accountRegion }) => accountRegion)).toEqual([own, other]);
  });

  test('addresses are in the order of the tree, orphans after them; an equal change is one group', () => {
    const changeGroup = (...names: string[]) => ({ id: 'c', addresses: names.map(addressNamed), changes: [] });
    const merged = mergePlans(
      [
        part('1/a', true, ['one/dev/Limits', 'two/dev/Limits', 'gone/dev/Limits'], {
          changeGroups: [changeGroup('one/dev/Limits', 'two/dev/Limits')],
        }),
        part('2/b', false, ['one/prod/Limits', 'gone/prod/Limits'], { changeGroups: [changeGroup('one/prod/Limits')] }),
      ],
      [application('one', 'dev', 'prod'), application('two', 'dev')],
    );
    expect(merged.addresses.map(({ address: each }) => formatAddress(each))).toEqual([
      'one/dev/Limits',
      'one/prod/Limits',
      'two/dev/Limits',
      'gone/dev/Limits',
      'gone/prod/Limits',
    ]);
    expect(merged.changeGroups).toEqual([changeGroup('one/dev/Limits', 'two/dev/Limits', 'one/prod/Limits')]);
  });

  test('every address that cannot be reached is blocked; without addresses that is a warning', () => {
    const problem = { code: 'role-refused', severity: 'error', message: 'no' } as const;
    const accountRegion = { id: '1/a', account: '1', region: 'a', roleArn: undefined } as const;
    const options = { project: 'acme/config', kind: 'sync', accountRegion } as const;
    const unreached = unreachablePlan([application('one', 'dev', 'prod')], problem, options);
    expect(
      unreached.addresses.map(({ address: each, action, blockedBy }) => [
        formatAddress(each),
        action,
        blockedBy?.subject,
      ]),
    ).toEqual([
      ['one/dev/Limits', 'blocked', addressNamed('one/dev/Limits')],
      ['one/prod/Limits', 'blocked', addressNamed('one/prod/Limits')],
    ]);
    expect(unreached.problems).toMatchObject([
      { severity: 'error', subject: { tenant: 'one', environment: 'dev' }, message: 'no (1 more address is blocked)' },
    ]);
    expect(unreachablePlan([], problem, options).problems).toMatchObject([{ severity: 'warning' }]);
  });
});
