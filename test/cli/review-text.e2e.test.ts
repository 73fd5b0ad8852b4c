// The text of a review: one screen for a change of many tenants, all of it on demand, and the view of one tenant.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OtherClient } from '../support/other-client.ts';
import { commit, createWorld, type World } from '../support/world.ts';

const settings = (redact: string, prod: string) => `project: acme/config
redact: [${redact}]
environments: { dev: { deploymentStrategy: instant }, qa: { deploymentStrategy: instant }, prod: { deploymentStrategy: ${prod} } }
deploymentStrategies:
  instant: { durationMinutes: 0, bakeMinutes: 0, growthFactor: 100, growthType: LINEAR }
  careful: { durationMinutes: 30, bakeMinutes: 10, growthFactor: 20, growthType: LINEAR }
  quick: { durationMinutes: 10, bakeMinutes: 10, growthFactor: 50, growthType: LINEAR }
tenants: [{ match: "tenant-00*", labels: { tier: gold } }]
waves:
  - { name: canary, tenants: [tenant-001], soak: 30m }
  - { name: gold, labels: { tier: gold }, soak: 1h }
  - { name: everyone }
`;

const limits = (rps: number) => `limits: { rps: ${rps}, burst: 300 }\n`;
const nameOf = (index: number) => `tenant-${String(index).padStart(3, '0')}`;
const all = 40;
const ownValue = 15;

/** A tree of which HEAD is the base, and the change of the merge request in the folder. */
function changedFleet(): World {
  const { world, change } = fleet();
  change();
  return world;
}

function fleet(): { readonly world: World; readonly change: () => void } {
  const files: Record<string, string> = {
    'appcfg.yml': settings('/password, /user', 'careful'),
    'template/Limits.yml': limits(100),
    'template/Features.yml': 'page: 20\n',
    'template/qa/Features.yml': 'page: 5\n',
  };
  for (let index = 1; index <= all; index += 1) {
    const folder = `tenants/${nameOf(index)}`;
    for (const environment of ['dev', 'prod']) files[`${folder}/${environment}/.gitkeep`] = '';
    files[`${folder}/qa/Features.yml`] = 'page: 7\n';
    files[`${folder}/Features.yml`] = `host: db-${index}\n`;
    if (index > all - ownValue) files[`${folder}/Limits.yml`] = `limits: { rps: ${500 + index} }\n`;
    if (index >= 11 && index <= 13) files[`${folder}/prod/Limits.yml`] = 'limits: { rps: 120 }\n';
  }
  const world = createWorld(files);
  commit(world);
  return { world, change: () => changeFleet(world, files) };
}

function changeFleet(world: World, files: Readonly<Record<string, string>>): void {
  world.write('appcfg.yml', settings('/password', 'quick'));
  world.write('template/Limits.yml', limits(200));
  world.write('template/qa/Features.yml', 'page: 6\n');
  for (const [index, rps] of [
    [11, 150],
    [12, 155],
    [13, 150],
  ] as const) {
    world.write(`tenants/${nameOf(index)}/prod/Limits.yml`, `limits: { rps: ${rps} }\n`);
  }
  for (const file of ['Features.yml', 'dev/.gitkeep', 'prod/.gitkeep', 'qa/Features.yml']) {
    world.write(`tenants/renamed-21/${file}`, files[`tenants/${nameOf(21)}/${file}`] ?? '');
  }
  for (const index of [20, 21]) rmSync(join(world.directory, 'tenants', nameOf(index)), { recursive: true });
  world.write('tenants/new-1/dev/.gitkeep', '');
  world.write('tenants/new-1/Limits.yml', limits(400));
}

const verdict =
  '20 of 40 tenants get /limits/rps 100 → 200; 15 keep their own value; 3 end up different in prod; 1 tenant added, 1 removed, 1 renamed; 2 settings loosened.';

const flat = (text: string) => text.replace(/\s+/g, ' ').trim();

test.each([
  [60, true],
  [80, true],
  [120, true],
  [Number.POSITIVE_INFINITY, false],
])(
  'a screen of %s columns names what is loosened, who comes and goes, who is different, and the waves',
  async (columns, isTTY) => {
    const world = changedFleet();
    const { stdout } = await world.appcfgWith({ isTTY, columns }, 'diff', '--base', 'HEAD', '--color', 'never');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(23);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(isTTY ? columns : 80);
    const text = flat(stdout);
    expect(text).toContain(verdict);
    for (const part of [
      '/redact: without /user',
      columns === 60 ? 'prod: duration 30' : 'prod: careful → quick (duration 30',
      '→ 10 min, growth factor 20 → 50 %',
      'removed: tenant-020',
      'renamed: tenant-021 → renamed-21',
      'added: new-1, as the template, but Limits /limits/rps',
      'tenant-011/prod/Limits /limits/rps 120 → 150, not 200',
      'tenant-012/prod/Limits /limits/rps 120 → 155, not 200',
      'tenant-013/prod/Limits /limits/rps 120 → 150, not 200',
      '45 addresses keep their own',
      ...(columns === 60 ? [] : Array.from({ length: ownValue }, (_, index) => nameOf(all - index))),
      'template/qa/Features.yml:1',
      '66 like tenant-001/dev/Limits /limit',
      'canary 3 addresses → soak 30 min → gold',
      'about 2 h 50 min in all',
    ]) {
      expect(columns === 60 ? text.replaceAll('…', '') : text).toContain(part);
    }
  },
);

test('against what is live, a diff and a sync of many tenants fit one screen, too, and --full shows all', async () => {
  const { world, change } = fleet();
  await world.appcfg('sync', '--yes');
  change();
  const at = { isTTY: true, columns: 80 };
  const options = ['--settings-base', 'HEAD', '--color', 'never'];
  for (const command of [['diff'], ['sync', '--dry-run']]) {
    const { stdout } = await world.appcfgWith(at, ...command, ...options);
    const [screen = ''] = stdout.split('\nSchedule,');
    const lines = screen.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(23);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    const text = flat(screen);
    expect(text).toContain(verdict);
    for (const part of [
      '/redact: without /user',
      'prod: careful → quick',
      'removed: tenant-020',
      'renamed: tenant-021 → renamed-21',
      'added: new-1, as the template, but Limits /limits/rps',
      'tenant-011/prod/Limits /limits/rps 120 → 150, not 200',
      'tenant-012/prod/Limits /limits/rps 120 → 155, not 200',
      'tenant-013/prod/Limits /limits/rps 120 → 150, not 200',
      '45 addresses keep their own',
      'template/qa/Features.yml:1',
      '66 like tenant-001/dev/Limits /limit',
      'canary 3 addresses → soak 30 min → gold',
      'in all',
      '--full prints everything',
    ]) {
      expect(text).toContain(part);
    }
    const full = await world.appcfgWith(at, ...command, ...options, '--full');
    expect(full.stdout).toMatch(/^Plan: 2 applications to create/m);
    expect(full.stdout).toContain('~ /limits/rps   120 → 155  tenants/tenant-012/prod/Limits.yml:1');
    expect(full.stdout).toContain('/limits/rps 540  tenants/tenant-040/Limits.yml:1');
  }
});

test('on a screen, what is blocked or drifted is counted and named before the groups', async () => {
  const files: Record<string, string> = { 'appcfg.yml': 'project: p\n', 'template/L.yml': 'a: 1\n' };
  for (let index = 1; index <= 30; index += 1) files[`tenants/${nameOf(index)}/dev/L.yml`] = `own: ${index}\n`;
  const world = createWorld(files);
  world.write('tenants/drifted/dev/.gitkeep', '');
  await world.appcfg('sync', '--yes');
  await new OtherClient(world.emulator).deploy({
    application: 'drifted',
    environment: 'dev',
    configurationProfile: 'L',
    content: '{"a":7}',
    description: 'hotfix',
    deploymentStrategyId: undefined,
  });
  for (let index = 1; index <= 30; index += 1) world.write(`tenants/${nameOf(index)}/dev/L.yml`, `own: ${-index}\n`);
  world.write('template/L.yml', 'a: 2\n');
  const { stdout } = await world.appcfgWith({ isTTY: true, columns: 80 }, 'diff', '--color', 'never');
  expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(23);
  expect(stdout).toContain('1 address blocked: drifted/dev/L');
  expect(stdout).toContain('1 address drifted: drifted/dev/L  blocked');
  expect(stdout).toMatch(/^Plan: .*1 address blocked\.|^Plan: .*1 blocked\./m);
});

test('--full shows every override with its line, every group, and the times of the waves', async () => {
  const world = changedFleet();
  const { stdout } = await world.appcfg('diff', '--base', 'HEAD', '--full');
  for (let index = all - ownValue + 1; index <= all; index += 1) {
    expect(stdout).toContain(`/limits/rps ${500 + index}  tenants/${nameOf(index)}/Limits.yml:1`);
  }
  expect(stdout).toContain('~ /limits/rps   120 → 155  tenants/tenant-012/prod/Limits.yml:1');
  expect(stdout).toContain(`Rollout, in hours and minutes from the start of a sync
  canary    0:00 to 0:20, soaking until 0:50  3 deployments in 3 environments, stops at the first failure
            dev, qa: instant (at once); prod: quick (50 % steps over 10 min, bakes 10 min)
  gold      0:50 to 1:10, soaking until 2:10  24 deployments in 24 environments, stops at the first failure
            dev, qa: instant (at once); prod: quick (50 % steps over 10 min, bakes 10 min)
  everyone  2:10 to 2:50  50 deployments in 46 environments, stops at the first failure
            dev, qa: instant (at once); prod: quick (50 % steps over 10 min, bakes 10 min)
  end       2:50
`);
});

test('the view of one tenant shows its values before and after, where they come from, and its wave', async () => {
  const world = changedFleet();
  const different = await world.appcfg('diff', '--base', 'HEAD', '-t', 'tenant-012');
  expect(different.stdout).toMatch(
    /^2 of 3 addresses get \/limits\/rps 100 → 200; 1 ends up different; 2 settings loosened\.$/m,
  );
  for (const part of [
    'tenant-012/prod/Limits  /limits/rps 120 → 155, not 200  tenants/tenant-012/prod/Limits.yml:1',
    '~ /limits/rps   100 → 200  template/Limits.yml:1',
    '~ /limits/rps   120 → 155  tenants/tenant-012/prod/Limits.yml:1',
    'tenant-012/qa/Features  /page 7  tenants/tenant-012/qa/Features.yml:1',
    'everyone  0:00 to 0:20  3 deployments in 3 environments, stops at the first failure',
  ]) {
    expect(different.stdout).toContain(part);
  }
  const shielded = await world.appcfg('diff', '--base', 'HEAD', '-t', nameOf(all));
  expect(shielded.stdout).toMatch(/^No content changes: 4 addresses keep their own value; 2 settings loosened\.$/m);
  expect(shielded.stdout).toContain(
    'tenant-040/dev/Limits, tenant-040/qa/Limits, tenant-040/prod/Limits  /limits/rps 540  tenants/tenant-040/Limits.yml:1',
  );
  // Others do get it.
  expect(shielded.stdout).not.toContain('reaches no address');
});

test('a small review is shown whole', async () => {
  const tree = { 'template/L.yml': 'a: 1\n', 'tenants/one/dev/.gitkeep': '', 'tenants/two/dev/L.yml': 'a: 5\n' };
  const world = createWorld({ ...tree, 'appcfg.yml': 'project: p\n' });
  commit(world);
  world.write('template/L.yml', 'a: 2\n');
  const { stdout } = await world.appcfg('diff', '--base', 'HEAD');
  expect(stdout).toBe(`1 of 2 tenants gets /a 1 → 2; 1 keeps its own value.
  L  dev 1 of 2

1 address keeps its own value: it overrides the change
  two/dev/L  /a 5  tenants/two/dev/L.yml:1

one/dev/L
  ~ /a   1 → 2  template/L.yml:1

Rollout of 1 address: about 2 min

Compared with the base: 1 address changed, 1 address unchanged.
`);
});
