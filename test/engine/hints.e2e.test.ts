// The command of a hint, as a run prints it: pasted, it concerns what the run concerned, and no more.
import { expect, test } from 'vitest';
import { commit, createWorld, type Outcome } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: p\nguards: { maxShrink: 10% }\n',
  '.gitignore': '.appcfg/\n',
  'template/Limits.yml': 'requests: 100\n',
  'template/Other.yml': 'a: 1\n',
  'tenants/acme/prod/.gitkeep': '',
  'tenants/globex/prod/.gitkeep': '',
  'tenants/globex/dev/.gitkeep': '',
};

const selection = ['-t', 'globex', '-e', 'prod'];

/** Runs the same twice: the hints in the text, and those in JSON. */
async function hintsOf(run: (...more: string[]) => Promise<Outcome>) {
  const text = await run();
  const { json } = await run('-o', 'json');
  const commands = json.problems.flatMap(({ hint }: { hint: { command: string[] | null } | null }) =>
    hint?.command ? [hint.command.join(' ')] : [],
  );
  for (const command of commands) expect(text.stderr).toContain(command.split(' ')[1]);
  return { exitCode: text.exitCode, commands };
}

async function newerWorld() {
  const world = createWorld(tree);
  const first = commit(world);
  world.write('template/Limits.yml', 'requests: 200\n');
  const second = commit(world);
  await world.appcfgWith({ env: { CI_COMMIT_SHA: second } }, 'sync', '--yes');
  world.write('template/Limits.yml', 'requests: 100\n');
  return { world, env: { CI_COMMIT_SHA: first } };
}

test.each([
  ['sync', [], 'appcfg sync --allow-older -t globex -e prod'],
  ['sync', ['--local'], 'appcfg sync --allow-older -t globex -e prod --local'],
  [
    'sync',
    ['--region', 'us-east-1', '-p', 'L*'],
    'appcfg sync --allow-older -t globex -e prod -p L* --region us-east-1',
  ],
  ['sync', ['--only', 'deploy'], 'appcfg sync --allow-older -t globex -e prod --only deploy'],
  ['sync', ['--dry-run'], 'appcfg sync --allow-older -t globex -e prod'],
  ['diff', [], 'appcfg sync --allow-older -t globex -e prod'],
])('guard newer, %s %s', async (command, more, expected) => {
  const { world, env } = await newerWorld();
  if (more.includes('--local')) {
    world.write('template/Limits.yml', 'requests: 200\n');
    await world.appcfgWith({ env: { CI_COMMIT_SHA: commit(world) } }, 'sync', '--local', '-q');
    world.write('template/Limits.yml', 'requests: 100\n');
  }
  const { exitCode, commands } = await hintsOf((...rest) =>
    world.appcfgWith({ env }, command, ...selection, ...more, ...rest),
  );
  expect(commands).toContain(expected);
  expect(exitCode).toBe(5);
});

test('guard shrink keeps the whole command', async () => {
  const world = createWorld({ ...tree, 'template/Limits.yml': 'requests: 100\nburst: 20\n' });
  await world.appcfg('sync');
  world.write('template/Limits.yml', 'requests: 1\n');
  const run = (...more: string[]) => world.appcfg('sync', ...selection, ...more);
  const { exitCode, commands } = await hintsOf(run);
  expect(exitCode).toBe(5);
  expect(commands[0]).toMatch(/^appcfg sync -t globex -e prod .*--allow-shrink$/);
});

test('the hint of several addresses is for what they have in common, within the selection', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  world.write('template/Limits.yml', 'requests: 300\n');
  for (const [application, environment] of [
    ['globex', 'dev'],
    ['globex', 'prod'],
    ['acme', 'prod'],
  ] as const) {
    world.emulator.setAlarm({ application, environment, state: 'ALARM' });
  }
  await world.appcfg('sync');
  for (const [application, environment] of [
    ['globex', 'dev'],
    ['globex', 'prod'],
    ['acme', 'prod'],
  ] as const) {
    world.emulator.setAlarm({ application, environment, state: 'OK' });
  }
  const { commands } = await hintsOf((...rest) => world.appcfg('sync', '-t', 'globex', ...rest));
  // Not every hint is narrowed to one address of the two.
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands) expect(command).toMatch(/(--tenant|-t) globex/);
});

test('a cleanup that deletes too much keeps its own arguments', async () => {
  const world = createWorld(tree);
  await world.appcfg('sync');
  const { stderr } = await world.appcfg('cleanup', '-t', 'g*', '--yes', '--max-deletes', '0');
  expect(stderr).toContain("appcfg cleanup -t 'g*' --yes --max-deletes 2");
});

test('an environment of another account: the added flag keeps what the environment selects', async () => {
  const world = createWorld({
    ...tree,
    'appcfg.yml': 'project: p\nenvironments: { prod: { account: "999988887777" }, dev: {} }\n',
  });
  const { stderr } = await world.appcfgWith({ env: { APPCFG_ENV: 'prod,dev' } }, 'sync', '-t', 'globex');
  expect(stderr).toContain("appcfg sync -t globex --env '!prod' -e prod -e dev");
});

test('-C and --aws-profile stay', async () => {
  const { world, env } = await newerWorld();
  const { stderr } = await world.appcfgWith(
    { env },
    'sync',
    '-C',
    world.directory,
    '--settings-base',
    'HEAD',
    ...selection,
  );
  expect(stderr).toContain(`appcfg sync --allow-older -t globex -e prod -C ${world.directory} --settings-base HEAD`);
});

test('a selection by label stays', async () => {
  const world = createWorld({
    ...tree,
    'appcfg.yml': 'project: p\ntenants: [{ match: globex, labels: { tier: gold } }]\n',
  });
  const first = commit(world);
  world.write('template/Limits.yml', 'requests: 200\n');
  const second = commit(world);
  await world.appcfgWith({ env: { CI_COMMIT_SHA: second } }, 'sync');
  world.write('template/Limits.yml', 'requests: 100\n');
  const { stderr } = await world.appcfgWith({ env: { CI_COMMIT_SHA: first } }, 'sync', '-l', 'tier=gold');
  expect(stderr).toContain('appcfg sync --allow-older -l tier=gold');
});
