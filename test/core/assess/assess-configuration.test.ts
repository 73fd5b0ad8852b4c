import { expect, test } from 'vitest';
import { assessConfiguration } from '../../../src/core/assess/assess-configuration.ts';
import type { LiveDeployment, LiveProfile } from '../../../src/core/live/live-state.ts';
import type { Problem } from '../../../src/core/problem/problem.ts';
import type { Policy } from '../../../src/core/settings/policy.ts';
import {
  contentOfYaml,
  deployment,
  described,
  type KnownFact,
  newContent,
  policy,
  profile,
} from '../../support/guard-inputs.ts';

const desired = contentOfYaml('rate: 100');
const other = contentOfYaml('rate: 200');

interface Live {
  readonly deployments: readonly [LiveDeployment, ...LiveDeployment[]];
  readonly facts?: readonly KnownFact[];
  readonly policy?: Partial<Policy>;
  readonly profile?: LiveProfile;
}

/** The verdict on content that is desired, beside deployments that AppConfig has of its profile. */
function verdictOn({ deployments, facts = [], policy: how = {}, profile: live = profile }: Live) {
  const known = newContent(desired, deployments, { facts });
  const warnings: Problem[] = [];
  const application = {
    id: 'a',
    name: 'one',
    description: undefined,
    environments: new Map([['dev', { ...known.environment, histories: new Map([[live.id, known.history]]) }]]),
    configurationProfiles: new Map([[live.name, live]]),
  };
  const context = {
    application,
    facts: known.facts,
    policy: { ...policy, ...how },
    warn: (each: Problem) => warnings.push(each),
  };
  const verdict = assessConfiguration(known.desired, context);
  return { ...verdict, warnings, wanted: known.facts.takeWanted() };
}

test('content that is live is unchanged, and needs no other fact', () => {
  expect(verdictOn({ deployments: [deployment(1, 'COMPLETE', desired)] })).toMatchObject({
    action: 'unchanged',
    isLive: true,
    wanted: [],
  });
});

test('content of a deployment in flight is waited for', () => {
  const running = deployment(2, 'DEPLOYING', desired);
  const verdict = verdictOn({
    deployments: [running, deployment(1, 'COMPLETE', other)],
    facts: [version(1, other.text)],
  });
  expect(verdict).toMatchObject({ action: 'await', awaits: running });
});

test('other content is an update: after a deployment in flight, too', () => {
  const facts = [version(1, other.text), version(2, other.text), described(1, 'appcfg'), described(2, 'appcfg')];
  expect(verdictOn({ deployments: [deployment(1, 'COMPLETE', other)], facts })).toMatchObject({
    action: 'update',
    reason: 'content differs',
    blockedBy: undefined,
  });
  expect(
    verdictOn({ deployments: [deployment(2, 'BAKING', other), deployment(1, 'COMPLETE', other)], facts }),
  ).toMatchObject({
    action: 'update',
    reason: 'deployment 2 of other content is in flight',
  });
});

test('content that was never live is created', () => {
  expect(verdictOn({ deployments: [deployment(1, 'ROLLED_BACK', other)], facts: [described(1, '')] })).toMatchObject({
    action: 'create',
  });
});

test('a deployment that appcfg did not make is compared by value, once its version is read', () => {
  const byOthers = deployment(1, 'COMPLETE');
  expect(verdictOn({ deployments: [byOthers] })).toMatchObject({
    reason: 'not known yet',
    wanted: [{ kind: 'version', profileId: profile.id, versionNumber: 1 }],
  });
  const facts = [version(1, '{ "rate": 100 }')];
  expect(verdictOn({ deployments: [byOthers], facts })).toMatchObject({ action: 'unchanged', isLive: true });
});

test('content that AppConfig rolled back is blocked, with the deployment, and deployed again with the flag', () => {
  const deployments = [deployment(2, 'ROLLED_BACK', desired), deployment(1, 'COMPLETE', other)] as const;
  const facts = [described(2, 'appcfg'), described(1, 'appcfg'), version(1, other.text)];
  expect(verdictOn({ deployments, facts })).toMatchObject({
    action: 'blocked',
    blockedBy: { code: 'guard-rolled-back' },
    rolledBack: 2,
  });
  expect(verdictOn({ deployments, facts, policy: { retryRolledBack: true } })).toMatchObject({ action: 'update' });
});

test('a profile whose content is stored elsewhere is blocked before anything else is asked', () => {
  const stored = { ...profile, locationUri: 's3://bucket/key' };
  expect(verdictOn({ deployments: [deployment(1, 'COMPLETE')], profile: stored })).toMatchObject({
    action: 'blocked',
    blockedBy: { code: 'guard-owner' },
    wanted: [],
  });
});

function version(versionNumber: number, text: string): KnownFact {
  return [
    { kind: 'version', profileId: profile.id, versionNumber },
    { text, contentType: 'application/json' },
  ];
}
