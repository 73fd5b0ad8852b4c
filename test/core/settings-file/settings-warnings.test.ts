// Settings that are valid, but probably a mistake.
import { expect, test } from 'vitest';
import { formatSource } from '../../../src/core/model/source-position.ts';
import type { Problem } from '../../../src/core/problem/problem.ts';
import { parseSettings } from '../../../src/core/settings-file/parse-settings.ts';
import {
  checkSettings,
  productionWarnings,
  unusedSettings,
} from '../../../src/core/settings-file/settings-warnings.ts';

async function settingsOf(...lines: string[]) {
  const { settings, problems } = await parseSettings(`${lines.join('\n')}\n`, 'appcfg.yml');
  expect(problems).toEqual([]);
  return settings;
}

function shown(problems: readonly Problem[]): string[] {
  return problems.map(({ source, message, hint }) => `${source && formatSource(source)}  ${message} (${hint?.text})`);
}

test.each([
  ['prod', true],
  ['eu-prod', true],
  ['production', true],
  ['live2', true],
  ['product-test', false],
  ['dev', false],
])('%s looks like production: %s', async (environment, expected) => {
  const strategies = new Map([[environment, new Set(['AppConfig.Linear50PercentEvery30Seconds'])]]);
  const warnings = shown(productionWarnings(await settingsOf('project: x'), strategies));
  expect(warnings.some((warning) => warning.includes(`"${environment}" looks like production`))).toBe(expected);
});

test('the hint for a strategy keeps the list of environments complete', async () => {
  const strategies = new Map([['prod', new Set(['AppConfig.Linear50PercentEvery30Seconds'])]]);
  const hintFor = async (...lines: string[]) =>
    productionWarnings(await settingsOf(...lines), strategies).map(({ hint }) => hint?.text);
  expect(await hintFor('project: x')).toEqual([
    'list every environment under "environments:", and give prod deploymentStrategy: AppConfig.Linear20PercentEvery6Minutes (30 min, then 30 min bake time)',
  ]);
  expect(await hintFor('environments: { dev: {}, prod: {} }')).toEqual([
    'set environments.prod.deploymentStrategy: AppConfig.Linear20PercentEvery6Minutes (30 min, then 30 min bake time)',
  ]);
});

test('settings that apply to nothing in the tree are most likely typos', async () => {
  const settings = await settingsOf(
    'profiles:',
    '  B: { merge: replace }',
    'deploymentStrategies:',
    '  instnt: { durationMinutes: 0, growthFactor: 100 }',
    'tenants:',
    '  - { match: [acme-*, "!acme-on"], excludeProfiles: [A, B] }',
    '  - { match: beta-*, labels: { tier: gold } }',
  );
  const names = { tenants: new Set(['acme-one', 'acme-two']), profiles: new Set(['A']) };
  expect(shown(unusedSettings(settings, names))).toEqual([
    'appcfg.yml:6:7  "!acme-on" matches no tenant (did you mean "acme-one"?)',
    'appcfg.yml:6:36  "B" matches no configuration profile (did you mean "A"?)',
    'appcfg.yml:7:7  "beta-*" matches no tenant (delete it if it is not needed)',
    'appcfg.yml:2:3  the tree has no configuration profile "B" (did you mean "A"?)',
    'appcfg.yml:4:3  nothing uses the deployment strategy "instnt" (delete it if it is not needed)',
  ]);
});

test('accounts that are not allowed, and alarms that many tenants share, are suspicious', async () => {
  const settings = await settingsOf(
    'aws: { allowedAccounts: ["111122223333"] }',
    'tenants:',
    '  - match: "*"',
    '    account: "444455556666"',
    '    monitors: [{ alarmArn: "arn:aws:a", alarmRoleArn: "arn:aws:b" }]',
  );
  expect(shown(checkSettings(settings))).toEqual([
    expect.stringContaining('appcfg.yml:5:5  the alarm "arn:aws:a" monitors every tenant that matches *'),
    expect.stringContaining(
      'appcfg.yml:4:5  the tenants entry with match "*" is in account 444455556666, which is not in aws.allowedAccounts',
    ),
  ]);
});
