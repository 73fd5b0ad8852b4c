// How a sync ends: with what it has done and not done, also where that is nothing.
import { expect, test } from 'vitest';
import { createGitlab } from '../support/gitlab-server.ts';
import { readJobLog } from '../support/job-log.ts';
import { OtherClient } from '../support/other-client.ts';
import { createWorld, type World } from '../support/world.ts';

const settings =
  'project: acme/config\ndeploymentStrategy: s\ndeploymentStrategies: { s: { durationMinutes: 10, growthFactor: 100 } }\n';
const tree = { 'appcfg.yml': settings, 'template/Limits.yml': 'rate: 1\n', 'tenants/one/dev/.gitkeep': '' };
const waves = 'waves: [{ name: canary, tenants: [one] }, { name: everyone }]\n';

function worldOfWaves(): World {
  return createWorld({
    ...tree,
    'appcfg.yml': settings + waves,
    'tenants/two/dev/.gitkeep': '',
    'tenants/three/dev/.gitkeep': '',
  });
}

async function drift(world: World): Promise<void> {
  const at = { application: 'one', environment: 'dev', configurationProfile: 'Limits' };
  await new OtherClient(world.emulator).deploy({ ...at, content: 'rate: 9\n', contentType: 'application/x-yaml' });
  await world.clock.sleep(3_600_000);
}

test('a sync over drift alone changes nothing: as its first and its last line report', async () => {
  const world = createWorld(tree);
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  await drift(world);
  const { exitCode, stdout } = await world.appcfg('sync');
  expect(exitCode).toBe(0);
  expect((await world.appcfg('sync', '-o', 'json')).json.review.verdict).toBe('Nothing changes.');
  expect(stdout).toMatch(/\nDone: nothing changed, 1 address drifted\.\n$/);
  expect((await world.appcfg('sync', '--dry-run')).stdout).not.toContain('Done:');
  expect((await world.appcfg('diff')).stdout).not.toContain('Done:');
});

test('a sync of which all is blocked before it starts has failed', async () => {
  const world = createWorld(tree);
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  await drift(world);
  world.write('template/Limits.yml', 'rate: 2\n');
  const { exitCode, stdout } = await world.appcfg('sync');
  expect(exitCode).toBe(5);
  expect(stdout).toMatch(/\nFailed: 1 address blocked; nothing changed\.\n$/);
});

test('a sync that has nothing to do reports that once', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  expect((await world.appcfg('sync')).stdout).toMatch(/Nothing to do: 1 address matches the tree\.\n$/);
});

test('a stage that deploys nothing has no table of waves, and names the stage that does', async () => {
  const world = worldOfWaves();
  const { exitCode, stdout, stderr } = await world.appcfg('sync', '--only', 'update');
  expect(exitCode).toBe(0);
  expect(stdout).not.toMatch(/done +0 of/);
  expect(stdout).toMatch(/\n3 deployments follow with sync --only deploy\.\nDone: /);
  expect(stderr).not.toContain('is done');
  const deployed = await world.appcfg('sync', '--only', 'deploy');
  expect(deployed.stdout).toMatch(/canary +done +1 of 1/);
  expect(deployed.stdout).not.toContain('follow with');
});

test('a wave that an earlier run began has a section and a duration', async () => {
  const world = worldOfWaves();
  await world.appcfg('sync', '--no-wait', '--wave', 'canary');
  const { stdout, stderr, exitCode } = await world.appcfgWith({ env: { GITLAB_CI: 'true' } }, 'sync');
  expect(exitCode, stderr).toBe(0);
  const { sections } = readJobLog(stderr);
  expect(sections.map(({ lines }) => lines[0])).toEqual(['wave "canary" continues', 'wave "everyone" starts']);
  expect(stdout).toMatch(/canary +done +1 of 1 .* min/);
});

test('a continued wave that is cut short is not one that has not begun', async () => {
  const world = worldOfWaves();
  await world.appcfg('sync', '--no-wait', '--wave', 'canary');
  const { stdout } = await world.appcfg('sync', '--timeout', '2m');
  expect(stdout).toMatch(/canary +stopped +0 of 1/);
  expect(stdout).not.toContain('not begun');
});

test('that a note was created is printed after the last problem', async () => {
  const gitlab = await createGitlab();
  const world = createWorld(tree);
  const unknown = Object.fromEntries(['A', 'B', 'C', 'D', 'E', 'F'].map((name) => [`APPCFG_UNKNOWN_${name}`, '1']));
  const { stderr } = await world.appcfgWith(
    { env: { ...gitlab.variables(1), ...unknown } },
    'diff',
    '-o',
    'gitlab-note',
  );
  expect(stderr).toMatch(/\n(\d+ errors?, )?\d+ warnings\nGitLab note created[^\n]*\n$/);
});
