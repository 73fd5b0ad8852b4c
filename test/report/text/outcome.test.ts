import { expect, test } from 'vitest';
import { createWorld } from '../../support/world.ts';

test('steps that fail for one cause, and those that are skipped because of them, are a line each', async () => {
  const tenants = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`tenants/t${i}/dev/.gitkeep`, '']));
  const world = createWorld({ 'appcfg.yml': 'project: p\n', 'template/Limits.yml': 'rate: 1\n', ...tenants });
  world.emulator.injectFault({ operation: 'CreateEnvironment', kind: 'deny', times: 1000 });
  const { stdout } = await world.appcfg('sync');
  expect(stdout.match(/^failed .*$/gm)).toEqual([
    expect.stringMatching(
      /^failed {3}60 environments to create \(t0\/dev, t1\/dev, t10\/dev, t11\/dev, t12\/dev, …\): access denied: CreateEnvironment/,
    ),
  ]);
  expect(stdout.match(/^skipped .*$/gm)).toEqual([
    'skipped  60 deployments (t0/dev/Limits, t1/dev/Limits, t10/dev/Limits, t11/dev/Limits, t12/dev/Limits, …): 60 environments could not be created',
  ]);
  expect(stdout).toContain('\nFailed: 60 of 60 deployments skipped, 60 other steps failed; ');
  const reported = await world.appcfg(
    'sync',
    '-o',
    'text',
    '-o',
    'json=sync.json',
    '-o',
    'html=sync.html',
    '-o',
    'tfplan=t',
  );
  expect(reported.stdout).toContain('\nAll of them, with reasons: sync.json, sync.html\n');
  const linked = await world.appcfg('sync', '--html-url', 'https://example.com/sync.html');
  expect(linked.stdout).toContain('\nAll of them, with reasons: https://example.com/sync.html\n');
  expect(stdout).not.toContain('All of them');
  const verbose = await world.appcfg('sync', '-v');
  expect(verbose.stdout.match(/^failed /gm)).toHaveLength(60);
  expect(verbose.stdout.match(/^skipped /gm)).toHaveLength(60);
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
