// Secrets in contents that no setting names: they are found by their form, reported at their line, and shown nowhere.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatsOf } from '../../src/report/formats.ts';
import { createWorld, inPipeline, type World } from '../support/world.ts';

// In parts, so that no scanner takes this file for a leak.
const token = `glpa${'t-'}q7Xw2Lk9RtB4nZc1VmYp`;
const newToken = `glpa${'t-'}Hs82kQmW0zPx6TbN3vRd`;
const password = 'Tr0ub4dor3xQ9';
const key = `-----BEGIN PRIVATE ${'KEY'}-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END PRIVATE KEY-----`;
const keyLine = 'BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj';
const awsKey = 'Zr7dL+1qXkT0vYw3/Pj5mB8nCs2hGfA6eUoJiEaK';

const everySecret = [token, newToken, password, keyLine, awsKey];

const settings = 'apiVersion: appcfg/v1\nproject: acme/config\n';

const tree = {
  'appcfg.yml': `${settings}tenants: [{ match: '*', labels: { word: ${password} } }]\nprofiles: { Joined: { variables: true } }\n`,
  'template/Service.yml': `limit: 1\ntoken: ${token}\nrate: 5\n`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of appcfg
  'template/Joined.yml': 'url: postgres://app:${label.word}@db/app\n',
  'tenants/acme/dev/Service.yml': `url: postgres://app:${password}@db/app\naws: { secretAccessKey: "${awsKey}" }\n`,
  'tenants/acme/dev/Keys.yml': `keys:\n  - |\n    ${key.replaceAll('\n', '\n    ')}\n`,
  'tenants/globex/dev/Service.yml': 'limit: 2\n',
};

async function everything(world: World, command: string, ...args: readonly string[]): Promise<string> {
  const formats = formatsOf(command).filter((format) => format !== 'text');
  const outputs = ['-o', 'text', ...formats.flatMap((format) => ['-o', `${format}=out.${format}`])];
  const { stdout, stderr } = await world.appcfg(command, ...args, ...outputs);
  const files = readdirSync(world.directory).filter((name) => name.startsWith('out.'));
  return [stdout, stderr, ...files.map((name) => readFileSync(join(world.directory, name), 'utf8'))].join('\n');
}

function expectNone(text: string, what: string): void {
  const shown = everySecret.flatMap((secret) => {
    const forms = [secret, Buffer.from(secret).toString('base64').slice(0, -4)];
    return forms.flatMap((form) =>
      text.includes(form) ? [text.slice(Math.max(0, text.indexOf(form) - 100)).slice(0, 200)] : [],
    );
  });
  expect(shown, what).toEqual([]);
}

const problemsOf = async (world: World, command = 'validate', ...args: string[]) =>
  (await world.appcfg(command, ...args, '-o', 'json')).json.problems.filter(
    ({ code }: { code: string }) => code === 'secret-found',
  );

test('each secret is one warning at its line, with the addresses that have it', async () => {
  const world = createWorld(tree, inPipeline);
  const problems = await problemsOf(world);
  expect(
    problems.map(({ source, message, severity, count }: Record<string, unknown>) => [source, message, severity, count]),
  ).toMatchInlineSnapshot(`
    [
      [
        "template/Joined.yml:1:1",
        "/url has a password in a URL in plain text",
        "warning",
        2,
      ],
      [
        "template/Service.yml:2:1",
        "/token has a GitLab token in plain text",
        "warning",
        2,
      ],
      [
        "tenants/acme/dev/Service.yml:1:1",
        "/url has a password in a URL in plain text",
        "warning",
        undefined,
      ],
      [
        "tenants/acme/dev/Service.yml:2:8",
        "/aws/secretAccessKey has an AWS secret access key in plain text",
        "warning",
        undefined,
      ],
      [
        "tenants/acme/dev/Keys.yml:3:1",
        "/keys/0 has a private key in plain text",
        "warning",
        undefined,
      ],
    ]
  `);
  expect((await world.appcfg('validate')).exitCode).toBe(0);
});

test('no output of any command has a secret: not of the tree, of what is live, of what goes away', async () => {
  const world = createWorld(tree, inPipeline);
  const runs = [
    ['validate'],
    ['render'],
    ['explain', 'acme/dev/Service'],
    ['explain', 'globex/dev/Service', '/token'],
    ['tidy'],
    ['diff', '--full'],
    ['sync', '--dry-run'],
    ['sync', '-v'],
    ['status', '-v'],
    ['history'],
  ] as const;
  for (const [command, ...args] of runs) expectNone(await everything(world, command, ...args), command);
  world.write('template/Service.yml', `limit: 1\ntoken: ${newToken}\nrate: 5\n`);
  world.write('tenants/acme/dev/Keys.yml', 'keys: []\n');
  for (const command of ['diff', 'sync', 'status', 'history']) {
    expectNone(await everything(world, command, '-v'), `${command} of other secrets`);
  }
  world.write('template/Service.yml', 'limit: 1\ntoken: none\nrate: 5\n');
  world.write('tenants/acme/dev/Service.yml', 'limit: 4\n');
  for (const command of ['diff', 'sync', 'status', 'history']) {
    expectNone(await everything(world, command, '-v'), `${command} without secrets`);
  }
  expectNone(await everything(world, 'rollback', 'acme/dev/Service'), 'rollback');
  expectNone(await everything(world, 'pull', 'acme/dev/Service'), 'pull');
  expectNone(await everything(world, 'cleanup', '--all', '--yes'), 'cleanup');
});

test('labels and sizes of what has a secret are null, those of others are shown', async () => {
  const world = createWorld({ ...tree, 'template/Public.yml': 'limit: 1\n' }, inPipeline);
  const { json } = await world.appcfg('diff', '-o', 'json');
  const desired = new Map(
    json.addresses.map(({ address, desired: { versionLabel, bytes } }: never) => [address, [versionLabel, bytes]]),
  );
  expect(desired.get('globex/dev/Service')).toEqual([null, null]);
  expect(desired.get('globex/dev/Public')).toEqual([expect.stringMatching(/^sha256-/), expect.any(Number)]);
});

test('render shows secrets with --unredacted alone, in files of the owner', async () => {
  const world = createWorld(tree, inPipeline);
  const { stdout } = await world.appcfg('render', 'globex/dev/Service');
  expect(JSON.parse(stdout)).toEqual({ limit: 2, token: '(redacted)', rate: 5 });
  await world.appcfg('render', '--out', 'out', '--unredacted');
  expect(readFileSync(join(world.directory, 'out/globex/dev/Service.json'), 'utf8')).toContain(token);
  expect(statSync(join(world.directory, 'out/globex/dev/Service.json')).mode & 0o77).toBe(0);
});

describe('the settings decide', () => {
  test('error: the run ends before AWS is contacted', async () => {
    const world = createWorld(
      { ...tree, 'appcfg.yml': `${tree['appcfg.yml']}guards: { secrets: error }\n` },
      inPipeline,
    );
    const { exitCode } = await world.appcfg('sync');
    expect(exitCode).toBe(3);
    expect(world.takeCalls()).toEqual({});
  });

  test('off: nothing is reported, and everything is redacted', async () => {
    const world = createWorld({ ...tree, 'appcfg.yml': `${tree['appcfg.yml']}guards: { secrets: off }\n` }, inPipeline);
    expect(await problemsOf(world)).toEqual([]);
    expectNone(await everything(world, 'diff', '--full'), 'diff');
    expectNone(await everything(world, 'render'), 'render');
  });

  test('secretsAllowed: what it names is neither reported nor redacted, and everything else is', async () => {
    const allowed = `${tree['appcfg.yml']}guards: { secretsAllowed: [/token, /nothing] }\n`;
    const world = createWorld({ ...tree, 'appcfg.yml': allowed }, inPipeline);
    const problems = await problemsOf(world);
    expect(problems.map(({ message }: { message: string }) => message).join('\n')).not.toContain('/token');
    expect((await world.appcfg('render', 'globex/dev/Service')).stdout).toContain(token);
    const { stdout } = await world.appcfg('render', 'acme/dev/Service');
    expect(stdout).not.toContain(password);
  });
});
