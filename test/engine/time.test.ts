// What a sync reports about time: before it begins, and while it waits for another deployment.
import { CreateDeploymentStrategyCommand } from '@aws-sdk/client-appconfig';
import { expect, test } from 'vitest';
import { OtherClient } from '../support/other-client.ts';
import { createWorld } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: acme/config\n',
  'template/A.yml': 'a: 1\n',
  'template/B.yml': 'b: 1\n',
  'tenants/one/dev/.gitkeep': '',
};

const token = (payload: object) => `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.x`;

test.each([
  ['the CI job', { CI_JOB_STARTED_AT: '2026-03-01T11:59:00Z', CI_JOB_TIMEOUT: '180' }, /the CI job ends in 2 min/],
  [
    'the ID token',
    {
      APPCFG_ID_TOKEN: token({ exp: Date.parse('2026-03-01T12:03:00Z') / 1000 }),
      AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/x',
    },
    /the job's ID token expires in 3 min/,
  ],
  [
    'keys that end',
    { AWS_ACCESS_KEY_ID: 'ASIA', AWS_CREDENTIAL_EXPIRATION: '2026-03-01T12:01:00Z' },
    /the AWS credentials expire in 1 min/,
  ],
] as const)('a plan that outlasts %s is reported before the first write', async (_, env, message) => {
  const world = createWorld(tree);
  const outcome = await world.appcfgWith({ env }, 'sync', '-o', 'jsonl');
  expect(outcome.exitCode).toBe(0);
  const lines = outcome.stdout.split('\n');
  const warned = lines.findIndex((line) => line.includes('"deadline-at-risk"'));
  const wrote = lines.findIndex((line) => line.includes('"step-started"'));
  expect(warned).toBeGreaterThan(0);
  expect(warned).toBeLessThan(wrote);
  expect(outcome.stderr).toMatch(/the plan takes about 4 min/);
  expect(outcome.stderr).toMatch(message);
});

test('a plan for which there is time enough has no warning', async () => {
  const world = createWorld(tree);
  const env = { CI_JOB_STARTED_AT: '2026-03-01T11:59:00Z', CI_JOB_TIMEOUT: '3600' };
  const outcome = await world.appcfgWith({ env }, 'sync', '--timeout', '1h');
  expect(outcome.stderr).not.toContain('the plan takes');
});

test('a --timeout that is too short for the plan is reported, and bounds reading too', async () => {
  const world = createWorld(tree);
  const short = await world.appcfg('sync', '--timeout', '3m');
  expect(short.exitCode).toBe(4);
  expect(short.stderr).toContain('the plan takes about 4 min, but --timeout ends the run in 3 min');
  world.emulator.injectFault({ operation: 'ListApplications', kind: 'throttle', times: 1000 });
  const start = world.clock.now();
  const reading = await world.appcfg('diff', '--timeout', '10s');
  expect(reading.exitCode).toBe(4);
  expect(world.clock.now() - start).toBeLessThan(15_000);
});

test('a run that waits for another deployment reports for which', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  world.write('template/A.yml', 'a: 2\n');
  expect((await world.appcfg('sync', '--no-wait')).exitCode).toBe(0);
  world.write('template/B.yml', 'b: 2\n');
  const outcome = await world.appcfg('sync', '--config-profile', 'B');
  expect(outcome.exitCode).toBe(0);
  expect(outcome.stderr).toContain('one/dev/B  waits for deployment 3 of A (DEPLOYING) to end, at most 30 min');
  expect(outcome.stderr).toContain('--supersede');
});

test('the numbers of a strategy that the settings name by its id are read', async () => {
  const world = createWorld({ ...tree, 'appcfg.yml': 'project: acme/config\n' });
  const others = new OtherClient(world.emulator);
  const { Id } = await others.aws.send(
    new CreateDeploymentStrategyCommand({ Name: 'slow', DeploymentDurationInMinutes: 600, GrowthFactor: 10 }),
  );
  world.write('appcfg.yml', `project: acme/config\ndeploymentStrategy: ${Id}\n`);
  const outcome = await world.appcfg('sync', '--dry-run', '--timeout', '5m');
  expect(outcome.stdout).toContain('About 20 h.');
  expect(outcome.stderr).toContain('the plan takes about 20 h, but --timeout ends the run in 5 min');
  world.write('appcfg.yml', 'project: acme/config\ndeploymentStrategy: zz99zz9\n');
  const missing = await world.appcfg('diff');
  expect([missing.exitCode, missing.stderr]).toEqual([
    3,
    expect.stringContaining('no deployment strategy with the id "zz99zz9"'),
  ]);
});
