// The page after a run: what of the rollout happened.
import { expect, test } from 'vitest';
import { createWorld, type World } from '../../support/world.ts';

const tree = {
  'appcfg.yml': `project: p
waves:
  - { name: canary, tenants: [canary], soak: 10m }
  - { name: everyone }
`,
  'template/Limits.yml': 'rps: 100\n',
  'tenants/canary/dev/.gitkeep': '',
  'tenants/one/dev/.gitkeep': '',
  'tenants/two/dev/Limits.yml': 'rps: 50\n',
};

/** The page of a sync of another content. @param alarm is raised when a deployment starts */
async function pageOf(world: World, alarm: boolean): Promise<string> {
  await world.appcfg('sync');
  world.write('template/Limits.yml', 'rps: 200\n');
  world.write('tenants/two/dev/Limits.yml', 'rps: 60\n');
  world.emulator.onCall = ({ operation }) => {
    if (alarm && operation === 'StartDeployment') {
      world.emulator.setAlarm({ application: 'canary', environment: 'dev', state: 'ALARM' });
    }
  };
  return (await world.appcfg('sync', '-o', 'html')).stdout;
}

/** What the row of a wave has for its time, and whether it has a bar. */
function timeOf(page: string, wave: string): readonly [string | undefined, boolean] {
  const row = page.match(new RegExp(`<th scope="row">${wave}<td>(.*?)<td>[\\s\\S]*?<td class="bar">(.*)</tr>`));
  return [row?.[1], (row?.[2] ?? '') !== ''];
}

function legendOf(page: string): string {
  const [, legend = ''] = page.match(/<p class="legend">([\s\S]*?)<\/p>/) ?? [];
  return legend.replace(/<[^>]*>/g, '');
}

test('a wave that did not start has no time; the legend has the signs of what happened', async () => {
  const page = await pageOf(createWorld(tree), true);
  expect(timeOf(page, 'canary')).toEqual([expect.stringMatching(/^0:00 to 0:\d\d$/), true]);
  expect(timeOf(page, 'everyone')).toEqual(['–', false]);
  expect(legendOf(page)).toContain('↩ rolled back');
  expect(legendOf(page)).toContain('– skipped');
  expect(legendOf(page)).not.toContain('succeeded');
});

test('every wave that was deployed has its time; the legend has nothing that did not happen', async () => {
  const page = await pageOf(createWorld(tree), false);
  for (const wave of ['canary', 'everyone']) {
    expect(timeOf(page, wave)).toEqual([expect.stringMatching(/^\d:\d\d to \d:\d\d$/), true]);
  }
  expect(legendOf(page).trim()).toBe('✓ succeeded');
});
