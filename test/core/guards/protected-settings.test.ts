import { expect, test } from 'vitest';
import { protectedSettings } from '../../../src/core/guards/protected-settings.ts';
import { parseSettings } from '../../../src/core/settings-file/parse-settings.ts';

const targets = [
  { tenant: 'one', environment: 'dev' },
  { tenant: 'one', environment: 'prod' },
];

const base = `
project: acme/config
adopt: [legacy-*]
aws: { region: eu-west-1, allowedAccounts: ["111122223333"], quotas: { applications: 100 } }
environments:
  dev: { region: eu-west-1 }
  prod: { account: "111122223333", roleArn: arn:aws:iam::111122223333:role/appcfg }
  spare: { region: eu-west-2 }
`;

async function judge(
  head: string,
  { headTargets = targets, baseTargets = targets, requested = [] as typeof targets } = {},
) {
  const settingsOf = async (text: string) => (await parseSettings(text, 'appcfg.yml')).settings;
  return protectedSettings.check({
    branch: 'origin/main',
    base: { settings: await settingsOf(base), targets: baseTargets },
    head: { settings: await settingsOf(head), targets: headTargets },
    requested,
  });
}

test('the same settings pass, whatever they look like, and so do those that are not protected', async () => {
  expect(await judge(base)).toBeUndefined();
  expect(await judge(`x: &a acme/config\n${base.replace('project: acme/config', 'project: *a')}`)).toBeUndefined();
  expect(await judge(`${base}redact: [/a]\ndeploymentStrategy: AppConfig.AllAtOnce\ntags: { a: b }\n`)).toBeUndefined();
});

test.each([
  ['project', 'acme/config', 'acme/other', 'project'],
  ['a project that is gone', 'project: acme/config', '', 'project'],
  ['applicationName', 'adopt:', 'applicationName: "x-{tenant}"\nadopt:', 'applicationName'],
  [
    'the name of one application',
    'adopt:',
    'tenants: [{ match: two, applicationName: Shop }]\nadopt:',
    'tenants.applicationName',
  ],
  ['adopt', 'legacy-*', '"*"', 'adopt'],
  ['aws.region', 'region: eu-west-1, allowed', 'region: us-east-1, allowed', 'aws.region'],
  ['allowedAccounts, longer', '["111122223333"]', '["111122223333", "999988887777"]', 'aws.allowedAccounts'],
  ['allowedAccounts, gone', 'allowedAccounts: ["111122223333"], ', '', 'aws.allowedAccounts'],
  ['aws.quotas', '100', '1000', 'aws.quotas'],
  [
    'the Region of an environment',
    'dev: { region: eu-west-1 }',
    'dev: { region: us-east-1 }',
    'account, Region or role of one/dev',
  ],
  ['a role', 'role/appcfg', 'role/admin', 'account, Region or role of one/prod'],
  ['an account', 'spare:', 'x: { account: "999988887777" }\n  spare:', '999988887777 (new)'],
  ['a Region of nobody yet', 'eu-west-2', 'ap-south-1', 'ap-south-1 (new)'],
  [
    'a role by the entry of a tenant',
    'environments:',
    'tenants: [{ match: o*, region: us-east-2 }]\nenvironments:',
    'one/prod',
  ],
])('a change of %s is refused', async (_name, from, to, named) => {
  expect(base).toContain(from);
  const problem = await judge(base.replace(from, to));
  expect(problem).toMatchObject({ code: 'guard-settings', severity: 'error' });
  expect(problem?.message).toContain(named);
});

test('a tenant that joins others in their pattern passes, and so does an entry that names what is', async () => {
  const entries = (text: string) => `${base}tenants:\n${text}`;
  const settingsOf = async (text: string) => (await parseSettings(text, 'appcfg.yml')).settings;
  const listed = await settingsOf(entries('  - { match: [one, two], applicationName: "old-{tenant}" }\n'));
  const judged = async (head: string, headTargets = targets) =>
    protectedSettings.check({
      branch: 'origin/main',
      base: { settings: listed, targets },
      head: { settings: await settingsOf(entries(head)), targets: headTargets },
      requested: [],
    });
  const three = [...targets, { tenant: 'three', environment: 'dev' }];
  expect(await judged('  - { match: [one, two, three], applicationName: "old-{tenant}" }\n', three)).toBeUndefined();
  expect(await judged('  - { match: [two], applicationName: "old-{tenant}" }\n')).toMatchObject({
    message: expect.stringContaining('the application of one'),
  });
  expect(await judged('  - { match: [one, two], applicationName: "{tenant}-new" }\n')).toMatchObject({
    message: expect.stringContaining('tenants.applicationName'),
  });
});

test('new tenants where others are pass; the first of an empty target branch do not', async () => {
  const headTargets = [...targets, { tenant: 'two', environment: 'dev' }];
  expect(await judge(base, { headTargets })).toBeUndefined();
  expect(await judge(base, { baseTargets: [] })).toMatchObject({ code: 'guard-settings' });
});

test('what a command names is compared, too, where no tree has it', async () => {
  const swapped = base.replace('  spare: { region: eu-west-2 }', '  spare: { region: eu-west-1 }');
  expect(await judge(swapped)).toBeUndefined();
  expect(await judge(swapped, { requested: [{ tenant: 'gone', environment: 'spare' }] })).toMatchObject({
    message: expect.stringContaining('gone/spare'),
  });
});

test('a base that cannot be read refuses', () => {
  const why = {
    code: 'usage-invalid',
    severity: 'error',
    message: 'it is unknown',
    hint: { text: 'fetch it' },
  } as const;
  const input = { branch: 'origin/main', base: why, head: { settings: {} as never, targets: [] }, requested: [] };
  expect(protectedSettings.check(input)).toMatchObject({
    code: 'guard-settings',
    message: 'the settings of origin/main, the target branch, cannot be read: it is unknown',
    hint: { text: 'fetch it' },
  });
});
