// `--account-region`: what a run of some accounts and Regions reads, writes and judges.
import { expect, test } from 'vitest';
import { writesOf } from '../support/aws.ts';
import { createWorld, type World } from '../support/world.ts';

const role = (account: string) => `arn:aws:iam::${account}:role/appcfg`;
const own = '123456789012/us-east-1';
const other = '444455556666/eu-west-1';

const head = `project: acme/config
deploymentStrategies: { instant: { durationMinutes: 0, growthFactor: 100 } }
deploymentStrategy: instant
environments: { dev: {}, prod: { region: eu-west-1, roleArn: "${role('444455556666')}" } }
`;

function worldOf(settings = ''): World {
  return createWorld({
    'appcfg.yml': head + settings,
    'template/Limits.yml': 'rate: 100\n',
    'tenants/one/dev/.gitkeep': '',
    'tenants/one/prod/.gitkeep': '',
    'tenants/two/prod/.gitkeep': '',
    'tenants/three/dev/.gitkeep': '',
  });
}

const waves = `waves:
  - { name: canary, tenants: [one], soak: 10m }
  - { name: rest }
`;

async function deployed(world: World): Promise<Record<string, string>> {
  const { json } = await world.appcfg('status', '-o', 'json');
  return Object.fromEntries(
    json.addresses.map((each: { address: string; state: string }) => [each.address.replace('/Limits', ''), each.state]),
  );
}

test('a sync writes and reads only the selected account and Region', async () => {
  const world = worldOf();
  const { json, exitCode } = await world.appcfg('sync', '--account-region', other, '-o', 'json');
  expect(exitCode).toBe(0);
  expect(json.plan.accountRegions).toMatchObject([{ id: other }]);
  expect(world.takeCalls()).toMatchObject({ ListApplications: 1 });
  expect(await deployed(world)).toEqual({
    'one/dev': 'missing',
    'one/prod': 'synced',
    'three/dev': 'missing',
    'two/prod': 'synced',
  });
});

test.each([
  [own, ['one/dev/Limits', 'three/dev/Limits']],
  ['unknown/us-east-1', ['one/dev/Limits', 'three/dev/Limits']],
  ['123456789012/*', ['one/dev/Limits', 'three/dev/Limits']],
  ['*/us-east-*', ['one/dev/Limits', 'three/dev/Limits']],
  ['!444455556666/*', ['one/dev/Limits', 'three/dev/Limits']],
  [other, ['one/prod/Limits', 'two/prod/Limits']],
  [`!${own}`, ['one/prod/Limits', 'two/prod/Limits']],
  ['!unknown/us-east-1', ['one/prod/Limits', 'two/prod/Limits']],
  ['*/*', ['one/dev/Limits', 'one/prod/Limits', 'three/dev/Limits', 'two/prod/Limits']],
])('%s selects by the account and Region, whether the settings name the account or STS does', async (id, addresses) => {
  const { json, stderr } = await worldOf().appcfg('diff', '--account-region', id, '-o', 'json');
  expect(json.addresses.map((each: { address: string }) => each.address).sort(), stderr).toEqual(addresses);
});

test('what matches nothing is refused before anything is read, with the nearest id', async () => {
  const world = worldOf();
  for (const command of [
    'sync',
    'diff',
    'status',
    'history --tenant one',
    'rollback --tenant one',
    'cleanup --all --yes',
    'pull one/dev/Limits',
  ]) {
    const refused = await world.appcfg(...command.split(' '), '--account-region', '444455556667/eu-west-1');
    expect(refused.exitCode, command).toBe(3);
    expect(refused.stderr, command).toContain('--account-region "444455556667/eu-west-1" matches nothing');
    expect(refused.stderr, command).toContain(other);
  }
  expect(Object.keys(world.takeCalls())).toEqual(['GetCallerIdentity']);
});

test('an account and Region without a selected address is refused', async () => {
  const refused = await worldOf().appcfg('diff', '--tenant', 'two', '--account-region', own);
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain(`no selected address is in --account-region '${own}'`);
});

test('the variable selects, too; the values are separated by commas', async () => {
  const { json } = await worldOf().appcfgWith(
    { env: { APPCFG_ACCOUNT_REGION: `${own},${other}` } },
    'diff',
    '-o',
    'json',
  );
  expect(json.accountRegions).toHaveLength(2);
  const one = await worldOf().appcfgWith({ env: { APPCFG_ACCOUNT_REGION: other } }, 'diff', '-o', 'json');
  expect(one.json.accountRegions).toMatchObject([{ id: other }]);
});

test('commands that do not contact AWS, and those that need all of it, refuse the flag', async () => {
  const world = worldOf();
  for (const command of ['validate', 'render', 'tidy', 'import --dry-run', 'tenant rename one uno --finish']) {
    const refused = await world.appcfg(...command.split(' '), '--account-region', own);
    expect(refused.exitCode, command).toBe(3);
    expect(refused.stderr, command).toContain('--account-region has no effect');
  }
  const base = await world.appcfg('diff', '--base', 'main', '--account-region', own);
  expect(base.stderr).toContain('--base and --account-region cannot be combined');
});

test('a tree that has nothing in one account and Region is not an empty tree there', async () => {
  const world = worldOf();
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  for (const path of ['one/prod', 'two']) world.write(`tenants/${path}`, undefined);
  const { json, exitCode } = await world.appcfg('sync', '--account-region', other, '-o', 'json');
  expect(json.problems.map(({ code }: { code: string }) => code)).not.toContain('guard-empty');
  expect(exitCode).toBe(0);
});

test('a cleanup of orphans deletes what the tree has lost there, and nothing that belongs elsewhere', async () => {
  const world = worldOf();
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  world.write('tenants/two', undefined);
  world.write('tenants/three', undefined);
  const flags = ['--orphans', '--yes', '--max-deletes', '100%', '-o', 'json'];
  const { json, exitCode } = await world.appcfg('cleanup', '--account-region', other, ...flags);
  expect(exitCode).toBe(0);
  const deletedApplications = json.plan.steps.filter(
    (step: { operation: string }) => step.operation === 'DeleteApplication',
  );
  expect(deletedApplications).toMatchObject([{ accountRegion: other }]);
  const rest = await world.appcfg('cleanup', ...flags, '--dry-run');
  expect(rest.json.plan.steps.every((step: { accountRegion: string }) => step.accountRegion === own)).toBe(true);
});

test('a wave is refused while an earlier one is not deployed in another account and Region', async () => {
  const world = worldOf(waves);
  expect((await world.appcfg('sync', '--wave', 'canary', '--account-region', own)).exitCode).toBe(0);
  world.takeCalls();
  const refused = await world.appcfg('sync', '--wave', 'rest', '--account-region', own);
  expect(refused.exitCode).toBe(5);
  expect(refused.stderr).toContain('wave "rest" comes after wave "canary", in which one/prod/Limits is not deployed');
  expect(refused.stderr).toContain(`deploy that wave first: appcfg sync --wave canary --account-region ${other}\n`);
  expect(writesOf(world.takeCalls())).toEqual({});
});

test('a wave begins when the earlier ones are deployed and have soaked everywhere; of the others nothing is written', async () => {
  const world = worldOf(waves);
  await world.appcfg('sync', '--wave', 'canary', '--account-region', own);
  await world.appcfg('sync', '--wave', 'canary', '--account-region', other);
  const run = await world.appcfg('sync', '--wave', 'rest', '--account-region', own, '-o', 'json');
  expect(run.exitCode, run.stderr).toBe(0);
  expect(run.stderr).toMatch(/soak/);
  expect(new Set(run.json.plan.steps.map((step: { accountRegion: string }) => step.accountRegion))).toEqual(
    new Set([own]),
  );
  expect(await deployed(world)).toMatchObject({ 'three/dev': 'synced', 'two/prod': 'missing', 'one/prod': 'synced' });
});

test('an account and Region that cannot be read counts as failed for its earlier waves', async () => {
  const world = worldOf(waves);
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  world.write('template/Limits.yml', 'rate: 200\n');
  expect((await world.appcfg('sync', '--wave', 'canary')).exitCode).toBe(0);
  world.takeCalls();
  world.emulator.injectFault({ operation: 'AssumeRole', kind: 'deny', times: 5 });
  const run = await world.appcfg('sync', '--wave', 'rest', '--account-region', own, '-o', 'json');
  expect(run.exitCode).toBe(6);
  expect(run.json.problems.map(({ code }: { code: string }) => code)).toEqual(expect.arrayContaining(['wave-blocked']));
  expect(world.takeCalls().StartDeployment).toBeUndefined();
});

/** A canary whose deployment in the other account AppConfig rolls back. */
async function rolledBackCanary(maxFailures: string): Promise<World> {
  const world = createWorld({
    'appcfg.yml': `${head}${waves.replace('soak: 10m', `maxFailures: ${maxFailures}`)}`,
    'template/Limits.yml': 'rate: 100\n',
    'tenants/one/dev/.gitkeep': '',
    'tenants/one/prod/.gitkeep': '',
    'tenants/three/dev/Limits.yml': 'burst: 1\n',
  });
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  world.write('template/Limits.yml', 'rate: 200\n');
  expect((await world.appcfg('sync', '--wave', 'canary', '--account-region', own)).exitCode).toBe(0);
  const alarm = { application: 'one', environment: 'prod', account: '444455556666', region: 'eu-west-1' };
  world.emulator.onCall = ({ operation }) => {
    if (operation === 'StartDeployment') world.emulator.setAlarm({ ...alarm, state: 'ALARM' });
  };
  const run = await world.appcfg('sync', '--wave', 'canary', '--account-region', other);
  expect(run.exitCode, run.stderr).toBe(4);
  world.emulator.onCall = undefined;
  world.emulator.setAlarm({ ...alarm, state: 'OK' });
  return world;
}

test('a canary that was rolled back in one account blocks the next wave in the others', async () => {
  const world = await rolledBackCanary('0');
  world.takeCalls();
  const run = await world.appcfg('sync', '--wave', 'rest', '--account-region', own, '-o', 'json');
  expect(run.exitCode, run.stderr).not.toBe(0);
  expect(world.takeCalls().StartDeployment).toBeUndefined();
  expect(run.json.problems.map(({ code }: { code: string }) => code)).toContain('guard-rolled-back');
});

test('as many failures as a wave allows, counted over all accounts and Regions, do not block the next one', async () => {
  const world = await rolledBackCanary('1');
  world.write('tenants/three/dev/Limits.yml', 'burst: 2\n');
  world.takeCalls();
  const run = await world.appcfg('sync', '--wave', 'rest', '--account-region', own, '-o', 'json');
  // The failure is still reported, with a command for its address alone.
  expect(run.exitCode, run.stderr).toBe(5);
  expect(run.stderr).toMatch(/--retry-rolled-back --tenant one --env prod --config-profile Limits\n/);
  expect(world.takeCalls().StartDeployment).toBe(1);
});

test('a run of one account and Region warns that rollbacks elsewhere are not known', async () => {
  const world = worldOf();
  await world.appcfg('sync');
  world.write('template/Limits.yml', 'rate: 200\n');
  const { json } = await world.appcfg('diff', '--account-region', own, '-o', 'json');
  expect(json.problems).toMatchObject([{ code: 'rollback-check-partial', hint: { command: ['appcfg', 'diff'] } }]);
});

test('the first wave is judged by the tenants of the selected accounts and Regions', async () => {
  const tenants = (name: string, many: number) =>
    Object.fromEntries(Array.from({ length: many }, (_, index) => [`tenants/${name}${index}/prod/.gitkeep`, '']));
  const world = createWorld({
    'appcfg.yml': `project: acme/config
deploymentStrategies: { instant: { durationMinutes: 0, growthFactor: 100 } }
deploymentStrategy: instant
tenants: [{ match: "there*", region: eu-west-1 }]
guards: { changes: { reach: error } }
waves: [{ name: canary, tenants: ["there*"] }, { name: rest }]
`,
    'template/Limits.yml': 'rate: 100\n',
    ...tenants('here', 60),
    ...tenants('there', 12),
  });
  const exitCode = async (...flags: string[]) => (await world.appcfg('diff', ...flags)).exitCode;
  await world.appcfg('sync');
  world.write('template/Limits.yml', 'rate: 200\n');
  for (const glob of ['*/eu-west-1', '!*/us-east-1']) expect(await exitCode('--account-region', glob)).toBe(5);
  expect(await exitCode('--account-region', '*/us-east-1')).toBe(0);
  // Of all 72 tenants, 12 are few.
  expect(await exitCode()).toBe(0);
});
