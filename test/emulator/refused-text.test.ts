// Text that would break an answer, sent over HTTP as a client other than the SDK may send it.
import { afterEach, describe, expect, test } from 'vitest';
import { createEmulator } from '../../src/emulator/emulator.ts';
import { type EmulatorServer, listen } from '../../src/emulator/server.ts';

const servers: EmulatorServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function setUp() {
  const server = await listen(createEmulator({ now: Date.now }), { port: 0 });
  servers.push(server);
  const send = async (method: string, path: string, body: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${server.url}${path}`, { method, body, headers });
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown>, headers: answer.headers };
  };
  const post = (path: string, body: unknown) => send('POST', path, JSON.stringify(body));
  const application = `/applications/${(await post('/applications', { Name: 'shop' })).json.Id}`;
  const profiles = `${application}/configurationprofiles`;
  const profile = `${profiles}/${(await post(profiles, { Name: 'web', LocationUri: 'hosted' })).json.Id}`;
  const items = async (path: string) => {
    const { Items } = (await (await fetch(`${server.url}${path}`)).json()) as { Items: unknown[] };
    return Items.length;
  };
  return { send, post, application, profiles, profile, items };
}

describe('text that goes into headers of answers', () => {
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
