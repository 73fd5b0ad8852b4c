// Input that could break a response, sent over HTTP as clients other than the SDK may send it.
import { afterEach, describe, expect, test } from 'vitest';
import { createEmulator } from '../../src/emulator/host/emulator.ts';
import { type EmulatorServer, listen, listenAsAgent } from '../../src/emulator/host/http-server.ts';
import { restore } from '../../src/emulator/state/restore.ts';

const servers: EmulatorServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function setUp() {
  const emulator = createEmulator({ now: Date.now });
  const server = await listen(emulator, { port: 0 });
  servers.push(server);
  const send = async (method: string, path: string, body: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server.url}${path}`, { method, body, headers });
    return {
      status: response.status,
      json: (await response.json()) as Record<string, unknown>,
      headers: response.headers,
    };
  };
  const post = (path: string, body: unknown) => send('POST', path, JSON.stringify(body));
  const application = `/applications/${(await post('/applications', { Name: 'shop' })).json.Id}`;
  const profiles = `${application}/configurationprofiles`;
  const profile = `${profiles}/${(await post(profiles, { Name: 'web', LocationUri: 'hosted' })).json.Id}`;
  const items = async (path: string) => {
    const { Items } = (await (await fetch(`${server.url}${path}`)).json()) as { Items: unknown[] };
    return Items.length;
  };
  return { emulator, send, post, application, profiles, profile, items };
}

describe('strings that response headers carry', () => {
  test.each(['description', 'versionlabel', 'content-type'])('is printable ASCII: %s', async (name) => {
    const { send, profile, items } = await setUp();
    const path = `${profile}/hostedconfigurationversions`;
    const headers = { 'content-type': 'text/plain', [name]: 'grüße' };
    expect((await send('POST', path, 'x', headers)).status).toBe(400);
    expect(await items(path)).toBe(0);
  });

  test('is refused as a key of a profile or a deployment, and as the ARN of a validator', async () => {
    const { send, post, application, profiles, profile, items } = await setUp();
    const web = { Name: 'other', LocationUri: 'hosted' };
    const wrong = { Type: 'LAMBDA', Content: 'arn:aws:lambda:eu-west-1:123456789012:function:ü' };
    expect((await post(profiles, { ...web, KmsKeyIdentifier: 'alias/ü' })).status).toBe(400);
    expect((await post(profiles, { ...web, Validators: [wrong] })).status).toBe(400);
    expect((await send('PATCH', profile, JSON.stringify({ KmsKeyIdentifier: 'a\nb' }))).status).toBe(400);
    expect(await items(profiles)).toBe(1);
    const { json: environment } = await post(`${application}/environments`, { Name: 'prod' });
    const deployments = `${application}/environments/${environment.Id}/deployments`;
    const deployment = {
      DeploymentStrategyId: 'AppConfig.AllAtOnce',
      ConfigurationProfileId: profile.split('/').at(-1),
      ConfigurationVersion: '1',
      KmsKeyIdentifier: 'ключ',
    };
    expect((await post(deployments, deployment)).json.Message).toContain("at 'kmsKeyIdentifier'");
  });
});

describe('documents at the limits of JSON', () => {
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

  test.each([150, 20_000])('nesting of %d levels is refused in every operation', async (levels) => {
    const { send, post, profiles, application } = await setUp();
    const body = `{"Name":"x","Tags":${deep(levels)}}`;
    expect((await send('POST', '/applications', body)).status).toBe(400);
    expect((await send('POST', `${application}/environments`, `{"Monitors":${deep(levels)}}`)).status).toBe(400);
    const flags = { Name: 'flags', LocationUri: 'hosted', Type: 'AWS.AppConfig.FeatureFlags' };
    const versions = `${profiles}/${(await post(profiles, flags)).json.Id}/hostedconfigurationversions`;
    const response = await send('POST', versions, `{"version":"1","values":{"a":${deep(levels)}}}`, {
      'content-type': 'application/json',
    });
    expect(response.status).toBe(400);
    expect(response.json.Message).toContain('deeper than 100 levels');
  });

  test('freeform content is not parsed', async () => {
    const { send, profile } = await setUp();
    const headers = { 'content-type': 'application/json' };
    const { status } = await send('POST', `${profile}/hostedconfigurationversions`, deep(20_000), headers).catch(
      () => ({ status: 201 }),
    );
    expect(status).toBe(201);
  });

  test('content that is nested too deeply is refused by a validator, and by the Agent when asked for one flag', async () => {
    const { emulator, send, post, application, profiles } = await setUp();
    const agent = await listenAsAgent(emulator, { port: 0 });
    servers.push(agent);
    await post(`${application}/environments`, { Name: 'dev' });
    const put = async (body: unknown) => {
      const { Id } = (await post(profiles, { LocationUri: 'hosted', ...Object(body) })).json;
      const init = { method: 'POST', body: `{"a":${deep(20_000)}}`, headers: { 'content-type': 'application/json' } };
      await fetch(`${servers[0]?.url}${profiles}/${Id}/hostedconfigurationversions`, init);
      return String(Id);
    };
    const checked = await put({ Name: 'checked', Validators: [{ Type: 'JSON_SCHEMA', Content: '{}' }] });
    const refused = await send('POST', `${profiles}/${checked}/validators?configuration_version=1`, '');
    expect([refused.status, refused.json.Message]).toEqual([400, expect.stringContaining('deeper than 100 levels')]);
    const free = await put({ Name: 'free' });
    const { json: atOnce } = await post('/deploymentstrategies', {
      Name: 'at once',
      DeploymentDurationInMinutes: 0,
      GrowthFactor: 100,
    });
    const { json: dev } = await send('POST', `${application}/environments`, '{"Name":"prod"}');
    await post(`${application}/environments/${dev.Id}/deployments`, {
      ConfigurationProfileId: free,
      ConfigurationVersion: '1',
      DeploymentStrategyId: atOnce.Id,
    });
    const path = `${agent.url}/applications/shop/environments/prod/configurations/free`;
    expect((await fetch(path)).status).toBe(200);
    expect((await fetch(`${path}?flag=a`)).status).toBe(400);
  });

  test('a schema that is nested too deeply or refers to itself without end is refused', async () => {
    const { send, post, profiles } = await setUp();
    const problemOf = async (Content: string) => {
      const body = {
        Name: Content.slice(0, 20),
        LocationUri: 'hosted',
        Validators: [{ Type: 'JSON_SCHEMA', Content }],
      };
      const path = `${profiles}/${(await post(profiles, body)).json.Id}`;
      await send('POST', `${path}/hostedconfigurationversions`, '{}', { 'content-type': 'application/json' });
      const { status, json } = await send('POST', `${path}/validators?configuration_version=1`, '');
      return [status, String(json.Message).split('\n').at(-1)];
    };
    const nested = `${'{"items":'.repeat(3000)}{}${'}'.repeat(3000)}`;
    expect(await problemOf(nested)).toEqual([400, 'A document must not be nested deeper than 100 levels.']);
    expect(await problemOf('{"allOf":[{"$ref":"#"}]}')).toEqual([400, 'The schema refers to itself without end.']);
  });

  test('names must not contain lone surrogates', async () => {
    const { send, items } = await setUp();
    expect((await send('POST', '/applications', '{"Name":"\\ud800"}')).status).toBe(400);
    const latin = await fetch(`${servers[0]?.url}/applications`, {
      method: 'POST',
      body: Buffer.from('{"Name":"\xfc"}', 'latin1'),
    });
    expect(latin.status).toBe(400);
    expect(await items('/applications')).toBe(1);
  });

  test('tags and feature flags must not contain lone surrogates', async () => {
    const { send, post, profiles, items } = await setUp();
    for (const tags of ['{"\\ud800":"x"}', '{"x":"\\udc00"}']) {
      expect((await send('POST', '/applications', `{"Name":"t","Tags":${tags}}`)).status).toBe(400);
    }
    expect(await items('/applications')).toBe(1);
    expect((await send('POST', '/applications', '{"Name":"\\ud83d\\ude00"}')).json.Name).toBe('😀');
    const type = 'AWS.AppConfig.FeatureFlags';
    const flags = (await post(profiles, { Name: 'flags', LocationUri: 'hosted', Type: type })).json;
    const path = `${profiles}/${flags.Id}/hostedconfigurationversions`;
    const document = '{"version":"1","flags":{"a":{"name":"\\ud800"}},"values":{"a":{"enabled":true}}}';
    expect((await send('POST', path, document, { 'content-type': 'application/json' })).status).toBe(400);
  });
});

describe('regular expressions from clients', () => {
  const endless = '^(a+)+$';
  const victim = `${'a'.repeat(60)}b`;
  const tooLong = 'Checking the content took longer than one second, for example because of a regular expression.';

  test('in a flag are stopped after one second', async () => {
    const { send, post, profiles } = await setUp();
    const type = 'AWS.AppConfig.FeatureFlags';
    const flags = (await post(profiles, { Name: 'flags', LocationUri: 'hosted', Type: type })).json;
    const document = {
      version: '1',
      flags: { a: { name: 'a', attributes: { x: { constraints: { type: 'string', pattern: endless } } } } },
      values: { a: { enabled: true, x: victim } },
    };
    const path = `${profiles}/${flags.Id}/hostedconfigurationversions`;
    const response = await send('POST', path, JSON.stringify(document), { 'content-type': 'application/json' });
    expect([response.status, response.json.Message]).toEqual([400, tooLong]);
  });

  test('in a validator are stopped after one second', async () => {
    const { send, post, profiles } = await setUp();
    const schema = { Type: 'JSON_SCHEMA', Content: JSON.stringify({ properties: { x: { pattern: endless } } }) };
    const checked = (await post(profiles, { Name: 'checked', LocationUri: 'hosted', Validators: [schema] })).json;
    const path = `${profiles}/${checked.Id}`;
    const headers = { 'content-type': 'application/json' };
    await fetch(`${servers[0]?.url}${path}/hostedconfigurationversions`, {
      method: 'POST',
      body: JSON.stringify({ x: victim }),
      headers,
    });
    const response = await send('POST', `${path}/validators?configuration_version=1`, '');
    expect([response.status, response.json.Message]).toEqual([400, tooLong]);
  });
});

test('names such as "constructor" are ordinary names', async () => {
  const { emulator, send, post, profiles } = await setUp();
  const type = 'AWS.AppConfig.FeatureFlags';
  const flags = (await post(profiles, { Name: 'flags', LocationUri: 'hosted', Type: type })).json;
  const document = { version: '1', flags: { constructor: { name: 'c' } }, values: { constructor: { enabled: true } } };
  const path = `${profiles}/${flags.Id}/hostedconfigurationversions`;
  const { status, json } = await send('POST', path, JSON.stringify(document), { 'content-type': 'application/json' });
  expect(status).toBe(201);
  expect(json.flags).toMatchObject({ constructor: { _createdAt: expect.any(String), _updatedAt: expect.any(String) } });
  const tagged = await send('POST', '/applications', '{"Name":"t","Tags":{"__proto__":"x"}}');
  const tags = await fetch(
    `${servers[0]?.url}/tags/arn:aws:appconfig:us-east-1:123456789012:application/${tagged.json.Id}`,
  );
  expect(await tags.text()).toBe('{"Tags":{"__proto__":"x"}}');
  const kept: unknown = JSON.parse(JSON.stringify(emulator.snapshot()));
  const again = createEmulator({ now: Date.now, state: restore(kept) });
  expect(JSON.stringify(again.snapshot())).toContain('"tags":{"__proto__":"x"}');
});

test('a KMS key is shown by its ARN, and GetConfiguration refuses content that it encrypts', async () => {
  const { send, post, application, profiles, profile } = await setUp();
  const arn = (resource: string) => `arn:aws:kms:us-east-1:123456789012:${resource}`;
  const withAlias = await post(profiles, { Name: 'p', LocationUri: 'hosted', KmsKeyIdentifier: 'alias/k' });
  expect(withAlias.json.KmsKeyArn).toBe(arn('alias/k'));
  const versions = `${profiles}/${withAlias.json.Id}/hostedconfigurationversions`;
  const version = await send('POST', versions, '{}', { 'content-type': 'application/json' });
  expect(version.headers.get('kmskeyarn')).toBe(arn('alias/k'));
  await send('POST', `${profile}/hostedconfigurationversions`, '{}', { 'content-type': 'application/json' });
  const environment = await post(`${application}/environments`, { Name: 'dev' });
  const deployment = await post(`${application}/environments/${environment.json.Id}/deployments`, {
    ConfigurationProfileId: profile.split('/').at(-1),
    ConfigurationVersion: '1',
    DeploymentStrategyId: 'AppConfig.AllAtOnce',
    KmsKeyIdentifier: '1234abcd',
  });
  expect(deployment.json.KmsKeyArn).toBe(arn('key/1234abcd'));
  await fetch(`${servers[0]?.url}/_emulator/clock`, { method: 'POST', body: '{"advanceMs":3600000}' });
  const read = await fetch(`${servers[0]?.url}/applications/shop/environments/dev/configurations/web?client_id=c`);
  expect(read.status).toBe(400);
  expect(await read.text()).toContain('Encrypted configurations');
});

test('a number in a flag that no double can hold is refused', async () => {
  const { send, post, profiles } = await setUp();
  const type = 'AWS.AppConfig.FeatureFlags';
  const flags = (await post(profiles, { Name: 'flags', LocationUri: 'hosted', Type: type })).json;
  const attributes = '{"n":{"constraints":{"type":"number"}}}';
  const body = `{"version":"1","flags":{"a":{"name":"a","attributes":${attributes}}},"values":{"a":{"enabled":true,"n":1e400}}}`;
  const path = `${profiles}/${flags.Id}/hostedconfigurationversions`;
  expect((await send('POST', path, body, { 'content-type': 'application/json' })).status).toBe(400);
});
