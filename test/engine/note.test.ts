// The note of a merge request, as runs write it.
import { expect, test } from 'vitest';
import { commit, createWorld, inPipeline, type World } from '../support/world.ts';

const tree = {
  'appcfg.yml': `project: acme/config
deploymentStrategy: slow
deploymentStrategies:
  slow: { durationMinutes: 10, bakeMinutes: 5, growthFactor: 20, growthType: LINEAR }
waves:
  - { name: canary, tenants: [canary], soak: 10m }
  - { name: everyone }
`,
  'template/Limits.yml': 'rps: 100\n',
  'tenants/canary/dev/.gitkeep': '',
  'tenants/one/dev/.gitkeep': '',
  'tenants/two/dev/.gitkeep': '',
  'tenants/two/Limits.yml': 'burst: 1\n',
};

/** An alarm that fires as soon as a deployment is started. */
function rollsBackWhenStarted(world: World, application: string): void {
  world.emulator.onCall = ({ operation }) => {
    if (operation === 'StartDeployment') world.emulator.setAlarm({ application, environment: 'dev', state: 'ALARM' });
  };
}

test('after a sync that an alarm has rolled back, the note has the result by wave, and each reason once', async () => {
  const world = createWorld(tree, inPipeline);
  await world.appcfg('sync');
  world.write('template/Limits.yml', 'rps: 200\n');
  world.write('tenants/two/Limits.yml', 'burst: 2\n');
  rollsBackWhenStarted(world, 'canary');
  const { exitCode, stdout } = await world.appcfg('sync', '-o', 'markdown');
  expect(exitCode).toBe(4);
  expect(stdout).toContain('**Failed: 1 of 3 addresses rolled back, 2 skipped, 0 deployed.**');
  expect(stdout).toContain('| wave `canary` | **1** | – |\n| wave `everyone` | – | **2** |');
  expect(stdout.match(/AppConfig rolled back deployment 2/g)).toHaveLength(1);
  expect(stdout).toContain(
    '- **skipped**: `one/dev/Limits`: AppConfig rolled back the same change at `canary/dev/Limits`',
  );
  expect(stdout).toContain('wave `"canary"` allows 0 failed or blocked addresses and has 1 failed');
  expect(stdout).toContain('#### Rollout in 2 waves, about 40 min');
  expect(stdout).toContain('| `canary` | 1 | `dev` | `slow` (20 % steps over 10 min, bakes 5 min) | 0:00 to 0:15 |');
  expect(stdout).toContain('```diff\n@@ /rps @@  template/Limits.yml:1\n- 100\n+ 200\n```');
  world.emulator.onCall = () => undefined;
  const blocked = await world.appcfg('sync', '-o', 'markdown');
  expect(blocked.stdout).toContain('#### 2 addresses are blocked');
  expect(blocked.stdout).toContain(
    '`appcfg sync --retry-rolled-back --tenant canary --env dev --config-profile Limits`',
  );
  expect(blocked.stdout).toContain('**Wave `everyone` is not started:**');
});

test('a comparison of revisions has waves, strategies and times, and links to the page', async () => {
  const world = createWorld(tree);
  commit(world);
  world.write('template/Limits.yml', 'rps: 200\n');
  world.write('tenants/one/dev/Limits.yml', 'rps: 50\n');
  commit(world);
  const url = ['--html-url', 'https://gitlab.example.com/diff.html'];
  const { stdout } = await world.appcfg('diff', '--base', 'HEAD~1', '-o', 'markdown', ...url);
  expect(stdout).toContain('**2 of 3 tenants get `/rps` 100 → 200; 1 ends up different.**');
  expect(stdout).toContain('| `Limits` | 3 of 3 | 3 of 3 | 0 | **1** |');
  expect(stdout).toContain(
    '[`one/dev/Limits`](https://gitlab.example.com/diff.html#t=one): `/rps` `100` → `50`, not `200`',
  );
  expect(stdout).toContain('· [on the page](https://gitlab.example.com/diff.html#g=');
  expect(stdout).toContain('| `canary` | 1 | `dev` | `slow` (20 % steps over 10 min, bakes 5 min) | 0:00 to 0:15 |');
  expect(stdout).toContain('| `everyone` | 2 | `dev` | `slow` (20 % steps over 10 min, bakes 5 min) | 0:25 to 0:40 |');
});

test.each([
  'ftp://x.example/',
  'https://user:secret@x.example/',
  'https://x.example/#t=a',
  'https://x.example/\u202e',
  'https://x.example/ a',
  'javascript:alert(1)',
  'x.example',
])('--html-url %j is refused', async (url) => {
  const world = createWorld(tree, inPipeline);
  const { exitCode, stderr } = await world.appcfg('diff', '--html-url', url);
  expect(exitCode).toBe(3);
  expect(stderr).toContain('--html-url is');
  expect(stderr).not.toContain('secret');
});

test('a tree with errors gives a note with the errors', async () => {
  const world = createWorld({ ...tree, 'template/Limits.yml': 'rps: [1\n' }, inPipeline);
  const { stdout } = await world.appcfg('diff', '-o', 'markdown');
  expect(stdout).toContain('#### 1 error\n\n- error: `template/Limits.yml:1:');
});

test('where environments have different strategies, each strategy is named with its environments', async () => {
  const settings = `project: p
environments: { dev: { deploymentStrategy: fast }, qa: { deploymentStrategy: fast }, prod: { deploymentStrategy: slow } }
deploymentStrategies:
  fast: { durationMinutes: 0, bakeMinutes: 0, growthFactor: 100, growthType: LINEAR }
  slow: { durationMinutes: 10, bakeMinutes: 5, growthFactor: 20, growthType: LINEAR }
`;
  const environments = ['dev', 'prod', 'qa'].map((each) => [`tenants/one/${each}/.gitkeep`, ''] as const);
  const world = createWorld({
    'appcfg.yml': settings,
    'template/Limits.yml': 'rps: 100\n',
    ...Object.fromEntries(environments),
  });
  commit(world);
  world.write('template/Limits.yml', 'rps: 200\n');
  const { stdout } = await world.appcfg('diff', '--base', 'HEAD', '-o', 'markdown');
  expect(stdout).toMatch(/`dev`, `qa`: `fast` \([^|]*`prod`: `slow` \(/);
  const page = await world.appcfg('diff', '--base', 'HEAD', '-o', 'html');
  expect(page.stdout).toMatch(/dev, qa: fast \([\s\S]*prod: slow \(/);
  expect(page.stdout).toContain('<title>appcfg diff p</title>');
});
