// Waves: which deployments a run starts when, and the run after one that was interrupted.
import { type DeploymentSummary, ListDeploymentsCommand } from '@aws-sdk/client-appconfig';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { awsClient, deploymentsOf, lookUp, writesOf } from '../support/aws.ts';
import { OtherClient } from '../support/other-client.ts';
import { holds } from '../support/properties.ts';
import { killedAfter } from '../support/request-handlers.ts';
import { createWorld, type World } from '../support/world.ts';

const minute = 60_000;
const settings = `project: acme/config
waves:
  - { name: canary, tenants: [canary], soak: 10m }
  - { name: everyone }
`;

/** Every tenant has its own value, so no two changes are the same. */
function treeOf(tenants: readonly string[], value: number): Record<string, string> {
  return Object.fromEntries(
    tenants.flatMap((tenant, index) => [
      [`tenants/${tenant}/dev/A.yml`, `a: ${value * 1000 + index}\n`],
      [`tenants/${tenant}/dev/B.yml`, `b: ${value * 1000 + index}\n`],
    ]),
  );
}

const small = { 'appcfg.yml': settings, 'template/A.yml': 'a: 1\n', ...treeOf(['canary', 'one'], 1) };

/** Two tenants that get the same changes. */
const sameChangeTree = {
  'appcfg.yml': 'project: acme/config\n',
  'template/A.yml': 'a: 1\n',
  'template/B.yml': 'b: 1\n',
  'tenants/one/dev/.gitkeep': '',
  'tenants/two/dev/.gitkeep': '',
};

/** An alarm that fires as soon as a deployment is started. */
function rollsBackWhenStarted(world: World, application: string): void {
  world.emulator.onCall = ({ operation }) => {
    if (operation === 'StartDeployment') world.emulator.setAlarm({ application, environment: 'dev', state: 'ALARM' });
  };
}

function write(world: World, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) world.write(path, text);
}

/** Interrupts a run some time after its second deployment was started. */
function interruptedAfter(world: World, ms: number, ...args: string[]) {
  let send: (signal: 'SIGINT') => void = () => {};
  let starts = 0;
  world.emulator.onCall = ({ operation }) => {
    if (operation === 'StartDeployment' && ++starts === 2) void world.clock.sleep(ms).then(() => send('SIGINT'));
    return undefined;
  };
  const onStart = (signal: typeof send) => {
    send = signal;
  };
  return world.appcfgWith({ onStart }, ...args);
}

test('an interrupt ends a soak at once; the next run waits for the rest of it, and deploys nothing twice', async () => {
  const world = createWorld(small);
  const start = world.clock.now();
  const interrupted = await interruptedAfter(world, 4 * minute, 'sync', '-o', 'json');
  expect(interrupted.exitCode, interrupted.stderr).toBe(130);
  expect(world.clock.now() - start).toBeLessThan(7 * minute);
  expect(interrupted.stderr).toContain('run the same command again');
  const held = interrupted.json.results.filter((result: { status: string }) => result.status === 'skipped');
  expect(held.map((result: { blockedBy: string }) => result.blockedBy)).toEqual(['interrupted', 'interrupted']);
  const again = await world.appcfg('sync');
  expect(again.exitCode, again.stderr).toBe(0);
  const [canary, one] = [await rowsOf(world, 'canary'), await rowsOf(world, 'one')];
  expect([canary.length, one.length]).toEqual([2, 2]);
  expect(firstStart(one) - lastEnd(canary)).toBeGreaterThanOrEqual(10 * minute);
  expect(firstStart(one) - lastEnd(canary)).toBeLessThan(10 * minute + 5000);
});

test('on a terminal each wave is a row of a board, which stays at the end', async () => {
  const world = createWorld(small);
  const outcome = await world.appcfgWith({ isTTY: true }, 'sync', '--yes');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(outcome.stderr).toContain('  canary    running 0 of 2, about 4 min\n  everyone  waiting for canary\n');
  expect(outcome.stderr).toMatch(/canary {4}soaking until 12:14 UTC \((10 min|9 min 59 s)\)/);
  expect(outcome.stderr).not.toContain('wave "canary"');
  expect(outcome.stdout).toMatch(/\n {2}canary +done +2 of 2 .*\n {2}everyone +done +2 of 2 .*\n {2}all .*\n\nDone: /);
});

test('without a terminal each phase of a wave is a line, and the board is printed at the end', async () => {
  const world = createWorld(small);
  const outcome = await world.appcfg('sync');
  expect(outcome.stderr.split('\n').filter((line) => line.startsWith('wave '))).toEqual([
    'wave "canary" starts',
    expect.stringMatching(/^wave "canary" deployed: 2 of 2 addresses; soaking until 12:14:\d\d UTC$/),
    'wave "everyone" starts',
    'wave "everyone" is done: 2 of 2 addresses',
  ]);
  expect(outcome.stdout).toMatch(/\n {2}canary +done +2 of 2 .*\n {2}everyone +done +2 of 2 .*\n {2}all .*\n\nDone: /);
});

test('--fail-fast starts nothing more of the wave, and no later wave', async () => {
  const world = createWorld({ ...small, ...treeOf(['canary', 'one', 'two'], 1) });
  world.emulator.injectFault({ operation: 'StartDeployment', kind: 'deny', times: 1 });
  const outcome = await world.appcfg('sync', '--fail-fast', '-o', 'json');
  expect(outcome.exitCode).toBe(6);
  expect(writesOf(world.takeCalls()).StartDeployment).toBe(1);
  expect(outcome.json.summary).toMatchObject({ failed: 1, skipped: 5 });
});

test('an address that could not be prepared counts as failed in its wave', async () => {
  const world = createWorld({ ...small, 'appcfg.yml': settings.replace(', soak: 10m', '') });
  world.emulator.onCall = ({ operation }) => {
    if (operation === 'CreateConfigurationProfile') world.emulator.injectFault({ operation, kind: 'deny', times: 1 });
    world.emulator.onCall = operation === 'CreateConfigurationProfile' ? undefined : world.emulator.onCall;
    return undefined;
  };
  const outcome = await world.appcfg('sync', '-o', 'json');
  expect(outcome.exitCode).toBe(6);
  const lost = outcome.json.results.filter((result: { status: string }) => result.status === 'skipped');
  expect(lost.length).toBeGreaterThan(0);
  expect(await rowsOf(world, 'one')).toEqual([]);
});

test('--supersede stops a deployment in flight of a later wave only when that wave begins', async () => {
  const world = createWorld({ ...small, 'appcfg.yml': settings.replace('10m', '1m') });
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  write(world, treeOf(['canary', 'one'], 2));
  const others = new OtherClient(world.emulator);
  // Runs for 30 minutes, and would be stopped at once without waves.
  const strategy = { deploymentStrategyId: 'AppConfig.Linear20PercentEvery6Minutes' };
  const content = { configurationProfile: 'A', content: '{"a": 7}', ...strategy };
  await others.deploy({ application: 'one', environment: 'dev', ...content });
  const start = world.clock.now();
  const outcome = await world.appcfg('sync', '--supersede', '--overwrite-drift', '-o', 'json');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  const [canary, one] = [await rowsOf(world, 'canary'), await rowsOf(world, 'one')];
  expect(firstStart(one.filter(({ StartedAt }) => (StartedAt?.getTime() ?? 0) > start))).toBeGreaterThanOrEqual(
    lastEnd(canary) + minute,
  );
  expect(one.find(({ State }) => State === 'ROLLED_BACK')?.DeploymentNumber).toBe(3);
});

test('a change that an earlier run started blocks the same change elsewhere when it is rolled back', async () => {
  const world = createWorld(sameChangeTree);
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  world.write('template/B.yml', 'b: 2\n');
  world.write('tenants/two/dev/A.yml', 'a: 2\n');
  expect((await world.appcfg('sync', '--no-wait', '--tenant', 'one')).exitCode).toBe(0);
  rollsBackWhenStarted(world, 'one');
  const outcome = await world.appcfg('sync', '-o', 'json');
  expect(outcome.exitCode, outcome.stderr).toBe(4);
  expect(await deploymentsOf(world, 'two', 'dev')).toHaveLength(3);
  expect(outcome.json.results.at(-1)).toMatchObject({
    step: 'StartDeployment two/dev/B',
    status: 'skipped',
    blockedBy: 'AwaitDeployment one/dev/B',
  });
});

test('a revert by a user after completion blocks its own address only', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: acme/config\n',
    'template/A.yml': 'a: 1\n',
    'tenants/one/dev/.gitkeep': '',
    'tenants/two/dev/.gitkeep': '',
  });
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2\n');
  await world.appcfg('sync', '--tenant', 'one');
  await new OtherClient(world.emulator).stop('one', 'dev');
  const reverted = await world.appcfg('sync', '-o', 'json');
  expect(reverted.exitCode).toBe(5);
  expect(await deploymentsOf(world, 'two', 'dev')).toHaveLength(2);
});

test('redacted values count: other secrets are another change', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: acme/config\nredact: [/secret]\n',
    'template/A.yml': 'a: 1\n',
    'tenants/one/dev/A.yml': 'secret: s3cret-1\n',
    'tenants/two/dev/A.yml': 'secret: s3cret-2\n',
    'tenants/three/dev/A.yml': 'secret: s3cret-2\n',
  });
  await world.appcfg('sync');
  for (const name of ['one', 'two', 'three']) world.write(`tenants/${name}/dev/A.yml`, 'secret: s3cret-3\n');
  // Reports do not show which secrets are equal.
  const diff = await world.appcfg('diff', '-o', 'json');
  expect(diff.json.changeGroups.map((each: { addresses: string[] }) => each.addresses)).toEqual([
    ['one/dev/A', 'three/dev/A', 'two/dev/A'],
  ]);
  expect(diff.stdout).not.toContain('s3cret');
  // The change of two and three is one, and that of one is another.
  await world.appcfg('sync', '--tenant', 'two', '--no-wait');
  await new OtherClient(world.emulator).stop('two', 'dev');
  const outcome = await world.appcfg('sync', '-o', 'json');
  expect(outcome.exitCode).toBe(5);
  expect(await deploymentsOf(world, 'one', 'dev')).toHaveLength(2);
  expect(await deploymentsOf(world, 'three', 'dev')).toHaveLength(1);
});

test('the expected minutes of a plan include the soak of its waves', async () => {
  const world = createWorld(small);
  const diff = await world.appcfg('diff', '-o', 'json');
  expect(diff.json.summary.expectedMinutes).toBe(4 + 10 + 4);
  expect(diff.json.waves).toEqual([
    {
      name: 'canary',
      soakMinutes: 10,
      maxFailures: 0,
      addresses: 2,
      environments: 1,
      live: 0,
      blocked: 0,
      liveSince: null,
    },
    {
      name: 'everyone',
      soakMinutes: 0,
      maxFailures: 0,
      addresses: 2,
      environments: 1,
      live: 0,
      blocked: 0,
      liveSince: null,
    },
  ]);
  const waves = diff.json.addresses.map((each: { wave: string }) => each.wave);
  expect(waves).toEqual(['canary', 'canary', 'everyone', 'everyone']);
  const markdown = await world.appcfg('diff', '-o', 'markdown');
  expect(markdown.stdout).toMatch(/\| `canary` \| 2 \| `dev` \| .* \| soaks 10 min \| at the first failure \|/);
});

test('--wave needs waves in the settings, and cannot be combined with a comparison', async () => {
  const world = createWorld({ ...small, 'appcfg.yml': 'project: acme/config\n' });
  const without = await world.appcfg('sync', '--wave', 'canary');
  expect(without.exitCode).toBe(3);
  expect(without.stderr).toContain('define waves under `waves:`');
  expect((await world.appcfg('diff', '--base', 'HEAD', '--wave', 'canary')).exitCode).toBe(3);
});

test('versions of a wave can be created before the wave before it is deployed', async () => {
  const world = createWorld(small);
  expect((await world.appcfg('sync', '--wave', 'everyone', '--only', 'update')).exitCode).toBe(0);
  expect(writesOf(world.takeCalls())).toMatchObject({ CreateApplication: 1, CreateHostedConfigurationVersion: 2 });
  expect((await world.appcfg('sync', '--wave', 'everyone', '--only', 'deploy')).exitCode).toBe(5);
  expect(writesOf(world.takeCalls())).toEqual({});
});

test('--wave changes no application of another wave, and is not stopped by blocked addresses within the limit', async () => {
  const world = createWorld({
    ...small,
    ...treeOf(['canary', 'one', 'two'], 1),
    'appcfg.yml':
      'project: acme/config\nwaves: [{ name: canary, tenants: [canary, one], maxFailures: 25% }, { name: rest }]\n',
  });
  expect((await world.appcfg('sync', '--wave', 'canary')).exitCode).toBe(0);
  expect((await new OtherClient(world.emulator).applications()).map(({ Name }) => Name)).toEqual(['canary', 'one']);
  world.write('tenants/canary/dev/A.yml', 'a: 5\n');
  world.emulator.setAlarm({ application: 'canary', environment: 'dev', state: 'ALARM' });
  expect((await world.appcfg('sync', '--wave', 'canary')).exitCode).toBe(4);
  const rest = await world.appcfg('sync', '--wave', 'rest');
  expect(rest.exitCode, rest.stderr).toBe(5);
  expect(await rowsOf(world, 'two')).toHaveLength(2);
});

interface Row extends DeploymentSummary {}

/** Deployments of `tenant/dev`, newest first. */
async function rowsOf(world: World, tenant: string): Promise<readonly Row[]> {
  const found = await lookUp(world, tenant);
  const EnvironmentId = found.environments.get('dev');
  if (EnvironmentId === undefined) return [];
  const { Items = [] } = await awsClient(world).send(
    new ListDeploymentsCommand({ ApplicationId: found.id, EnvironmentId }),
  );
  return Items;
}

const firstStart = (rows: readonly Row[]) => Math.min(...rows.map(({ StartedAt }) => StartedAt?.getTime() ?? 0));
const lastEnd = (rows: readonly Row[]) => Math.max(...rows.map(({ CompletedAt }) => CompletedAt?.getTime() ?? 0));

const fleets = fc.record({
  /** Soak and limit of each wave; tenants by wave. */
  waves: fc.array(
    fc.record({
      soak: fc.constantFrom(0, 3, 20),
      maxFailures: fc.constantFrom(0, 1, 2),
      tenants: fc.constantFrom(1, 2),
    }),
    { minLength: 2, maxLength: 3 },
  ),
  cuts: fc.array(fc.record({ calls: fc.nat(80), acting: fc.boolean(), later: fc.nat(8) }), { maxLength: 3 }),
  alarms: fc.array(fc.nat(5), { maxLength: 2 }),
});

test('whatever is interrupted and rolled back, no wave begins too early, and nothing is deployed twice', async () => {
  await holds(
    fc.asyncProperty(fleets, async ({ waves, cuts, alarms }) => {
      const named = waves.map(({ tenants, ...wave }, index) => ({
        ...wave,
        tenants: Array.from({ length: tenants }, (_, nth) => `w${index}t${nth}`),
      }));
      const tenants = named.flatMap((wave) => wave.tenants);
      const lines = named.map(
        ({ soak, maxFailures, tenants: globs }, index) =>
          `  - { name: w${index}, tenants: [${globs}], soak: ${soak}m, maxFailures: ${maxFailures} }\n`,
      );
      const world = createWorld({
        'appcfg.yml': `project: acme/config\nwaves:\n${lines.join('')}`,
        'template/A.yml': 'a: 1\n',
        ...treeOf(tenants, 1),
      });
      for (const value of [1, 2]) {
        write(world, treeOf(tenants, value));
        const start = world.clock.now();
        const rung = value === 1 ? [] : alarms.map((nth) => tenants[nth % tenants.length] ?? '');
        for (const application of rung) world.emulator.setAlarm({ application, environment: 'dev', state: 'ALARM' });
        for (const { calls, acting, later } of cuts) {
          await world.appcfgWith({ requestHandler: killedAfter(world, calls, acting) }, 'sync');
          world.clock.advance(later * minute);
        }
        const outcome = await world.appcfg('sync');
        if (rung.length === 0) expect(outcome.exitCode, outcome.stderr).toBe(0);
        await expectOrder(world, named, start);
      }
      expect(world.emulator.violations()).toEqual([]);
    }),
    4,
  );
});

/** Of what was started since `start`, by wave. */
async function expectOrder(
  world: World,
  waves: readonly { readonly soak: number; readonly maxFailures: number; readonly tenants: readonly string[] }[],
  start: number,
): Promise<void> {
  let notBefore = 0;
  let isBlocked = false;
  for (const { soak, maxFailures, tenants } of waves) {
    const lanes = await Promise.all(tenants.map((tenant) => rowsOf(world, tenant)));
    const rows = lanes.flat().filter(({ StartedAt }) => (StartedAt?.getTime() ?? 0) >= start);
    if (isBlocked) expect(rows).toEqual([]);
    else if (rows.length > 0) expect(firstStart(rows)).toBeGreaterThanOrEqual(notBefore);
    expect(rows.length).toBeLessThanOrEqual(tenants.length * 2);
    const complete = rows.filter(({ State }) => State === 'COMPLETE');
    isBlocked ||= tenants.length * 2 - complete.length > maxFailures;
    notBefore = Math.max(notBefore, complete.length === 0 ? 0 : lastEnd(complete) + soak * minute);
  }
}

test('the time spent soaking is reported', async () => {
  const tenants = ['canary', 'a', 'b', 'c', 'd', 'e'];
  const world = createWorld({ ...small, ...treeOf(tenants, 1) });
  const rolledOut = await world.appcfg('sync');
  expect(rolledOut.stdout).toMatch(/Time: .*8 min \d s deploying, 9 min 59 s soaking/);
  world.write('tenants/canary/dev/A.yml', 'a: 2\n');
  await world.appcfg('sync', '--wave', 'canary');
  for (const tenant of tenants.slice(1)) world.write(`tenants/${tenant}/dev/A.yml`, 'a: 2\n');
  const rest = await world.appcfg('sync');
  expect(rest.stdout).toMatch(/Time: 2 min \d s deploying, 9 min 5\d s soaking/);
});

/** Prepares tenants for which a run has only deployments to do, which wait for their rate. */
async function prepared(settings: string, contentOf: (tenant: number) => string): Promise<World> {
  const tenants = Array.from({ length: 90 }, (_, tenant) => tenant);
  const world = createWorld({
    'appcfg.yml': `project: acme/config\n${settings}`,
    ...Object.fromEntries(tenants.map((tenant) => [`tenants/t${tenant}/dev/A.yml`, contentOf(tenant)])),
  });
  expect((await world.appcfg('sync', '--only', 'update')).exitCode).toBe(0);
  world.takeCalls();
  return world;
}

/** Stops the first deployment as soon as it is started, while the others wait for their rate. */
async function syncWithStop(world: World) {
  let stopped = false;
  world.emulator.onCall = ({ operation }) => {
    if (operation !== 'StartDeployment' || stopped) return;
    stopped = true;
    void world.clock.sleep(300).then(() => new OtherClient(world.emulator).stop('t0', 'dev'));
  };
  const outcome = await world.appcfgWith({ env: { APPCFG_RATES: 'aws' } }, 'sync', '--only', 'deploy', '-o', 'json');
  world.emulator.onCall = undefined;
  return { outcome, starts: writesOf(world.takeCalls()).StartDeployment ?? 0 };
}

test('a start that waits for its rate is skipped when the same change is rolled back', async () => {
  const world = await prepared('', () => 'a: 1\n');
  const { outcome, starts } = await syncWithStop(world);
  expect(outcome.exitCode).toBe(4);
  expect(starts).toBeLessThan(40);
  expect(outcome.json.summary.skipped).toBe(90 - starts);
  expect(outcome.stderr).toContain(`so it is not started at ${90 - starts} more addresses`);
});

test('a start that waits for its rate is skipped when its wave has more failures than it allows', async () => {
  const world = await prepared('waves: [{ name: everyone }]\n', (tenant) => `a: ${tenant}\n`);
  const { outcome, starts } = await syncWithStop(world);
  expect(outcome.exitCode).toBe(4);
  expect(starts).toBeLessThan(40);
  expect(outcome.json.summary.skipped).toBe(90 - starts);
});

test('a start that waits for a busy environment is skipped when the same change is rolled back', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: acme/config\n',
    'template/A.yml': 'a: 1\n',
    'tenants/one/dev/.gitkeep': '',
    'tenants/two/dev/.gitkeep': '',
  });
  expect((await world.appcfg('sync', '--only', 'update')).exitCode).toBe(0);
  const others = new OtherClient(world.emulator);
  await others.deploy({
    application: 'two',
    environment: 'dev',
    configurationProfile: 'Theirs',
    content: 'x',
    deploymentStrategyId: 'AppConfig.AllAtOnce',
  });
  let stopped = false;
  world.emulator.onCall = ({ operation }) => {
    if (operation !== 'StartDeployment' || stopped) return;
    stopped = true;
    void world.clock.sleep(20_000).then(() => others.stop('one', 'dev'));
  };
  const { exitCode, json } = await world.appcfg('sync', '-o', 'json');
  world.emulator.onCall = undefined;
  expect(exitCode).toBe(4);
  const starts = json.results.filter(({ operation }: { operation: string }) => operation === 'StartDeployment');
  expect(starts.map(({ status }: { status: string }) => status)).toEqual(['failed', 'skipped']);
  expect((await deploymentsOf(world, 'two', 'dev')).filter((row) => row.includes(' A '))).toEqual([]);
});

test('--no-wait does not wait for a soak', async () => {
  const world = createWorld(small);
  expect((await world.appcfg('sync', '--wave', 'canary')).exitCode).toBe(0);
  const start = world.clock.now();
  const { exitCode, stderr } = await world.appcfg('sync', '--no-wait', '-p', 'A');
  expect(exitCode).toBe(75);
  expect(stderr).toContain('a wave soaks until');
  expect(world.clock.now() - start).toBeLessThan(minute);
  world.clock.advance(11 * minute);
  expect((await world.appcfg('sync', '--no-wait', '-p', 'A')).exitCode).toBe(0);
});

test('a change that was rolled back stays blocked elsewhere when its own address returns to its old content', async () => {
  const world = createWorld(sameChangeTree);
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  world.write('template/A.yml', 'a: 2\n');
  rollsBackWhenStarted(world, 'one');
  expect((await world.appcfg('sync', '--tenant', 'one')).exitCode).toBe(4);
  world.emulator.onCall = undefined;
  world.emulator.setAlarm({ application: 'one', environment: 'dev', state: 'OK' });
  world.write('tenants/one/dev/A.yml', 'a: 1\n');
  const outcome = await world.appcfg('sync');
  expect(outcome.stderr).toContain('the same change was rolled back at one/dev/A (deployment 3)');
  expect(outcome.exitCode).toBe(5);
  // No other address changes: rollbacks are not read.
  world.write('template/A.yml', 'a: 1\n');
  world.write('tenants/one/dev/A.yml', undefined);
  world.takeCalls();
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  expect(Object.keys(world.takeCalls()).filter((call) => call.startsWith('Get'))).toEqual([]);
  world.write('template/A.yml', 'a: 2\n');
  world.write('tenants/one/dev/A.yml', 'a: 1\n');
  expect((await world.appcfg('sync', '--retry-rolled-back')).exitCode).toBe(0);
});

test('a run of part of the tree warns that rollbacks elsewhere were not checked, if it replaces something', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: acme/config\nwaves: [{ name: canary, tenants: [one] }, { name: everyone }]\n',
    'template/A.yml': 'a: 1\n',
    'tenants/one/dev/.gitkeep': '',
    'tenants/two/dev/.gitkeep': '',
  });
  const timesReported = async (...args: string[]) => {
    const { stderr } = await world.appcfg('sync', ...args);
    return stderr.split('only the selected addresses were checked').length - 1;
  };
  // A first deployment changes nothing.
  expect(await timesReported('--tenant', 'one')).toBe(0);
  expect(await timesReported('--tenant', 'one')).toBe(0);
  expect(await timesReported()).toBe(0);
  world.write('template/A.yml', 'a: 2\n');
  // Nothing is started.
  expect(await timesReported('--tenant', 'one', '--only', 'update')).toBe(0);
  expect(await timesReported('--tenant', '*', '--wave', 'everyone')).toBe(0);
  expect(await timesReported('--tenant', 'one', '--retry-rolled-back', '--dry-run')).toBe(0);
  // The same change is always of one profile: all of it was checked.
  expect(await timesReported('--config-profile', 'A', '--dry-run')).toBe(0);
  expect(await timesReported('--config-profile', 'A', '--env', 'dev', '--dry-run')).toBe(1);
  expect(await timesReported('--tenant', 'one')).toBe(1);
});

const soaking = {
  'appcfg.yml':
    'project: acme/config\nwaves: [{ name: canary, tenants: [one], soak: 60m }, { name: rest, tenants: [two] }, { name: all }]\n',
  'template/A.yml': 'a: 1\n',
  'tenants/one/dev/.gitkeep': '',
  'tenants/two/dev/.gitkeep': '',
  'tenants/zed/dev/.gitkeep': '',
};

/** Does something some time after a run has started its first deployment. */
function afterTheStart(world: World, ms: number, act: () => Promise<unknown>): void {
  let isFirst = true;
  world.emulator.onCall = ({ operation }) => {
    if (operation !== 'StartDeployment' || !isFirst) return;
    isFirst = false;
    void world.clock.sleep(ms).then(() => world.clock.during(act));
  };
}

test('a canary that is reverted while it soaks blocks the later waves at once', async () => {
  const world = createWorld(soaking);
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2\n');
  const start = world.clock.now();
  afterTheStart(world, 5 * minute, () => new OtherClient(world.emulator).stop('one', 'dev'));
  const run = await world.appcfg('sync');
  expect(run.exitCode).toBe(4);
  expect(run.stderr).toContain(
    'one/dev/A  the live version was rolled back during the rollout (wave "canary", deployment 2)',
  );
  expect(run.stderr).toContain(
    'waves "rest", "all" are blocked: wave "canary" allows 0 failed or blocked addresses and has 1 no longer live',
  );
  for (const tenant of ['two', 'zed']) expect(await rowsOf(world, tenant)).toHaveLength(1);
  expect(world.clock.now() - start).toBeLessThan(30 * minute);
  expect((await world.appcfg('sync')).exitCode).toBe(5);
});

test('a canary that is replaced while it soaks blocks the later waves', async () => {
  const world = createWorld(soaking);
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2\n');
  afterTheStart(world, 5 * minute, () =>
    new OtherClient(world.emulator).deploy({
      application: 'one',
      environment: 'dev',
      configurationProfile: 'A',
      content: '{"a": 1}',
    }),
  );
  const run = await world.appcfg('sync');
  expect(run.exitCode).toBe(4);
  expect(run.stderr).toContain('one/dev/A  the live version was replaced');
  for (const tenant of ['two', 'zed']) expect(await rowsOf(world, tenant)).toHaveLength(1);
});

test('--wave also verifies the canary after its soak', async () => {
  const world = createWorld(soaking);
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2\n');
  expect((await world.appcfg('sync', '--wave', 'canary')).exitCode).toBe(0);
  void world.clock.sleep(50 * minute).then(() => new OtherClient(world.emulator).stop('one', 'dev'));
  const run = await world.appcfg('sync', '--wave', 'rest');
  expect(run.exitCode, run.stderr).toBe(4);
  expect(await rowsOf(world, 'two')).toHaveLength(1);
});

test('a wave that cannot be verified after its soak blocks the next wave', async () => {
  const world = createWorld(soaking);
  world.emulator.onCall = ({ operation }) => {
    if (operation === 'StartDeployment') {
      world.emulator.injectFault({ operation: 'ListDeployments', kind: 'deny', times: 100 });
    }
  };
  await world.appcfg('sync', '--only', 'update');
  const run = await world.appcfg('sync');
  expect(run.exitCode).toBe(6);
  expect(run.stderr).toContain('one/dev/A  access denied: ListDeployments');
  expect(await rowsOf(world, 'two').catch(() => [])).toEqual([]);
});

test('--wave shows the steps of its wave, and the state of the waves before it', async () => {
  const world = createWorld(soaking);
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2\n');
  const { stdout, stderr, exitCode } = await world.appcfg('diff', '--wave', 'rest');
  expect(exitCode).toBe(5);
  expect(stdout).toContain('canary  0 of 1 address live, then soaks for 1 h');
  expect(stdout).toContain('rest    1 of 1 address to deploy');
  expect(stdout).toContain('two/dev/A\n');
  expect(stdout).not.toContain('one/dev/A');
  expect(stderr).toContain('wave "rest" comes after wave "canary", in which one/dev/A is not deployed');
});

test('a deployment by a script that is awaited in a canary counts as live', async () => {
  const world = createWorld(soaking);
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2\n');
  const deployment = { application: 'one', environment: 'dev', configurationProfile: 'A', content: '{"a": 2}' };
  await new OtherClient(world.emulator).deploy(deployment);
  const run = await world.appcfg('sync');
  expect(run.exitCode, run.stderr).toBe(0);
  for (const tenant of ['two', 'zed']) expect(await rowsOf(world, tenant)).toHaveLength(2);
});

test('an outage during or after the soak of a canary blocks nothing', async () => {
  const world = createWorld(soaking);
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2\n');
  const fail = () => world.emulator.injectFault({ operation: 'ListDeployments', kind: 'error', times: 8 });
  afterTheStart(world, 10 * minute, async () => {
    fail();
    void world.clock.sleep(51 * minute).then(fail);
  });
  const run = await world.appcfg('sync');
  expect(run.exitCode, run.stderr).toBe(0);
  expect(run.stderr).not.toContain('error:');
  for (const tenant of ['two', 'zed']) expect(await rowsOf(world, tenant)).toHaveLength(2);
});

test('credentials that expire while a canary soaks are reported once, and as what they are', async () => {
  const roleArn = 'arn:aws:iam::444455556666:role/appcfg';
  const tenants = [0, 1, 2, 3].flatMap((n) => [`tenants/t${n}/prod/.gitkeep`, `tenants/t${n}/dev/.gitkeep`]);
  const world = createWorld({
    'appcfg.yml': `project: acme/config\nenvironments: { dev: {}, prod: { region: eu-west-1, roleArn: "${roleArn}" } }\nwaves: [{ name: canary, environments: [prod], soak: 20m }, { name: rest }]\n`,
    'template/A.yml': 'a: 1\n',
    ...Object.fromEntries(tenants.map((path) => [path, ''])),
  });
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2\n');
  const fault = { operation: 'ListDeployments', kind: 'expired', times: 100 } as const;
  afterTheStart(world, 5 * minute, async () => world.emulator.injectFault(fault));
  const run = await world.appcfg('sync');
  expect(run.exitCode).toBe(6);
  expect(run.stderr.match(/credentials expired/g)).toHaveLength(1);
  expect(run.stderr).toContain('wave "canary" allows 0 failed or blocked addresses and has 4 not verified');
});

test('a clock that advances between two readings, and wakes a moment early, ends no run too early', async () => {
  for (let seed = 0; seed < 15; seed += 1) {
    const world = createWorld({ ...soaking, 'appcfg.yml': soaking['appcfg.yml'].replace('60m', '4m') });
    await world.appcfg('sync');
    world.write('template/A.yml', 'a: 2\n');
    const now = world.clock.now;
    const sleep = world.clock.sleep.bind(world.clock);
    let spent = seed * 0.06;
    world.clock.now = () => {
      spent += 0.02;
      return Math.floor(now() + spent);
    };
    world.clock.sleep = (ms, signal) => sleep(Math.max(1, Math.floor(ms) - 0.9), signal);
    const run = await world.appcfg('sync', '-o', 'json');
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.json.summary).toMatchObject({ skipped: 0 });
  }
});

test('a canary that is reverted during a later wave blocks the waves after that', async () => {
  const world = createWorld({ ...soaking, 'appcfg.yml': soaking['appcfg.yml'].replace('60m', '1m') });
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2\n');
  let starts = 0;
  world.emulator.onCall = ({ operation }) => {
    if (operation !== 'StartDeployment' || ++starts !== 2) return;
    const revert = () => world.clock.during(() => new OtherClient(world.emulator).stop('one', 'dev'));
    void world.clock.sleep(30_000).then(revert);
  };
  const run = await world.appcfg('sync');
  expect(run.exitCode, run.stderr).toBe(4);
  expect(run.stderr).toContain(
    'wave "all" is blocked: wave "canary" allows 0 failed or blocked addresses and has 1 no longer live',
  );
  expect(await rowsOf(world, 'two')).toHaveLength(2);
  expect(await rowsOf(world, 'zed')).toHaveLength(1);
});

test('a canary that is deployed again while it soaks starts to soak anew', async () => {
  const world = createWorld({ ...soaking, 'appcfg.yml': soaking['appcfg.yml'].replace('60m', '20m') });
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2\n');
  afterTheStart(world, 4 * minute, async () => {
    await new OtherClient(world.emulator).stop('one', 'dev');
    await world.appcfg('sync', '--no-wait', '--retry-rolled-back', '-t', 'one');
  });
  const run = await world.appcfg('sync');
  expect(run.exitCode, run.stderr).toBe(0);
  const [one, two] = [await rowsOf(world, 'one'), await rowsOf(world, 'two')];
  expect(one).toHaveLength(3);
  const again = two.toSorted((a, b) => (b.DeploymentNumber ?? 0) - (a.DeploymentNumber ?? 0)).slice(0, 1);
  expect(firstStart(again)).toBeGreaterThanOrEqual(lastEnd(one) + 20 * minute);
});

test('what the canary needs is created first, where a quota is not enough for all', async () => {
  const tenants = Array.from({ length: 130 }, (_, i) => `t${String(i).padStart(3, '0')}`);
  const world = createWorld({
    'appcfg.yml':
      'project: acme/config\ndeploymentStrategy: AppConfig.AllAtOnce\nwaves: [{ name: canary, tenants: [t127, t128] }, { name: all, maxFailures: 100% }]\n',
    'template/A.yml': 'a: 1\n',
    ...Object.fromEntries(tenants.map((tenant) => [`tenants/${tenant}/dev/.gitkeep`, ''])),
  });
  const run = await world.appcfg('sync');
  expect(run.exitCode).toBe(4);
  for (const tenant of ['t127', 't128', 't000']) expect(await rowsOf(world, tenant)).toHaveLength(1);
});

test('no deployment is stopped for one that could not be prepared, and that is no internal error', async () => {
  const world = createWorld(soaking);
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2\n');
  const strategy = { deploymentStrategyId: 'AppConfig.Linear20PercentEvery6Minutes' };
  const deployment = { application: 'two', environment: 'dev', configurationProfile: 'Theirs', content: '{"a": 7}' };
  await new OtherClient(world.emulator).deploy({ ...deployment, ...strategy });
  world.emulator.injectFault({ operation: 'CreateHostedConfigurationVersion', kind: 'deny', after: 1 });
  const { json, exitCode, stderr } = await world.appcfg('sync', '--supersede', '-o', 'json');
  expect(exitCode, stderr).toBe(6);
  const results = json.results.filter(({ step }: { step: string }) => step.includes('two'));
  expect(results).toMatchObject([
    { operation: 'CreateHostedConfigurationVersion', status: 'failed' },
    {
      operation: 'StopDeployment',
      status: 'skipped',
      blockedBy: expect.stringContaining('CreateHostedConfigurationVersion'),
    },
    { operation: 'StartDeployment', status: 'skipped' },
  ]);
});
