// Import: from what is live to a tree that is in charge.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OtherClient } from '../support/other-client.ts';
import { createWorld, type World } from '../support/world.ts';

/** What scripts rendered from YAML, for each tenant and environment, by `application/environment/Profile`. */
async function deployed(contents: Readonly<Record<string, string>>, world = createWorld({})): Promise<World> {
  const scripts = new OtherClient(world.emulator);
  for (const [address, content] of Object.entries(contents)) {
    const [application = '', environment = '', configurationProfile = ''] = address.split('/');
    await scripts.deploy({ application, environment, configurationProfile, content });
    world.clock.advance(10 * 60_000);
  }
  return world;
}

function filesOf(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    paths
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );
}

/** What a sync with `--adopt` of the imported tree would do besides tags and descriptions. */
async function adoption(world: World, out: string) {
  const { json, exitCode, stderr } = await world.appcfg('diff', '--adopt', '-o', 'json', '-C', out);
  expect(exitCode, stderr).toBe(0);
  return {
    operations: [...new Set(json.steps.map(({ operation }: { operation: string }) => operation))],
    actions: [...new Set(json.addresses.map(({ action }: { action: string }) => action))],
  };
}

const byScripts = {
  'acme/dev/Limits': '{"rate": 100, "burst": 5, "hosts": ["a", "b"]}',
  'acme/prod/Limits': '{"rate": 500, "burst": 5, "hosts": ["a", "b"]}',
  'beta/dev/Limits': '{"rate": 100, "burst": 9, "hosts": ["a", "b"]}',
  'beta/prod/Limits': '{"rate": 500, "burst": 9, "hosts": ["a", "b"]}',
  'core/dev/Limits': '{"rate": 100, "burst": 5, "hosts": ["a", "b"]}',
  'core/prod/Limits': '{"rate": 700, "burst": 5, "hosts": ["a", "b"]}',
};

test('what scripts deployed becomes a tree with each value once, whose adoption deploys nothing', async () => {
  const world = await deployed(byScripts);
  const { stdout, stderr, exitCode } = await world.appcfg('import', '--out', 'out');
  expect(exitCode, stdout + stderr).toBe(0);
  const { 'appcfg.yml': settings, ...files } = filesOf(join(world.directory, 'out'));
  expect(files).toEqual({
    'template/Limits.yml': 'rate: 100\nburst: 5\nhosts:\n  - a\n  - b\n',
    'template/prod/Limits.yml': 'rate: 500\n',
    'tenants/acme/dev/.gitkeep': '',
    'tenants/acme/prod/.gitkeep': '',
    'tenants/beta/Limits.yml': 'burst: 9\n',
    'tenants/beta/dev/.gitkeep': '',
    'tenants/beta/prod/.gitkeep': '',
    'tenants/core/dev/.gitkeep': '',
    'tenants/core/prod/Limits.yml': 'rate: 700\n',
  });
  expect(settings).toContain('project: ');
  expect(stdout).toContain('3 tenants, 6 environments, 6 addresses: imported');
  expect(await adoption(world, 'out')).toEqual({
    operations: ['TagResource', 'UpdateApplication'],
    actions: ['adopt'],
  });
  expect(existsSync(join(world.directory, 'out/.appcfg-import'))).toBe(false);
});
