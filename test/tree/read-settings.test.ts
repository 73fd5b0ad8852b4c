// appcfg.yml: all that is wrong with it at once, each with its place.
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

const tree = { 'template/A.yml': 'a: 1\n', 'tenants/one/dev/.gitkeep': '' };

/** `place  message (hint)` of each problem that `validate` tells. */
async function problemsOf(settings: string, more: Record<string, string> = {}): Promise<string[]> {
  const world = createWorld({ ...tree, 'appcfg.yml': settings, ...more });
  const { json } = await world.appcfg('validate', '-o', 'json');
  return json.problems.map(
    ({ source, message, hint }: { source: string; message: string; hint: string }) => `${source}  ${message} (${hint})`,
  );
}

test('one wrong key hides nothing: the rest is read, checked, and used to check the tree', async () => {
  const problems = await problemsOf(
    'projekt: x\ndeploymentStrategy: AppConfig.AllAtonce\nenvironments:\n  dev: {}\n  qa: { acount: "1" }\n',
    { 'tenants/one/pord/.gitkeep': '' },
  );
  expect(problems).toEqual([
    'appcfg.yml:5:9  unknown key "acount" in "environments.qa" (is "account" meant?)',
    'appcfg.yml:1:1  unknown key "projekt" (is "project" meant?)',
    'appcfg.yml:2:1  "AppConfig.AllAtonce" is not a deployment strategy (is "AppConfig.AllAtOnce" meant?)',
    expect.stringContaining('tenants/one/pord  "pord" is not one of the environments in appcfg.yml'),
  ]);
});

test('names with dots are one step', async () => {
  expect(await problemsOf('environments: { dev: {}, eu.prod: { deploymentStrateg: x } }\n')).toEqual([
    'appcfg.yml:1:37  unknown key "deploymentStrateg" in "environments.eu.prod" (is "deploymentStrategy" meant?)',
  ]);
  const flags = { 'template/my.flags.yml': 'a: 1\n' };
  expect(await problemsOf('profiles: { my.flags: { format: jsn } }\n', flags)).toEqual([
    'appcfg.yml:1:25  "profiles.my.flags.format" is "jsn", not json or yaml (leave it out for json)',
  ]);
});

test('__proto__ is refused where it would vanish', async () => {
  expect(await problemsOf('tags:\n  __proto__: x\n')).toEqual([
    'appcfg.yml:2:3  the key "__proto__" cannot stand here (choose another name)',
  ]);
});

test('what is nearly the name of an own strategy is not taken for an id', async () => {
  const own = 'deploymentStrategies: { instant: { durationMinutes: 0, growthFactor: 100 } }\n';
  expect(await problemsOf(`${own}deploymentStrategy: instan\n`)).toEqual([
    'appcfg.yml:2:1  "instan" is not a deployment strategy (is "instant" meant?)',
    expect.stringContaining('nothing is deployed with a strategy "instant"'),
  ]);
  expect(await problemsOf('deploymentStrategy: ab1cd2e\n')).toEqual([]);
});

test.each([
  ['guards: { maxDeletes: 999% }', '"guards.maxDeletes" is "999%", not a number, or a percentage up to 100%'],
  ['profiles: { A: { lists: { /a~2b: union } } }', 'the path "/a~2b" is no JSON Pointer'],
  ['profiles: { A: { lists: { "/m/*/l": union } } }', 'the path "/m/*/l" has a *'],
])('%s is refused', async (settings, says) => {
  expect(await problemsOf(`${settings}\n`)).toEqual([expect.stringContaining(says)]);
});

test('sections with nothing below them say nothing', async () => {
  expect(await problemsOf('aws:\nguards:\ntags:\nprofiles:\n  A:\n')).toEqual([]);
});

test('a link that leads out of the tree, or nowhere, is not followed', async () => {
  const world = createWorld({ ...tree, 'inner/template/A.yml': 'a: 1\n', 'inner/tenants/one/dev/.gitkeep': '' });
  writeFileSync(join(world.directory, 'outside.yml'), 'project: x\n');
  symlinkSync('../outside.yml', join(world.directory, 'inner/appcfg.yml'));
  const outside = await world.appcfg('-C', 'inner', 'validate');
  expect(outside).toMatchObject({ exitCode: 3 });
  expect(outside.stderr).toContain('appcfg.yml  the link leads out of the tree');
  symlinkSync('nowhere.yml', join(world.directory, 'appcfg.yml'));
  const dangling = await world.appcfg('validate');
  expect(dangling).toMatchObject({ exitCode: 3 });
  expect(dangling.stderr).toContain('appcfg.yml  cannot be read (ENOENT)');
});

test.each(['appcfg.json', 'appcfg.YML', 'Appcfg.yml'])('%s is told to be no settings', async (name) => {
  const world = createWorld({ ...tree, [name]: '{}' });
  expect((await world.appcfg('validate')).stderr).toContain(`${name}  ignored: the settings are in appcfg.yml`);
});

test('a file in the place of a folder of the tree is a problem', async () => {
  const world = createWorld({ 'tenants/one/dev/A.yml': 'a: 1\n', template: 'hi' });
  const outcome = await world.appcfg('validate');
  expect(outcome.exitCode).toBe(3);
  expect(outcome.stderr).toContain('"template" is not a folder');
});

test.each([
  ['prod', true],
  ['eu-prod', true],
  ['production', true],
  ['live2', true],
  ['product-test', false],
  ['dev', false],
])('%s looks like production: %s', async (environment, warned) => {
  const problems = await problemsOf('project: x\n', { [`tenants/one/${environment}/.gitkeep`]: '' });
  expect(problems.some((problem) => problem.includes(`"${environment}" looks like production`))).toBe(warned);
});

test('settings that hold for nothing are most likely a slip', async () => {
  expect(
    await problemsOf(
      'redact:\n  - /databse/password\n  - /a\nprofiles:\n  B: { merge: replace }\ndeploymentStrategies:\n  instnt: { durationMinutes: 0, growthFactor: 100 }\n',
    ),
  ).toEqual([
    'appcfg.yml:5:3  profiles has "B", and no file names a profile "B" (is "A" meant?)',
    expect.stringContaining('appcfg.yml:7:3  deploymentStrategies has "instnt", and nothing is deployed with'),
    expect.stringContaining(
      'appcfg.yml:2:5  the pattern "/databse/password" of "redact" matches no value in any configuration',
    ),
  ]);
});

test('an alarm without an ARN is refused', async () => {
  expect(await problemsOf('environments: { dev: { monitors: [{ alarmArn: nope, alarmRoleArn: x }] } }\n')).toHaveLength(
    2,
  );
});

const tenants = { 'tenants/acme-one/dev/.gitkeep': '', 'tenants/acme-two/prod/.gitkeep': '' };

test('what is wrong with entries of tenants is told like everything else', async () => {
  expect(
    await problemsOf(
      [
        'tenants:',
        '  - { labels: { tier: gold } }',
        '  - { match: [], deploymentStrategy: AppConfig.AllAtonce }',
        '  - { match: acme-*, labels: { "a b": x, tier: 1 }, acount: "1" }',
        '',
      ].join('\n'),
      tenants,
    ),
  ).toEqual([
    'appcfg.yml:2:5  "tenants.0.match" is missing: a glob of tenants, or a list of them (for example match: "acme-*")',
    expect.stringContaining('appcfg.yml:3:7  "tenants.1.match" is [], not a glob of tenants'),
    expect.stringContaining(
      'appcfg.yml:4:32  "tenants.2.labels.a b" is not a key that can stand here (keys are letters',
    ),
    expect.stringContaining('appcfg.yml:4:42  "tenants.2.labels.tier" is 1, not a label'),
    'appcfg.yml:4:53  unknown key "acount" in "tenants.2" (is "account" meant?)',
    expect.stringContaining('looks like production'),
  ]);
});

test('a role is of the account it leads to', async () => {
  const role = 'roleArn: arn:aws:iam::111122223333:role/appcfg';
  const says = 'the role is in account 111122223333, and the account is 444455556666';
  const [first, second] = await problemsOf(
    `environments:\n  dev: { account: "444455556666", ${role} }\ntenants:\n  - { match: one, account: "444455556666", ${role} }\n`,
  );
  expect(first).toContain(`appcfg.yml:2:35  ${says}`);
  expect(second).toContain(`appcfg.yml:4:44  ${says}`);
});

test('a tenant has one account, and all have one where some do', async () => {
  const settings = [
    'environments: { dev: {}, prod: { account: "444455556666", region: eu-west-1 } }',
    'tenants:',
    '  - { match: "acme-*", account: "111122223333" }',
    '  - { match: acme-two, account: "444455556666", region: us-east-1 }',
    '',
  ];
  expect(await problemsOf(settings.join('\n'), tenants)).toEqual([
    'appcfg.yml:4:24  the tenant "acme-two" is matched by two entries that set an account: "acme-*" and "acme-two" (let one entry alone say where a tenant is: take it out of the other with "!" and its name)',
    'appcfg.yml:4:49  acme-two/prod has two places: environments.prod says eu-west-1, and tenants says us-east-1 (an environment is never written in another place than its own: leave one of them out)',
    'appcfg.yml:2:1  one/dev has no account, and other tenants have one (give every tenant one: under tenants, with a glob that matches it, or under environments)',
    expect.stringContaining('looks like production'),
  ]);
});

test('globs of tenants and profiles that match nothing are warnings', async () => {
  const settings = [
    'tenants:',
    '  - { match: [acme-*, "!acme-on"], excludeProfiles: [A, B] }',
    '  - { match: beta-*, labels: { tier: gold } }',
    '',
  ];
  expect(await problemsOf(settings.join('\n'), tenants)).toEqual([
    expect.stringContaining('looks like production'),
    'appcfg.yml:2:7  tenants has "!acme-on", which matches no tenant (is "acme-one" meant?)',
    'appcfg.yml:2:36  tenants has "B", which matches no configuration profile (is "A" meant?)',
    'appcfg.yml:3:7  tenants has "beta-*", which matches no tenant (delete it, if it is not needed)',
  ]);
});

test('accounts that are not allowed, and alarms that many share, are warnings', async () => {
  const settings = [
    'aws: { allowedAccounts: ["111122223333"] }',
    'tenants:',
    '  - match: "*"',
    '    account: "444455556666"',
    '    monitors: [{ alarmArn: "arn:aws:a", alarmRoleArn: "arn:aws:b" }]',
    '',
  ];
  expect(await problemsOf(settings.join('\n'))).toEqual([
    expect.stringContaining('appcfg.yml:5:5  the alarm "arn:aws:a" watches every tenant that matches *'),
    expect.stringContaining(
      'appcfg.yml:4:5  tenants.0 is in account 444455556666, which is not in `aws.allowedAccounts`',
    ),
  ]);
});
