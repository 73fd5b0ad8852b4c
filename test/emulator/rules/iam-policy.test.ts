// Which requests a policy allows, as IAM decides it.
import { expect, test } from 'vitest';
import { contextOf, decide, parsePolicy } from '../../../src/emulator/rules/iam-policy.ts';

const arn = (path: string) => `arn:aws:appconfig:eu-west-1:123456789012:${path}`;

/** The decision on a read of an environment with a tag. */
function decisionOn(statements: unknown, request: { action?: string; resource?: string; tags?: object } = {}) {
  const { action = 'appconfig:GetEnvironment', resource = arn('application/a/environment/e'), tags = {} } = request;
  const requestTags = Object.fromEntries(Object.entries(tags));
  const context = contextOf({ resourceTags: { team: 'web' }, requestTags, region: 'eu-west-1' });
  return decide(parsePolicy({ Statement: statements }), { action, resources: [resource], context });
}

const allow = { Effect: 'Allow', Action: '*', Resource: '*' };

test.each([
  ['appconfig:GetEnvironment', 'allowed'],
  ['APPCONFIG:getenvironment', 'allowed'],
  ['appconfig:Get*', 'allowed'],
  ['appconfig:Get?nvironment', 'allowed'],
  ['*', 'allowed'],
  [['appconfig:List*', 'appconfig:*Env*ment'], 'allowed'],
  ['appconfig:GetEnvironments', 'not allowed'],
  ['appconfig:Get', 'not allowed'],
  ['Get*', 'not allowed'],
  [[], 'not allowed'],
])('the action %j: %s', (Action, decision) => {
  expect(decisionOn([{ ...allow, Action }])).toBe(decision);
});

test('a statement that denies wins, and NotAction and NotResource are everything else', () => {
  expect(decisionOn([allow, { ...allow, Effect: 'Deny', Action: 'appconfig:Get*' }])).toBe('denied');
  expect(decisionOn({ Effect: 'Allow', NotAction: 'appconfig:Delete*', Resource: '*' })).toBe('allowed');
  expect(decisionOn({ Effect: 'Allow', NotAction: 'appconfig:Get*', Resource: '*' })).toBe('not allowed');
  expect(decisionOn({ Effect: 'Allow', Action: '*', NotResource: arn('application/a/*') })).toBe('not allowed');
});

test('resources are ARNs with wildcards, in the same case', () => {
  for (const Resource of [arn('application/a/environment/e'), arn('application/*'), 'arn:*:appconfig:*:*:*/e']) {
    expect(decisionOn({ ...allow, Resource }), Resource).toBe('allowed');
  }
  for (const Resource of [arn('application/b/*'), arn('APPLICATION/*'), arn('application/a'), '']) {
    expect(decisionOn({ ...allow, Resource }), Resource).toBe('not allowed');
  }
});

test.each([
  [{ StringEquals: { 'aws:ResourceTag/team': 'web' } }, 'allowed'],
  [{ StringEquals: { 'aws:resourcetag/team': ['other', 'web'] } }, 'allowed'],
  [{ StringEquals: { 'aws:ResourceTag/Team': 'web' } }, 'not allowed'],
  [{ StringEquals: { 'aws:ResourceTag/team': 'Web' } }, 'not allowed'],
  [{ StringLike: { 'aws:ResourceTag/team': 'w*' } }, 'allowed'],
  [{ StringNotEquals: { 'aws:ResourceTag/team': 'web' } }, 'not allowed'],
  [{ StringNotEquals: { 'aws:ResourceTag/absent': 'web' } }, 'allowed'],
  [{ StringEqualsIfExists: { 'aws:ResourceTag/absent': 'web' } }, 'allowed'],
  [{ StringEquals: { 'aws:RequestTag/owner': 'me' } }, 'allowed'],
  [{ StringEquals: { 'aws:RequestTag/owner': 'me', 'aws:ResourceTag/team': 'other' } }, 'not allowed'],
  [{ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['owner', 'team'] } }, 'allowed'],
  [{ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } }, 'not allowed'],
  [{ 'ForAnyValue:StringLike': { 'aws:TagKeys': 'own*' } }, 'allowed'],
  [{ Null: { 'aws:ResourceTag/absent': 'true' } }, 'allowed'],
  [{ Null: { 'aws:ResourceTag/team': true } }, 'not allowed'],
  [{ StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }, 'allowed'],
])('the condition %j: %s', (Condition, decision) => {
  expect(decisionOn({ ...allow, Condition }, { tags: { owner: 'me' } })).toBe(decision);
});

test.each([
  [{}, 'the policy has no "Statement"'],
  [[], 'the policy is not an object'],
  [null, 'the policy is not an object'],
  [{ Statement: 'all' }, 'statement 1 is not an object'],
  [{ Statement: [{ Action: '*', Resource: '*' }] }, 'statement 1 has no "Effect"'],
  [{ Statement: [{ Effect: 'Allow', Action: '*' }] }, 'statement 1 has no "Resource"'],
  [{ Statement: [{ Effect: 'Allow', Action: 3, Resource: '*' }] }, 'not a string'],
  [{ Statement: [{ ...allow, Condition: { IpAddress: { 'aws:SourceIp': '::' } } }] }, 'operator "IpAddress"'],
  [{ Statement: [{ ...allow, Condition: { toString: {} } }] }, 'operator "toString"'],
  [{ Statement: [{ ...allow, Condition: { StringEquals: { 'aws:SourceVpc': 'x' } } }] }, 'key "aws:SourceVpc"'],
])('a policy that is not evaluated as IAM would: %j', (policy, message) => {
  expect(() => parsePolicy(policy)).toThrow(message);
});

test('a pattern with many stars takes no longer than its length', () => {
  const Action = `${'*a'.repeat(2_000)}*b`;
  const started = performance.now();
  expect(decisionOn({ ...allow, Action }, { action: 'a'.repeat(4_000) })).toBe('not allowed');
  expect(performance.now() - started).toBeLessThan(1_000);
});
