// Import: from what is live to a tree that is in charge.

import { existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CreateConfigurationProfileCommand, TagResourceCommand } from '@aws-sdk/client-appconfig';
import { expect, test } from 'vitest';
import { awsClient, lookUp } from '../support/aws.ts';
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

async function tag(world: World, application: string, tags: Record<string, string>): Promise<void> {
  const { id } = await lookUp(world, application);
  const ResourceArn = `arn:aws:appconfig:us-east-1:123456789012:application/${id}`;
  await awsClient(world).send(new TagResourceCommand({ ResourceArn, Tags: tags }));
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

test('contents of another project, YAML, flags and broken ones: what a tree can have is imported, the rest is listed and kept', async () => {
  const flags = JSON.stringify({
    version: '1',
    flags: { cart: { name: 'cart' } },
    values: { cart: { enabled: true } },
  });
  const world = await deployed({
    'acme/dev/Yaml': 'rate: 1\nmode: "0644"\nhelp: |\n  two\n  lines\n',
    'beta/dev/Yaml': 'rate: 1\nmode: "0644"\nhelp: |\n  two\n  lines\n',
    'acme/dev/Broken': '{"a": [1, 2',
    'beta/dev/Broken': '{"a": 1, "a": 2}',
    'acme/dev/Text': 'just text',
    'beta/dev/Text': '[1, {"__proto__": {"a": 12345678901234567890}}, null]',
    'acme/qa/Null': '{"a": {"b": null}, "c": 1}',
    'beta/qa/Null': '{"a": {"b": 1}}',
    'foreign/dev/Yaml': 'rate: secret',
    '../x/dev/Yaml': 'rate: 5',
    'con/dev/Yaml': 'rate: 5',
    'CON/dev/Yaml': 'rate: 1\nmode: "0644"\nhelp: |\n  two\n  lines\n',
    '_hidden/dev/Yaml': 'rate: 5',
  });
  const scripts = new OtherClient(world.emulator);
  const featureFlags = { type: 'AWS.AppConfig.FeatureFlags', contentType: 'application/json', content: flags };
  for (const application of ['acme', 'beta']) {
    await scripts.deploy({ application, environment: 'dev', configurationProfile: 'Flags', ...featureFlags });
    world.clock.advance(10 * 60_000);
  }
  await scripts.deploy({ application: 'acme', environment: 'qa', configurationProfile: 'Null', content: '{"c": 2}' });
  await awsClient(world).send(
    new CreateConfigurationProfileCommand({
      ApplicationId: (await lookUp(world, 'acme')).id,
      Name: 'Stored',
      LocationUri: 'ssm-parameter://stored',
      RetrievalRoleArn: 'arn:aws:iam::123456789012:role/read',
    }),
  );
  await tag(world, 'foreign', { 'appcfg:project': 'other/project', 'managed-by': 'appcfg' });
  const { stdout, stderr, exitCode, json } = await world.appcfg('import', '--out', 'out', '-o', 'json');
  expect(exitCode, stdout + stderr).toBe(0);
  const out = join(world.directory, 'out');
  const files = filesOf(out);
  expect(files['template/dev/Yaml.yml']).toBe('rate: 1\nmode: "0644"\nhelp: |\n  two\n  lines\n');
  expect(files['_unparsed/acme/dev/Broken']).toBe('{"a": [1, 2');
  expect(files['_unparsed/beta/dev/Broken']).toBe('{"a": 1, "a": 2}');
  expect(Object.keys(files).filter((path) => /foreign|hidden|\/con\/|\.\.|^x/.test(path))).toEqual([]);
  expect(existsSync(join(world.directory, 'x'))).toBe(false);
  expect(JSON.stringify(files)).not.toContain('secret');
  const skipped = json.problems.filter(({ code }: { code: string }) => code === 'import-skipped');
  expect(
    skipped.map(({ message, addresses }: { message: string; addresses: string[] }) => [message, ...addresses]).sort(),
  ).toEqual([
    ['a deployment is in flight', 'acme/qa/Null'],
    ['no file of a tree can have the content: duplicate key "a"', 'beta/dev/Broken'],
    ['the application is managed by project "other/project": skipped', 'foreign'],
    ['the content is neither valid JSON nor valid YAML', 'acme/dev/Broken'],
    ['the content is plain text, which a tree cannot keep as it is', 'acme/dev/Text'],
    ['the content of the profile is not hosted by AppConfig, but stored elsewhere (ssm-parameter)', 'acme/*/Stored'],
    ['the name ".." of the tenant begins with ".", and such files and folders are ignored', '..'],
    ['the name "_hidden" of the tenant begins with "_", and such files and folders are ignored', '_hidden'],
    ['the name "con" of the tenant looks like "CON"', 'con'],
  ]);
  expect((await adoption(world, 'out')).operations).toEqual(['TagResource', 'UpdateApplication']);
});

test('a dry run writes nothing, and shows the files with the number of their values', async () => {
  const world = await deployed(byScripts);
  const { stdout, exitCode } = await world.appcfg('import', '--out', 'out', '--dry-run');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('template/Limits.yml  3 values\ntemplate/prod/Limits.yml  1 value\n');
  expect(stdout).toContain('3 tenants, 6 environments, 6 addresses: to import');
  expect(readdirSync(world.directory)).toEqual([]);
});

const mapped = {
  'cfg-acme/dev/Limits': '{"rate": 100}',
  'cfg-beta/dev/Limits': '{"rate": 100}',
  'cfg-core/dev/Limits': '{"rate": 200}',
  'Shop (EU)/dev/Limits': '{"rate": 100}',
  'gamma-old/dev/Limits': '{"rate": 100}',
  'zeta-old/dev/Limits': '{"rate": 300}',
};

test('a map names the tenants freely: those whose applications have other names keep them, in every command', async () => {
  const world = await deployed(mapped);
  world.write(
    'map.yml',
    'cfg-acme: acme\ncfg-beta: beta\ncfg-core: core\nShop (EU): shop\ngamma-old: gamma\nzeta-old: zeta\n',
  );
  const imported = await world.appcfg('import', '--map', 'map.yml');
  expect([imported.exitCode, imported.stderr]).toEqual([0, expect.not.stringContaining('import-skipped')]);
  expect(filesOf(world.directory)['appcfg.yml']).toContain(
    `applicationName: "cfg-{tenant}"
environments:
  dev: {}
tenants:
  - match:
      - gamma
      - zeta
    applicationName: "{tenant}-old"
  - match: shop
    applicationName: "Shop (EU)"
`,
  );
  expect(await adoption(world, '.')).toEqual({ operations: ['TagResource', 'UpdateApplication'], actions: ['adopt'] });
  expect((await world.appcfg('sync', '--adopt')).exitCode).toBe(0);
  const { json } = await world.appcfg('status', '-o', 'json');
  expect(json.addresses.map(({ address, state }: { address: string; state: string }) => [address, state])).toEqual(
    ['acme', 'beta', 'core', 'gamma', 'shop', 'zeta'].map((tenant) => [`${tenant}/dev/Limits`, 'synced']),
  );
  expect((await world.appcfg('history', 'shop/dev/Limits')).exitCode).toBe(0);
  expect((await world.appcfg('cleanup', '--tenant', 'shop', '--include-adopted', '--yes')).exitCode).toBe(0);
  await expect(lookUp(world, 'Shop (EU)')).rejects.toThrow();
});

test('of a map, the settings have only tenants of which something is imported', async () => {
  const world = await deployed({
    'one/dev/Limits': 'rate: 1',
    'Two/dev/Limits': 'rate: 2',
    'Three/dev/Limits': 'just text',
  });
  world.write('map.yml', 'one: one\nTwo: second\nThree: third\n');
  expect(
    (await world.appcfg('import', '--out', 'out', '--map', 'map.yml', '--tenant', 'one', '--tenant', 'third')).exitCode,
  ).toBe(0);
  expect(filesOf(join(world.directory, 'out'))['appcfg.yml']).not.toContain('tenants:');
  const { stderr } = await world.appcfg('validate', '-C', 'out');
  expect(stderr).not.toContain('matches no tenant');
});

test('of applications whose names look the same one is imported, whatever their tenants are', async () => {
  const world = await deployed({ 'Shop/dev/Limits': 'rate: 1', 'shop/dev/Limits': 'rate: 2' });
  world.write('map.yml', 'Shop: x\nshop: y\n');
  const { exitCode, stderr } = await world.appcfg('import', '--out', 'out', '--map', 'map.yml');
  expect([exitCode, stderr]).toEqual([
    0,
    expect.stringContaining('the name "shop" of the application looks like "Shop"'),
  ]);
});

test('cleanup refuses a tenant that an application without a tenant seems to be', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: a/b\n',
    'tenants/shop/dev/Limits.yml': 'rate: 1\n',
  });
  expect((await world.appcfg('sync', '--yes')).exitCode).toBe(0);
  world.write('appcfg.yml', 'project: a/b\ntenants: [{ match: shop, applicationName: Shop (EU) }]\n');
  expect((await world.appcfg('sync', '--yes')).exitCode).toBe(0);
  const { exitCode, stderr } = await world.appcfg('cleanup', '--tenant', 'shop', '--yes');
  expect([exitCode, stderr]).toEqual([
    3,
    expect.stringContaining(
      '--tenant shop means the application "Shop (EU)", not the application "shop", which no tenant has',
    ),
  ]);
  expect((await world.appcfg('cleanup', '--orphans', '--yes', '--max-deletes', '100%')).exitCode).toBe(0);
  expect((await lookUp(world, 'Shop (EU)')).id).toBeDefined();
  await expect(lookUp(world, 'shop')).rejects.toThrow();
  expect((await world.appcfg('cleanup', '--tenant', 'shop', '--yes')).exitCode).toBe(0);
});

test('a tenant that is made like one with an application of its own gets its other settings', async () => {
  const world = createWorld({
    'appcfg.yml':
      'project: a/b\ntenants:\n  # agreed\n  - match: shop\n    applicationName: Shop (EU)\n    excludeProfiles: [Extra]\n    labels: { tier: gold }\n',
    'template/Extra.yml': 'x: 1\n',
    'tenants/shop/dev/Limits.yml': 'rate: 1\n',
  });
  expect((await world.appcfg('tenant', 'add', 'market', '--like', 'shop')).exitCode).toBe(0);
  const { json } = await world.appcfg('diff', '--selector', 'tier=gold', '-o', 'json');
  expect(json.addresses.map(({ address }: { address: string }) => address)).toEqual([
    'market/dev/Limits',
    'shop/dev/Limits',
  ]);
  expect(filesOf(world.directory)['appcfg.yml']).toContain('  # agreed\n');
});

test('the steps of a rename name the application that the copy has', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: a/b\ntenants:\n  - match: [one, two]\n    applicationName: "old-{tenant}"\n',
    'tenants/one/dev/Limits.yml': 'rate: 1\n',
    'tenants/two/dev/Limits.yml': 'rate: 1\n',
  });
  const { stdout } = await world.appcfg('tenant', 'rename', 'one', 'uno');
  expect(stdout).toContain('move the clients from the application "old-one" to "old-uno"');
});

test('a tenant that is made like one with an application of its own has the name of the others', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: a/b\ntenants:\n  - match: shop\n    applicationName: Shop (EU)\n',
    'tenants/shop/dev/Limits.yml': 'rate: 1\n',
  });
  expect((await world.appcfg('sync', '--yes')).exitCode).toBe(0);
  const { stdout, exitCode } = await world.appcfg('tenant', 'rename', 'shop', 'market');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('move the clients from the application "Shop (EU)" to "market"');
  expect((await world.appcfg('sync', '--tenant', 'market')).exitCode).toBe(0);
  expect((await lookUp(world, 'market')).id).toBeDefined();
  const finished = await world.appcfg('tenant', 'rename', '--finish', 'shop', 'market');
  expect([finished.exitCode, finished.stdout]).toEqual([
    0,
    expect.stringContaining('after the cleanup, delete the entry at appcfg.yml:3 and commit'),
  ]);
  expect((await world.appcfg('cleanup', '--tenant', 'shop', '--yes')).exitCode).toBe(0);
  await expect(lookUp(world, 'Shop (EU)')).rejects.toThrow();
  expect((await world.appcfg('status')).exitCode).toBe(0);
});

test('only an empty folder is written to: a repository without commits, a readme and the file of --map count as none', async () => {
  const world = await deployed({ 'acme-config/dev/Limits': 'rate: 1', 'other/dev/Limits': 'rate: 2' });
  world.write('.git/config', '');
  world.write('README.md', '# Configurations\n');
  world.write('map.yml', 'acme-config: acme\n');
  const { exitCode, stderr } = await world.appcfg('import', '--map', 'map.yml');
  expect(exitCode, stderr).toBe(0);
  expect(stderr, 'what a map does not name is left out on purpose').not.toContain('other');
  expect(filesOf(world.directory)['appcfg.yml']).toContain('applicationName: "{tenant}-config"\n');
  expect(filesOf(world.directory)['template/Limits.yml']).toBe('rate: 1\n');
  const again = await world.appcfg('import', '--map', 'map.yml');
  expect([again.exitCode, again.stderr]).toEqual([3, expect.stringContaining('is not empty: it has "appcfg.yml"')]);
});

test('what an import left that was cut off is removed by the next one, also where it had begun to rename', async () => {
  const world = await deployed(byScripts);
  expect((await world.appcfg('import', '--out', 'out')).exitCode).toBe(0);
  const complete = filesOf(join(world.directory, 'out'));
  // As it was before the last folder was renamed.
  const moved = ['appcfg.yml', 'template'];
  const numbers = moved.map((name) => [name, statSync(join(world.directory, 'out', name)).ino]);
  world.write('out/.appcfg-import/.renaming', JSON.stringify([...numbers, ['tenants', 1]]));
  renameSync(join(world.directory, 'out/tenants'), join(world.directory, 'out/.appcfg-import/tenants'));
  expect((await world.appcfg('import', '--out', 'out')).exitCode).toBe(0);
  expect(filesOf(join(world.directory, 'out'))).toEqual(complete);
});

test('an interrupted import leaves the folder as it was', async () => {
  const world = await deployed(byScripts);
  const interrupted = {
    onStart: (signal: (name: 'SIGINT') => void) => setTimeout(() => signal('SIGINT'), 0),
    latencyMs: 50,
  };
  expect((await world.appcfgWith(interrupted, 'import', '--out', 'out')).exitCode).toBe(130);
  expect(readdirSync(world.directory)).toEqual([]);
});

test('a flag or a line of the map that selects nothing is refused', async () => {
  const world = await deployed({ 'acme/dev/Limits': 'rate: 1' });
  world.write('map.yml', 'acmee: acme\n');
  const refusals = [
    ['import', '--out', 'out', '--application', 'beta-*'],
    ['import', '--out', 'out', '--map', 'map.yml'],
    ['import', '--out', 'out', '--map', 'missing.yml'],
    ['import', '--out', 'out', '--application-name', 'acme'],
    ['import', '--out', 'out', '--tenant', 'beta'],
  ];
  for (const refused of refusals) {
    const { exitCode, stderr } = await world.appcfg(...refused);
    expect([exitCode, stderr]).toEqual([
      3,
      expect.stringMatching(/selection-empty|usage-invalid|no application|does not exist|exactly once|nothing is live/),
    ]);
    expect(existsSync(join(world.directory, 'out'))).toBe(false);
  }
});

test('the settings have the strategies that deployed what is live', async () => {
  const world = createWorld({});
  const scripts = new OtherClient(world.emulator);
  const strategies = { dev: 'AppConfig.AllAtOnce', prod: 'AppConfig.Linear20PercentEvery6Minutes' };
  for (const [environment, deploymentStrategyId] of Object.entries(strategies)) {
    const what = { application: 'acme', configurationProfile: 'Limits', content: 'rate: 1' };
    await scripts.deploy({ ...what, environment, deploymentStrategyId });
    world.clock.advance(90 * 60_000);
  }
  expect((await world.appcfg('import', '--out', 'out')).exitCode).toBe(0);
  expect(filesOf(join(world.directory, 'out'))['appcfg.yml']).toContain(
    'environments:\n  dev:\n    deploymentStrategy: AppConfig.AllAtOnce\n  prod:\n    deploymentStrategy: AppConfig.Linear20PercentEvery6Minutes\n',
  );
});

const textual = {
  'a/dev/Env': 'A=1\nB=2\n',
  'a/dev/Pem': '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
  'a/dev/Csv': 'id,name\n1,a\n',
  'a/dev/Toml': 'title = "x"\nport = 1\n',
  'a/dev/Xml': '<a>\n  <b>1</b>\n</a>\n',
  'a/dev/Word': 'just text',
};

test('text that YAML reads as one value is kept as it is, and JSON that is one value is imported', async () => {
  const world = createWorld({});
  const scripts = new OtherClient(world.emulator);
  const contents = { ...textual, 'a/dev/String': '"one"', 'a/dev/Number': '5', 'a/dev/Map': 'a: 1\n' };
  for (const [address, content] of Object.entries(contents)) {
    const [application = '', environment = '', configurationProfile = ''] = address.split('/');
    await scripts.deploy({ application, environment, configurationProfile, content, contentType: 'text/plain' });
    world.clock.advance(10 * 60_000);
  }
  const { stdout, stderr, exitCode } = await world.appcfg('import', '--out', 'out');
  expect(exitCode, stderr).toBe(0);
  const files = filesOf(join(world.directory, 'out'));
  for (const [address, content] of Object.entries(textual)) expect(files[`_unparsed/${address}`]).toBe(content);
  expect(Object.keys(files).filter((path) => path.endsWith('.yml'))).toEqual([
    'appcfg.yml',
    'template/Map.yml',
    'template/Number.yml',
    'template/String.yml',
  ]);
  expect(stderr).toContain('the content is plain text');
  expect(stdout).toContain('6 applications, profiles or addresses skipped (see the warnings above)');
});

test('a format that the next version changes is one warning of the profile', async () => {
  const world = createWorld({});
  const scripts = new OtherClient(world.emulator);
  const [json, yaml, plain] = ['application/json', 'application/x-yaml', 'text/plain'];
  const contents: readonly (readonly [address: string, contentType: string, content: string])[] = [
    ['a/dev/Lenient', json, '{"a": 1,}'],
    ['b/dev/Lenient', json, '{a: 1}'],
    ['c/dev/Lenient', json, 'a: 1\n'],
    ['d/dev/Lenient', json, '{"a": 1}'],
    ['a/dev/MostlyYaml', yaml, 'a: 1\n'],
    ['b/dev/MostlyYaml', yaml, '{}'],
    ['d/dev/MostlyYaml', yaml, '{"a": 1}'],
    ['c/dev/MostlyYaml', json, '{"a": 1}'],
    ['a/dev/MostlyJson', json, '{"a": 1}'],
    ['b/dev/MostlyJson', plain, '{"a": 1}'],
    ['c/dev/MostlyJson', yaml, 'a: 1\n'],
    ['a/dev/Plain', plain, 'a: 1\n'],
    ['b/dev/Plain', plain, 'just text'],
    ['c/dev/Plain', plain, '{"a": '],
  ];
  for (const [address, contentType, content] of contents) {
    const [application = '', environment = '', configurationProfile = ''] = address.split('/');
    await scripts.deploy({ application, environment, configurationProfile, content, contentType });
    world.clock.advance(10 * 60_000);
  }
  const { json: result, exitCode } = await world.appcfg('import', '--out', 'out', '-o', 'json');
  expect(exitCode).toBe(0);
  const warnings = result.problems.filter(({ code }: { code: string }) => code === 'format-changed');
  expect(
    warnings.map(({ message, addresses }: { message: string; addresses: string[] }) => [message, ...addresses]),
  ).toEqual([
    [
      expect.stringContaining('the live content is application/json, but not valid JSON'),
      ...['a/dev/Lenient', 'b/dev/Lenient', 'c/dev/Lenient'],
    ],
    [expect.stringContaining('AppConfig serves YAML; the tree has format: json'), 'c/dev/MostlyJson'],
    [
      expect.stringContaining('AppConfig serves JSON; the tree has format: yaml'),
      'c/dev/MostlyYaml',
      'd/dev/MostlyYaml',
    ],
  ]);
  expect(filesOf(join(world.directory, 'out'))['appcfg.yml']).toContain(
    'profiles:\n  MostlyYaml:\n    format: yaml\n  Plain:\n    format: yaml\n',
  );
});

test('what YAML 1.1 reads differently is one warning of the profile; JSON has none', async () => {
  const world = await deployed({
    'a/dev/Yaml': 'flag: yes\nport: 22:30\nlist: [0644, "no"]\n1: one\noff: x\n',
    'b/dev/Yaml': 'flag: on\nfine: true\n',
    'a/dev/Json': '{"flag": "yes", "1": 1e5}',
    'a/dev/Fine': 'flag: "yes"\nport: 22\n',
  });
  const { json, exitCode } = await world.appcfg('import', '--out', 'out', '-o', 'json');
  expect(exitCode).toBe(0);
  const warnings = json.problems.filter(({ code }: { code: string }) => code === 'scalar-ambiguous');
  expect(warnings).toMatchObject([
    {
      message:
        'AppConfig serves YAML in which YAML 1.1 readers see other values: /flag, /port, /list/0, /1, /off; the tree has what YAML 1.2 reads',
      addresses: ['a/dev/Yaml', 'b/dev/Yaml'],
      hint: { text: expect.stringContaining('YAML 1.1') },
    },
  ]);
});

test('a content that no file can have is skipped with its own reason', async () => {
  const world = await deployed({
    'a/dev/Null': 'null',
    'a/dev/Huge': '{"a": 1e999}',
    'a/dev/Deep': '['.repeat(2000) + ']'.repeat(2000),
    'a/dev/Two': 'a: 1\n---\nb: 2\n',
    'a/dev/Inf': 'a: .inf\n',
    'a/dev/Binary': 'a: !!binary aGk=\n',
    'a/dev/Comment': '# nothing\n',
    'a/dev/Broken': '{"a": ',
    'a/dev/Fine': '{}',
  });
  const { json, exitCode } = await world.appcfg('import', '--out', 'out', '-o', 'json');
  expect(exitCode).toBe(0);
  const reasons = json.problems
    .filter(({ code }: { code: string }) => code === 'import-skipped')
    .map(({ message, addresses: [address] }: { message: string; addresses: string[] }) => [address, message]);
  const none = 'no file of a tree can have the content: ';
  expect(Object.fromEntries(reasons)).toEqual({
    'a/dev/Null': `${none}the whole document is null`,
    'a/dev/Huge': `${none}the number "1e999" is beyond the range of a 64-bit float: clients read infinity`,
    'a/dev/Deep': expect.stringMatching(/^no file of a tree can have the content: nesting exceeds \d+ levels$/),
    'a/dev/Two': `${none}it contains 2 YAML documents`,
    'a/dev/Inf': `${none}JSON cannot represent the number ".inf"`,
    'a/dev/Binary': `${none}the tag "binary" has no JSON equivalent`,
    'a/dev/Comment': 'the content is empty',
    'a/dev/Broken': 'the content is neither valid JSON nor valid YAML',
  });
});

test('a name that no folder can have is reported with the tenants that have it', async () => {
  const world = await deployed({
    'acme/prod/Limits': 'a: 1',
    'beta/prod/Limits': 'a: 1',
    'acme/Prod/Limits': 'a: 1',
    'beta/prod/limits': 'a: 1',
  });
  const { json, exitCode } = await world.appcfg('import', '--out', 'out', '-o', 'json');
  expect(exitCode).toBe(0);
  const skipped = json.problems.filter(({ code }: { code: string }) => code === 'import-skipped');
  expect(
    skipped.map(({ message, addresses }: { message: string; addresses: string[] }) => [message, ...addresses]),
  ).toEqual([
    ['the environment name "Prod" looks like "prod"', 'acme/Prod'],
    ['the profile name "limits" looks like "Limits"', 'beta/*/limits'],
  ]);
  expect(json.summary.skipped).toBe(2);
});

test('the commands that follow are those of the same AppConfig and the new tree, whose settings have the Region', async () => {
  const world = await deployed({ 'acme/dev/Limits': 'a: 1' });
  world.write('out/.nvmrc', '24\n');
  world.write('out/.editorconfig', 'root = true\n');
  const region = ['--region', 'us-east-1', '--aws-profile', 'ops'];
  const { stdout, stderr, exitCode } = await world.appcfg('import', '--out', 'out', ...region, '--application', 'acme');
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toContain(
    'Next:\n  see that an adoption deploys nothing: appcfg diff --adopt --chdir out --region us-east-1 --aws-profile ops\n' +
      '  adopt one tenant, then the others: appcfg sync --adopt --tenant acme --chdir out --region us-east-1 --aws-profile ops\n',
  );
  expect(filesOf(join(world.directory, 'out'))['appcfg.yml']).toContain('aws:\n  region: us-east-1\n');
  expect(stderr).toMatch(/no project name is set; the tree gets the project name "[^"]+", the name of the folder/);
});

test('lists of items with names get a rule, and the tree still renders to what is live', async () => {
  const hosts = (port: number, more: readonly object[] = []) =>
    JSON.stringify({ hosts: [{ name: 'a', port: 1, tls: true }, { port, name: 'b', tls: true }, ...more] });
  const tenants = ['acme', 'beta', 'core', 'delta'];
  const world = await deployed({
    ...Object.fromEntries(tenants.map((tenant) => [`${tenant}/dev/Hosts`, hosts(2)])),
    'echo/dev/Hosts': hosts(7),
    'foxtrot/dev/Hosts': hosts(2, [{ name: 'c', port: 3 }]),
  });
  const { stdout, stderr, exitCode } = await world.appcfg('import', '--out', 'out');
  expect(exitCode, stdout + stderr).toBe(0);
  const files = filesOf(join(world.directory, 'out'));
  expect(files['appcfg.yml']).toContain('Hosts:\n    lists:\n      /hosts:\n        by: name\n');
  expect(files['tenants/echo/Hosts.yml']).toBe('hosts:\n  - name: b\n    port: 7\n');
  expect(files['tenants/foxtrot/Hosts.yml']).toBe('hosts:\n  - name: c\n    port: 3\n');
  const { actions } = await adoption(world, join(world.directory, 'out'));
  expect(actions).toEqual(['adopt']);
});

test('applications that do not match the pattern are one warning that names them as applications', async () => {
  const world = await deployed({ 'acme-config/dev/A': 'a: 1', 'Shop (EU)/dev/A': 'a: 1', 'tool/dev/A': 'a: 1' });
  const { stderr, json } = await world.appcfg(
    'import',
    '--dry-run',
    '--application-name',
    '{tenant}-config',
    '-o',
    'json',
  );
  expect(stderr).toContain('2 applications do not match "{tenant}-config": Shop (EU), tool');
  expect(stderr).not.toContain('tenants');
  expect(json.summary.skipped).toBe(2);
});
