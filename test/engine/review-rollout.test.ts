// How a change rolls out, as a reader sees it who knows nothing else: of each wave its time, environments, strategies, and when it stops.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commit, createWorld } from '../support/world.ts';

const tree = {
  'appcfg.yml': `project: p
environments:
  dev: { deploymentStrategy: instant }
  prod: { deploymentStrategy: careful }
deploymentStrategies:
  instant: { durationMinutes: 0, bakeMinutes: 0, growthFactor: 100, growthType: LINEAR }
  careful: { durationMinutes: 30, bakeMinutes: 10, growthFactor: 20, growthType: LINEAR }
waves:
  - { name: canary, tenants: [acme], soak: 30m }
  - { name: dev, environments: [dev], soak: 10m, maxFailures: 1 }
  - { name: rest, maxFailures: 50% }
`,
  'template/Limits.yml': 'rps: 100\n',
  'template/Flags.yml': 'on: true\n',
  'tenants/acme/dev/.gitkeep': '',
  'tenants/acme/prod/.gitkeep': '',
  'tenants/globex/dev/.gitkeep': '',
  'tenants/globex/prod/.gitkeep': '',
};

const careful = 'careful (20 % steps over 30 min, bakes 10 min)';

test('the whole text, the note and the page have environments, strategies and when each wave stops', async () => {
  const world = createWorld(tree);
  commit(world);
  world.write('template/Limits.yml', 'rps: 200\n');
  const compared = await world.appcfg(
    'diff',
    '--base',
    'HEAD',
    '--full',
    '-o',
    'text',
    '-o',
    'html=page.html',
    '-o',
    'markdown=note.md',
  );
  expect(compared.stdout).toContain(`Rollout, in hours and minutes from the start of a sync
  canary  0:00 to 0:40, soaking until 1:10  2 deployments in 2 environments, stops at the first failure
          dev: instant (at once); prod: ${careful}
  dev     1:10 to 1:10, soaking until 1:20  1 deployment in 1 environment, stops at 2 failures
          dev: instant (at once)
  rest    1:20 to 2:00  1 deployment in 1 environment, stops at 2 failures
          prod: ${careful}
  end     2:00
`);
  const note = readFileSync(join(world.directory, 'note.md'), 'utf8');
  expect(note).toContain('| 2 | `dev`, `prod` | `dev`: `instant` (at once), `prod`: `careful`');
  expect(note).toMatch(/^\| `rest` \| 1 \| `prod` \| .* \| 1:20 to 2:00 \| – \| at 2 failures \|$/m);
  const page = readFileSync(join(world.directory, 'page.html'), 'utf8');
  expect(page).toContain('2 in dev, prod');
  expect(page).toContain('the rollout stops at the first failure');
  expect(page).toContain('the rollout stops at 2 failures');
  const live = await world.appcfg('diff', '--full');
  expect(live.stdout).toContain(`3 waves, in hours and minutes from the start
  canary  4 of 4 addresses to deploy, then soaks for 30 min
          0:00 to 1:20, soaking until 1:50  dev: instant (at once); prod: ${careful}
  dev     2 of 2 addresses to deploy, stops at 2 failures, then soaks for 10 min
          1:50 to 1:50, soaking until 2:00  dev: instant (at once)
  rest    2 of 2 addresses to deploy, stops at 2 failures
          2:00 to 3:20  prod: ${careful}
`);
});
