import { expect, test } from 'vitest';
import { Facts } from '../../../src/core/live/facts.ts';
import type { LiveApplication, LiveState } from '../../../src/core/live/live-state.ts';
import { tagsOfCreated } from '../../../src/core/live/ownership.ts';
import { planSync } from '../../../src/core/planners/plan-sync.ts';
import { desiredApplication } from '../../support/desired.ts';
import { policy } from '../../support/guard-inputs.ts';

const nothing: LiveState = {
  applications: new Map(),
  applicationCount: 0,
  orphanedApplications: [],
  deploymentStrategies: [],
  strategyNumbers: new Map(),
  changingProfiles: new Set(),
};

const version = 'CreateHostedConfigurationVersion one/*/Limits sha256-0';

test('an application that AppConfig does not have is created, its parts after it, one deployment in each environment', () => {
  const plan = planSync([desiredApplication('one', 'dev', 'prod')], nothing, policy);
  expect(plan.steps.map(({ id, after }) => [id, ...after])).toEqual([
    ['CreateApplication one'],
    ['CreateEnvironment one/dev', 'CreateApplication one'],
    ['CreateEnvironment one/prod', 'CreateApplication one'],
    ['CreateConfigurationProfile one/*/Limits', 'CreateApplication one'],
    [version, 'CreateConfigurationProfile one/*/Limits'],
    ['StartDeployment one/dev/Limits', version, 'CreateEnvironment one/dev'],
    ['StartDeployment one/prod/Limits', version, 'CreateEnvironment one/prod'],
  ]);
  expect(plan.addresses.map(({ action }) => action)).toEqual(['create', 'create']);
});

test('nothing is planned for an application of another project; its addresses have the reason', () => {
  const application: LiveApplication = {
    id: 'a',
    name: 'one',
    description: undefined,
    environments: new Map(),
    configurationProfiles: new Map(),
  };
  const facts = new Facts();
  facts.learn({ kind: 'tags' }, tagsOfCreated('other', {}));
  const live = { ...nothing, applications: new Map([['one', { application, facts }]]), applicationCount: 1 };
  const plan = planSync([desiredApplication('one', 'dev')], live, policy);
  expect(plan.steps).toEqual([]);
  expect(plan.addresses).toMatchObject([
    { action: 'blocked', blockedBy: { code: 'guard-owner', message: expect.stringContaining('other') } },
  ]);
});

test('a tree without tenants is refused while AppConfig has managed applications', () => {
  const orphans = [{ id: 'a', name: 'one', description: undefined }];
  const plan = planSync([], { ...nothing, orphanedApplications: orphans, applicationCount: 1 }, policy);
  expect(plan.refusals).toMatchObject([{ code: 'guard-empty' }]);
  expect(planSync([], nothing, policy).refusals).toEqual([]);
});
