import { expect as expectThat, test } from 'vitest';
import { type ApprovableChange, approvalDigests } from '../../../src/core/approval/approvable-changes.ts';
import type { Approval } from '../../../src/core/approval/approval.ts';
import { expect } from '../../../src/core/guards/expect.ts';
import type { StrategyNumbers } from '../../../src/core/model/resource.ts';

const numbers: StrategyNumbers = { durationMinutes: 10, bakeMinutes: 5, growthFactor: 20, growthType: 'LINEAR' };
const first = { name: 'first', soakMinutes: 5, maxFailures: { count: 0 } };
const change = {
  step: 'StartDeployment one/dev/Limits',
  operation: 'StartDeployment',
  subject: { tenant: 'one', environment: 'dev', configurationProfile: 'Limits' },
  accountRegion: '111122223333/us-east-1',
  deployment: { from: 3, digest: 'd'.repeat(64), numbers, wave: 'second', earlierWaves: [first] },
} as const satisfies ApprovableChange;

function approvalOf(
  approved: ApprovableChange & { deployment: NonNullable<ApprovableChange['deployment']> },
): Approval {
  const { accountRegion, deployment } = approved;
  return {
    file: 'plan.json',
    expect: new Set(approvalDigests(approved)),
    deployments: new Map([['one/dev/Limits', { ...deployment, accountRegion }]]),
    namesAccounts: true,
  };
}

test('an approved change passes', () => {
  expectThat(expect.check({ change, approval: approvalOf(change) })).toBeUndefined();
});

test('a change that was approved while the account was unknown passes', () => {
  const approval = approvalOf({ ...change, accountRegion: 'unknown/us-east-1' });
  expectThat(expect.check({ change, approval })).toBeUndefined();
  expectThat(expect.check({ change: { ...change, accountRegion: '111122223333/us-east-2' }, approval })).toBeDefined();
});

test.each([
  [{ digest: 'e'.repeat(64) }, 'the content is not the approved one'],
  [{ from: 4 }, 'version 4 is live, not version 3'],
  [{ from: null }, 'no version is live, not version 3'],
  [{ wave: null, earlierWaves: [] }, 'it is in no wave, not in wave "second"'],
  [{ earlierWaves: [] }, 'the waves are not the approved ones: nothing comes before wave "second"'],
  [
    { earlierWaves: [{ ...first, soakMinutes: 0 }] },
    'the waves are not the approved ones: before wave "second" comes "first" (soak 0 min, at most 0 failures)',
  ],
  [
    { earlierWaves: [{ ...first, maxFailures: { percent: 100 } }] },
    'the waves are not the approved ones: before wave "second" comes "first" (soak 5 min, at most 100 % failures)',
  ],
  [
    { earlierWaves: [{ ...first, name: 'other' }, first] },
    'the waves are not the approved ones: before wave "second" comes "other" (soak 5 min, at most 0 failures), "first" (soak 5 min, at most 0 failures)',
  ],
  [
    { from: 4, earlierWaves: [] },
    'version 4 is live, not version 3; the waves are not the approved ones: nothing comes before wave "second"',
  ],
  [
    { numbers: { ...numbers, bakeMinutes: 0 } },
    'the deployment strategy is 10 min, bake 0 min, linear 20 %, and not 10 min, bake 5 min, linear 20 %',
  ],
  [{ from: 4, digest: 'e'.repeat(64) }, 'the content is not the approved one; version 4 is live, not version 3'],
])('a deployment with %j is refused, and what differs is named', (other, message) => {
  const problem = expect.check({
    change: { ...change, deployment: { ...change.deployment, ...other } },
    approval: approvalOf(change),
  });
  expectThat(problem).toMatchObject({
    code: 'guard-expect',
    severity: 'error',
    message,
    subject: change.subject,
    hint: { command: { run: 'diff', args: ['-o', 'text', '-o', 'json=plan.json'] } },
  });
});

test('a deployment to another account is refused as that', () => {
  const problem = expect.check({ change: { ...change, accountRegion: '1/us-east-1' }, approval: approvalOf(change) });
  expectThat(problem?.message).toBe('it is deployed to 1/us-east-1, not to 111122223333/us-east-1');
});

test('an address that the approved plan does not deploy, and a description without its digest, are not approved', () => {
  const other = { ...change, subject: { ...change.subject, tenant: 'two' } };
  expectThat(expect.check({ change: other, approval: approvalOf(change) })?.message).toBe(
    'this deployment was not approved',
  );
  const approval = { ...approvalOf(change), expect: new Set(approvalDigests(change).slice(1)) };
  expectThat(expect.check({ change, approval })?.message).toBe('the content is not the approved one');
});
