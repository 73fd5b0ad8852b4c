// The responses of every operation, successful or not, against the models of AppConfig in AWS's Python SDK.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEmulator } from '../../../src/emulator/host/emulator.ts';
import { routes } from '../../../src/emulator/operations/routes.ts';
import { isInstalled } from '../../support/real-clients.ts';

const script = join(import.meta.dirname, '../../support/check_against_botocore.py');
const start = Date.parse('2026-03-01T12:00:00Z');

interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  /** Base64. */
  readonly body: string;
}

/** Calls of every operation. Each response is recorded. */
async function record(): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  const emulator = createEmulator({ now: () => start, quotas: { applications: 1 } });
  const send = async (method: string, target: string, body: unknown = '', headers: Record<string, string> = {}) => {
    const [path = '/', query = ''] = target.split('?');
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const request = { method, path, query: new URLSearchParams(query), headers, body: bytes };
    const response = await emulator.handle(request);
    recorded.push({
      method,
      path,
      status: response.status,
      headers: { ...response.headers },
      body: response.body.toString('base64'),
    });
    const text = response.body.toString();
    const json = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, string>;
    return { ...json, headers: response.headers } as Record<string, string> & { headers: Record<string, string> };
  };
  const tags = { team: 'web' };
  const app = `/applications/${(await send('POST', '/applications', { Name: 'shop', Description: 'd', Tags: tags })).Id}`;
  await send('POST', '/applications', { Name: 'second' });
  await send('POST', '/applications', { Name: 'shop' });
  await send('POST', '/applications', '{');
  await send('GET', '/applications?max_results=1');
  await send('GET', '/applications?next_token=bogus');
  await send('GET', app);
  await send('PATCH', app, { Description: '' });
  const alarm = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:web';
  const Monitors = [{ AlarmArn: alarm, AlarmRoleArn: 'arn:aws:iam::123456789012:role/alarms' }];
  const environment = (await send('POST', `${app}/environments`, { Name: 'prod', Description: 'd', Monitors })).Id;
  const env = `${app}/environments/${environment}`;
  await send('GET', `${app}/environments`);
  await send('GET', env);
  await send('PATCH', env, { Monitors: [] });
  const profileBody = { Name: 'web', Description: 'd', LocationUri: 'hosted', KmsKeyIdentifier: 'alias/k' };
  const Validators = [{ Type: 'JSON_SCHEMA', Content: '{}' }];
  const profiles = `${app}/configurationprofiles`;
  const profileId = (await send('POST', profiles, { ...profileBody, Validators })).Id;
  const profile = `${profiles}/${profileId}`;
  await send('POST', profiles, { Name: 'x', LocationUri: 'hosted', Type: 'none' });
  const flags = (await send('POST', profiles, { Name: 'f', LocationUri: 'hosted', Type: 'AWS.AppConfig.FeatureFlags' }))
    .Id;
  await send('GET', profiles);
  await send('GET', profile);
  await send('PATCH', profile, { Description: 'other' });
  const versions = `${profile}/hostedconfigurationversions`;
  const json = { 'content-type': 'application/json', description: 'd' };
  await send('POST', versions, '{"a":1}', { ...json, versionlabel: 'v1' });
  await send('POST', versions, '{"a":1}', { ...json, versionlabel: 'v1' });
  await send('POST', versions, '{"a":2}', { ...json, 'latest-version-number': '7' });
  await send('POST', versions, ' '.repeat(2048 * 1024 + 1), json);
  await send('POST', `${profiles}/${flags}/hostedconfigurationversions`, '{"version":"2"}', json);
  await send('GET', versions);
  await send('GET', `${versions}/1`);
  await send('GET', `${versions}/9`);
  await send('POST', `${profile}/validators?configuration_version=1`);
  const slow = { Name: 'slow', DeploymentDurationInMinutes: 10, GrowthFactor: 25, FinalBakeTimeInMinutes: 5 };
  const strategy = (await send('POST', '/deploymentstrategies', { ...slow, Description: 'd' })).Id;
  await send('GET', '/deploymentstrategies');
  await send('GET', `/deploymentstrategies/${strategy}`);
  await send('PATCH', `/deploymentstrategies/${strategy}`, { GrowthFactor: 50 });
  await send('PATCH', '/deploymentstrategies/AppConfig.AllAtOnce', { GrowthFactor: 50 });
  const sessionBody = {
    ApplicationIdentifier: 'shop',
    EnvironmentIdentifier: 'prod',
    ConfigurationProfileIdentifier: 'web',
    RequiredMinimumPollIntervalInSeconds: 15,
  };
  const open = async () => (await send('POST', '/configurationsessions', sessionBody)).InitialConfigurationToken;
  const poll = (token: string | undefined) => send('GET', `/configuration?configuration_token=${token}`);
  await poll(await open());
  const deployment = { ConfigurationProfileId: profileId, ConfigurationVersion: 'v1', DeploymentStrategyId: strategy };
  await send('POST', `${env}/deployments`, { ...deployment, Description: 'd', Tags: tags });
  await send('POST', `${env}/deployments`, deployment);
  await send('POST', `${env}/deployments`, { ...deployment, ConfigurationVersion: '9' });
  for (const minutes of [0, 6, 6, 6]) {
    emulator.advance(minutes * 60_000);
    await send('GET', `${env}/deployments/1`);
    await send('GET', `${env}/deployments`);
    await send('GET', env);
  }
  const { headers } = await poll(await open());
  await poll(headers['next-poll-configuration-token']);
  await poll('bogus');
  const read = (profile: string, more = '') =>
    send('GET', `/applications/shop/environments/prod/configurations/${profile}?client_id=c${more}`);
  await read('f');
  await read('none');
  const plain = (await send('POST', profiles, { Name: 'plain', LocationUri: 'hosted' })).Id;
  const plainVersions = `${profiles}/${plain}/hostedconfigurationversions`;
  await send('POST', plainVersions, 'a', { 'content-type': 'text/plain' });
  const atOnce = (
    await send('POST', '/deploymentstrategies', {
      ...slow,
      DeploymentDurationInMinutes: 0,
      FinalBakeTimeInMinutes: 0,
    })
  ).Id;
  await send('POST', `${env}/deployments`, {
    ConfigurationProfileId: plain,
    ConfigurationVersion: '1',
    DeploymentStrategyId: atOnce,
  });
  await read('plain');
  await read('plain', '&client_configuration_version=1');
  await send('POST', '/configurationsessions', { ...sessionBody, ApplicationIdentifier: 'none' });
  await send('POST', '/configurationsessions', { ...sessionBody, RequiredMinimumPollIntervalInSeconds: 1 });
  emulator.advance(15_000);
  await poll(headers['next-poll-configuration-token']);
  await poll(headers['next-poll-configuration-token']);
  await send('POST', `${env}/deployments`, deployment);
  await send('DELETE', `${env}`);
  await send('DELETE', `${env}/deployments/2`);
  await send('GET', `${env}/deployments/2`);
  await send('DELETE', `${env}/deployments/1`, '', { 'allow-revert': 'true' });
  await send('GET', `${env}/deployments/1`);
  await send('DELETE', `${env}/deployments/1`);
  await send('GET', `${env}/deployments/7`);
  await extensions(send, `arn:aws:appconfig:us-east-1:123456789012:application/${app.split('/')[2]}`);
  await send('GET', '/settings');
  await send('PATCH', '/settings', { DeletionProtection: { Enabled: false, ProtectionPeriodInMinutes: 30 } });
  const arn = `/tags/${encodeURIComponent(`arn:aws:appconfig:us-east-1:123456789012:${app.slice(1).replace('applications', 'application')}`)}`;
  await send('POST', arn, { Tags: { a: 'b' } });
  await send('GET', arn);
  await send('DELETE', `${arn}?tagKeys=a`);
  await send('GET', '/tags/bogus');
  await send('DELETE', profile);
  await send('DELETE', `${versions}/1`);
  await send('DELETE', app);
  await send('DELETE', env);
  await send('DELETE', profile);
  await send('DELETE', `${profiles}/${flags}`);
  await send('DELETE', `/deployementstrategies/${strategy}`);
  await send('DELETE', app);
  await send('GET', app);
  return recorded;
}

type Send = (method: string, target: string, body?: unknown) => Promise<Record<string, unknown>>;

async function extensions(send: Send, application: string): Promise<void> {
  const action = { Name: 'tell', Uri: 'arn:aws:lambda:us-east-1:123456789012:function:tell' };
  const Actions = { ON_DEPLOYMENT_COMPLETE: [{ ...action, RoleArn: 'arn:aws:iam::123456789012:role/tell' }] };
  const Parameters = { channel: { Description: 'd', Required: true } };
  const { Id } = await send('POST', '/extensions', { Name: 'tell', Description: 'd', Actions, Parameters });
  await send('POST', '/extensions', { Name: 'tell', Actions });
  await send('POST', '/extensions', { Name: 'none', Actions: { NEVER: [] } });
  await send('GET', '/extensions');
  await send('GET', `/extensions/${Id}`);
  await send('GET', '/extensions/none');
  await send('PATCH', `/extensions/${Id}`, { Description: 'other' });
  const association = { ExtensionIdentifier: Id, ResourceIdentifier: application, Parameters: { channel: 'web' } };
  const { Id: associationId } = await send('POST', '/extensionassociations', association);
  await send('POST', '/extensionassociations', { ...association, Parameters: {} });
  await send('GET', '/extensionassociations');
  await send('GET', `/extensionassociations/${associationId}`);
  await send('PATCH', `/extensionassociations/${associationId}`, { Parameters: { channel: 'other' } });
  await send('DELETE', `/extensions/${Id}`);
  await send('DELETE', `/extensionassociations/${associationId}`);
  await send('GET', `/extensionassociations/${associationId}`);
  await send('DELETE', `/extensions/${Id}`);
}

test("the responses of every operation match AWS's models of AppConfig", { timeout: 60_000 }, async ({ skip }) => {
  skip(!(await isInstalled('python3', ['-c', 'import botocore'])), 'Python with botocore is not here');
  const { stdout, stderr } = spawnSync('python3', [script], {
    input: JSON.stringify(await record()),
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  const { problems, seen } = JSON.parse(stdout) as { problems: string[]; seen: Record<string, number> };
  expect(problems).toEqual([]);
  // The models of botocore have no experiments.
  const modelled = routes.map(({ operation }) => operation).filter((operation) => !operation.includes('Experiment'));
  expect(modelled.filter((operation) => seen[operation] === undefined)).toEqual([]);
});
