// Which settings change between two revisions, and which of them loosen something.
import { expect, test } from 'vitest';
import { formatSource } from '../../../src/core/model/source-position.ts';
import { compareSettings } from '../../../src/core/settings-changes/compare-settings.ts';
import { settingsFrom } from '../../support/reviewed-trees.ts';

const addresses = ['t1', 't2'].flatMap((tenant) =>
  ['dev', 'prod'].map((environment) => ({ tenant, environment, configurationProfile: 'L' })),
);

async function changesFrom(base: string, head: string) {
  const settings = { base: await settingsFrom(`project: p\n${base}`), head: await settingsFrom(`project: p\n${head}`) };
  return compareSettings(settings, addresses);
}

const strategy = (numbers: string) => `deploymentStrategies: { own: { ${numbers} } }\ndeploymentStrategy: own\n`;
const slow = 'durationMinutes: 10, bakeMinutes: 5, growthFactor: 10, growthType: LINEAR';
const lambda = (name: string) => `arn:aws:lambda:eu-west-1:444455556666:function:${name}`;
const monitor = (name: string) =>
  `{ alarmArn: "arn:aws:cloudwatch:eu-west-1:444455556666:alarm:${name}", alarmRoleArn: "arn:aws:iam::444455556666:role/m" }`;
const wave = (first: string, then: string) => `waves: [{ name: a, tenants: [t1]${first} }, { name: b${then} }]\n`;

test.each([
  ['/redact', 'redact: [/a, /b]\n', 'redact: [/b, /c]\n'],
  ['/guards/maxShrink', 'guards: { maxShrink: 30% }\n', 'guards: { maxShrink: 40% }\n'],
  ['/guards/maxDeletes', 'guards: { maxDeletes: 5 }\n', 'guards: { maxDeletes: 6 }\n'],
  ['/guards/maxDeletes', 'guards: { maxDeletes: 50% }\n', 'guards: { maxDeletes: 1 }\n'],
  ['/guards/drift', '', 'guards: { drift: overwrite }\n'],
  [
    '/guards/changes/kind',
    'guards: { changes: error }\n',
    'guards: { changes: { emptied: error, factor: error, reach: error, dormant: error } }\n',
  ],
  ['/guards/changes/emptied', '', 'guards: { changes: { emptied: off } }\n'],
  ['/guards/changes/maxFactor', '', 'guards: { changes: { maxFactor: 11 } }\n'],
  ['/guards/changes/maxReach', '', 'guards: { changes: { maxReach: 60% } }\n'],
  ['/guards/changes/dormantDays', '', 'guards: { changes: { dormantDays: 366 } }\n'],
  ['/deploymentStrategy', '', 'deploymentStrategy: AppConfig.AllAtOnce\n'],
  ['/deploymentStrategies/own', strategy(slow), strategy(slow.replace('10,', '9,'))],
  ['/deploymentStrategies/own', strategy(slow), strategy(slow.replace('bakeMinutes: 5', 'bakeMinutes: 4'))],
  ['/deploymentStrategies/own', strategy(slow), strategy(slow.replace('growthFactor: 10', 'growthFactor: 11'))],
  ['/deploymentStrategies/own', strategy(slow), strategy(slow.replace('LINEAR', 'EXPONENTIAL'))],
  ['/deploymentStrategy', '', 'deploymentStrategy: abcd123\n'],
  ['/tenants/0/deploymentStrategy', '', 'tenants: [{ match: t1, deploymentStrategy: AppConfig.AllAtOnce }]\n'],
  ['/waves', wave('', ''), ''],
  ['/waves', wave(', soak: 10m', ''), wave(', soak: 5m', '')],
  ['/waves', wave('', ''), wave('', ', maxFailures: 1')],
  ['/profiles/L/schema', 'profiles: { L: { schema: a.json } }\n', 'profiles: { L: {} }\n'],
  ['/profiles/L/schema', 'profiles: { L: { schema: a.json } }\n', 'profiles: { L: { schema: b.json } }\n'],
  ['/profiles/L/merge', '', 'profiles: { L: { merge: replace } }\n'],
  ['/profiles/L/null', '', 'profiles: { L: { null: keep } }\n'],
  ['/profiles/L/lists', '', 'profiles: { L: { lists: { /a: union } } }\n'],
  ['/profiles/L/versions/keep', '', 'profiles: { L: { versions: { keep: 3 } } }\n'],
  ['/versions/keep', 'versions: { keep: 9 }\n', 'versions: { keep: 3 }\n'],
  ['/adopt', '', 'adopt: [a*]\n'],
  ['/aws/allowedAccounts', 'aws: { allowedAccounts: ["444455556666"] }\n', ''],
  ['/aws/quotas/applications', 'aws: { quotas: { applications: 100 } }\n', 'aws: { quotas: { applications: 300 } }\n'],
  ['/aws/region', '', 'aws: { region: eu-west-1 }\n'],
  ['/applicationName', '', 'applicationName: "x-{tenant}"\n'],
  ['/tenants/0/applicationName', '', 'tenants: [{ match: t1, applicationName: Shop }]\n'],
  [
    '/tenants/0/applicationName',
    'tenants: [{ match: t1, applicationName: Shop }]\n',
    'tenants: [{ match: t1, applicationName: Other }]\n',
  ],
  ['/environments', 'environments: { dev: {}, prod: {} }\n', ''],
  [
    '/aws/allowedAccounts',
    'aws: { allowedAccounts: ["444455556666"] }\n',
    'aws: { allowedAccounts: ["444455556666", "111122223333"] }\n',
  ],
  ['/aws/quotas/environments', '', 'aws: { quotas: { environments: 30 } }\n'],
  ['/aws/quotas/profiles', 'aws: { quotas: { profiles: 5 } }\n', 'aws: { quotas: { profiles: 6 } }\n'],
  ['/aws/quotas/strategies', 'aws: { quotas: { strategies: 5 } }\n', 'aws: { quotas: { strategies: 6 } }\n'],
  ['/versions/keep', '', 'versions: { keep: 3 }\n'],
  [
    '/profiles/L/installValidator',
    'profiles: { L: { schema: a.json, installValidator: true } }\n',
    'profiles: { L: { schema: a.json } }\n',
  ],
  [
    '/profiles/L/validators',
    `profiles: { L: { validators: ["${lambda('a')}", "${lambda('b')}"] } }\n`,
    `profiles: { L: { validators: ["${lambda('b')}"] } }\n`,
  ],
  [
    '/profiles/L/validators',
    `profiles: { L: { validators: ["${lambda('a')}"] } }\n`,
    `profiles: { L: { validators: ["${lambda('b')}"] } }\n`,
  ],
  ['/profiles/L/kmsKey', 'profiles: { L: { kmsKey: alias/a } }\n', 'profiles: { L: { kmsKey: alias/b } }\n'],
  ['/profiles/L/kmsKey', 'profiles: { L: { kmsKey: alias/a } }\n', ''],
  ['/profiles/L/lists', 'profiles: { L: { lists: { /a: union } } }\n', 'profiles: { L: { lists: { /a: append } } }\n'],
  [
    '/environments/prod/kmsKey',
    'environments: { dev: {}, prod: { kmsKey: alias/a } }\n',
    'environments: { dev: {}, prod: {} }\n',
  ],
  [
    '/environments/prod/monitors',
    `environments: { dev: {}, prod: { monitors: [${monitor('{tenant}-a')}, ${monitor('b')}] } }\n`,
    `environments: { dev: {}, prod: { monitors: [${monitor('b')}] } }\n`,
  ],
  [
    '/environments/prod/monitors',
    `environments: { dev: {}, prod: { monitors: [${monitor('{tenant}-a')}] } }\n`,
    `environments: { dev: {}, prod: { monitors: [${monitor('{environment}-a')}] } }\n`,
  ],
  [
    '/tenants/0/monitors',
    `environments: { dev: {}, prod: { monitors: [${monitor('a')}] } }\n`,
    `environments: { dev: {}, prod: { monitors: [${monitor('a')}] } }\ntenants: [{ match: t1, monitors: [] }]\n`,
  ],
  [
    '/environments/prod/region',
    'environments: { dev: {}, prod: { region: eu-west-1 } }\n',
    'environments: { dev: {}, prod: { region: eu-central-1 } }\n',
  ],
  [
    '/environments/prod/roleArn',
    'environments: { dev: {}, prod: { roleArn: "arn:aws:iam::444455556666:role/a" } }\n',
    'environments: { dev: {}, prod: { roleArn: "arn:aws:iam::444455556666:role/b" } }\n',
  ],
  ['/waves', wave('', ''), 'waves: [{ name: b }, { name: a, tenants: [none] }]\n'],
  ['/waves', wave(', maxFailures: 1%', ''), wave(', maxFailures: 2', '')],
  ['/environments/prod/account', '', 'environments: { dev: {}, prod: { account: "444455556666" } }\n'],
])('%s is loosened: %j to %j', async (path, base, head) => {
  const changes = await changesFrom(base, head);
  expect(changes.filter(({ loosened }) => loosened).map((change) => change.path)).toContain(path);
  // What is loosened comes first, and has a reason.
  expect(changes[0]).toMatchObject({ loosened: true, reason: expect.stringMatching(/./) });
});

test.each([
  ['a pattern is added', 'redact: [/a]\n', 'redact: [/a, /b]\n'],
  ['a smaller limit', 'guards: { maxShrink: 30% }\n', 'guards: { maxShrink: 20% }\n'],
  ['a percentage for a number', 'guards: { maxDeletes: 1 }\n', 'guards: { maxDeletes: 90% }\n'],
  ['a slower strategy', strategy(slow.replace('10,', '9,')), strategy(slow)],
  ['a wave is added', '', wave('', '')],
  ['a schema is added', '', 'profiles: { L: { schema: a.json } }\n'],
  ['accounts are listed', '', 'aws: { allowedAccounts: ["444455556666"] }\n'],
  [
    'an environment is listed',
    'environments: { dev: {}, prod: {} }\n',
    'environments: { dev: {}, prod: {}, qa: {} }\n',
  ],
  ['more versions are kept', 'versions: { keep: 3 }\n', 'versions: { keep: 9 }\n'],
  ['a label', '', 'tenants: [{ match: t1, labels: { tier: gold } }]\n'],
  ['a tag', '', 'tags: { a: b }\n'],
])('nothing is loosened: %s', async (_what, base, head) => {
  const changes = await changesFrom(base, head);
  expect(changes.length).toBeGreaterThan(0);
  expect(changes.filter(({ loosened }) => loosened)).toEqual([]);
});

test.each([
  [
    'another order of tenants entries',
    'tenants: [{ match: t1, labels: { a: b } }, { match: x }]\n',
    'tenants: [{ match: x }, { match: t1, labels: { a: b } }]\n',
  ],
  ['a strategy with another name and the same numbers', strategy(slow), strategy(slow).replaceAll('own', 'other')],
  ['a default that is written down', '', 'profiles: { L: { merge: merge, null: delete } }\n'],
  [
    'a default that no address uses',
    'environments: { dev: { deploymentStrategy: AppConfig.AllAtOnce }, prod: { deploymentStrategy: AppConfig.AllAtOnce } }\n',
    'environments: { dev: { deploymentStrategy: AppConfig.AllAtOnce }, prod: { deploymentStrategy: AppConfig.AllAtOnce } }\ndeploymentStrategy: AppConfig.AllAtOnce\n',
  ],
])('no change: %s', async (_what, base, head) => {
  expect(await changesFrom(base, head)).toEqual([]);
});

test('equal changes of one setting are one, with the number of their addresses and the line', async () => {
  const environments = (prod: string) => `environments:\n  dev: {}\n  prod:\n    deploymentStrategy: ${prod}\n`;
  const [change, ...others] = await changesFrom(
    environments('AppConfig.Linear20PercentEvery6Minutes'),
    environments('AppConfig.AllAtOnce'),
  );
  expect(others).toEqual([]);
  expect(change).toEqual({
    path: '/environments/prod/deploymentStrategy',
    before: '"AppConfig.Linear20PercentEvery6Minutes"',
    after: '"AppConfig.AllAtOnce"',
    loosened: true,
    reason: 'duration 30 → 0 min, bake time 30 → 10 min, growth factor 20 → 100 %',
    addresses: 2,
    source: { file: 'appcfg.yml', line: 5 },
  });
});

test('what is removed has its line in the base', async () => {
  const changes = await changesFrom('redact:\n  - /a\nguards:\n  maxShrink: 20%\n', 'guards:\n  maxShrink: 30%\n');
  expect(changes.map(({ path, source, before, after }) => [path, formatSource(source), before, after])).toEqual([
    ['/redact', 'appcfg.yml:2@base', '["/a"]', '[]'],
    ['/guards/maxShrink', 'appcfg.yml:3', '"20%"', '"30%"'],
  ]);
});

test('a schema with another content under the same path is loosened', async () => {
  const settings = await settingsFrom('project: p\nprofiles:\n  L: { schema: a.json }\n  M: { schema: b.json }\n');
  expect(compareSettings({ base: settings, head: settings }, addresses, new Set(['L']))).toEqual([
    {
      path: '/profiles/L/schema',
      before: '"a.json"',
      after: '"a.json"',
      loosened: true,
      reason: 'its content is replaced',
      addresses: 4,
      source: { file: 'appcfg.yml', line: 3 },
    },
  ]);
  expect(compareSettings({ base: settings, head: settings }, addresses)).toEqual([]);
});

test('the wave of an address is shown with what comes before it', async () => {
  const changes = await changesFrom(wave(', soak: 10m', ''), wave(', soak: 5m', ', maxFailures: 2%'));
  expect(changes.map(({ before, after }) => [before, after])).toEqual([
    ['"b, after a and 10 min of soak"', '"b, after a and 5 min of soak, maxFailures 2%"'],
  ]);
});
