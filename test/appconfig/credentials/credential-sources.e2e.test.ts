// Every source of credentials that the SDK knows, misconfigured: exit 6 within seconds, one line that names what to fix, and the
// process ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';

const program = join(import.meta.dirname, '../../../bin/appcfg.js');

/** The longest that a run may take, in milliseconds, on a busy machine. */
const soon = 20_000;

const root = mkdtempSync(join(tmpdir(), 'appcfg-credentials-'));
const home = join(root, 'home');

/** Servers by what they answer. AppConfig is at `unused`: no case reaches it. */
const answers = {
  refuses: (_request, response) => void response.writeHead(403, { 'content-type': 'text/plain' }).end('Forbidden'),
  'bad-json': (_request, response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end('{"AccessKeyId":'),
  empty: (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
  html: (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>login</html>'),
  silent: () => {},
  expired: (_request, response) =>
    void response
      .writeHead(400, { 'content-type': 'text/xml' })
      .end(
        '<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredTokenException</Code><Message>Token expired</Message></Error></ErrorResponse>',
      ),
} as const satisfies Record<string, RequestListener>;

const servers = Object.entries(answers).map(([name, listener]) => ({ name, server: createServer(listener) }));
const urls = new Map<string, string>();

beforeAll(async () => {
  for (const { name, server } of servers) {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    urls.set(name, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  write('tree/appcfg.yml', 'project: p\n');
  write('tree/template/A.yml', 'a: 1\n');
  write('tree/tenants/one/dev/.gitkeep', '');
});

afterAll(() => {
  for (const { server } of servers) server.closeAllConnections();
  for (const { server } of servers) server.close();
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, text: string, mode = 0o644): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

interface Ended {
  readonly exitCode: number | null;
  readonly output: string;
  readonly ms: number;
}

function run(
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
  whileRunning: (child: ChildProcess) => void = () => {},
): Promise<Ended> {
  const startedAt = Date.now();
  const child = spawn(process.execPath, [program, 'diff', ...args], {
    cwd: join(root, 'tree'),
    env: {
      PATH: process.env.PATH,
      HOME: home,
      AWS_REGION: 'eu-west-1',
      AWS_CONFIG_FILE: join(home, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
      AWS_ENDPOINT_URL: urls.get('expired'),
      AWS_EC2_METADATA_DISABLED: 'true',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  whileRunning(child);
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (output += data));
  const timer = setTimeout(() => child.kill('SIGKILL'), 2 * soon);
  return new Promise((ended) => {
    child.on('close', (exitCode) => {
      clearTimeout(timer);
      ended({ exitCode, output, ms: Date.now() - startedAt });
    });
  });
}

/** What is set up: a configuration file with the profile `p`, or variables. Texts may have `{name}` for the URL of a server. */
interface Source {
  readonly config?: string;
  readonly credentials?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly prepare?: () => Readonly<Record<string, string>> | undefined;
  readonly prints: RegExp;
}

const p = ['--aws-profile', 'p'];
const role = { AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/deploy' };
const processOf = (command: string) => `[profile p]\ncredential_process = ${command}\n`;
const tokenFile = (path: string) => ({ ...role, AWS_WEB_IDENTITY_TOKEN_FILE: join(root, path) });
const sso = (more: string) =>
  `[profile p]\nsso_session = s\nsso_account_id = 111122223333\nsso_role_name = r\n[sso-session s]\nsso_region = eu-west-1\nsso_start_url = https://example.awsapps.com/start\n${more}`;
/** SHA-1 of the session's name, which names the file of its token. */
const ssoCache = 'home/.aws/sso/cache/a0f1490a20d0211c997b44bc357e1972deab8ae3.json';

const endless = /credential_process of the profile "p" did not end within 7 s/;

const sources: Readonly<Record<string, Source>> = {
  'credential_process: no such program': {
    config: processOf('/nonexistent/program'),
    args: p,
    prints: /credential_process|nonexistent/,
  },
  'credential_process: exit 1': { config: processOf('false'), args: p, prints: /credential_process|process/i },
  'credential_process: bad JSON': { config: processOf('echo not-json'), args: p, prints: /credential_process|JSON/ },
  'credential_process: no keys': {
    config: processOf(`echo '{"Version":1}'`),
    args: p,
    prints: /credential_process|profile/i,
  },
  'credential_process: another version': {
    config: processOf(`echo '{"Version":2}'`),
    args: p,
    prints: /credential_process/,
  },
  'credential_process: expired': {
    config: processOf(
      `echo '{"Version":1,"AccessKeyId":"a","SecretAccessKey":"b","Expiration":"2020-01-01T00:00:00Z"}'`,
    ),
    args: p,
    prints: /credential_process/,
  },
  'credential_process: of the credentials file': {
    credentials: '[p]\ncredential_process = /nonexistent/program\n',
    args: p,
    prints: /credential_process|nonexistent/,
  },
  'credential_process: does not end': { config: processOf('sleep 77'), args: p, prints: endless },
  'credential_process: prints for ever': { config: processOf('yes'), args: p, prints: /credential_process/ },
  'credential_process: of a source_profile, does not end': {
    config: `[profile p]\nrole_arn = ${role.AWS_ROLE_ARN}\nsource_profile = q\n[profile q]\ncredential_process = sleep 77\n`,
    args: p,
    prints: /credential_process of the profile "q" did not end/,
  },
  'credential_process: reads stdin': {
    config: processOf('cat'),
    args: p,
    prints: /credential_process/,
  },
  'container: silent': {
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: '{silent}/creds' },
    prints: /AWS_CONTAINER_CREDENTIALS_FULL_URI names does not answer/,
  },
  'container: unreachable': {
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:9/creds' },
    prints: /AWS_CONTAINER_CREDENTIALS|ECONNREFUSED/,
  },
  'container: refused': {
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: '{refuses}/creds' },
    prints: /AWS_CONTAINER_CREDENTIALS|403|container/i,
  },
  'container: bad JSON': {
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: '{bad-json}/creds' },
    prints: /AWS_CONTAINER_CREDENTIALS|container|JSON/i,
  },
  'container: no keys': {
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: '{empty}/creds' },
    prints: /AWS_CONTAINER_CREDENTIALS|container/i,
  },
  'container: HTML': {
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: '{html}/creds' },
    prints: /AWS_CONTAINER_CREDENTIALS|container|JSON/i,
  },
  'container: a host that is not allowed': {
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://example.com/creds' },
    prints: /example\.com|AWS_CONTAINER/,
  },
  'container: no URI': {
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'not a uri' },
    prints: /AWS_CONTAINER_CREDENTIALS_FULL_URI is "not a uri"/,
  },
  'container: no token file': {
    env: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: '{empty}/creds',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: join(root, 'none'),
    },
    prints: /AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names \S+none, which does not exist/,
  },
  'container: relative URI, not in a container': {
    env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/creds' },
    prints: /AWS_CONTAINER|169\.254\.170\.2|container/i,
  },
  'instance metadata: unreachable': {
    env: { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:9' },
    prints: /no AWS credentials/,
  },
  'instance metadata: HTML': {
    env: { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: '{html}' },
    prints: /no AWS credentials/,
  },
  'instance metadata: refused': {
    env: { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: '{refuses}' },
    prints: /no AWS credentials/,
  },
  'SSO: no token file': { config: sso(''), args: p, prints: /aws sso login/ },
  'SSO: expired token': {
    config: sso(''),
    args: p,
    prepare: () => {
      write(ssoCache, JSON.stringify({ accessToken: 'x', expiresAt: '2020-01-01T00:00:00Z' }));
      return undefined;
    },
    prints: /aws sso login/,
  },
  'SSO: bad JSON': {
    config: sso(''),
    args: p,
    prepare: () => {
      write(ssoCache, '{"accessToken":');
      return undefined;
    },
    prints: /aws sso login/,
  },
  'SSO: a setting is missing': {
    config: '[profile p]\nsso_start_url = https://example.awsapps.com/start\n',
    args: p,
    prints: /sso/i,
  },
  'SSO: no such session': {
    config: '[profile p]\nsso_session = nosuch\nsso_account_id = 1\nsso_role_name = r\n',
    args: p,
    prints: /nosuch/,
  },
  'web identity: expired': {
    env: { ...role, AWS_WEB_IDENTITY_TOKEN_FILE: '{token}' },
    prepare: () => ({ AWS_WEB_IDENTITY_TOKEN_FILE: write('token', 'a.b.c\n') }),
    prints: /expired/,
  },
  'web identity: no file': { env: tokenFile('no-such-token'), prints: /no-such-token/ },
  'web identity: an empty file': {
    env: role,
    prepare: () => ({ AWS_WEB_IDENTITY_TOKEN_FILE: write('empty', '\n') }),
    prints: /AWS_WEB_IDENTITY_TOKEN_FILE names \S+empty, which is empty/,
  },
  'web identity: in a profile, an empty file': {
    config: `[profile p]\nrole_arn = ${role.AWS_ROLE_ARN}\nweb_identity_token_file = ${join(root, 'none-yet')}\n`,
    args: p,
    prepare: () => {
      write('none-yet', '');
      return undefined;
    },
    prints: /web_identity_token_file of the profile "p" names \S+none-yet, which is empty/,
  },
  'web identity: a folder': {
    env: tokenFile('tree'),
    prints: /AWS_WEB_IDENTITY_TOKEN_FILE names \S+tree, which is a folder/,
  },
  'web identity: without a role': {
    prepare: () => ({ AWS_WEB_IDENTITY_TOKEN_FILE: write('token', 'a.b.c\n') }),
    prints: /AWS_ROLE_ARN is not/,
  },
  'web identity: in a profile, no file': {
    config: `[profile p]\nrole_arn = ${role.AWS_ROLE_ARN}\nweb_identity_token_file = /nonexistent/token\n`,
    args: p,
    prints: /nonexistent/,
  },
  'profile: not found': { config: '[profile q]\n', args: p, prints: /"p".*does not exist/ },
  'profile: of a variable, not found': { config: '[profile q]\n', env: { AWS_PROFILE: 'nosuch' }, prints: /nosuch/ },
  'profile: empty': { config: '[profile p]\n', args: p, prints: /"p" has no settings/ },
  'profile: without a secret': {
    credentials: '[p]\naws_access_key_id = AKIA\n',
    args: p,
    prints: /"p" has an incomplete access key/,
  },
  'role: a loop': {
    config: `[profile p]\nrole_arn = ${role.AWS_ROLE_ARN}\nsource_profile = q\n[profile q]\nrole_arn = ${role.AWS_ROLE_ARN}\nsource_profile = p\n`,
    args: p,
    prints: /source_profile|circular|cycle/i,
  },
  'role: no such source_profile': {
    config: `[profile p]\nrole_arn = ${role.AWS_ROLE_ARN}\nsource_profile = q\n`,
    args: p,
    prints: /"?q"?/,
  },
  'role: an unknown credential_source': {
    config: `[profile p]\nrole_arn = ${role.AWS_ROLE_ARN}\ncredential_source = Nowhere\n`,
    args: p,
    prints: /"Nowhere"; available: Environment/,
  },
  'role: MFA, without keys': {
    config: `[profile p]\nrole_arn = ${role.AWS_ROLE_ARN}\nsource_profile = q\nmfa_serial = arn:aws:iam::1:mfa/me\n[profile q]\nregion = eu-west-1\n`,
    args: p,
    prints: /mfa_serial/,
  },
  'role: no ARN': {
    config:
      '[profile p]\nrole_arn = bogus\nsource_profile = q\n[profile q]\naws_access_key_id = a\naws_secret_access_key = b\n',
    args: p,
    prints: /role_arn of the profile "p" is "bogus"/,
  },
  'environment: a key id alone': { env: { AWS_ACCESS_KEY_ID: 'a' }, prints: /AWS_SECRET_ACCESS_KEY is not/ },
  'web identity: a role that is none': {
    env: { AWS_ROLE_ARN: 'bogus' },
    prepare: () => ({ AWS_WEB_IDENTITY_TOKEN_FILE: write('token', 'a.b.c\n') }),
    prints: /AWS_ROLE_ARN is "bogus"/,
  },
  'role: MFA': {
    config: `[profile p]\nrole_arn = ${role.AWS_ROLE_ARN}\nsource_profile = q\nmfa_serial = arn:aws:iam::1:mfa/me\n[profile q]\naws_access_key_id = a\naws_secret_access_key = b\n`,
    args: p,
    prints: /MFA|multi-factor|mfa/i,
  },
  'configuration file: a folder': {
    env: { AWS_CONFIG_FILE: join(root, 'tree') },
    args: p,
    prints: /AWS_CONFIG_FILE names \S+tree, which is a folder/,
  },
  'configuration file: no INI': { config: '\u0000\u0001{{{{\n[[[', args: p, prints: /is no AWS configuration file/ },
  'credentials file: a folder': {
    env: { AWS_SHARED_CREDENTIALS_FILE: join(root, 'tree') },
    prints: /AWS_SHARED_CREDENTIALS_FILE names \S+tree, which is a folder/,
  },
};

let number = 0;

test.each(Object.entries(sources))(
  '%s',
  async (_name, { config, credentials, env = {}, args = [], prepare, prints }) => {
    number += 1;
    rmSync(join(home, '.aws'), { recursive: true, force: true });
    const filled = (text: string) => text.replaceAll(/\{([\w-]+)\}/g, (all, name: string) => urls.get(name) ?? all);
    const files = {
      AWS_CONFIG_FILE: config === undefined ? join(home, 'none') : write(`home/config-${number}`, config),
      AWS_SHARED_CREDENTIALS_FILE:
        credentials === undefined ? join(home, 'none') : write(`home/credentials-${number}`, credentials),
    };
    const variables = Object.fromEntries(Object.entries(env).map(([name, text]) => [name, filled(text)]));
    const { exitCode, output, ms } = await run({ ...files, ...variables, ...prepare?.() }, args);
    expect(output).toMatch(prints);
    expect(output).not.toMatch(/internal error|^ +at /m);
    expect(output.match(/^error:/gm)).toHaveLength(1);
    expect(exitCode).toBe(6);
    expect(ms).toBeLessThan(soon);
  },
);

test('a program that does not end is stopped with what it started, by a signal at once', async () => {
  const written = join(root, 'written');
  const script = write('script', `#!/bin/sh\nwhile :; do echo x >> ${written}; sleep 0.05; done &\nwait\n`, 0o755);
  const config = write('home/config-script', processOf(script));
  const { exitCode } = await run({ AWS_CONFIG_FILE: config }, p, (child) => {
    const timer = setInterval(() => {
      if (!existsSync(written)) return;
      clearInterval(timer);
      child.kill('SIGTERM');
    }, 20);
  });
  expect(exitCode).toBe(143);
  const { size } = statSync(written);
  await sleep(500);
  expect(statSync(written).size).toBe(size);
});
