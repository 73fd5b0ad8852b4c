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
    expect.stringContaining('appcfg.yml:2:5  "redact" has "/databse/password", and no configuration has a value there'),
  ]);
});

test('an alarm without an ARN is refused', async () => {
  expect(await problemsOf('environments: { dev: { monitors: [{ alarmArn: nope, alarmRoleArn: x }] } }\n')).toHaveLength(
    2,
  );
});
