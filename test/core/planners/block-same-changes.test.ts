import { expect, test } from 'vitest';
import { StepList } from '../../../src/core/plan/step-list.ts';
import { blockSameChanges } from '../../../src/core/planners/block-same-changes.ts';
import { planned, planOf, policy } from '../../support/guard-inputs.ts';
import { plannedWave } from '../../support/planned-wave.ts';

test('a change that was rolled back at one address is blocked at the others, without its steps', () => {
  const steps = new StepList(policy.accountRegion.id);
  const strategy = steps.add({
    subject: { deploymentStrategy: 'slow' },
    reason: 'not in AppConfig yet',
    operation: 'CreateDeploymentStrategy',
    deploymentStrategy: 'slow',
    numbers: { durationMinutes: 1, bakeMinutes: 1, growthFactor: 50, growthType: 'LINEAR' },
    tags: {},
  });
  const subject = { tenant: 'two', environment: 'dev', configurationProfile: 'Limits' };
  steps.add({
    subject,
    after: [strategy],
    reason: 'content differs',
    changeGroup: 'g',
    operation: 'StartDeployment',
    application: 'two',
    environment: 'dev',
    configurationProfile: 'Limits',
    version: { profileType: 'AWS.Freeform', versionLabel: 'sha256-1', versionNumber: undefined, digest: '' },
    strategy: { managed: 'slow' },
    numbers: undefined,
    description: 'appcfg',
    tags: {},
  });
  const addresses = [planned('one', { action: 'blocked', rolledBack: 4 }), planned('two', {})];
  const plan = blockSameChanges(planOf(addresses, { steps: steps.steps }));
  expect(plan.steps).toEqual([]);
  expect(plan.addresses[1]).toMatchObject({ action: 'blocked', blockedBy: { subject: { tenant: 'two' } } });
  expect(plan.problems).toMatchObject([
    { code: 'guard-rolled-back', message: 'the same change was rolled back at one/dev/Limits (deployment 4)' },
  ]);
});

test('other changes are not blocked', () => {
  const addresses = [planned('one', { action: 'blocked', rolledBack: 4 }), planned('two', { changeGroup: 'h' })];
  const plan = planOf(addresses);
  expect(blockSameChanges(plan)).toBe(plan);
});

test.each([
  [1, ['one'], false],
  [1, ['one', 'two'], true],
  [2, ['one', 'two'], false],
])(
  'where a wave allows %i failures, and %j were rolled back, others are blocked: %s',
  (maxFailures, tenants, isBlocked) => {
    const wave = 'all';
    const addresses = [
      ...tenants.map((tenant) => planned(tenant, { action: 'blocked', rolledBack: 4, wave })),
      planned('other', { wave }),
    ];
    const plan = blockSameChanges(planOf(addresses, { waves: [plannedWave(wave, { maxFailures })] }));
    expect(plan.addresses.at(-1)?.action === 'blocked').toBe(isBlocked);
  },
);
