// Rollbacks: what is stopped, reverted or deployed again, what is quarantined, and what stays as it is.
import { expect, test } from 'vitest';
import { awsClient, deployByHand, deployedByScripts, deploymentsOf, lookUp, writesOf } from '../support/aws.ts';
import { killedAfter } from '../support/request-handlers.ts';
import { commit, createWorld, type World } from '../support/world.ts';

const small = { 'appcfg.yml': 'project: acme/config\n', 'template/A.yml': 'a: 1', 'tenants/one/dev/.gitkeep': '' };
const two = { ...small, 'template/B.yml': 'b: 1' };
const days = 24 * 3_600_000;
const sha = (digit: string) => digit.repeat(40);

/** Contents of A deployed one after the other, each by a commit of its own: 1111…, 2222…. */
async function deployed(world: World, ...contents: string[]): Promise<void> {
  for (const [index, content] of contents.entries()) {
    world.write('template/A.yml', content);
    const outcome = await world.appcfgWith({ env: { CI_COMMIT_SHA: sha(String(index + 1)) } }, 'sync');
    expect(outcome.exitCode, outcome.stderr).toBe(0);
  }
}

async function idsOf(world: World, profile: string) {
  const { id, environments, profiles } = await lookUp(world, 'one');
  return { applicationId: id, environmentId: environments.get('dev') ?? '', profileId: profiles.get(profile) ?? '' };
}

test('a deployment in flight is stopped, and the live version stays', async () => {
  const world = createWorld(small);
  await deployed(world, 'a: 1');
  world.write('template/A.yml', 'a: 2');
  await world.appcfg('sync', '--no-wait');
  world.takeCalls();
  const outcome = await world.appcfg('rollback', 'one/dev/A');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(writesOf(world.takeCalls())).toEqual({ StopDeployment: 1 });
  expect(await deploymentsOf(world, 'one', 'dev')).toEqual(['2 A v2 ROLLED_BACK', '1 A v1 COMPLETE']);
  expect((await world.appcfg('sync')).exitCode).toBe(5);
});

test('a deployment that completes at the moment of the stop is reverted', async () => {
  const world = createWorld(small);
  await deployed(world, 'a: 1');
  world.write('template/A.yml', 'a: 2');
  await world.appcfg('sync', '--no-wait');
  world.emulator.onCall = ({ operation }) => {
    if (operation === 'StopDeployment') world.clock.advance(5 * 60_000);
  };
  expect((await world.appcfg('rollback', 'one/dev/A')).exitCode).toBe(0);
  expect(await deploymentsOf(world, 'one', 'dev')).toEqual(['2 A v2 REVERTED', '1 A v1 COMPLETE']);
});

test('an interrupted rollback is continued, never reversed', async () => {
  const world = createWorld(small);
  await deployed(world, 'a: 1', 'a: 2');
  world.clock.advance(4 * days);
  const outcome = await world.appcfg('rollback', 'one/dev/A', '--timeout', '30s');
  expect(outcome.exitCode).toBe(4);
  expect(outcome.stderr).toContain('--timeout');
  const again = await world.appcfg('rollback', 'one/dev/A');
  expect(again.exitCode, again.stderr).toBe(0);
  expect(again.stdout).toContain('deployment 3 of version 1 is already in flight');
  const twice = await world.appcfg('rollback', 'one/dev/A');
  expect(twice.stdout).toContain('Nothing to roll back');
  expect(await deploymentsOf(world, 'one', 'dev')).toEqual(['3 A v1 COMPLETE', '2 A v2 COMPLETE', '1 A v1 COMPLETE']);
});

test('a rollback that is killed after any call is finished by the next one', async () => {
  const tree = { ...two, 'tenants/two/dev/.gitkeep': '' };
  for (let calls = 20; calls <= 44; calls += 4) {
    const world = createWorld(tree);
    await world.appcfg('sync');
    world.write('template/A.yml', 'a: 2');
    world.write('template/B.yml', 'b: 2');
    await world.appcfgWith({ env: { CI_COMMIT_SHA: sha('2') } }, 'sync');
    await world.appcfgWith(
      { requestHandler: killedAfter(world, calls, calls % 8 === 0) },
      'rollback',
      '--commit',
      sha('2'),
    );
    const outcome = await world.appcfg('rollback', '--commit', sha('2'));
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    for (const tenant of ['one', 'two']) {
      expect(await deploymentsOf(world, tenant, 'dev')).toEqual([
        '4 B v2 REVERTED',
        '3 A v2 REVERTED',
        '2 B v1 COMPLETE',
        '1 A v1 COMPLETE',
      ]);
    }
  }
});

test.each(['drop-before', 'drop-after', 'error', 'throttle'] as const)('a revert survives %s', async (kind) => {
  const world = createWorld(small);
  await deployed(world, 'a: 1', 'a: 2');
  world.emulator.injectFault({ operation: 'StopDeployment', kind });
  const outcome = await world.appcfg('rollback', 'one/dev/A');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(await deploymentsOf(world, 'one', 'dev')).toEqual(['2 A v2 REVERTED', '1 A v1 COMPLETE']);
});

test('where AppConfig refuses to revert, the earlier version is deployed', async () => {
  const world = createWorld(small);
  await deployed(world, 'a: 1', 'a: 2');
  world.emulator.onCall = ({ operation }) => {
    if (operation === 'StopDeployment') world.clock.advance(4 * days);
  };
  const outcome = await world.appcfg('rollback', 'one/dev/A');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(await deploymentsOf(world, 'one', 'dev')).toEqual(['3 A v1 COMPLETE', '2 A v2 COMPLETE', '1 A v1 COMPLETE']);
  world.emulator.onCall = undefined;
  const sync = await world.appcfg('sync');
  expect(sync.exitCode).toBe(5);
  expect(sync.stderr).toContain('rollback deployment 3 replaced it');
});

test('a deployment that another run starts in the meantime is not rolled back', async () => {
  for (const old of [false, true]) {
    const world = createWorld(small);
    await deployed(world, 'a: 1', 'a: 2');
    if (old) world.clock.advance(4 * days);
    const ids = await idsOf(world, 'A');
    let looks = 0;
    const inner = world.emulator.requestHandler() as unknown as { handle(request: never): Promise<unknown> };
    const handle = async (request: { readonly method: string; readonly path: string }) => {
      const acts = old
        ? request.method === 'POST' && /deployments$/.test(request.path)
        : /deployments\/3$/.test(request.path);
      if (acts && looks++ === 0) await deployByHand(world, ids, '{"a": 9}');
      return inner.handle(request as never);
    };
    const outcome = await world.appcfgWith({ requestHandler: { handle } as never }, 'rollback', 'one/dev/A');
    expect(outcome.exitCode, outcome.stderr).toBe(5);
    expect(outcome.stderr).toContain('deployment 3 was started after the plan was made');
    expect((await deploymentsOf(world, 'one', 'dev'))[1]).toBe('2 A v2 COMPLETE');
  }
});

test('an environment that is busy with another profile is waited for until --busy-timeout, or freed with --supersede', async () => {
  const world = createWorld(two);
  await deployed(world, 'a: 1', 'a: 2');
  world.clock.advance(4 * days);
  world.write('template/B.yml', 'b: 2');
  await world.appcfg('sync', '--no-wait', '-p', 'B');
  const busy = await world.appcfg('rollback', 'one/dev/A', '--busy-timeout', '10s');
  expect(busy.exitCode).toBe(75);
  const outcome = await world.appcfg('rollback', 'one/dev/A', '--supersede');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect((await deploymentsOf(world, 'one', 'dev')).slice(0, 2)).toEqual(['5 A v1 COMPLETE', '4 B v2 ROLLED_BACK']);
  // It was stopped to be replaced, not for being wrong.
  expect((await world.appcfg('sync', '-p', 'B')).exitCode).toBe(0);
  world.write('template/B.yml', 'b: 3');
  await world.appcfg('sync', '--no-wait', '-p', 'B');
  const waited = await world.appcfg('rollback', 'one/dev/A', '--to', '2');
  expect(waited.exitCode, waited.stderr).toBe(0);
  expect(waited.stderr).toContain('waits for deployment 7 of B');
});

test('--to accepts a number or a label, also of a later version, and replaces a deployment in flight', async () => {
  const world = createWorld(small);
  await deployed(world, 'a: 1', 'a: 2', 'a: 3');
  const { json } = await world.appcfg('history', 'one/dev/A', '-o', 'json');
  const [, , first] = json.histories[0].deployments;
  expect((await world.appcfg('rollback', 'one/dev/A', '--to', first.versionLabel)).exitCode).toBe(0);
  expect((await world.appcfg('rollback', 'one/dev/A', '--to', '3')).exitCode).toBe(0);
  const same = await world.appcfg('rollback', 'one/dev/A', '--to', '3');
  expect(same.stdout).toContain('version 3 is live already');
  world.write('template/A.yml', 'a: 4');
  await world.appcfg('sync', '--no-wait');
  expect((await world.appcfg('rollback', 'one/dev/A', '--to', '2')).exitCode).toBe(0);
  expect((await deploymentsOf(world, 'one', 'dev')).slice(0, 2)).toEqual(['7 A v2 COMPLETE', '6 A v4 ROLLED_BACK']);
  for (const quarantined of ['a: 3', 'a: 4']) {
    world.write('template/A.yml', quarantined);
    expect((await world.appcfg('sync')).exitCode).toBe(5);
  }
  const missing = await world.appcfg('rollback', 'one/dev/A', '--to', '9');
  expect(missing.exitCode).toBe(3);
  expect(missing.stderr).toContain(
    '--to: A has no version 9\n  choose one that was deployed there (2, 4, 3, 1); to see them',
  );
});

test('--commit takes a revision of Git', async () => {
  const world = createWorld(two);
  const first = commit(world);
  await world.appcfgWith({ env: { CI_COMMIT_SHA: first } }, 'sync');
  world.write('template/A.yml', 'a: 2');
  const second = commit(world);
  await world.appcfgWith({ env: { CI_COMMIT_SHA: second } }, 'sync');
  for (const revision of ['HEAD', 'main', second.slice(0, 5)]) {
    const { json } = await world.appcfg('rollback', '--commit', revision, '--dry-run', '-o', 'json');
    expect(json.plan.addresses.map(({ address }: { address: string }) => address)).toEqual(['one/dev/A']);
  }
  const unknown = await world.appcfg('rollback', '--commit', 'HEAD~7');
  expect(unknown).toMatchObject({ exitCode: 3 });
  expect(unknown.stderr).toContain('--commit "HEAD~7" is not a revision in this Git repository');
});

test.each([
  ['Git does not have it', true, 3],
  ['there is no repository, so it may be a typo', false, 0],
])('of a commit nothing is live: %s', async (_what, hasRepository, exit) => {
  const world = createWorld(small);
  if (hasRepository) commit(world);
  await deployed(world, 'a: 1', 'a: 2');
  const outcome = await world.appcfg('rollback', '--commit', 'abcdef1');
  expect(outcome.exitCode, outcome.stderr).toBe(exit);
  expect(outcome.stderr).toMatch(/(error|warning): --commit abcdef1: nothing from this commit is live or in flight/);
  expect(await deploymentsOf(world, 'one', 'dev')).toHaveLength(2);
});

test('an address that cannot be rolled back is reported, and the others are rolled back', async () => {
  const world = createWorld(two);
  await deployed(world, 'a: 1', 'a: 2');
  const outcome = await world.appcfg('rollback', '-t', 'one', '-o', 'json');
  expect(outcome.exitCode).toBe(4);
  expect(outcome.json.plan.addresses.map((a: { action: string }) => a.action)).toEqual(['update', 'blocked']);
  expect(outcome.stderr).toContain('nothing to roll back to: deployment 2 is the first one');
  expect((await deploymentsOf(world, 'one', 'dev'))[0]).toBe('3 A v2 REVERTED');
});

test('a deleted version can only be restored by a revert', async () => {
  const { DeleteHostedConfigurationVersionCommand } = await import('@aws-sdk/client-appconfig');
  for (const old of [false, true]) {
    const world = createWorld(small);
    await deployed(world, 'a: 1', 'a: 2');
    const { applicationId, profileId } = await idsOf(world, 'A');
    await awsClient(world).send(
      new DeleteHostedConfigurationVersionCommand({
        ApplicationId: applicationId,
        ConfigurationProfileId: profileId,
        VersionNumber: 1,
      }),
    );
    if (old) world.clock.advance(4 * days);
    const outcome = await world.appcfg('rollback', 'one/dev/A');
    expect(outcome.exitCode).toBe(old ? 5 : 0);
    if (old) expect(outcome.stderr).toContain('version 1, which was live before, was deleted');
  }
});

test('an address that AppConfig does not have, or that is unmanaged, is reported', async () => {
  const world = createWorld(small);
  await deployed(world, 'a: 1', 'a: 2');
  await deployedByScripts(world, 'theirs', { contents: { dev: '{"a": 1}' } });
  world.takeCalls();
  for (const command of ['rollback', 'history']) {
    for (const [address, message] of [
      ['none/dev/A', 'AppConfig has no application "none"'],
      ['one/pord/A', 'the application "one" has no environment "pord"'],
      ['one/dev/Z', 'the application "one" has no configuration profile "Z"'],
      ['one/*/Z*', '"one/*/Z*" matches no address in AppConfig\n  available: A'],
      ['one/p*/A', '"one/p*/A" matches no address in AppConfig\n  available: dev'],
    ] as const) {
      const outcome = await world.appcfg(command, address, 'one/dev/A');
      expect(outcome.exitCode).toBe(3);
      expect(outcome.stderr).toContain(message);
    }
    expect((await world.appcfg(command)).exitCode).toBe(3);
    expect((await world.appcfg(command, 'one')).exitCode).toBe(3);
    expect((await world.appcfg(command, '-t', 'nobody')).exitCode).toBe(3);
  }
  expect(writesOf(world.takeCalls())).toEqual({});
  await deployByHand(world, await idsOfScripted(world), '{"a": 2}');
  world.clock.advance(300_000);
  const outcome = await world.appcfg('rollback', 'theirs/dev/Limits');
  expect(outcome.exitCode).toBe(5);
  expect(outcome.stderr).toContain('exists and is unmanaged');
});

async function idsOfScripted(world: World) {
  const { id, environments, profiles } = await lookUp(world, 'theirs');
  return {
    applicationId: id,
    environmentId: environments.get('dev') ?? '',
    profileId: [...profiles.values()][0] ?? '',
  };
}

test('contradicting flags are refused before the first call', async () => {
  const world = createWorld(two);
  for (const args of [
    ['--commit', '12345'],
    ['--commit', 'not-a-commit'],
    ['--commit', sha('1'), '--to', '3'],
    ['one/dev/A', '--deployment-strategy', 'AppConfig.Linear'],
  ]) {
    expect((await world.appcfg('rollback', ...args)).exitCode).toBe(3);
  }
  expect((await world.appcfgWith({ env: { APPCFG_TENANT: 'one' } }, 'rollback')).exitCode).toBe(3);
  expect(world.takeCalls()).toEqual({});
  await world.appcfg('sync');
  const numbers = await world.appcfg('rollback', '-t', 'one', '--to', '1');
  expect(numbers.exitCode).toBe(3);
  expect(numbers.stderr).toContain('each has its own version numbers');
});

test('--dry-run changes nothing, and --detailed-exitcode reports differences', async () => {
  const world = createWorld(small);
  await deployed(world, 'a: 1', 'a: 2');
  world.takeCalls();
  expect((await world.appcfg('rollback', 'one/dev/A', '--dry-run')).exitCode).toBe(0);
  expect((await world.appcfg('rollback', 'one/dev/A', '--dry-run', '--detailed-exitcode')).exitCode).toBe(2);
  expect(writesOf(world.takeCalls())).toEqual({});
});

test('a strategy of the settings is created for a rollback that needs it', async () => {
  const settings = `${small['appcfg.yml']}deploymentStrategies: { fast: { durationMinutes: 0, growthFactor: 100 } }\n`;
  const world = createWorld({ ...small, 'appcfg.yml': settings });
  await deployed(world, 'a: 1', 'a: 2');
  world.clock.advance(4 * days);
  const start = world.clock.now();
  const outcome = await world.appcfg('rollback', 'one/dev/A', '--deployment-strategy', 'fast');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(world.clock.now() - start).toBeLessThan(10_000);
  expect((await deploymentsOf(world, 'one', 'dev'))[0]).toBe('3 A v1 COMPLETE');
});

test('contents of scripts are rolled back by version numbers, past versions of the same content, and stay quarantined', async () => {
  const world = createWorld(small);
  const { applicationId, profileId, environments } = await deployedByScripts(world, 'one', {
    contents: { dev: '{"a": 1}' },
  });
  const ids = { applicationId, profileId, environmentId: environments.dev ?? '' };
  for (const content of ['{"a": 5}', '{"a":5}']) {
    world.clock.advance(300_000);
    await deployByHand(world, ids, content);
  }
  world.clock.advance(300_000);
  const name = 'template/Limits.yml';
  world.write('template/A.yml', undefined);
  world.write(name, 'a: 5');
  expect((await world.appcfg('sync', '--adopt')).exitCode).toBe(0);
  const outcome = await world.appcfg('rollback', 'one/dev/Limits');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect((await deploymentsOf(world, 'one', 'dev'))[0]).toBe('4 Limits v1 COMPLETE');
  const sync = await world.appcfg('sync');
  expect(sync.exitCode).toBe(5);
  expect(sync.stderr).toContain('content is quarantined');
});

test('older pages of the history are read where they decide', async () => {
  const world = createWorld(two);
  await deployed(world, 'a: 1', 'a: 2');
  const ids = await idsOf(world, 'B');
  for (let index = 0; index < 60; index += 1) {
    await deployByHand(world, ids, `{"b": ${index}}`);
    world.clock.advance(180_000);
  }
  world.clock.advance(4 * days);
  world.takeCalls();
  const outcome = await world.appcfg('rollback', '--commit', sha('2').slice(0, 7));
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(world.takeCalls().ListDeployments).toBe(2);
  expect((await deploymentsOf(world, 'one', 'dev'))[0]).toBe('64 A v1 COMPLETE');
  const { json } = await world.appcfg('history', 'one/dev/A', '--limit', '2', '-o', 'json');
  expect(json.histories[0]).toMatchObject({
    address: 'one/dev/A',
    truncated: true,
    deployments: [
      {
        deploymentNumber: 64,
        live: true,
        versionNumber: 1,
        commit: sha('1'),
        quarantined: [expect.stringMatching(/^sha256-/)],
      },
      { deploymentNumber: 3, live: false, versionNumber: 2, commit: sha('2'), startedBy: 'USER' },
    ],
  });
});

const elsewhere = `project: acme/config
environments: { dev: {}, prod: { region: eu-west-1, roleArn: "arn:aws:iam::444455556666:role/appcfg" } }
tenants: [{ match: two, labels: { tier: gold } }]
`;

test('a commit is rolled back in every account and Region, also when one cannot be reached', async () => {
  const tree = {
    'appcfg.yml': elsewhere,
    'template/A.yml': 'a: 1',
    'tenants/one/dev/.gitkeep': '',
    'tenants/one/prod/.gitkeep': '',
    'tenants/two/prod/.gitkeep': '',
  };
  const world = createWorld(tree);
  await deployed(world, 'a: 1', 'a: 2');
  const states = async (...args: string[]) => {
    const { json, exitCode, stderr } = await world.appcfg('history', ...args, '--limit', '1', '-o', 'json');
    expect(exitCode, stderr).toBe(0);
    return json.histories.map((each: { address: string; accountRegion?: string; deployments: { state: string }[] }) =>
      [each.address, each.accountRegion, each.deployments[0]?.state].filter((part) => part !== undefined).join(' '),
    );
  };
  world.takeCalls();
  expect(await states('one/dev/A')).toEqual(['one/dev/A 123456789012/us-east-1 COMPLETE']);
  expect(world.takeCalls()).not.toHaveProperty('AssumeRole');
  expect(await states('one/prod/A')).toEqual(['one/prod/A 444455556666/eu-west-1 COMPLETE']);
  expect(await states('--selector', 'tier=gold')).toEqual(['two/prod/A 444455556666/eu-west-1 COMPLETE']);

  world.emulator.injectFault({ operation: 'AssumeRole', kind: 'deny' });
  const partly = await world.appcfg('rollback', '--commit', sha('2'));
  expect(partly.exitCode).toBe(6);
  expect(await states('-t', 'one')).toEqual([
    'one/dev/A 123456789012/us-east-1 REVERTED',
    'one/prod/A 444455556666/eu-west-1 COMPLETE',
  ]);
  world.clock.advance(4 * days);
  const outcome = await world.appcfg('rollback', '--commit', sha('2'), '-o', 'json');
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  expect(outcome.json.plan).toMatchObject({ kind: 'rollback', expectedMinutes: 2, accountRegions: [{}, {}] });
  expect(outcome.json.results).toMatchObject([{ status: 'succeeded' }, { status: 'succeeded' }]);
  expect((await world.appcfg('rollback', '--commit', sha('2'))).stdout).toContain('Nothing to roll back');
  const typo = await world.appcfg('rollback', 'one/pord/A', 'one/prod/B');
  expect(typo.exitCode).toBe(3);
  expect(typo.stderr).toContain('the application "one" has no environment "pord"\n  did you mean "prod"?');
  expect(typo.stderr).toContain('has no configuration profile "B"');
});

test('a rollback that an alarm rolls back is warned of, reported, and repeated', async () => {
  const alarms = `{ alarmArn: "arn:aws:cloudwatch:us-east-1:123456789012:alarm:{tenant}", alarmRoleArn: "arn:aws:iam::123456789012:role/x" }`;
  const settings = `project: acme/config\nenvironments: { dev: { monitors: [${alarms}] } }\n`;
  const world = createWorld({ ...small, 'appcfg.yml': settings });
  await deployed(world, 'a: 1', 'a: 2');
  world.clock.advance(4 * days);
  world.emulator.setAlarm({ application: 'one', environment: 'dev', state: 'ALARM' });
  const failed = await world.appcfg('rollback', 'one/dev/A');
  expect(failed.exitCode).toBe(4);
  expect(failed.stderr).toContain(
    'if an alarm of environment "dev" is still in state ALARM, AppConfig rolls back this deployment, too',
  );
  expect(failed.stderr).toContain('the bad content is live again');
  world.emulator.setAlarm({ application: 'one', environment: 'dev', state: 'OK' });
  expect((await world.appcfg('sync')).stdout).toContain('Nothing to do');
  const again = await world.appcfg('rollback', 'one/dev/A');
  expect(again.exitCode, again.stderr).toBe(0);
  expect((await deploymentsOf(world, 'one', 'dev')).slice(0, 2)).toEqual(['4 A v1 COMPLETE', '3 A v1 ROLLED_BACK']);
  expect((await world.appcfg('sync')).exitCode).toBe(5);
});

test('an address that the flags exclude is not reported as missing', async () => {
  const world = createWorld({ ...small, 'tenants/two/dev/.gitkeep': '' });
  await world.appcfg('sync');
  const { stderr, exitCode } = await world.appcfg('rollback', 'one/dev/A', 'two/dev/A', '-t', 'one');
  expect(exitCode).toBe(3);
  expect(stderr).toContain('two/dev/A  the selection flags exclude tenant "two"');
});
