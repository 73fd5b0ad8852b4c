import { expect, test } from 'vitest';
import { createWorld } from '../../support/world.ts';

test('of many causes for skipped steps the first are named and the rest counted', async () => {
  const tenants = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`tenants/t${i}/dev/.gitkeep`, '']));
  const world = createWorld({ 'appcfg.yml': 'project: p\n', 'template/Limits.yml': 'rate: 1\n', ...tenants });
  world.emulator.injectFault({ operation: 'CreateEnvironment', kind: 'deny', times: 1000 });
  const { stdout } = await world.appcfg('sync');
  expect(stdout.match(/^skipped /gm)).toHaveLength(20);
  expect(stdout).toContain('… and 40 more causes; list all with -v or -o json');
  expect((await world.appcfg('sync', '-v')).stdout.match(/^skipped /gm)).toHaveLength(60);
});

test('a run over many environments reports what took its time', async () => {
  const tenants = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`tenants/t${i}/dev/.gitkeep`, '']));
  const world = createWorld({
    'appcfg.yml': 'project: p\nenvironments: { dev: {}, slow: { deploymentStrategy: AppConfig.AllAtOnce } }\n',
    'template/Limits.yml': 'rate: 1\n',
    ...tenants,
    'tenants/t3/slow/.gitkeep': '',
  });
  const { stdout } = await world.appcfgWith({ latencyMs: 2_000 }, 'sync');
  expect(stdout).toMatch(
    /\nTime: \d+ s reading, \d+ s preparing, 10 min \d+ s deploying; slowest environment t3\/slow: 10 min/,
  );
});
