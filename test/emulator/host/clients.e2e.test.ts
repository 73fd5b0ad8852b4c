// Clients of other projects: the AWS CLI, boto3 and Powertools.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppConfigProvider } from '@aws-lambda-powertools/parameters/appconfig';
import { AppConfigDataClient } from '@aws-sdk/client-appconfigdata';
import { expect, onTestFinished, test } from 'vitest';
import { type StartOptions, startEmulator } from '../../../src/emulator/host/start-emulator.ts';
import { checkout } from '../../support/documents.ts';
import { clientEnvironment, isInstalled, output } from '../../support/real-clients.ts';

async function started(options: StartOptions = {}) {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.close());
  return emulator;
}

test('the AWS CLI: create, deploy, wait, read, delete', { timeout: 180_000 }, async ({ skip }) => {
  skip(!(await isInstalled('aws', ['--version'])), 'the AWS CLI is not here');
  // So fast that the CLI's waiter, which polls every 30 seconds, finds the deployment complete at its first poll.
  const { url, stats } = await started({ speed: 2000 });
  const folder = mkdtempSync(join(tmpdir(), 'appcfg-aws-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const aws = async (service: string, operation: string, ...args: string[]) => {
    const text = await output(url, 'aws', [service, operation, '--output', 'json', ...args]);
    return (text.trim() === '' ? {} : JSON.parse(text)) as Record<string, string>;
  };
  const content = join(folder, 'content.json');
  const received = join(folder, 'received.json');
  writeFileSync(content, '{"limit": 10}');
  const { Id: application = '' } = await aws('appconfig', 'create-application', '--name', 'shop', '--tags', 'a=b');
  const inIt = ['--application-id', application];
  const located = ['--name', 'web', '--location-uri', 'hosted'];
  const [environment = '', profile = ''] = (
    await Promise.all([
      aws('appconfig', 'create-environment', ...inIt, '--name', 'prod'),
      aws('appconfig', 'create-configuration-profile', ...inIt, ...located),
    ])
  ).map(({ Id }) => Id);
  const ofIt = [...inIt, '--configuration-profile-id', profile];
  const described = ['--content', `fileb://${content}`, '--content-type', 'application/json', '--version-label', 'v1'];
  const made = await aws('appconfig', 'create-hosted-configuration-version', ...ofIt, ...described, received);
  expect(made).toMatchObject({ VersionNumber: 1, VersionLabel: 'v1' });
  const deployment = ['--environment-id', environment, '--configuration-version', 'v1'];
  const strategy = ['--deployment-strategy-id', 'AppConfig.AllAtOnce'];
  const { State } = await aws('appconfig', 'start-deployment', ...ofIt, ...deployment, ...strategy);
  expect(State).toBe('DEPLOYING');
  const number = ['--environment-id', environment, '--deployment-number', '1'];
  // The waiter calls GetDeployment until the state is COMPLETE.
  await aws('appconfig', 'wait', 'deployment-complete', ...inIt, ...number);
  const arn = `arn:aws:appconfig:us-east-1:123456789012:application/${application}`;
  const [tags, identity, session] = await Promise.all([
    aws('appconfig', 'list-tags-for-resource', '--resource-arn', arn),
    aws('sts', 'get-caller-identity'),
    aws(
      'appconfigdata',
      'start-configuration-session',
      ...['--application-identifier', 'shop', '--environment-identifier', 'prod'],
      ...['--configuration-profile-identifier', 'web'],
    ),
  ]);
  expect(tags).toEqual({ Tags: { a: 'b' } });
  expect(identity).toMatchObject({ Account: '123456789012' });
  const token = session.InitialConfigurationToken ?? '';
  const read = await aws('appconfigdata', 'get-latest-configuration', '--configuration-token', token, received);
  expect(readFileSync(received, 'utf8')).toBe('{"limit": 10}');
  expect(read).toMatchObject({ ContentType: 'application/json', VersionLabel: 'v1', NextPollIntervalInSeconds: 60 });
  const bypass = ['--deletion-protection-check', 'BYPASS'];
  await Promise.all([
    aws('appconfig', 'delete-hosted-configuration-version', ...ofIt, '--version-number', '1'),
    aws('appconfig', 'delete-environment', ...inIt, '--environment-id', environment, ...bypass),
  ]);
  await aws('appconfig', 'delete-configuration-profile', ...ofIt, ...bypass);
  await aws('appconfig', 'delete-application', ...inIt);
  const missing = aws('appconfig', 'get-application', ...inIt);
  await expect(missing).rejects.toThrow('ResourceNotFoundException');
  expect(stats()).toMatchObject({ CreateApplication: 1, StartDeployment: 1, DeleteApplication: 1 });
});

test('boto3 sees a deployment', { timeout: 60_000 }, async ({ skip }) => {
  skip(!(await isInstalled('python3', ['-c', 'import boto3'])), 'Python with boto3 is not here');
  const web = { application: 'shop', environment: 'prod', profile: 'web' };
  const { url } = await started({ configurations: [{ ...web, content: 'a: 1', contentType: 'application/x-yaml' }] });
  const script = `
import boto3, json
data = boto3.client('appconfigdata')
where = dict(ApplicationIdentifier='shop', EnvironmentIdentifier='prod', ConfigurationProfileIdentifier='web')
token = data.start_configuration_session(**where)['InitialConfigurationToken']
first = data.get_latest_configuration(ConfigurationToken=token)
second = data.get_latest_configuration(ConfigurationToken=first['NextPollConfigurationToken'])
try:
    data.get_latest_configuration(ConfigurationToken=token)
except data.exceptions.BadRequestException as error:
    problem = error.response['Reason'], error.response['Details']['InvalidParameters']['ConfigurationToken']['Problem']
try:
    data.start_configuration_session(**{**where, 'EnvironmentIdentifier': 'none'})
except data.exceptions.ResourceNotFoundException as error:
    missing = error.response['ResourceType']
c = boto3.client('appconfig')
app = [a['Id'] for p in c.get_paginator('list_applications').paginate() for a in p['Items']][0]
env = c.list_environments(ApplicationId=app)['Items'][0]['Id']
profile = c.list_configuration_profiles(ApplicationId=app)['Items'][0]['Id']
c.create_hosted_configuration_version(ApplicationId=app, ConfigurationProfileId=profile, Content=b'a: 2', ContentType='application/x-yaml', VersionLabel='two')
made = c.get_hosted_configuration_version(ApplicationId=app, ConfigurationProfileId=profile, VersionNumber=2)
strategy = c.create_deployment_strategy(Name='now', DeploymentDurationInMinutes=0, GrowthFactor=100)['Id']
d = c.start_deployment(ApplicationId=app, EnvironmentId=env, DeploymentStrategyId=strategy, ConfigurationProfileId=profile, ConfigurationVersion='two')
c.delete_deployment_strategy(DeploymentStrategyId=strategy)
third = data.get_latest_configuration(ConfigurationToken=second['NextPollConfigurationToken'])
texts = [response['Configuration'].read().decode() for response in (first, second, third)]
deployed = [made['Content'].read().decode(), made['VersionLabel'], d['State'], d['StartedAt'].year >= 2024]
print(json.dumps([texts, first['ContentType'], third['VersionLabel'], problem, missing, deployed]))
`;
  expect(JSON.parse(await output(url, 'python3', ['-c', script]))).toEqual([
    ['a: 1', '', 'a: 2'],
    'application/x-yaml',
    'two',
    ['InvalidParameters', 'Expired'],
    'Environment',
    ['a: 2', 'two', 'COMPLETE', true],
  ]);
});

test('Powertools reads a configuration, and sees it change after a deployment', async () => {
  const web = { application: 'shop', environment: 'prod', profile: 'web' };
  const emulator = await started({ configurations: [{ ...web, content: { limit: 10 } }] });
  const awsSdkV3Client = new AppConfigDataClient({
    endpoint: emulator.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  onTestFinished(() => awsSdkV3Client.destroy());
  const provider = new AppConfigProvider({ application: 'shop', environment: 'prod', awsSdkV3Client });
  const read = () => provider.get('web', { transform: 'json', forceFetch: true });
  expect(await read()).toEqual({ limit: 10 });
  expect(await read(), 'unchanged, which comes as an empty response').toEqual({ limit: 10 });
  await emulator.deploy({ ...web, content: { limit: 20 } });
  expect(await read()).toEqual({ limit: 20 });
  expect(emulator.stats()).toMatchObject({ StartConfigurationSession: 1, GetLatestConfiguration: 3 });
});

test('feature flags of the sample tree, deployed by appcfg: Powertools and an Agent read the same', async () => {
  const emulator = await started({ agentPort: 0, speed: 2000 });
  const command = ['sync', '--endpoint-url', emulator.url, '--region', 'us-east-1', '-q'];
  await promisify(execFile)(process.execPath, [join(checkout, 'bin/appcfg.js'), ...command], {
    cwd: checkout,
    env: clientEnvironment(emulator.url) as NodeJS.ProcessEnv,
  });
  const flags = {
    ai_recommendations: { enabled: true },
    chat_support: { enabled: true },
    new_search: { enabled: true, rollout_percentage: 76 },
  };
  const awsSdkV3Client = new AppConfigDataClient({
    endpoint: emulator.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  onTestFinished(() => awsSdkV3Client.destroy());
  const provider = new AppConfigProvider({ application: 'tenant1', environment: 'dev', awsSdkV3Client });
  expect(await provider.get('FeatureFlags', { transform: 'json' })).toEqual(flags);
  const path = '/applications/tenant1/environments/dev/configurations/FeatureFlags';
  expect(await (await fetch(`${emulator.agentUrl}${path}`)).json()).toEqual(flags);
  // One flag has no value for tenant2: clients do not see it.
  const other = await fetch(`${emulator.agentUrl}${path.replace('tenant1', 'tenant2')}?flag=new_search`);
  expect(await other.json()).toEqual({ enabled: true, rollout_percentage: 76 });
});
