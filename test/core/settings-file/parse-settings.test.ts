// The text of appcfg.yml to settings: every problem at once, each with its position.
import { expect, test } from 'vitest';
import { formatSource } from '../../../src/core/model/source-position.ts';
import { defaultSettings } from '../../../src/core/settings/settings.ts';
import { parseSettings } from '../../../src/core/settings-file/parse-settings.ts';

/** `position  message (hint)` of each problem. */
async function problemsOf(...lines: string[]): Promise<string[]> {
  const { problems } = await parseSettings(`${lines.join('\n')}\n`, 'appcfg.yml');
  return problems.map(({ source, message, hint }) => `${source && formatSource(source)}  ${message} (${hint?.text})`);
}

test('one invalid key hides no other problem', async () => {
  const problems = await problemsOf(
    'projekt: x',
    'deploymentStrategy: AppConfig.AllAtonce',
    'environments:',
    '  dev: {}',
    '  qa: { acount: "1" }',
  );
  expect(problems).toEqual([
    'appcfg.yml:5:9  unknown key "acount" in "environments.qa" (did you mean "account"?)',
    'appcfg.yml:1:1  unknown key "projekt" (did you mean "project"?)',
    'appcfg.yml:2:1  "AppConfig.AllAtonce" is not a deployment strategy (did you mean "AppConfig.AllAtOnce"?)',
  ]);
});

test('a key that is similar to none gets the list of keys', async () => {
  expect(await problemsOf('aws: { zzz: 1 }')).toEqual([
    'appcfg.yml:1:8  unknown key "zzz" in "aws" (available: region, allowedAccounts, quotas)',
  ]);
});

test('a name with a dot is one key', async () => {
  expect(await problemsOf('environments: { dev: {}, eu.prod: { deploymentStrateg: x } }')).toEqual([
    'appcfg.yml:1:37  unknown key "deploymentStrateg" in "environments.eu.prod" (did you mean "deploymentStrategy"?)',
  ]);
  expect(await problemsOf('profiles: { my.flags: { format: jsn } }')).toEqual([
    'appcfg.yml:1:25  "profiles.my.flags.format" is "jsn", expected: "json" or "yaml" (did you mean "json"?)',
  ]);
});

test.each([
  ['[]', 'the file is [], expected: map of settings (see node_modules/@appcfg/cli/docs/settings.md)'],
  ['apiVersion: v2', '"apiVersion" is "v2", expected: "appcfg/v1" (available: appcfg/v1)'],
  [
    'aws: { allowedAccounts: 111122223333 }',
    '"aws.allowedAccounts" is 111122223333, expected: list of the accounts that appcfg may use (for example: allowedAccounts: [ "111122223333" ])',
  ],
  [
    'aws: { allowedAccounts: [111122223333] }',
    '"aws.allowedAccounts.0" is 111122223333, expected: number of an AWS account: twelve digits, in quotes (for example: "111122223333")',
  ],
  ['aws: { region: EU }', '"aws.region" is "EU", expected: AWS Region (for example: region: "eu-west-1")'],
  ...['0', '-1', '1.5', '"20"', 'all', '{}', 'null'].map((keep): [string, string] => [
    `versions: { keep: ${keep} }`,
    `"versions.keep" is ${keep === 'all' ? '"all"' : keep}, expected: number of versions of a profile that appcfg keeps: a whole number from 1 (for example: keep: 20)`,
  ]),
  [
    'profiles: { A: { versions: {} } }',
    '"profiles.A.versions.keep" is missing, expected: number of versions of a profile that appcfg keeps: a whole number from 1 (for example: keep: 20)',
  ],
  ['versions: { keeps: 3, keep: 3 }', 'unknown key "keeps" in "versions" (did you mean "keep"?)'],
  [
    'versions: 20',
    '"versions" is 20, expected: map with keep, the number of newest versions that are kept (for example: versions: { keep: 20 })',
  ],
  [
    'adopt: [1]',
    '"adopt.0" is 1, expected: glob of at most 512 characters, without extended globs such as "+(a)" and without ranges of more than 1,000 numbers (for example: "acme-*")',
  ],
  [
    'environments: { dev: { monitors: [{ alarmArn: nope }] } }',
    '"environments.dev.monitors.0.alarmRoleArn" is missing, expected: ARN of the IAM role with which AppConfig reads the alarm',
  ],
  [
    'profiles: { A: { lists: { /a: sorted } } }',
    '"profiles.A.lists./a" is "sorted", expected: list strategy: append, prepend, union, or { by: key } (for example: /a: { by: "id" })',
  ],
  [
    'waves: [{ name: one, labels: {} }]',
    '"waves.0.labels" is {}, expected: map of at least one label that the tenants have; values may be globs (for example: labels: { tier: "gold" })',
  ],
  ['severities: { scalar-ambigous: off }', 'unknown problem code "scalar-ambigous"'],
  ['severities: { null-implicit: off }', 'the severity of "null-implicit" cannot be changed'],
  ['severities: { guard-owner: warn }', 'the severity of "guard-owner" cannot be changed'],
  ['severities: { wave-blocked: off }', 'the severity of "wave-blocked" cannot be changed'],
  [
    'severities: { key-suspicious: fatal }',
    '"severities.key-suspicious" is "fatal", expected: "off" or "warn" or "error"',
  ],
  ['guards: { maxDeletes: 999% }', '"guards.maxDeletes" is "999%", expected: number or percentage (up to 100%)'],
  ['profiles: { A: { lists: { /a~2b: union } } }', 'the path "/a~2b" is not a JSON Pointer'],
  ['profiles: { A: { lists: { "/m/*/l": union } } }', 'the path "/m/*/l" contains a *'],
  ['applicationName: acme', '"applicationName" is "acme", without {tenant}'],
  ['tenants: [{ match: "a*", applicationName: acme }]', '"applicationName" is "acme", without {tenant}'],
  ['tenants: [{ match: [a, b], applicationName: acme }]', '"applicationName" is "acme", without {tenant}'],
  ['tenants: [{ match: a, applicationName: "{tenant}{tenant}" }]', '"applicationName" has {tenant} twice'],
  [
    'tenants: [{ match: a, applicationName: "x-{tennant}" }]',
    '"applicationName" has the unknown placeholder {tennant}',
  ],
  ['applicationName: "{tenant}-{tenant}"', '"applicationName" has {tenant} twice (keep one {tenant})'],
  ['applicationName: "{tenant}-{env}"', '"applicationName" has the unknown placeholder {env}'],
  ['tags: { "appcfg:project": x }', 'appcfg itself sets the tag "appcfg:project"'],
  ['tags: { "AWS:x": y }', 'the tag "AWS:x" begins with "aws:"'],
  ['tags: { a: "b!" }', 'the tag "a" has invalid characters'],
  ['deploymentStrategies: { AppConfig.Mine: { durationMinutes: 0, growthFactor: 100 } }', 'cannot be named'],
  [
    'waves: [{ name: "a\\u001b[31mb" }]',
    'the wave name "a\u001b[31mb" has the character U+001B, which is invisible, or not what it looks like (rename it)',
  ],
  ['waves: [{ name: "a\\nb" }]', 'has the character U+000A, which is invisible'],
  ['waves: [{ name: "re\\u202est" }]', 'has the character U+202E'],
  ['waves: [{ name: "\\u200b" }]', 'has the character U+200B'],
  ['waves: [{ name: " a" }]', 'the wave name " a" has a leading space (rename it)'],
  ['waves: [{ name: "a " }]', 'the wave name "a " has a trailing space (rename it)'],
  [
    `waves: [{ name: ${'w'.repeat(65)} }]`,
    `the wave name "${'w'.repeat(40)}…" has 65 characters, which exceeds the limit of 64 (rename it)`,
  ],
  ['deploymentStrategies: { "a\\u0000b": { durationMinutes: 0, growthFactor: 100 } }', 'has the character U+0000'],
  ['waves: [{ name: one }, { name: one }]', 'duplicate wave "one" (rename one of them)'],
])('%s is invalid', async (settings, message) => {
  expect(await problemsOf(settings)).toContainEqual(expect.stringContaining(message));
});

test('the key __proto__ is refused, because it would be lost', async () => {
  expect(await problemsOf('tags:', '  __proto__: x')).toEqual([
    'appcfg.yml:2:3  the key "__proto__" is not allowed (rename it)',
  ]);
});

test('a string that is similar to the name of a deployment strategy is not an id', async () => {
  const own = 'deploymentStrategies: { instant: { durationMinutes: 0, growthFactor: 100 } }';
  expect(await problemsOf(own, 'deploymentStrategy: instan')).toEqual([
    'appcfg.yml:2:1  "instan" is not a deployment strategy (did you mean "instant"?)',
  ]);
  expect(await problemsOf('deploymentStrategy: ab1cd2e')).toEqual([]);
});

test('an empty section is the same as none', async () => {
  const { settings, problems } = await parseSettings('aws:\nguards:\ntags:\nprofiles:\n  A:\n', 'appcfg.yml');
  expect(problems).toEqual([]);
  expect(settings).toMatchObject({ aws: defaultSettings.aws, guards: defaultSettings.guards, tags: {} });
});

test('entries of tenants are checked like everything else', async () => {
  expect(
    await problemsOf(
      'tenants:',
      '  - { labels: { tier: gold } }',
      '  - { match: [], deploymentStrategy: AppConfig.AllAtOnce }',
      '  - { match: acme-*, labels: { "a b": x, tier: 1 }, acount: "1" }',
    ),
  ).toEqual([
    'appcfg.yml:2:5  "tenants.0.match" is missing, expected: glob of tenants, or list of at least one; ! excludes (for example: match: "acme-*")',
    'appcfg.yml:3:7  "tenants.1.match" is [], expected: glob of tenants, or list of at least one; ! excludes (for example: match: "acme-*")',
    'appcfg.yml:4:32  invalid key "a b" in "tenants.2.labels" (expected: key of a label: letters, digits, "-", "_", "." and "/", for example tier)',
    'appcfg.yml:4:42  "tenants.2.labels.tier" is 1, expected: value of a label: a string without spaces, "," and "=" (for example: tier: "gold")',
    'appcfg.yml:4:53  unknown key "acount" in "tenants.2" (did you mean "account"?)',
  ]);
});

test('a role has to be in the account beside it', async () => {
  const role = 'roleArn: arn:aws:iam::111122223333:role/appcfg';
  const message =
    'the role is in account 111122223333, but account is "444455556666" (use a role in account 444455556666, or delete account)';
  expect(
    await problemsOf(
      'environments:',
      `  dev: { account: "444455556666", ${role} }`,
      'tenants:',
      `  - { match: one, account: "444455556666", ${role} }`,
    ),
  ).toEqual([`appcfg.yml:2:35  ${message}`, `appcfg.yml:4:44  ${message}`]);
});

test('while settings have errors, every value is redacted: what the author meant to redact may be misspelt', async () => {
  expect((await parseSettings('redact: [password]\n', 'appcfg.yml')).settings.redact).toEqual(['/**']);
  expect((await parseSettings('redact: [/a]\nprojekt: x\n', 'appcfg.yml')).settings.redact).toEqual(['/**']);
  expect((await parseSettings('redact: [/a\n', 'appcfg.yml')).settings.redact).toEqual(['/**']);
});

test('the form of a key is named', async () => {
  const text = 'environments: { dev: { dynamicExtensionParameters: { jira: x } } }\n';
  const { problems } = await parseSettings(text, 'appcfg.yml');
  expect(problems.map(({ hint }) => hint?.text)).toEqual(['expected: EXTENSION#PARAMETER, for example jira#issue']);
});

test.each([
  ['arn:aws:lambda:eu-west-1:111122223333:function:check', 0],
  ['arn:aws:lambda:{region}:{account}:function:check-{tenant}:$LATEST', 0],
  ['arn:aws-cn:lambda:cn-north-1:111122223333:function:check:3', 0],
  ['arn:aws:lambda:eu-west-1:111122223333:function', 1],
  ['arn:aws:lambda:eu-west-1:111122223333:function:', 1],
  ['arn:aws:lambda:eu-west-1:111122223333:layer:check', 1],
  ['arn:aws:lambda:eu-west-1:111122223333:function:check:', 1],
])('%s as a validator has %i problems', async (arn, count) => {
  const { problems } = await parseSettings(`profiles: { A: { validators: ['${arn}'] } }\n`, 'appcfg.yml');
  expect(problems).toHaveLength(count);
});
