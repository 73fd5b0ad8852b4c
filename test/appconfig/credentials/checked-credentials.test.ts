import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkedCredentials } from '../../../src/appconfig/credentials/checked-credentials.ts';
import { characterProblem } from '../../../src/appconfig/credentials/key-characters.ts';

const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret/+=', sessionToken: 'token==' };
const role = 'arn:aws:iam::111122223333:role/deploy';
let directory: string;
const variables = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'];
const before = { ...process.env };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'appcfg-profiles-'));
  writeFileSync(
    join(directory, 'config'),
    '[default]\nregion = eu-west-1\n[profile one]\nregion = eu-west-1\n[profile four]\nsso_session = gone\n[sso-session corporate]\n',
  );
  writeFileSync(join(directory, 'credentials'), '[two]\naws_access_key_id = x\n');
  process.env.AWS_CONFIG_FILE = join(directory, 'config');
  process.env.AWS_SHARED_CREDENTIALS_FILE = join(directory, 'credentials');
});

afterEach(() => {
  rmSync(directory, { recursive: true });
  for (const name of variables) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

const failing = (error: unknown, awsProfile?: string) =>
  checkedCredentials(() => Promise.reject(error), awsProfile === undefined ? {} : { awsProfile })().catch(
    (thrown) => thrown,
  );

test('what the SDK finds is returned', async () => {
  expect(await checkedCredentials(async () => keys, {})()).toBe(keys);
});

test.each([
  ['a newline at the end', { secretAccessKey: 'SECRET\n' }, 'the secret access key ends with a newline'],
  ['a carriage return', { sessionToken: 'SECRET\r\n' }, 'the session token ends with a newline'],
  ['a space', { accessKeyId: 'AKIA X' }, 'the key id contains a space'],
  ['a letter of another alphabet', { secretAccessKey: 'SECRE\u0422' }, 'the secret access key contains'],
])('%s in a key is named, without the key', async (_what, part, message) => {
  const thrown = await checkedCredentials(async () => ({ ...keys, ...part }), {})().catch((error) => error);
  expect(thrown.problems).toMatchObject([{ code: 'credentials-invalid', message: expect.stringContaining(message) }]);
  expect(thrown.message).not.toContain('SECRE');
});

test('a profile that does not exist is named with those that do', async () => {
  expect((await failing(new Error('Could not load'), 'three')).problems).toMatchObject([
    {
      code: 'credentials-invalid',
      message:
        'the profile "three" of --aws-profile does not exist in the AWS configuration files; available: default, four, one, two',
    },
  ]);
  expect((await failing(new TypeError('undefined'), 'four')).problems).toMatchObject([
    { message: 'the profile "four" names the sso_session "gone", which the AWS configuration files do not have' },
  ]);
});

test('what else the SDK throws is reported in its words', async () => {
  writeFileSync(join(directory, 'config'), '[profile keys]\naws_access_key_id = a\naws_secret_access_key = b\n');
  const thrown = await failing(Object.assign(new Error('two\n  lines.'), { name: 'CredentialsProviderError' }));
  expect(thrown.problems).toMatchObject([{ code: 'credentials-invalid', message: 'no AWS credentials: two lines' }]);
});

test('a source that is missing altogether stays what it is', async () => {
  const error = Object.assign(new Error('Could not load credentials from any providers'), {
    name: 'CredentialsProviderError',
  });
  expect(await failing(error)).toBe(error);
});

test('errors of services without a role, and of the network, stay what they are', async () => {
  for (const error of [
    Object.assign(new Error('x'), { $fault: 'client', name: 'ExpiredTokenException' }),
    Object.assign(new Error('x'), { syscall: 'connect', code: 'ECONNREFUSED' }),
    Object.assign(new Error('x'), { name: 'AbortError' }),
  ]) {
    expect(await failing(error)).toBe(error);
  }
});

test.each([
  ['ValidationError', 400, 'bogus', 'credentials-invalid', 'AWS_ROLE_ARN is "bogus", which is not the ARN of a role'],
  [
    'AccessDenied',
    403,
    role,
    'role-refused',
    `the role "${role}" of AWS_ROLE_ARN cannot be assumed: AccessDenied: not allowed`,
  ],
  ['InvalidIdentityToken', 400, role, 'role-refused', `the role "${role}" of AWS_ROLE_ARN cannot be assumed: Inv`],
  [
    'ExpiredTokenException',
    400,
    role,
    'credentials-expired',
    `the token for the role "${role}" of AWS_ROLE_ARN expired`,
  ],
])('an error of STS (%s, %s) for the role %s is %s', async (name, httpStatusCode, arn, code, message) => {
  process.env.AWS_ROLE_ARN = arn;
  process.env.AWS_WEB_IDENTITY_TOKEN_FILE = join(directory, 'token');
  writeFileSync(join(directory, 'token'), 'a.b.c');
  const error = Object.assign(new Error('not allowed.'), { name, $fault: 'client', $metadata: { httpStatusCode } });
  expect((await failing(error)).problems).toMatchObject([{ code, message: expect.stringContaining(message) }]);
});

test.each([
  ['ThrottlingException', 400],
  ['ServiceUnavailable', 503],
])('STS that cannot answer (%s) is no fault of the role', async (name, httpStatusCode) => {
  process.env.AWS_ROLE_ARN = role;
  const error = Object.assign(new Error('later'), { name, $fault: 'server', $metadata: { httpStatusCode } });
  expect(await failing(error)).toBe(error);
});

test.each(['', 'AKIA', 'a/+=b'])('"%s" can be a part of a request', (value) => {
  expect(characterProblem(value)).toBeUndefined();
});
