// What no output may show: the run's credentials, user names and passwords in URLs, and redacted values, whoever quotes them.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { run } from '../../src/cli/run.ts';
import type { RequestHandler } from '../../src/engine/context.ts';
import { formatsOf } from '../../src/report/formats.ts';
import { intercepted } from '../support/request-handlers.ts';
import { createWorld, inPipeline, type RunOptions, type World } from '../support/world.ts';

/** With characters that JSON, URLs and base64 write in other ways. */
const secret = 'tr0ub4dor&3 "quo\\ted" /ü';
const oldSecret = 'correct-horse-battery-staple';
const pin = 73915;

const settings = `apiVersion: appcfg/v1
project: acme/config
redact: [/database/password, /pin, /short, /keys/**]
`;

const tree = {
  'appcfg.yml': settings,
  'template/Service.yml': `database: { host: db, password: ${JSON.stringify(oldSecret)} }\npin: ${pin}\nlimit: 1\n`,
  'tenants/acme/dev/Service.yml': `database: { password: ${JSON.stringify(secret)} }\nlimit: 2\n`,
};

function encoded(plain: string): readonly string[] {
  return [
    plain,
    JSON.stringify(plain).slice(1, -1),
    JSON.stringify(JSON.stringify(plain)).slice(3, -3),
    encodeURIComponent(plain),
    Buffer.from(plain).toString('base64').slice(0, -4),
    Buffer.from(`x${plain}`).toString('base64').slice(4, -4),
    Buffer.from(`xy${plain}`).toString('base64').slice(4, -4),
  ];
}

function expectNone(text: string, secrets: readonly string[]): void {
  for (const each of secrets) {
    for (const form of encoded(each).filter(({ length }) => length > 4))
      expect(text.includes(form), `${form} in:\n${text}`).toBe(false);
  }
}

const commands = {
  validate: [],
  render: [],
  explain: ['acme/dev/Service'],
  tidy: ['-v'],
  diff: ['-v'],
  sync: ['-v'],
  status: [],
  history: [],
  rollback: ['acme/dev/Service', '-v'],
  cleanup: ['--all', '--yes'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type Command = keyof typeof commands;

/** One run with all formats of the command at once; the text of all its outputs. */
async function allOutputs(world: World, command: Command, options: RunOptions = {}): Promise<string> {
  const outputs = formatsOf(command).flatMap((format) => [
    '-o',
    format === 'text' ? format : `${format}=out.${format}`,
  ]);
  const outcome = await world.appcfgWith(options, command, ...commands[command], ...outputs);
  const files = readdirSync(world.directory).filter((name) => name.startsWith('out.'));
  return [
    outcome.stdout,
    outcome.stderr,
    ...files.map((name) => readFileSync(join(world.directory, name), 'utf8')),
  ].join('\n');
}

/** An AppConfig that answers each write of a kind with an error that quotes what it was sent. */
function quoting(world: World, operation: RegExp, quote: (text: string) => string): RequestHandler {
  return intercepted(world, async ({ method, path, answer }) => {
    if (!operation.test(`${method} ${path}`)) return answer();
    const body = { message: quote(secret) };
    return {
      response: {
        statusCode: 400,
        headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'BadRequestException' },
        body: Buffer.from(JSON.stringify(body)),
      },
    };
  });
}

const upload = /POST .*\/hostedconfigurationversions/;
const quotes: readonly (readonly [how: string, quote: (text: string) => string])[] = [
  ['plain', (text) => `the value ${text} is not allowed`],
  ['in JSON', (text) => `{"password": ${JSON.stringify(text)}}`],
  ['in JSON in JSON', (text) => JSON.stringify({ error: JSON.stringify({ password: text }) })],
  ['in a URL', (text) => `GET /check?password=${encodeURIComponent(text)} failed`],
  ['in a URL of small digits', (text) => encodeURIComponent(text).replace(/%../g, (byte) => byte.toLowerCase())],
  ['in base64', (text) => Buffer.from(text).toString('base64')],
  ['in base64 after a name', (text) => Buffer.from(`a:${text}`).toString('base64')],
  ['in base64 in a document', (text) => Buffer.from(`{"p":"${text}"}`).toString('base64url')],
  ['twice, side by side', (text) => text + text],
  ['on several lines', (text) => `line\n${text}\r\nline`],
];

describe('a redacted value', () => {
  test.each(quotes)('that AWS quotes %s is in no output', async (_how, quote) => {
    const world = createWorld(tree, inPipeline);
    const text = await allOutputs(world, 'sync', { requestHandler: quoting(world, upload, quote) });
    expect(text).toContain('AppConfig rejected CreateHostedConfigurationVersion');
    expect(text).toContain('(redacted)');
    expectNone(text, [secret, oldSecret]);
  });

  test('is in no output of any command in any format: neither the new one, nor the one that is live', async () => {
    const world = createWorld(tree, inPipeline);
    world.write('tenants/acme/dev/Service.yml', undefined);
    world.write('tenants/acme/dev/.gitkeep', '');
    await world.appcfg('sync');
    world.write('tenants/acme/dev/Service.yml', tree['tenants/acme/dev/Service.yml']);
    for (const command of ['validate', 'render', 'explain', 'diff', 'sync', 'status', 'history'] as const) {
      expectNone(await allOutputs(world, command), [secret, oldSecret, String(pin)]);
    }
    for (const command of ['rollback', 'cleanup'] as const) {
      expectNone(await allOutputs(world, command), [secret, oldSecret, String(pin)]);
    }
  });

  test('of the live content is in no output of a rollback that AWS refuses', async () => {
    const world = createWorld(tree, inPipeline);
    world.write('tenants/acme/dev/Service.yml', 'limit: 2\n');
    await world.appcfg('sync');
    world.write('tenants/acme/dev/Service.yml', 'limit: 3\n');
    await world.appcfg('sync');
    const requestHandler = quoting(world, /(DELETE|POST) .*\/deployments/, () => `validation: ${oldSecret} and ${pin}`);
    const text = await allOutputs(world, 'rollback', { requestHandler });
    expect(text).toContain('validation: (redacted) and (redacted)');
    expectNone(text, [oldSecret, String(pin)]);
  });

  test('that is a number is found as a number, and not as a part of a longer one', async () => {
    const world = createWorld(tree, inPipeline);
    const requestHandler = quoting(world, upload, () => `got ${pin}, trace 1${pin}0`);
    expect((await world.appcfgWith({ requestHandler }, 'sync')).stderr).toContain(`got (redacted), trace 1${pin}0`);
  });

  test('of several lines is found line by line, and in one line', async () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSjAgEAAoIB\n-----END KEY-----\n';
    const world = createWorld(
      { ...tree, 'template/Service.yml': `keys: { tls: ${JSON.stringify(key)} }\n` },
      inPipeline,
    );
    const requestHandler = quoting(world, upload, () => `bad ${key} at AQEFAASCBKcwggSjAgEAAoIB`);
    expectNone(await allOutputs(world, 'sync', { requestHandler }), [
      'MIIEvQIBADANBgkqhkiG9w0B',
      'AQEFAASCBKcwggSjAgEAAoIB',
    ]);
  });

  test('of fewer than four characters: the text of AWS is left out', async () => {
    const world = createWorld({ ...tree, 'template/Service.yml': 'short: xyz\n' }, inPipeline);
    const requestHandler = quoting(world, upload, () => 'the value xyz is too short');
    const text = await allOutputs(world, 'sync', { requestHandler });
    expect(text).toContain('rejected CreateHostedConfigurationVersion acme/*/Service: (left out');
    expect(text).not.toContain('xyz');
  });

  test('that is also at a pointer that is not redacted is removed there, and JSON stays JSON', async () => {
    const url = `postgres://db/?password=${oldSecret}`;
    const world = createWorld(
      { ...tree, 'tenants/acme/dev/Service.yml': `url: ${url}\nsame: ${pin}\nlist: [${pin}, 1]\n` },
      inPipeline,
    );
    for (const command of ['render', 'explain', 'diff', 'sync'] as const) {
      expectNone(await allOutputs(world, command), [oldSecret, String(pin)]);
    }
    world.write('tenants/acme/dev/Service.yml', `url: ${url}\nsame: [${pin}, 2]\n`);
    const { stdout } = await world.appcfg('diff', '-o', 'json');
    expect(JSON.parse(stdout).changeGroups[0].changes).toContainEqual(
      expect.objectContaining({ path: '/same', before: '(redacted)', after: ['(redacted)', 2] }),
    );
    expect((await world.appcfg('render', '--unredacted')).stdout).toContain(url);
  });

  test('that is a name, a pointer or a word of appcfg changes no name, pointer, address or code', async () => {
    const world = createWorld(
      { ...tree, 'template/Service.yml': 'database: { password: acme }\npin: Service\nlimit: 1\n' },
      inPipeline,
    );
    world.write('tenants/acme/dev/Service.yml', 'limit: 2\n');
    const { json } = await world.appcfg('sync', '-o', 'json');
    expect(json.plan.addresses[0].address).toBe('acme/dev/Service');
    const { stderr } = await world.appcfgWith(
      { requestHandler: quoting(world, /never/, String) },
      'status',
      '--tenant',
      'acmee',
    );
    expect(stderr).toContain('did you mean "acme"?');
  });

  test('of one tenant changes no text about another', async () => {
    const world = createWorld(
      { ...tree, 'tenants/other/dev/Service.yml': 'database: { password: nothing allowed }\n' },
      inPipeline,
    );
    world.write('tenants/acme/dev/Service.yml', 'limit: 2\n');
    const requestHandler = quoting(world, upload, () => 'nothing allowed');
    const { stderr } = await world.appcfgWith({ requestHandler }, 'sync', '--tenant', 'acme');
    expect(stderr).toContain('nothing allowed');
  });

  test('is in no output of a crash', async () => {
    const world = createWorld(tree, inPipeline);
    const requestHandler = intercepted(world, async ({ method, path, answer }) => {
      if (!upload.test(`${method} ${path}`)) return answer();
      throw new TypeError(`cannot read ${secret}`, { cause: new Error(JSON.stringify({ password: secret })) });
    });
    const text = await allOutputs(world, 'sync', { requestHandler });
    expect(text).toContain('internal error in appcfg');
    expectNone(text, [secret]);
  });

  test('is in no problem of settings whose key "redact" is misspelt', async () => {
    const world = createWorld({
      ...tree,
      'appcfg.yml': 'apiVersion: appcfg/v1\nredcat: [/database/password]\n',
      'tenants/acme/dev/Service.yml': `database: { password: 0644 }\nother: yes\n`,
    });
    const text = await allOutputs(world, 'validate');
    expect(text).toContain('redcat');
    expect(text).not.toContain('0644');
    expect(text).not.toContain('"yes"');
  });
});

/** The program with real connections: to a server that answers as the test wants. */
async function overHttp(
  answer: (request: { readonly path: string; readonly body: string; readonly headers: string }) => {
    readonly status: number;
    readonly type?: string;
    readonly body: string;
  },
  {
    args,
    env,
    directory,
  }: { readonly args: readonly string[]; readonly env: Record<string, string>; readonly directory: string },
): Promise<string> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const {
        status,
        type = 'application/json',
        body,
      } = answer({
        path: request.url ?? '',
        body: Buffer.concat(parts).toString(),
        headers: JSON.stringify(request.headers),
      });
      response.writeHead(status, { 'content-type': type, 'x-amzn-errortype': 'InvalidSignatureException' }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const variables = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: url,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    ...env,
  };
  // The SDK reads the variables of the process.
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const texts: string[] = [];
  const stream = { write: (text: string) => texts.push(text), columns: 100 };
  const exitCode = await run(
    [...args, '-o', 'text', '-o', 'jsonl=out.jsonl'],
    {
      env: { PATH: process.env.PATH, ...variables },
      stdin: new PassThrough(),
      stdout: stream,
      stderr: stream,
      cwd: () => directory,
      on: () => undefined,
      off: () => undefined,
      exit: () => undefined,
      cpuUsage: () => ({ user: 0, system: 0 }),
    },
    {},
  );
  expect(exitCode).not.toBe(0);
  return texts.join('') + readFileSync(join(directory, 'out.jsonl'), 'utf8');
}

const keys = {
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLEKEYID0001',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  AWS_SESSION_TOKEN: 'FwoGZXIvYXdzEBYaDExampleSessionToken//////////==',
};

describe('credentials', () => {
  test('that AWS quotes in a signature error are in no output, and neither is the signature', async () => {
    const { directory } = createWorld(tree);
    const text = await overHttp(
      ({ headers }) => ({
        status: 403,
        body: JSON.stringify({
          message: `The request signature we calculated does not match. The Canonical String for this request should have been 'GET /applications ${headers}' ${keys.AWS_SECRET_ACCESS_KEY}`,
        }),
      }),
      { args: ['diff'], env: keys, directory },
    );
    expect(text).toContain('InvalidSignatureException');
    expect(text).not.toMatch(/Signature=[0-9a-f]{8}/);
    expectNone(text, Object.values(keys));
  });

  test('of an assumed role, which only this run knows, are in no output', async () => {
    const role = {
      id: 'ASIAASSUMEDROLEKEY01',
      key: 'assumed+secret/key0123456789abcdefghijk',
      token: 'AssumedSessionToken+/0123456789==',
    };
    const { directory, write } = createWorld(tree);
    write('appcfg.yml', `${settings}environments: { dev: { roleArn: "arn:aws:iam::111122223333:role/dev" } }\n`);
    const text = await overHttp(
      ({ body }) =>
        body.includes('Action=AssumeRole')
          ? {
              status: 200,
              type: 'text/xml',
              body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>${role.id}</AccessKeyId><SecretAccessKey>${role.key}</SecretAccessKey><SessionToken>${role.token}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
            }
          : {
              status: 400,
              type: 'text/xml',
              body: `<ErrorResponse><Error><Code>Refused</Code><Message>not for ${role.id}, ${role.key} or ${encodeURIComponent(role.token)}</Message></Error></ErrorResponse>`,
            },
      { args: ['diff'], env: keys, directory },
    );
    expect(text).toContain('not for (redacted), (redacted) or (redacted)');
    expectNone(text, [...Object.values(role), ...Object.values(keys)]);
  });

  test('of a job: its ID token and its parts, and the tokens of GitLab', async () => {
    const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url');
    const signature = 'c2lnbmF0dXJlLW9mLXRoZS10b2tlbg';
    const token = `${part({ alg: 'RS256', kid: 'a' })}.${part({ sub: 'project_path:acme/config', exp: 4e9 })}.${signature}`;
    const tokens = { CI_JOB_TOKEN: 'glcbt-64_ExampleJobToken', APPCFG_GITLAB_TOKEN: 'glpat-ExampleProjectToken' };
    const { directory } = createWorld(tree);
    const text = await overHttp(
      () => ({
        status: 400,
        type: 'text/xml',
        body: `<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>bad ${token} part ${signature} ${Object.values(tokens).join(' ')}</Message></Error></ErrorResponse>`,
      }),
      {
        args: ['diff'],
        env: { ...tokens, APPCFG_ID_TOKEN: token, AWS_CREDS_READ_ROLE: 'arn:aws:iam::111122223333:role/appcfg' },
        directory,
      },
    );
    expect(text).toContain('STS rejected the ID token');
    expect(text).toContain('aud (none) and sub "project_path:acme/config" of the token');
    expectNone(text, [token, ...token.split('.'), ...Object.values(tokens)]);
  });
});

describe('user names and passwords in URLs', () => {
  test.each([
    'https://deploy:s3cr3t-pass@appconfig.example.com',
    'http://deploy:s3cr3t-pass@appconfig.example.com/x',
    'http://deploy:s3cr3t-pass@appconfig.example.com/@scope',
    'http://s3cr3t-pass@appconfig.example.com',
    'ftp://deploy:s3cr3t-pass@appconfig.example.com',
    'http://deploy:s3cr3t-pass/@appconfig.example.com:port',
    'deploy:s3cr3t-pass@appconfig.example.com',
  ])('of the endpoint %s are in no output', async (url) => {
    const world = createWorld(tree);
    const text = await overHttp(() => ({ status: 500, body: '' }), {
      args: ['diff', '--endpoint-url', url],
      env: keys,
      directory: world.directory,
    }).catch((error) => String(error));
    expectNone(text, ['s3cr3t-pass']);
  });

  test('are not in the commands of hints, which repeat the flags of the user', async () => {
    const world = createWorld(tree);
    await world.appcfg('sync');
    world.write('tenants/acme/dev/Service.yml', 'pin: null\n');
    const { stderr } = await world.appcfg('sync', '--endpoint-url', 'http://u:s3cr3t-pass@127.0.0.1:1');
    expectNone(stderr, ['s3cr3t-pass']);
  });

  test.each([
    'https://gitlab-ci-token:s3cr3t-token@gitlab.example.com/acme/config.git',
    'https://s3cr3t-token@gitlab.example.com/acme/config.git',
    'https://u:s3cr3t-token@gitlab.example.com:x/acme/config.git',
    'u:s3cr3t-token@gitlab.example.com:acme/config.git',
    'https://u:p@ss:s3cr3t-token@gitlab.example.com/a b',
    'ssh://git:s3cr3t-token@gitlab.example.com:22/acme/config.git',
  ])('of the Git remote %s are in no output and not in AWS', async (url) => {
    const world = createWorld({ ...tree, 'appcfg.yml': 'apiVersion: appcfg/v1\n' });
    const git = (...args: string[]) => execFileSync('git', args, { cwd: world.directory, stdio: 'ignore' });
    git('init', '-q');
    git('config', 'remote.origin.url', url);
    const outputs = [
      await allOutputs(world, 'sync'),
      await allOutputs(world, 'status'),
      await allOutputs(world, 'history'),
    ];
    expectNone(outputs.join('\n'), ['s3cr3t-token']);
    expectNone(JSON.stringify(world.emulator.snapshot()), ['s3cr3t-token']);
  });
});

test.each([
  ['a blank is missing', 'database:\n  password:q7zq7z\n'],
  ['a dash makes a list', 'database:\n  - password: q7zq7z\n'],
  ['a key is missing', 'database: q7zq7z\n'],
  ['it is a number', 'database: 7177177\n'],
  ['a list has text', 'database: ["password:q7zq7z"]\n'],
])('a redacted member with a typing error is in no output: %s', async (_what, text) => {
  const world = createWorld({ ...tree, 'tenants/acme/dev/Service.yml': text });
  for (const command of ['validate', 'render', 'explain', 'tidy', 'diff', 'sync', 'history', 'rollback'] as const) {
    const shown = await allOutputs(world, command);
    expect(shown).not.toMatch(/q7zq7z|7177177/);
  }
});

test('a value of a flag that is refused is quoted without its redacted parts, however short they are', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: a/b\nredact: [/values/f/x/0, /values/f/y/pin]\nprofiles: { L: { type: feature-flags } }\n',
    'template/L.yml': [
      'version: "1"',
      'flags: { f: { attributes: { x: { constraints: { type: string } }, y: { constraints: { type: string } } } } }',
      'values: { f: { enabled: true, x: [q7z, seen] } }',
    ].join('\n'),
    'tenants/acme/dev/.gitkeep': '',
    'tenants/acme/qa/L.yml': 'values: { f: { y: { pin: 7z1, other: shown } } }\n',
  });
  const shown = await allOutputs(world, 'validate');
  expect(shown).toContain('seen');
  expect(shown).not.toMatch(/q7z|7z1/);
});
