import { describe, expect, test } from 'vitest';
import type { AccountRegionId } from '../../../src/core/model/account-region.ts';
import { formatAddress } from '../../../src/core/model/address.ts';
import { emptyPlan } from '../../../src/core/plan/empty-plan.ts';
import { type AccountRegionPlan, mergePlans } from '../../../src/core/plan/merge-plans.ts';
import type { Plan } from '../../../src/core/plan/plan.ts';
import type { Step } from '../../../src/core/plan/step.ts';
import { unreachablePlan } from '../../../src/core/plan/unreachable-plan.ts';
import { desiredApplication } from '../../support/desired.ts';

function plan(id: AccountRegionId, parts: Partial<Plan>): Plan {
  const [account, region = ''] = id.split('/');
  return { ...emptyPlan('sync', 'acme/config', { id, account, region, roleArn: undefined }), ...parts };
}

function part(
  id: AccountRegionId,
  isOwn: boolean,
  names: readonly string[],
  parts: Partial<Plan> = {},
): AccountRegionPlan {
  return { isOwn, plan: plan(id, { addresses: names.map((name) => address(name, id)), ...parts }) };
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
  test('the plan of one alone is the plan; its problems name the account and Region, as they do in several', () => {
    const only = part('111122223333/us-east-1', false, ['one/dev/Limits']);
    expect(mergePlans([only], [])).toEqual(only.plan);
    const problem = { code: 'guard-empty', severity: 'error', message: 'no', hint: { text: 'h' } } as const;
    const refused = part('111122223333/us-east-1', false, ['one/dev/Limits'], { refusals: [problem] });
    expect(mergePlans([refused], []).refusals).toEqual([{ ...problem, accountRegion: '111122223333/us-east-1' }]);
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
      [desiredApplication('one', 'dev', 'prod'), desiredApplication('two', 'dev')],
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
    const problem = { code: 'role-refused', severity: 'error', message: 'no', hint: { text: 'h' } } as const;
    const accountRegion = { id: '1/a', account: '1', region: 'a', roleArn: undefined } as const;
    const options = { project: 'acme/config', kind: 'sync', accountRegion } as const;
    const unreached = unreachablePlan([desiredApplication('one', 'dev', 'prod')], problem, options);
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
