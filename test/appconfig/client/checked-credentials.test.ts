import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { characterProblem, checkedCredentials } from '../../../src/appconfig/client/checked-credentials.ts';

const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret/+=', sessionToken: 'token==' };
let directory: string;
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
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) {
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
  expect(thrown).toMatchObject({ name: 'CredentialsProviderError', message: expect.stringContaining(message) });
  expect(thrown.message).not.toContain('SECRE');
});

test('a file that cannot be read is named', async () => {
  const missing = await readFile(join(directory, 'no-such-token')).catch((error) => error);
  expect(await failing(missing)).toMatchObject({
    name: 'CredentialsProviderError',
    message: expect.stringMatching(/no-such-token cannot be read \(ENOENT\).*AWS_WEB_IDENTITY_TOKEN_FILE/),
  });
  const folder = await readFile(directory).catch((error) => error);
  expect(await failing(folder)).toMatchObject({ name: 'CredentialsProviderError' });
});

test('a profile that does not exist is named with those that do', async () => {
  const thrown = await failing(new Error('Could not load'), 'three');
  expect(thrown.message).toBe(
    'the profile does not exist in the AWS configuration files; available: default, four, one, two',
  );
  expect(thrown).toMatchObject({
    name: 'CredentialsProviderError',
    message: 'the profile does not exist in the AWS configuration files; available: default, four, one, two',
  });
  expect(await failing(new TypeError('undefined'), 'four')).toMatchObject({
    message: 'the profile names the sso_session "gone", which the AWS configuration files do not have',
  });
  expect(await failing(new Error('sso_session'), 'one')).toMatchObject({ message: 'sso_session' });
});

test('errors of services and of the network stay what they are', async () => {
  for (const error of [
    Object.assign(new Error('x'), { $fault: 'client', name: 'ExpiredTokenException' }),
    Object.assign(new Error('x'), { syscall: 'connect', code: 'ECONNREFUSED' }),
    Object.assign(new Error('x'), { name: 'AbortError' }),
  ]) {
    expect(await failing(error)).toBe(error);
  }
});

test.each(['', 'AKIA', 'a/+=b'])('"%s" can be a part of a request', (value) => {
  expect(characterProblem(value)).toBeUndefined();
});
