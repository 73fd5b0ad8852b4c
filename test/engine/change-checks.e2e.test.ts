// The checks on the change, in the commands that show or make one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commit, createWorld, inPipeline, type World } from '../support/world.ts';

const limits = (rps: number | string, networks = '[a, b]') => `limits:\n  rps: ${rps}\nnetworks: ${networks}\n`;

const folders = (names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => ['dev', 'prod'].map((each) => [`tenants/${name}/${each}/.gitkeep`, ''])));

const settings = (changes: string, more = '') =>
  `project: acme/config\ndeploymentStrategy: instant\ndeploymentStrategies: { instant: { durationMinutes: 0, growthFactor: 100 } }\nguards: { maxShrink: 100%, changes: ${changes} }\n${more}`;

async function deployed(changes: string, tree: Record<string, string> = {}): Promise<World> {
  const world = createWorld(
    { 'appcfg.yml': settings(changes), 'template/L.yml': limits(100), ...folders(['acme', 'globex']), ...tree },
    inPipeline,
  );
  expect((await world.appcfg('sync')).exitCode).toBe(0);
  return world;
}

const codes = (json: { problems: { code: string; source: string }[] }) =>
  json.problems.map(({ code, source }) => `${code} ${source}`);

test('a warning stops nothing', async () => {
  const world = await deployed('warn');
  world.write('template/L.yml', limits(5000));
  const diff = await world.appcfg('diff', '-o', 'json');
  expect(codes(diff.json)).toEqual(['change-factor template/L.yml:2']);
  expect(diff.exitCode).toBe(0);
  const sync = await world.appcfg('sync');
  expect(sync.exitCode).toBe(0);
  expect(sync.stderr).toContain(
    'warning: template/L.yml:2  /limits/rps: 100 → 5000 changes by a factor of 50; the limit is 10 (guards.changes.maxFactor), in 4 addresses',
  );
  expect((await world.appcfg('diff', '-o', 'json')).json.summary.unchanged).toBe(4);
});

test('an error blocks the addresses that it concerns, and the hint keeps what the user selected', async () => {
  const world = await deployed('error');
  world.write('tenants/acme/L.yml', limits('"200"'));
  world.write('tenants/globex/L.yml', limits(200));
  world.takeCalls();
  const { exitCode, stderr } = await world.appcfg('sync', '-t', '*', '--allow-older');
  expect(exitCode).toBe(5);
  expect(stderr).toContain('tenants/acme/L.yml:2  /limits/rps: a number becomes a string, in 2 addresses');
  expect(stderr).toContain("appcfg sync -t '*' --allow-older --acknowledge change-kind");
  expect(world.takeCalls()).toMatchObject({ StartDeployment: 2, CreateHostedConfigurationVersion: 1 });
  const { json } = await world.appcfg('diff', '-o', 'json');
  expect(json.addresses.map(({ address, action }: { address: string; action: string }) => [address, action])).toEqual([
    ['acme/dev/L', 'blocked'],
    ['acme/prod/L', 'blocked'],
    ['globex/dev/L', 'unchanged'],
    ['globex/prod/L', 'unchanged'],
  ]);
  expect(json.addresses[0].blockedBy).toBe('change-kind');
});

test('what is acknowledged is deployed, and named once', async () => {
  const world = await deployed('error');
  world.write('template/L.yml', limits('"5000"', '[]'));
  const partly = await world.appcfg('sync', '--acknowledge', 'change-kind');
  expect(partly.exitCode).toBe(5);
  expect(partly.stderr).not.toContain('a number becomes a string');
  expect(partly.stderr).toContain('appcfg sync --acknowledge change-kind --acknowledge change-emptied');
  const both = ['--acknowledge', 'change-kind', '--acknowledge', 'change-emptied'];
  const diff = await world.appcfg('diff', '-o', 'json', ...both);
  expect(diff.json.problems).toEqual([]);
  expect(diff.json.acknowledged).toEqual([
    { code: 'change-emptied', addresses: 4 },
    { code: 'change-kind', addresses: 4 },
  ]);
  const { exitCode, stdout, stderr } = await world.appcfg('sync', ...both);
  expect(exitCode).toBe(0);
  expect(
    `${stdout}${stderr}`.match(/Acknowledged: change-emptied at 4 addresses, change-kind at 4 addresses\./g),
  ).toHaveLength(1);
  expect((await world.appcfg('sync', ...both)).stdout).not.toContain('Acknowledged');
});

test('both stages of a sync', async () => {
  const world = await deployed('error');
  world.write('tenants/acme/L.yml', limits(5000));
  for (const stage of ['update', 'deploy']) {
    world.takeCalls();
    const { exitCode } = await world.appcfg('sync', '--only', stage);
    expect(exitCode).toBe(5);
    const calls = world.takeCalls();
    expect(Object.keys(calls).filter((name) => /^(Create|Start|Update)/.test(name))).toEqual([]);
  }
  expect((await world.appcfg('sync', '--only', 'update', '--acknowledge', 'change-factor')).exitCode).toBe(0);
  expect((await world.appcfg('sync', '--only', 'deploy', '--acknowledge', 'change-factor')).exitCode).toBe(0);
});

test('only the codes of the checks can be acknowledged', async () => {
  const world = createWorld({}, inPipeline);
  const near = await world.appcfg('diff', '--acknowledge', 'change-facter');
  expect(near).toMatchObject({ exitCode: 3 });
  expect(near.stderr).toContain('did you mean "change-factor"?');
  const other = await world.appcfg('sync', '--acknowledge', 'guard-shrink');
  expect(other.exitCode).toBe(3);
  expect(other.stderr).toContain('--acknowledge "guard-shrink" is not a check on the change');
});

test('the environment acknowledges nothing', async () => {
  const world = await deployed('error');
  world.write('template/L.yml', limits(5000));
  const env = { APPCFG_ACKNOWLEDGE: 'change-factor' };
  expect((await world.appcfgWith({ env }, 'sync')).exitCode).toBe(5);
});

test('two revisions, with the line of what was deleted, in every format', async () => {
  const world = createWorld({
    'appcfg.yml': settings('{ kind: error }'),
    'template/L.yml': limits(100),
    'tenants/acme/L.yml': 'own:\n  a: 1\n',
    'tenants/acme/dev/L.yml': 'own: {}\n',
    ...folders(['acme', 'globex']),
  });
  commit(world);
  world.write('tenants/acme/L.yml', '# nothing\n');
  world.write('template/L.yml', limits('many'));
  const outputs = ['json=d.json', 'junit=j.xml', 'codequality=q.json', 'markdown=m.md', 'html=h.html'];
  const { exitCode, stderr } = await world.appcfg(
    'diff',
    '--base',
    'HEAD',
    ...outputs.flatMap((each) => ['-o', each]),
    '-o',
    'text',
  );
  expect(exitCode).toBe(5);
  expect(stderr).toContain('appcfg diff --base HEAD');
  const read = (file: string) => readFileSync(join(world.directory, file), 'utf8');
  expect(codes(JSON.parse(read('d.json'))).toSorted()).toEqual([
    'change-emptied tenants/acme/L.yml:1@base',
    'change-kind template/L.yml:2',
  ]);
  for (const file of ['j.xml', 'q.json', 'm.md', 'h.html']) {
    expect(read(file), file).toContain('a number becomes a string');
    // A warning fails no test, and a deleted line is in no file of the head.
    if (/\.(md|html)$/.test(file)) expect(read(file), file).toContain('the map becomes empty');
  }
  const acknowledged = await world.appcfg('diff', '--base', 'HEAD', '--acknowledge', 'change-kind');
  expect(acknowledged.exitCode).toBe(0);
  expect(acknowledged.stdout).toContain('Acknowledged: change-kind at 4 addresses');
});

const many = Array.from({ length: 20 }, (_, index) => `t${String(index).padStart(2, '0')}`);

test('a first wave that reaches most tenants refuses the run', async () => {
  const waves = (first: string) => `waves: [{ name: canary, tenants: [${first}] }, { name: everyone }]\n`;
  const world = await deployed('{ reach: error }', {
    ...folders(many),
    'appcfg.yml': settings('{ reach: error }', waves('"t*"')),
  });
  world.write('template/L.yml', limits(101));
  const { exitCode, stderr } = await world.appcfg('sync');
  expect(exitCode).toBe(5);
  expect(stderr).toContain('template/L.yml:2  the first wave, "canary", changes 20 of 22 tenants of dev');
  expect(stderr).toContain('appcfg sync --acknowledge change-reach');
  expect((await world.appcfg('sync', '--dry-run', '--acknowledge', 'change-reach')).exitCode).toBe(0);
  world.write('appcfg.yml', settings('{ reach: error }', waves('"t0*"')));
  expect((await world.appcfg('diff')).exitCode).toBe(0);
  world.write('appcfg.yml', settings('{ reach: error, maxReach: 40% }', waves('"t0*"')));
  expect((await world.appcfg('diff')).stderr).toContain('changes 10 of 22 tenants of dev');
  world.write('appcfg.yml', settings('{ reach: error, maxReach: 40% }'));
  expect((await world.appcfg('diff')).exitCode).toBe(0);
});
