// The waves of a sync as deployments in GitLab: over HTTP, against a stand-in for GitLab's API.
import { expect, test } from 'vitest';
import { createGitlab, type GitlabServer } from '../support/gitlab-server.ts';
import { createWorld, type RunOptions, type World } from '../support/world.ts';

const strategy =
  'deploymentStrategy: fast\ndeploymentStrategies: { fast: { durationMinutes: 0, growthFactor: 100 } }\n';
const waves = 'waves:\n  - { name: canary, tenants: [canary], soak: 10m }\n  - { name: "ring 1: rest" }\n';
const tree = {
  'appcfg.yml': `project: acme/config\n${strategy}${waves}`,
  'template/Limits.yml': 'rps: 100\n',
  'tenants/canary/dev/.gitkeep': '',
  'tenants/one/dev/.gitkeep': '',
};

const toProduction = ['--gitlab-deployments', 'production'];

function sync(world: World, gitlab: GitlabServer, options: RunOptions = {}, ...args: string[]) {
  const env = { ...gitlab.branchVariables(1), ...options.env };
  return world.appcfgWith({ ...options, env }, 'sync', ...toProduction, ...args);
}

/** `production/canary: running, success`. */
function recorded({ deployments }: GitlabServer): readonly string[] {
  return deployments.map(({ environment, statuses }) => `${environment}: ${statuses.join(', ')}`);
}

test('each wave is a deployment, which runs from its first start to the end of its soak', async () => {
  const gitlab = await createGitlab();
  const world = createWorld(tree);
  const { exitCode, stderr } = await sync(world, gitlab);
  expect({ exitCode, stderr: stderr.includes('note-failed') }).toEqual({ exitCode: 0, stderr: false });
  expect(recorded(gitlab)).toEqual([
    'production/canary: running, success',
    'production/ring 1- rest: running, success',
  ]);
  expect(gitlab.deployments[0]).toMatchObject({ sha: 'c'.repeat(40), ref: 'main', tag: false });
  expect(gitlab.requests.every(({ token }) => token.header === 'JOB-TOKEN' && token.value === gitlab.jobToken)).toBe(
    true,
  );
  const before = gitlab.requests.length;
  await sync(world, gitlab);
  expect(gitlab.requests.length, 'a sync without a deployment').toBe(before);
});

test('without waves it is one deployment, to the environment itself; of a tag it has the tag', async () => {
  const gitlab = await createGitlab('/gitlab');
  const world = createWorld({ ...tree, 'appcfg.yml': `project: acme/config\n${strategy}` });
  await sync(world, gitlab, { env: { CI_COMMIT_TAG: 'v1', CI_COMMIT_REF_NAME: 'v1' } });
  expect(recorded(gitlab)).toEqual(['production: running, success']);
  expect(gitlab.deployments[0]).toMatchObject({ ref: 'v1', tag: true });
});

test.each([
  ['start', undefined, []],
  ['start', 'start', []],
  ['prepare', 'prepare', ['production: running, success']],
])('without waves, in a job with environment: action: %s', async (_, action, expected) => {
  const gitlab = await createGitlab();
  const world = createWorld({ ...tree, 'appcfg.yml': `project: acme/config\n${strategy}` });
  const env = { CI_ENVIRONMENT_NAME: 'production', ...(action === undefined ? {} : { CI_ENVIRONMENT_ACTION: action }) };
  await sync(world, gitlab, { env });
  expect(recorded(gitlab)).toEqual(expected);
});

test('a wave that is rolled back has failed, and the waves after it are no deployments', async () => {
  const gitlab = await createGitlab();
  const world = createWorld(tree);
  await world.appcfg('sync');
  world.write('template/Limits.yml', 'rps: 200\n');
  world.emulator.onCall = ({ operation }) => {
    if (operation === 'StartDeployment')
      world.emulator.setAlarm({ application: 'canary', environment: 'dev', state: 'ALARM' });
  };
  const { exitCode } = await sync(world, gitlab);
  expect(exitCode).toBe(4);
  expect(recorded(gitlab)).toEqual(['production/canary: running, failed']);
});

test.each([
  ['while the first wave is deployed', 0, ['production/canary: running, canceled']],
  ['while the first wave soaks', 60_000, ['production/canary: running, canceled']],
])('an interrupt %s: the deployment is canceled', async (_when, ms, expected) => {
  const gitlab = await createGitlab();
  const world = createWorld(tree);
  const options = interruptAt(world, ms);
  const { exitCode } = await sync(world, gitlab, options);
  expect(exitCode).toBe(130);
  expect(recorded(gitlab)).toEqual(expected);
});

/** Interrupts a run some time after its first deployment was started. */
function interruptAt(world: World, ms: number): RunOptions {
  let send: (signal: 'SIGINT') => void = () => {};
  let isSent = false;
  world.emulator.onCall = ({ operation }) => {
    if (operation !== 'StartDeployment' || isSent) return;
    isSent = true;
    if (ms === 0) send('SIGINT');
    else void world.clock.sleep(ms).then(() => send('SIGINT'));
  };
  return {
    onStart: (signal) => {
      send = signal;
    },
  };
}

test('what runs until the end of --timeout is canceled', async () => {
  const gitlab = await createGitlab();
  const world = createWorld(tree);
  await sync(world, gitlab, {}, '--timeout', '5m');
  expect(recorded(gitlab)).toEqual(['production/canary: running, canceled']);
});

test.each(['--dry-run', '--only=update'])('sync %s records nothing', async (flag) => {
  const gitlab = await createGitlab();
  const world = createWorld(tree);
  await sync(world, gitlab, {}, flag);
  expect(gitlab.requests).toEqual([]);
});

test('a local AppConfig deploys nothing, so that nothing is recorded', async () => {
  const gitlab = await createGitlab();
  const world = createWorld(tree);
  expect((await sync(world, gitlab, {}, '--local')).exitCode).toBe(0);
  expect(gitlab.requests).toEqual([]);
});

test.each([
  [401, 'GitLab responded with status 401'],
  [403, 'GitLab responded with status 403'],
  [404, 'GitLab responded with status 404'],
  [400, 'GitLab responded with status 400'],
  [500, 'GitLab responded with status 500'],
])('status %i is one warning, and the rollout is as without it', async (status, message) => {
  const gitlab = await createGitlab();
  gitlab.fault = ({ token }) => ({ status, body: JSON.stringify({ message: `no ${token.value}` }) });
  const world = createWorld(tree);
  const { exitCode, stdout, stderr } = await sync(world, gitlab, {}, '-o', 'json');
  expect(exitCode).toBe(0);
  expect(stderr.match(/a deployment is not recorded in GitLab/g)).toHaveLength(1);
  expect(stderr).toContain(message);
  expect(stdout + stderr).not.toContain(gitlab.jobToken);
  expect(JSON.parse(stdout).summary).toMatchObject({ failed: 0, skipped: 0 });
  // One for each wave, and none for the end of what was not created.
  expect(gitlab.requests.length).toBeLessThan(3);
});

test('a GitLab that does not respond delays the end of an interrupted run by about a second', {
  timeout: 20_000,
}, async () => {
  const gitlab = await createGitlab();
  gitlab.fault = () => 'no response';
  const world = createWorld(tree);
  await world.appcfg('sync', '--only', 'update');
  const started = performance.now();
  const { exitCode, stderr } = await sync(world, gitlab, interruptAt(world, 0));
  expect(exitCode).toBe(130);
  expect(performance.now() - started).toBeLessThan(6_000);
  expect(stderr).toContain('GitLab had not responded when the run ended');
});

test('a deployment whose creation gets no response is found and ended like every other, and no other one is touched', async () => {
  const gitlab = await createGitlab();
  const ofOthers = [
    { sha: 'd'.repeat(40) },
    { ref: 'other' },
    { environment: 'production/rest' },
    { deployable: { id: 5 } },
    { statuses: ['running', 'failed'] },
  ].map((other, index) => ({
    ...{ id: 5_000 + index, environment: 'production/canary', sha: 'c'.repeat(40), ref: 'main', tag: false },
    ...{ statuses: ['running'], ...other },
  }));
  gitlab.deployments.push(...ofOthers);
  const before = JSON.stringify(ofOthers);
  gitlab.pageSize = 1;
  gitlab.fault = ({ method }) => (method === 'POST' ? 'response lost' : undefined);
  const world = createWorld(tree);
  const { exitCode, stderr } = await sync(world, gitlab);
  expect(exitCode).toBe(0);
  expect(stderr).not.toContain('is not recorded in GitLab');
  expect(recorded(gitlab).slice(ofOthers.length)).toEqual([
    'production/canary: running, success',
    'production/ring 1- rest: running, success',
  ]);
  expect(JSON.stringify(ofOthers)).toBe(before);
});

test.each([
  ['a connection that is cut before the request is carried out', 'reset', 'GitLab cannot be reached'],
  ['a gateway that gives up', { status: 504 }, 'GitLab responded with status 504'],
  ['a page of a proxy', { status: 201, body: '<html>' }, 'GitLab sent an unexpected response'],
] as const)('%s creates no deployment: one warning, and nothing is ended', async (_, fault, message) => {
  const gitlab = await createGitlab();
  gitlab.fault = ({ method }) => (method === 'POST' ? fault : undefined);
  const { exitCode, stderr } = await sync(createWorld(tree), gitlab);
  expect(exitCode).toBe(0);
  expect(stderr.match(/a deployment is not recorded in GitLab/g)).toHaveLength(1);
  expect(stderr).toContain(message);
  expect(gitlab.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
});

test('outside of a job of GitLab one warning names what is missing', async () => {
  const world = createWorld(tree);
  const { exitCode, stderr } = await world.appcfg('sync', ...toProduction);
  expect(exitCode).toBe(0);
  expect(stderr.match(/deployments are not recorded in GitLab/g)).toHaveLength(1);
});

test.each([
  [['--gitlab-deployments', '/x'], '--gitlab-deployments is "/x", not the name of an environment in GitLab'],
  [['--gitlab-deployments', 'a:b'], '--gitlab-deployments is "a:b", not the name of an environment in GitLab'],
  [['--gitlab-deployments', 'x'.repeat(101)], 'not the name of an environment in GitLab'],
  [[...toProduction, '--no-wait'], '--gitlab-deployments and --no-wait cannot be combined'],
])('sync %j is refused', async (args, message) => {
  const world = createWorld(tree);
  const { exitCode, stderr } = await world.appcfg('sync', ...args);
  expect(exitCode).toBe(3);
  expect(stderr).toContain(message);
});
