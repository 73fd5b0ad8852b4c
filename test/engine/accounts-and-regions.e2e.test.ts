// A tree in several accounts and Regions: which calls each gets, how roles are assumed, and what is refused.
import { expect, test } from 'vitest';
import { Roles } from '../../src/appconfig/client/assume-role.ts';
import { writesOf } from '../support/aws.ts';
import { intercepted, quietly } from '../support/request-handlers.ts';
import { createWorld, type World } from '../support/world.ts';

const instant =
  'deploymentStrategies: { instant: { durationMinutes: 0, growthFactor: 100 } }\ndeploymentStrategy: instant\n';
const tree = {
  'template/Limits.yml': 'rate: 100\n',
  'tenants/one/dev/.gitkeep': '',
  'tenants/one/prod/.gitkeep': '',
  'tenants/two/prod/.gitkeep': '',
};
const role = (account: string, name = 'appcfg') => `arn:aws:iam::${account}:role/${name}`;

function settings(environments: string): string {
  return `project: acme/config\n${instant}environments: ${environments}\n`;
}

const devAndProd = settings(`{ dev: {}, prod: { region: eu-west-1, roleArn: "${role('444455556666')}" } }`);

test('each account and Region gets the calls of a run of its own, and one call of STS', async () => {
  const world = createWorld({ ...tree, 'appcfg.yml': devAndProd });
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  world.takeCalls();
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do: 3 addresses');
  expect(world.takeCalls()).toEqual({
    AssumeRole: 1,
    GetCallerIdentity: 2,
    ListApplications: 2,
    ListEnvironments: 3,
    ListConfigurationProfiles: 3,
    ListDeployments: 3,
  });
});

test('settings that lead to one account and Region cost no more calls', async () => {
  const world = createWorld({ ...tree, 'appcfg.yml': settings('{ dev: { region: us-east-1 }, prod: {} }') });
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  world.takeCalls();
  await world.appcfg('sync');
  expect(world.takeCalls()).toEqual({
    ListApplications: 1,
    ListEnvironments: 2,
    ListConfigurationProfiles: 2,
    ListDeployments: 3,
  });
});

test('one role in two Regions is assumed once, with a session name that identifies the job', async () => {
  const roleArn = `roleArn: "${role('444455556666')}"`;
  const environments = settings(`{ dev: { ${roleArn} }, prod: { region: eu-west-1, ${roleArn} } }`);
  const world = createWorld({ ...tree, 'appcfg.yml': environments });
  world.emulator.injectFault({ operation: 'GetCallerIdentity', kind: 'deny', times: 2 });
  const env = { CI_PROJECT_ID: '7', CI_PIPELINE_ID: '8', CI_JOB_ID: '9' };
  const { stderr, exitCode } = await world.appcfgWith({ env }, 'diff');
  expect(exitCode).toBe(6);
  expect(stderr).toContain('arn:aws:sts::444455556666:assumed-role/appcfg/appcfg-7-8-9 is not authorized');
  expect(world.takeCalls()).toEqual({ AssumeRole: 1, GetCallerIdentity: 2 });
});

test('two roles for one account and Region are refused: one application would be created twice', async () => {
  const roles = settings(
    `{ dev: { roleArn: "${role('444455556666', 'dev')}" }, prod: { roleArn: "${role('444455556666', 'prod')}" } }`,
  );
  const world = createWorld({ ...tree, 'appcfg.yml': roles });
  const refused = await world.appcfg('sync');
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain('two roles for 444455556666/us-east-1');
  expect(world.takeCalls()).toEqual({});
  // Only STS knows the account of the run's own credentials.
  world.write('appcfg.yml', settings(`{ dev: {}, prod: { roleArn: "${role('123456789012')}" } }`));
  const own = await world.appcfg('sync');
  expect(own.exitCode).toBe(3);
  expect(own.stderr).toContain(
    `two roles for 123456789012/us-east-1: the run's own credentials and ${role('123456789012')}`,
  );
  expect(world.takeCalls()).toEqual({ AssumeRole: 1, GetCallerIdentity: 2 });
});

test('an empty tree is refused, also where the settings name accounts and Regions', async () => {
  const world = createWorld({ ...tree, 'appcfg.yml': devAndProd });
  await world.appcfg('sync');
  for (const tenant of ['one', 'two']) world.write(`tenants/${tenant}`, undefined);
  world.write('tenants/.gitkeep', '');
  world.takeCalls();
  const refused = await world.appcfg('sync');
  expect(refused.exitCode).toBe(5);
  expect(refused.stderr).toContain('the tree has no tenants');
});

test('an account and Region that cannot be read does not stop the others', async () => {
  const world = createWorld({ ...tree, 'appcfg.yml': devAndProd });
  world.emulator.injectFault({ operation: 'ListApplications', kind: 'deny' });
  const run = await world.appcfg('sync', '-o', 'json');
  expect(run.exitCode).toBe(6);
  const { summary, plan, problems } = run.json;
  expect(summary).toMatchObject({ failed: 0, skipped: 0 });
  expect(plan.addresses.filter((each: { action: string }) => each.action === 'blocked').length).toBeGreaterThan(0);
  expect(plan.addresses.filter((each: { action: string }) => each.action === 'create').length).toBeGreaterThan(0);
  expect(problems).toMatchObject([{ code: 'permission-denied' }]);
});

test('credentials that one Region does not accept do not stop the others', async () => {
  const world = createWorld({ ...tree, 'appcfg.yml': settings('{ dev: {}, prod: { region: me-south-1 } }') });
  world.emulator.injectFault({ operation: 'GetCallerIdentity', kind: 'unrecognized', after: 1 });
  const { json, stderr, exitCode } = await world.appcfg('sync', '-o', 'json');
  expect(exitCode).toBe(6);
  expect(stderr).toContain('check that Region me-south-1 is enabled in the account');
  expect(json.summary).toMatchObject({ failed: 0, skipped: 0 });
  expect(json.plan.addresses).toMatchObject([
    { address: 'one/dev/Limits', action: 'create' },
    { address: 'one/prod/Limits', action: 'blocked', blockedBy: 'credentials-refused' },
    { address: 'two/prod/Limits', action: 'blocked', blockedBy: 'credentials-refused' },
  ]);
  expect((await world.appcfg('sync')).exitCode).toBe(0);
});

test('credentials that no Region accepts are one problem', async () => {
  const world = createWorld({ ...tree, 'appcfg.yml': settings('{ dev: {}, prod: { region: me-south-1 } }') });
  world.emulator.injectFault({ operation: 'GetCallerIdentity', kind: 'unrecognized', times: 2 });
  const { json, exitCode } = await world.appcfg('sync', '-o', 'json');
  expect(exitCode).toBe(6);
  expect(json.problems).toMatchObject([
    { code: 'credentials-refused', message: expect.not.stringContaining('us-east-1') },
  ]);
});

test('roles are assumed in the Region of the run, which its account has enabled', async () => {
  const elsewhere = settings(`{ dev: {}, prod: { region: me-south-1, roleArn: "${role('444455556666')}" } }`);
  const world = createWorld({ ...tree, 'appcfg.yml': elsewhere });
  const inner = world.emulator.requestHandler() as unknown as {
    handle(request: { hostname: string; headers: Record<string, string>; body?: unknown }): Promise<unknown>;
  };
  const hosts: string[] = [];
  const handle = (request: { hostname: string; headers: Record<string, string>; body?: unknown }) => {
    if (String(request.body).includes('Action=AssumeRole')) hosts.push(request.hostname);
    return inner.handle(request);
  };
  const run = await world.appcfgWith({ requestHandler: { handle } as never }, 'diff');
  expect(run.exitCode).toBe(0);
  expect(hosts).toEqual(['sts.us-east-1.amazonaws.com']);
});

test('a status has every address, also those of an account and Region that could not be read', async () => {
  const world = createWorld({ ...tree, 'appcfg.yml': devAndProd });
  await world.appcfg('sync');
  world.emulator.injectFault({ operation: 'AssumeRole', kind: 'deny', times: 2 });
  const run = await world.appcfg('status', '-o', 'json');
  expect(run.exitCode).toBe(6);
  const unread = {
    state: 'unknown',
    accountRegion: '444455556666/eu-west-1',
    versionNumber: null,
    problem: 'role-refused',
  };
  expect(run.json.addresses).toMatchObject([
    { address: 'one/dev/Limits', state: 'synced' },
    { address: 'one/prod/Limits', ...unread },
    { address: 'two/prod/Limits', ...unread },
  ]);
  expect(run.json.addresses[1].problem).toBe(run.json.problems[0].code);
  expect((await world.appcfg('status')).stdout).toContain('2 of 3 addresses are not synced: 2 unknown.');
});

test.each([
  ['diff'],
  ['sync'],
  ['status'],
  ['history', '*/*/*'],
  ['rollback', '*/*/*', '--dry-run'],
  ['cleanup', '--all', '--dry-run'],
])('%s reports in which account and Region the role cannot be assumed', async (...command) => {
  const world = createWorld({ ...tree, 'appcfg.yml': devAndProd });
  await world.appcfg('sync');
  world.emulator.injectFault({ operation: 'AssumeRole', kind: 'deny', times: 2 });
  const { json } = await world.appcfg(...command, '-o', 'json');
  expect(json.problems).toContainEqual(
    expect.objectContaining({ code: 'role-refused', accountRegion: '444455556666/eu-west-1' }),
  );
});

test('a status reads the commits of all tenants at once', async () => {
  const tenants = Array.from({ length: 12 }, (_, index) => [`tenants/t${index}/dev/.gitkeep`, '']);
  const world = createWorld({ ...Object.fromEntries(tenants), 'template/A.yml': 'a: 1', 'appcfg.yml': instant });
  await world.appcfg('sync');
  const start = world.clock.now();
  expect((await world.appcfgWith({ latencyMs: 1000 }, 'status')).exitCode).toBe(0);
  expect(world.clock.now() - start).toBeLessThan(9000);
});

test('ids of steps in another account and Region end with it', async () => {
  const world = createWorld({ ...tree, 'appcfg.yml': devAndProd });
  expect((await world.appcfg('sync', '--env', 'prod')).exitCode).toBe(0);
  world.write('tenants/three/dev/.gitkeep', '');
  world.write('tenants/three/prod/.gitkeep', '');
  const { json } = await world.appcfg('sync', '-o', 'json');
  const creates = json.plan.steps.filter((step: { operation: string }) => step.operation === 'CreateApplication');
  expect(creates.map((step: { id: string }) => step.id)).toEqual([
    'CreateApplication one',
    'CreateApplication three',
    'CreateApplication three in 444455556666/eu-west-1',
  ]);
});

test('a role is assumed again before its credentials expire, once for all callers that wait', async () => {
  const world = createWorld(tree);
  const roles = new Roles(
    {
      region: 'us-east-1',
      clock: world.clock,
      requestHandler: quietly(world.clock, world.emulator.requestHandler()),
      credentials: { accessKeyId: 'AKIALOCAL', secretAccessKey: 'x' },
      publishedRates: false,
      trustClockHeaders: true,
    },
    'appcfg',
  );
  const credentials = roles.credentialsOf(role('444455556666'));
  const [first, second] = await Promise.all([credentials(), credentials()]);
  expect(second).toBe(first);
  expect(first?.accessKeyId).toContain('444455556666');
  world.clock.advance(54 * 60_000);
  expect(await credentials()).toBe(first);
  world.clock.advance(2 * 60_000);
  const [third, fourth] = await Promise.all([credentials(), credentials()]);
  expect(third).not.toBe(first);
  expect(fourth).toBe(third);
  expect(world.takeCalls()).toEqual({ AssumeRole: 2 });
  // After a failure the next call tries again.
  world.clock.advance(60 * 60_000);
  world.emulator.injectFault({ operation: 'AssumeRole', kind: 'deny' });
  await expect(credentials()).rejects.toMatchObject({ problems: [{ code: 'role-refused' }] });
  expect((await credentials()).accessKeyId).toContain('444455556666');
  await roles.destroy();
});

const prod = { account: '444455556666', region: 'eu-west-1' };

/** A change that was rolled back in one of two accounts and Regions, where its address has the old content again. */
async function withRevertedCanary(canary: 'dev' | 'prod'): Promise<World> {
  const world = createWorld({
    'appcfg.yml': devAndProd,
    'template/Limits.yml': 'rate: 100\n',
    'template/Other.yml': 'a: 1\n',
    'tenants/one/dev/.gitkeep': '',
    'tenants/one/prod/.gitkeep': '',
  });
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  world.write('template/Limits.yml', 'rate: 200\n');
  const alarm = { application: 'one', environment: canary, ...(canary === 'prod' ? prod : {}) };
  world.emulator.onCall = ({ operation }) => {
    if (operation === 'StartDeployment') world.emulator.setAlarm({ ...alarm, state: 'ALARM' });
  };
  expect((await world.appcfg('sync', '--env', canary)).exitCode).toBe(4);
  world.emulator.onCall = undefined;
  world.emulator.setAlarm({ ...alarm, state: 'OK' });
  world.write(`tenants/one/${canary}/Limits.yml`, 'rate: 100\n');
  world.takeCalls();
  return world;
}

test.each(['dev', 'prod'] as const)(
  'a change that was rolled back in %s and reverted there is blocked in the other account and Region',
  async (canary) => {
    const world = await withRevertedCanary(canary);
    const outcome = await world.appcfg('sync');
    expect(outcome.stderr).toContain(`the same change was rolled back at one/${canary}/Limits (deployment 3)`);
    expect(outcome.exitCode).toBe(5);
    expect(writesOf(world.takeCalls())).toEqual({});
    const retried = await world.appcfg('sync', '--retry-rolled-back');
    expect(retried.exitCode, retried.stderr).toBe(0);
  },
);

test('reverted addresses are read only where their profile changes anywhere, and not for a status', async () => {
  const world = await withRevertedCanary('dev');
  const once = { AssumeRole: 1, GetCallerIdentity: 2, ListApplications: 2 };
  const formula = { ...once, ListEnvironments: 2, ListConfigurationProfiles: 2, ListDeployments: 2 };
  world.write('tenants/one/prod/Limits.yml', 'rate: 100\n');
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do: 4 addresses');
  expect(world.takeCalls()).toEqual(formula);
  // What is live, who owns it and which run deployed it.
  const details = { ListTagsForResource: 2, GetDeployment: 1, GetHostedConfigurationVersion: 1 };
  const change = { ...formula, ...details, ListDeploymentStrategies: 1 };
  world.write('tenants/one/prod/Other.yml', 'a: 2\n');
  await world.appcfg('diff');
  expect(world.takeCalls()).toEqual(change);
  world.write('tenants/one/prod/Other.yml', undefined);
  world.write('tenants/one/prod/Limits.yml', undefined);
  await world.appcfg('diff');
  expect(world.takeCalls()).toEqual({ ...change, GetHostedConfigurationVersion: 2, ListTagsForResource: 3 });
  await world.appcfg('status');
  expect(world.takeCalls()).toMatchObject({ GetHostedConfigurationVersion: 1 });
});

test.each([
  { story: 'an account and Region that cannot be read', fault: { operation: 'ListEnvironments' } },
  {
    story: 'an account and Region in which reverted addresses cannot be read',
    fault: { operation: 'GetHostedConfigurationVersion', about: 'hostedconfigurationversions/2' },
  },
])('$story does not stop the others', async ({ fault }) => {
  const world = await withRevertedCanary('dev');
  world.emulator.injectFault({ ...fault, kind: 'deny' });
  const { exitCode, json } = await world.appcfg('diff', '-o', 'json');
  expect(exitCode).toBe(6);
  const actions = (json.addresses as { accountRegion: string; action: string }[]).map(({ accountRegion, action }) => [
    accountRegion === '444455556666/eu-west-1',
    action,
  ]);
  expect(actions).toEqual([
    [false, 'blocked'],
    [false, 'blocked'],
    [true, 'update'],
    [true, 'unchanged'],
  ]);
  // The next run, which can read all, blocks the change.
  expect((await world.appcfg('sync')).exitCode).toBe(5);
});

const longStrategy = 'deploymentStrategies: { long: { durationMinutes: 50, bakeMinutes: 10, growthFactor: 100 } }\n';

test('a role that cannot be assumed again is reported once, and ends its account and Region', async () => {
  const world = createWorld({
    ...tree,
    'appcfg.yml': devAndProd.replace(instant, `${longStrategy}deploymentStrategy: long\n`),
    'template/More.yml': 'more: 1\n',
    'template/Most.yml': 'most: 1\n',
  });
  world.emulator.injectFault({ operation: 'AssumeRole', kind: 'deny', after: 1, times: 1000 });
  const { json, exitCode } = await world.appcfg('sync', '-o', 'json');
  expect(exitCode).toBe(6);
  const ended = json.results.filter((each: { status: string }) => each.status !== 'succeeded');
  expect(ended.filter((each: { status: string }) => each.status === 'failed')).toMatchObject([
    { problem: { code: 'role-refused' } },
  ]);
  expect(ended.map((each: { step: string }) => each.step)).toEqual(
    expect.arrayContaining(['one', 'two'].map((name) => `StartDeployment ${name}/prod/Most in 444455556666/eu-west-1`)),
  );
  expect(json.summary).toMatchObject({ failed: 1, skipped: 5 });
});

test.each([
  ['rollback', '*/*/*'],
  ['history', '*/*/*'],
  ['status', '-v'],
])('an account and Region that denies a later read does not stop the others: %s', async (...args) => {
  const world = createWorld({ ...tree, 'appcfg.yml': devAndProd });
  await world.appcfg('sync');
  world.write('template/Limits.yml', 'rate: 200\n');
  await world.appcfg('sync');
  const requestHandler = intercepted(world, async ({ method, path, hostname, answer }) => {
    if (method === 'GET' && /\/deployments\/\d+$/.test(path) && hostname.includes('eu-west-1')) {
      world.emulator.injectFault({ operation: 'GetDeployment', kind: 'deny' });
    }
    return answer();
  });
  const { exitCode, stdout, stderr } = await world.appcfgWith({ requestHandler }, ...args);
  expect(exitCode).toBe(6);
  expect(stderr).toContain('access denied: GetDeployment');
  expect(stdout).toContain('one/dev/Limits');
});

test('a wave does not soak when all of the next one is in an account and Region that failed', async () => {
  const waves = 'waves: [{ name: canary, tenants: [one], soak: 60m, maxFailures: 5 }, { name: rest }]\n';
  const world = createWorld({ ...tree, 'appcfg.yml': devAndProd + waves });
  await world.appcfg('sync', '--only', 'update');
  await world.appcfg('sync', '--env', 'dev');
  world.emulator.injectFault({ operation: 'StartDeployment', kind: 'unrecognized' });
  const start = world.clock.now();
  const { exitCode } = await world.appcfg('sync');
  expect(exitCode).toBe(6);
  expect(world.clock.now() - start).toBeLessThan(60_000);
});
