import { describe, expect, test } from 'vitest';
import type { CredentialSources, Variables } from '../../../src/appconfig/credentials/credential-sources.ts';
import {
  deviceFault,
  faultForSts,
  silentSource,
  sourceFault,
} from '../../../src/appconfig/credentials/source-faults.ts';

const role = 'arn:aws:iam::111122223333:role/deploy';
const keys = { aws_access_key_id: 'a', aws_secret_access_key: 'b' };
const config = { path: '/home/.aws/config', variable: undefined };

const sourcesWith = (given: Partial<CredentialSources> = {}): CredentialSources => ({
  variables: {},
  profile: { name: 'default', namedBy: undefined },
  sections: {},
  files: {},
  configurationFiles: [config],
  ...given,
});

const ofVariables = (variables: Variables, files: CredentialSources['files'] = {}) => sourcesWith({ variables, files });

const ofProfile = (sections: CredentialSources['sections'], more: Partial<CredentialSources> = {}) =>
  sourcesWith({ profile: { name: 'p', namedBy: 'AWS_PROFILE' }, sections, ...more });

const web = { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: '/token' };
const container = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/creds' };

const faults: Readonly<Record<string, readonly [CredentialSources, string]>> = {
  'a key id alone': [
    ofVariables({ AWS_ACCESS_KEY_ID: 'a' }),
    'AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not',
  ],
  'a secret alone': [
    ofVariables({ AWS_SECRET_ACCESS_KEY: 'a' }),
    'AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not',
  ],
  'a session token alone': [
    ofVariables({ AWS_SESSION_TOKEN: 'a' }),
    'AWS_SESSION_TOKEN is set, but AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not',
  ],
  'a token file without a role': [
    ofVariables({ AWS_WEB_IDENTITY_TOKEN_FILE: '/token' }, { '/token': { text: 'a.b.c' } }),
    'AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not',
  ],
  'a role without a token file': [
    ofVariables({ AWS_ROLE_ARN: role }),
    'AWS_ROLE_ARN is set, but AWS_WEB_IDENTITY_TOKEN_FILE is not',
  ],
  'a role that is none': [
    ofVariables({ ...web, AWS_ROLE_ARN: 'bogus' }),
    'AWS_ROLE_ARN is "bogus", which is not the ARN of a role',
  ],
  'a user for a role': [
    ofVariables({ ...web, AWS_ROLE_ARN: 'arn:aws:iam::111122223333:user/x' }),
    'AWS_ROLE_ARN is "arn:aws:iam::111122223333:user/x", which is not the ARN of a role',
  ],
  'a token file that is a folder': [
    ofVariables(web, { '/token': { code: 'EISDIR' } }),
    'AWS_WEB_IDENTITY_TOKEN_FILE names /token, which is a folder',
  ],
  'a token file that is not there': [
    ofVariables(web, { '/token': { code: 'ENOENT' } }),
    'AWS_WEB_IDENTITY_TOKEN_FILE names /token, which does not exist',
  ],
  'an empty token file': [
    ofVariables(web, { '/token': { text: '\n' } }),
    'AWS_WEB_IDENTITY_TOKEN_FILE names /token, which is empty',
  ],
  'a token file below a file': [
    ofVariables(web, { '/token': { code: 'ENOTDIR' } }),
    'AWS_WEB_IDENTITY_TOKEN_FILE names /token, which does not exist: a part of the path is a file',
  ],
  'a container that is no URL': [
    ofVariables({ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'notaurl' }),
    'AWS_CONTAINER_CREDENTIALS_FULL_URI is "notaurl", which is not a URL',
  ],
  'a container over plain HTTP': [
    ofVariables({ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://example.com/c' }),
    'AWS_CONTAINER_CREDENTIALS_FULL_URI is "http://example.com/c", which is neither HTTPS nor a server on this machine or of ECS or EKS',
  ],
  'a relative URI without a slash': [
    ofVariables({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: 'c' }),
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is "c", which is not a path that begins with /',
  ],
  'no file of the token for a container': [
    ofVariables({ ...container, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/t' }, { '/t': { code: 'ENOENT' } }),
    'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names /t, which does not exist',
  ],
  'a token for a container with a newline': [
    ofVariables({ ...container, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'Basic a\n' }),
    'AWS_CONTAINER_AUTHORIZATION_TOKEN ends with a newline',
  ],
  'a configuration file that is a folder': [
    ofProfile(
      {},
      {
        configurationFiles: [{ path: '/c', variable: 'AWS_CONFIG_FILE' }],
        files: { '/c': { code: 'EISDIR' } },
      },
    ),
    'AWS_CONFIG_FILE names /c, which is a folder',
  ],
  'a credentials file that is a folder, without a profile': [
    sourcesWith({
      configurationFiles: [{ path: '/c', variable: 'AWS_SHARED_CREDENTIALS_FILE' }],
      files: { '/c': { code: 'EISDIR' } },
    }),
    'AWS_SHARED_CREDENTIALS_FILE names /c, which is a folder',
  ],
  'a binary configuration file': [
    ofProfile(
      {},
      {
        configurationFiles: [{ path: '/c', variable: 'AWS_CONFIG_FILE' }],
        files: { '/c': { text: '\u0000\u0001{{{{\n[[[' } },
      },
    ),
    'AWS_CONFIG_FILE names /c, which has no section such as [default], so it is no AWS configuration file',
  ],
  'no configuration file': [
    ofProfile(
      {},
      {
        configurationFiles: [{ path: '/c', variable: 'AWS_CONFIG_FILE' }],
        files: { '/c': { code: 'ENOENT' } },
      },
    ),
    'the profile "p" of AWS_PROFILE does not exist: AWS_CONFIG_FILE names /c, which does not exist',
  ],
  'no profile of this name': [
    ofProfile({ q: keys, 'sso-session.s': {} }),
    'the profile "p" of AWS_PROFILE does not exist in the AWS configuration files; available: q',
  ],
  'a profile without settings': [
    ofProfile({}, { files: { [config.path]: { text: '[default]\nregion=x\n[profile p]\n' } } }),
    'the profile "p" has no settings',
  ],
  'a profile without credentials': [
    ofProfile({ p: { region: 'eu-west-1', output: 'json' } }),
    'the profile "p" has no credentials, only: region, output',
  ],
  'a profile with half a key': [
    ofProfile({ p: { aws_access_key_id: 'a' } }),
    'the profile "p" has an incomplete access key: aws_secret_access_key is missing',
  ],
  'a source profile with half a key': [
    ofProfile({ p: { role_arn: role, source_profile: 'q' }, q: { aws_secret_access_key: 'a' } }),
    'the profile "q" has an incomplete access key: aws_access_key_id is missing',
  ],
  'a source profile without settings': [
    ofProfile({ p: { role_arn: role, source_profile: 'q' } }, { files: { [config.path]: { text: '[profile q]\n' } } }),
    'the profile "q" has no settings',
  ],
  'no such source profile': [
    ofProfile({ p: { role_arn: role, source_profile: 'q' } }),
    'the profile "p" names the source_profile "q", which the AWS configuration files do not have',
  ],
  'a loop': [
    ofProfile({ p: { role_arn: role, source_profile: 'q' }, q: { role_arn: role, source_profile: 'p' } }),
    'the source_profile settings of these profiles form a loop: p → q → p',
  ],
  'two sources': [
    ofProfile({ p: { role_arn: role, source_profile: 'q', credential_source: 'Environment' }, q: keys }),
    'the profile "p" has both source_profile and credential_source',
  ],
  'a role without a source': [
    ofProfile({ p: { role_arn: role } }),
    'the profile "p" has a role_arn, but nothing to assume the role with',
  ],
  'a source without a role': [
    ofProfile({ p: { source_profile: 'q' }, q: keys }),
    'the profile "p" has a source_profile, but no role_arn',
  ],
  'a role of a profile that is none': [
    ofProfile({ p: { role_arn: 'bogus', source_profile: 'q' }, q: keys }),
    'the role_arn of the profile "p" is "bogus", which is not the ARN of a role',
  ],
  'a token file of a profile that is a folder': [
    ofProfile({ p: { role_arn: role, web_identity_token_file: '/t' } }, { files: { '/t': { code: 'EISDIR' } } }),
    'the web_identity_token_file of the profile "p" names /t, which is a folder',
  ],
  'no such session': [
    ofProfile({ p: { sso_session: 's' } }),
    'the profile "p" names the sso_session "s", which the AWS configuration files do not have',
  ],
  'the environment as a source, without keys': [
    ofProfile({ p: { role_arn: role, credential_source: 'Environment' } }),
    'the profile "p" takes credentials from the environment, and AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set',
  ],
  'the environment as a source, with half a key': [
    ofProfile({ p: { role_arn: role, credential_source: 'Environment' } }, { variables: { AWS_ACCESS_KEY_ID: 'a' } }),
    'the profile "p" takes credentials from the environment, and AWS_SECRET_ACCESS_KEY is not set',
  ],
  'the container as a source, elsewhere': [
    ofProfile({ p: { role_arn: role, credential_source: 'EcsContainer' } }),
    'the profile "p" takes credentials from the container, and AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set: the run is in no container of ECS or EKS',
  ],
  'an unknown source': [
    ofProfile({ p: { role_arn: role, credential_source: 'Nowhere' } }),
    'the profile "p" has the credential_source "Nowhere"; available: Environment, EcsContainer, Ec2InstanceMetadata',
  ],
};

test.each(Object.entries(faults))('%s is named, with what to do', (_what, [sources, message]) => {
  expect(sourceFault(sources)).toEqual({ message, hint: expect.stringMatching(/\w/) });
});

describe('nothing is wrong with', () => {
  test.each(
    Object.entries({
      'no source at all': sourcesWith(),
      'keys of the environment': ofVariables({ AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }),
      'a web identity': ofVariables(web, { '/token': { text: 'a.b.c\n' } }),
      'a role of AWS China': ofVariables({ ...web, AWS_ROLE_ARN: 'arn:aws-cn:iam::111122223333:role/path/x' }),
      'a server of EKS': ofVariables({ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1' }),
      'a server of EKS with IPv6': ofVariables({ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://[fd00:ec2::23]/v1' }),
      'a default profile with a Region alone': sourcesWith({ sections: { default: { region: 'eu-west-1' } } }),
      'a profile that names itself': ofProfile({ p: { ...keys, role_arn: role, source_profile: 'p' } }),
      'a program': ofProfile({ p: { credential_process: 'x' } }),
      'a session': ofProfile({ p: { sso_session: 's', sso_account_id: '1', sso_role_name: 'r' }, 'sso-session.s': {} }),
      'a role with keys, in a chain': ofProfile({ p: { role_arn: role, source_profile: 'q' }, q: keys }),
      'a source profile that takes the environment': ofProfile({
        p: { role_arn: role, source_profile: 'q' },
        q: { credential_source: 'Ec2InstanceMetadata' },
      }),
    }),
  )('%s', (_what, sources) => {
    expect(sourceFault(sources)).toBeUndefined();
  });
});

describe('a profile that needs a code of a device is refused before the SDK is asked', () => {
  const device = { role_arn: role, mfa_serial: 'arn:aws:iam::111122223333:mfa/j' };
  test.each(
    Object.entries({
      'source profile without keys': ofProfile({ p: { ...device, source_profile: 'q' }, q: { region: 'x' } }),
      'source profile with keys': ofProfile({ p: { ...device, source_profile: 'q' }, q: keys }),
      'keys of its own': ofProfile({ p: { ...device, ...keys, source_profile: 'p' } }),
      'of the environment': ofProfile({ p: { ...device, credential_source: 'Environment' } }),
      'in the middle of a chain': ofProfile({
        p: { role_arn: role, source_profile: 'q' },
        q: { ...device, source_profile: 'r' },
      }),
      'of the default profile': sourcesWith({ sections: { default: { ...device, source_profile: 'q' } } }),
    }),
  )('%s', (_what, sources) => {
    expect(deviceFault(sources)?.message).toMatch(/^the profile "(?:p|q|default)" has an mfa_serial/);
  });

  test('but not where it is not used', () => {
    const sections = { default: { ...device, source_profile: 'q' }, p: { ...device }, q: keys };
    const variables = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
    expect(deviceFault(sourcesWith({ sections, variables }))).toBeUndefined();
    expect(
      deviceFault(ofProfile({ p: { role_arn: role, source_profile: 'q' }, q: { ...device, ...keys } })),
    ).toBeUndefined();
  });
});

test('an error of STS is blamed on what STS was given alone', () => {
  const sources = { ...ofVariables({ ...web, AWS_SESSION_TOKEN: 'x' }), files: { '/token': { text: '' } } };
  expect(faultForSts(sources)?.message).toMatch(/token, which is empty/);
  expect(faultForSts(ofVariables({ AWS_SESSION_TOKEN: 'x' }))).toBeUndefined();
});

test('a source that is asked and gives nothing is named', () => {
  expect(silentSource(ofProfile({ p: { credential_process: 'x' } }))?.message).toMatch(
    /credential_process of the profile "p"/,
  );
  expect(silentSource(ofVariables(container))?.message).toMatch(/server that AWS_CONTAINER_CREDENTIALS_FULL_URI names/);
  expect(silentSource(sourcesWith())).toBeUndefined();
});
