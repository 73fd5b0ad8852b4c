import { expect, test } from 'vitest';
import { isSuperseded, quarantineOf, rolledBack } from '../../../src/core/guards/rolled-back.ts';
import { contentOfYaml, deployment, described, newContent } from '../../support/guard-inputs.ts';

const bad = contentOfYaml('rate: 200');
const good = contentOfYaml('rate: 100');

test('content that AppConfig rolled back is quarantined, with its reason', () => {
  const deployments = [deployment(2, 'ROLLED_BACK', bad), deployment(1, 'COMPLETE', good)] as const;
  const facts = [described(2, 'appcfg', 'alarm "errors" is on'), described(1, 'appcfg')];
  expect(rolledBack.check(newContent(bad, deployments, { facts }))).toMatchObject({
    code: 'guard-rolled-back',
    message: 'deployment 2 of this content was rolled back: alarm "errors" is on',
    hint: { command: { run: 'sync', args: ['--retry-rolled-back'], selects: { tenant: 'one', environment: 'dev' } } },
  });
  expect(rolledBack.check(newContent(contentOfYaml('rate: 150'), deployments, { facts }))).toBeUndefined();
  expect(rolledBack.check(newContent(bad, deployments, { facts, policy: { retryRolledBack: true } }))).toBeUndefined();
});

test('content that a user reverted is quarantined', () => {
  const deployments = [deployment(2, 'REVERTED', bad), deployment(1, 'COMPLETE', good)] as const;
  const quarantine = quarantineOf(newContent(bad, deployments, { facts: [described(2, ''), described(1, '')] }));
  expect(quarantine).toMatchObject({ cause: 'reverted', deploymentNumber: 2 });
});

test('content that a rollback replaced is quarantined, by label or by number', () => {
  const deployments = [deployment(3, 'COMPLETE', good), deployment(2, 'COMPLETE', bad)] as const;
  const byLabel = [described(3, `appcfg quarantines=${bad.versionLabel}`)];
  expect(rolledBack.check(newContent(bad, deployments, { facts: byLabel }))).toMatchObject({
    message: 'content is quarantined: rollback deployment 3 replaced it',
  });
  const version = { kind: 'version', profileId: 'p', versionNumber: 2 } as const;
  const byNumber = newContent(bad, deployments, { facts: [described(3, 'appcfg quarantines=2')] });
  expect(quarantineOf(byNumber)).toBe('pending');
  byNumber.facts.learn(version, { text: bad.text, contentType: bad.contentType });
  expect(quarantineOf(byNumber)).toMatchObject({ cause: 'replaced by a rollback', deploymentNumber: 3 });
});

test('a deployment that was stopped in favour of another one quarantines nothing', () => {
  const deployments = [deployment(3, 'COMPLETE', good), deployment(2, 'ROLLED_BACK', bad)] as const;
  const facts = [described(3, 'appcfg supersedes=2'), described(2, 'appcfg')];
  const input = newContent(bad, deployments, { facts });
  expect(isSuperseded(deployments[1], input)).toBe(true);
  expect(quarantineOf(input)).toBeUndefined();
});

test('it waits for the facts that decide', () => {
  const deployments = [deployment(2, 'ROLLED_BACK', bad), deployment(1, 'COMPLETE', good)] as const;
  const input = newContent(bad, deployments);
  expect(rolledBack.check(input)).toBe('pending');
  expect(input.facts.takeWanted()).toContainEqual({ kind: 'deployment', environmentId: 'e', deploymentNumber: 2 });
});
