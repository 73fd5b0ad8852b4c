import {
  AppConfigClient,
  CreateApplicationCommand,
  CreateConfigurationProfileCommand,
  CreateEnvironmentCommand,
  DeleteEnvironmentCommand,
  ListApplicationsCommand,
  StartDeploymentCommand,
} from '@aws-sdk/client-appconfig';
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { createEmulator } from '../../../src/emulator/host/emulator.ts';
import { RateLimiter } from '../../../src/emulator/model/rate-limiter.ts';
import { bench, clientsOf, failureOf, raw, start } from './support.ts';

describe('responses', () => {
  test('have the headers and bodies that AWS sends', async () => {
    const { emulator } = bench();
    const created = await raw(emulator, 'POST', '/applications', { body: '{"Name":"shop"}' });
    expect(created.status).toBe(201);
    expect(created.headers['content-type']).toBe('application/json');
    expect(created.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
    expect(Object.keys(created.json)).toEqual(['Id', 'Name']);
    const missing = await raw(emulator, 'GET', '/applications/abcdefg');
    expect(missing.headers['x-amzn-errortype']).toBe('ResourceNotFoundException:');
    expect(missing.json).toEqual({
      Message: 'Application with Id abcdefg could not be found for account 123456789012.',
      ResourceName: 'Application',
    });
    const removed = await raw(emulator, 'DELETE', `/applications/${created.json.Id}`);
    expect([removed.status, removed.text, removed.headers['content-type']]).toEqual([204, '', 'application/json']);
  });

  test('contain times with milliseconds, and whole sizes of content that is too large', async () => {
    const { emulator, client } = bench();
    const { Id: ApplicationId } = await client.send(new CreateApplicationCommand({ Name: 'shop' }));
    const { Id } = await client.send(
      new CreateConfigurationProfileCommand({ ApplicationId, Name: 'p', LocationUri: 'hosted' }),
    );
    const path = `/applications/${ApplicationId}/configurationprofiles/${Id}/hostedconfigurationversions`;
    const headers = { 'content-type': 'text/plain' };
    const large = await raw(emulator, 'POST', path, { headers, body: 'x'.repeat(2048 * 1024 + 1) });
    expect(large.json).toMatchObject({ Measure: 'KILOBYTES', Limit: 2048, Size: 2049 });
    const fine = await raw(emulator, 'POST', path, { headers: { ...headers, versionlabel: 'v-1' }, body: 'a: 1\n' });
    expect(fine.headers).toMatchObject({
      'application-id': ApplicationId,
      'configuration-profile-id': Id,
      'version-number': '1',
      'content-type': 'text/plain',
      versionlabel: 'v-1',
    });
    expect(fine.text).toBe('a: 1\n');
  });

  test('show that they are not from AWS, and how fast the clock runs', async () => {
    let now = start;
    const emulator = createEmulator({ now: () => now, speed: 60 });
    const first = await raw(emulator, 'GET', '/applications');
    expect(first.headers['x-appcfg-clock-speed']).toBe('60');
    expect(first.headers['x-appcfg-clock-time']).toBe('2026-03-01T12:00:00.000Z');
    now += 1_000;
    emulator.advance(5_000);
    const second = await raw(emulator, 'GET', '/applications');
    expect(second.headers['x-appcfg-clock-time']).toBe('2026-03-01T12:01:05.000Z');
  });

  test.each(['1e1', '0x5', ' 5', '5.0'])('refuse a page size of %j (C)', async (size) => {
    const response = await raw(bench().emulator, 'GET', `/applications?max_results=${encodeURIComponent(size)}`);
    expect([response.status, response.json.Message]).toEqual([
      400,
      `Member 'maxResults' must be an integer, not '${size}'`,
    ]);
  });

  test('accept null for an omitted member at any depth (K)', async () => {
    const { emulator } = bench();
    const send = async (method: string, path: string, body: unknown) =>
      (await raw(emulator, method, path, { body: JSON.stringify(body) })).json;
    const { Id: app } = await send('POST', '/applications', { Name: 'shop', Description: null, Tags: null });
    const monitor = { AlarmArn: 'arn:aws:x', AlarmRoleArn: 'arn:aws:iam::123456789012:role/r' };
    const environment = await send('POST', `/applications/${app}/environments`, { Name: 'e', Monitors: [monitor] });
    const profile = await send('POST', `/applications/${app}/configurationprofiles`, {
      Name: 'p',
      LocationUri: 'hosted',
      Validators: [{ Type: 'JSON_SCHEMA', Content: '{}' }],
    });
    const nothing = { Name: null, Description: null, Monitors: null, Validators: null };
    expect(await send('PATCH', `/applications/${app}/environments/${environment.Id}`, nothing)).toEqual(environment);
    expect(await send('PATCH', `/applications/${app}/configurationprofiles/${profile.Id}`, nothing)).toEqual(profile);
    const settings = { DeletionProtection: { Enabled: null, ProtectionPeriodInMinutes: 20 }, VendedMetrics: null };
    expect(await send('PATCH', '/settings', settings)).toMatchObject({
      DeletionProtection: { Enabled: true, ProtectionPeriodInMinutes: 20 },
    });
  });

  test('name the operation that does not exist', async () => {
    const { emulator } = bench();
    const response = await raw(emulator, 'GET', '/flags');
    expect(response.status).toBe(404);
    expect(response.json.Message).toBe('The local AppConfig does not have GET /flags.');
  });
});

describe('accounts', () => {
  test('come from the caller, or from the role that it assumed', async () => {
    const { sts } = bench();
    const own = await sts.send(new GetCallerIdentityCommand({}));
    expect(own).toMatchObject({ Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/local' });
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::210987654321:role/path/deployer', RoleSessionName: 'job-1' }),
    );
    expect(Credentials?.Expiration).toEqual(new Date(start + 3_600_000));
  });

  test.each([
    ['x', 'have length greater than or equal to 2'],
    ['x'.repeat(65), 'have length less than or equal to 64'],
    ['a b', 'satisfy regular expression pattern'],
  ])('are not given to the session name %j', async (RoleSessionName, rule) => {
    const { sts } = bench();
    const assume = new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::210987654321:role/deployer', RoleSessionName });
    expect((await failureOf(sts.send(assume))).message).toContain(rule);
  });

  test('are separate, and so are Regions', async () => {
    const { emulator, client, sts } = bench();
    await client.send(new CreateApplicationCommand({ Name: 'shop' }));
    const { Credentials } = await sts.send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: 'arn:aws:iam::210987654321:role/deployer',
        RoleSessionName: 'job-1',
        // A file that `echo` wrote ends with a newline.
        WebIdentityToken: 'a.b.c\n',
      }),
    );
    const there = clientsOf(emulator, {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    });
    expect(await there.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: '210987654321',
      Arn: 'arn:aws:sts::210987654321:assumed-role/deployer/job-1',
    });
    expect((await there.client.send(new ListApplicationsCommand({}))).Items).toEqual([]);
    await there.client.send(new CreateApplicationCommand({ Name: 'shop' }));
    expect((await failureOf(there.client.send(new CreateApplicationCommand({ Name: 'shop' })))).message).toContain(
      'in account 210987654321',
    );
    const region = clientsOf(emulator, undefined, 'eu-central-1').client;
    expect((await region.send(new ListApplicationsCommand({}))).Items).toEqual([]);
  });

  test('are refused without a valid token or role', async () => {
    const { sts } = bench();
    const about = { RoleArn: 'arn:aws:iam::210987654321:role/deployer', RoleSessionName: 'job-1' };
    const opaque = sts.send(new AssumeRoleWithWebIdentityCommand({ ...about, WebIdentityToken: 'opaque' }));
    expect(await failureOf(opaque)).toMatchObject({ name: 'InvalidIdentityTokenException', status: 400 });
    const wrong = sts.send(new AssumeRoleCommand({ ...about, RoleArn: 'arn:aws:iam::1:user/nobody-at-all' }));
    expect((await failureOf(wrong)).name).toBe('ValidationError');
  });
});

describe('faults', () => {
  const list = new ListApplicationsCommand({});

  test.each([
    ['throttle', 'ThrottlingException', 429],
    ['error', 'InternalServerException', 500],
    ['deny', 'AccessDeniedException', 403],
    ['unrecognized', 'UnrecognizedClientException', 403],
    ['expired', 'ExpiredTokenException', 403],
  ] as const)('of kind %s return %s', async (kind, name, status) => {
    const { emulator, client } = bench();
    emulator.injectFault({ operation: 'ListApplications', kind });
    expect(await failureOf(client.send(list))).toMatchObject({ name, status });
    expect((await client.send(list)).Items).toEqual([]);
  });

  test('hit as many calls as asked, after skipping as many as asked', async () => {
    const { emulator, client } = bench();
    emulator.injectFault({ operation: '*', kind: 'throttle', after: 1, times: 2 });
    const seen: boolean[] = [];
    for (let n = 0; n < 4; n += 1) {
      seen.push(
        await client.send(list).then(
          () => true,
          () => false,
        ),
      );
    }
    expect(seen).toEqual([true, false, false, true]);
  });

  test('break the connection before or after the call is carried out', async () => {
    const { emulator, client } = bench();
    const create = (Name: string) => client.send(new CreateApplicationCommand({ Name }));
    emulator.injectFault({ operation: 'CreateApplication', kind: 'drop-before' });
    await expect(create('one')).rejects.toMatchObject({ code: 'ECONNRESET' });
    emulator.injectFault({ operation: 'CreateApplication', kind: 'drop-after' });
    await expect(create('two')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await client.send(list)).Items?.map((item) => item.Name)).toEqual(['two']);
  });

  test("are survived by the SDK's retries", async () => {
    const { emulator } = bench();
    const client = new AppConfigClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      requestHandler: emulator.requestHandler(),
    });
    emulator.injectFault({ operation: 'ListApplications', kind: 'drop-before' });
    emulator.injectFault({ operation: 'ListApplications', kind: 'error' });
    expect((await client.send(list)).Items).toEqual([]);
    expect(emulator.stats()).toEqual({ ListApplications: 3 });
    emulator.resetStats();
    expect(emulator.stats()).toEqual({});
  });

  test('of kind race, protected and html look like the real thing', async () => {
    const { emulator, client } = bench();
    const { Id: ApplicationId } = await client.send(new CreateApplicationCommand({ Name: 'shop' }));
    const { Id: EnvironmentId } = await client.send(new CreateEnvironmentCommand({ ApplicationId, Name: 'prod' }));
    emulator.injectFault({ operation: 'StartDeployment', kind: 'race' });
    const begin = client.send(
      new StartDeploymentCommand({
        ApplicationId,
        EnvironmentId,
        ConfigurationProfileId: 'abcdefg',
        ConfigurationVersion: '1',
        DeploymentStrategyId: 'AppConfig.AllAtOnce',
      }),
    );
    expect(await failureOf(begin)).toMatchObject({ message: 'Deployment number 1 already exists', status: 409 });
    emulator.injectFault({ operation: '*', kind: 'html' });
    expect((await raw(emulator, 'GET', '/applications')).text).toContain('<html>');
    emulator.injectFault({ operation: '*', kind: 'protected', times: 9 });
    const remove = { ApplicationId, EnvironmentId };
    expect((await failureOf(client.send(new DeleteEnvironmentCommand(remove)))).message).toContain('protect');
    await client.send(new DeleteEnvironmentCommand({ ...remove, DeletionProtectionCheck: 'BYPASS' }));
  });

  test('of kind slow delay the response', async () => {
    const { emulator, client } = bench();
    emulator.injectFault({ operation: '*', kind: 'slow', delayMs: 30 });
    const before = performance.now();
    await client.send(list);
    expect(performance.now() - before).toBeGreaterThan(25);
  });
});

describe('limits', () => {
  test('are those that AWS publishes, if they are enabled', async () => {
    let now = start;
    const emulator = createEmulator({ now: () => now, rates: true });
    const codes = async (count: number, path: string) => {
      const responses = await Promise.all(Array.from({ length: count }, () => raw(emulator, 'GET', path)));
      return responses.filter((response) => response.status === 429).length;
    };
    expect(await codes(12, '/applications')).toBe(2);
    expect(await codes(101, '/settings')).toBe(1);
    now += 500;
    expect(await codes(6, '/applications')).toBe(1);
  });
});

test('the rates of many accounts and Regions take bounded memory, whatever the time', () => {
  const rates = new RateLimiter(() => start);
  for (let n = 0; n < 5_000; n += 1)
    expect(rates.allow('ListApplications', 10, { account: '123456789012', region: `r${n}` })).toBe(true);
  expect(rates.size).toBeLessThanOrEqual(2_000);
  const accountRegion = { account: '123456789012', region: 'us-east-1' };
  const allowed = Array.from({ length: 12 }, () => rates.allow('ListApplications', 10, accountRegion));
  expect(allowed.filter(Boolean)).toHaveLength(10);
});

test('3,000 calls take less than three seconds of CPU time', async () => {
  const { emulator } = bench({ quotas: { applications: 10_000 } });
  const before = process.cpuUsage();
  for (let n = 0; n < 3_000; n += 1) {
    await raw(emulator, 'POST', '/applications', { body: JSON.stringify({ Name: `app ${n}` }) });
  }
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(3_000);
});
