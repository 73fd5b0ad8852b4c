import { execFileSync } from 'node:child_process';
// `diff --base`: two revisions of the tree, compared offline.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commit, createWorld } from '../support/world.ts';

const tree = {
  'appcfg.yml': 'project: acme/config\nredact: [/password]\n',
  'template/A.yml': 'a: 1\npassword: old\n',
  'template/B.yml': 'b: 1\n',
  'tenants/one/dev/.gitkeep': '',
  'tenants/two/dev/.gitkeep': '',
};

test('what changed since a revision is shown address by address, and AWS is not contacted', async () => {
  const world = createWorld(tree);
  commit(world);
  world.write('tenants/one/dev/A.yml', 'a: 2\n');
  world.write('template/C.yml', 'c: 1\n');
  world.write('template/B.yml', undefined);
  const outcome = await world.appcfg('diff', '--base', 'HEAD');
  expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
  expect(outcome.stdout).toBe(`2 of 2 tenants change, in 3 groups.
  C, B  dev 2 of 2
  A     dev 1 of 2

one/dev/C
  and 1 more with the same change: two/dev/C
  + new, 13 bytes

one/dev/B
  and 1 more with the same change: two/dev/B
  - removed

one/dev/A
  ~ /a   1 → 2  tenants/one/dev/A.yml:1

Rollout of 3 addresses: about 4 min

Compared with the base: 1 address changed, 2 addresses new, 2 addresses removed, 1 address unchanged.
`);
  expect(world.takeCalls()).toEqual({});
  const json = await world.appcfg('diff', '--base', 'HEAD', '-o', 'json', '--detailed-exitcode');
  expect(json.exitCode).toBe(2);
  expect(json.json.summary).toMatchObject({ create: 2, update: 1, delete: 2, unchanged: 1, deployments: 0 });
  commit(world);
  expect((await world.appcfg('diff', '--base', 'HEAD', '--detailed-exitcode')).exitCode).toBe(0);
});

test('a change of the project or of an account is shown first', async () => {
  const world = createWorld(tree);
  commit(world);
  world.write(
    'appcfg.yml',
    'project: acme/other\nenvironments: { dev: { account: "111122223333" } }\nredact: [/password]\n',
  );
  world.write('template/A.yml', 'a: 3\npassword: old\n');
  const { stdout } = await world.appcfg('diff', '--base', 'HEAD');
  expect(stdout).toBe(`2 of 2 tenants get /a 1 → 3; 2 settings loosened; 1 other setting changed.
  A  dev 2 of 2

2 settings are loosened
  ~ /project   "acme/config" → "acme/other"  appcfg.yml:1
      it decides who owns what is created
  + /environments/dev/account   "111122223333"  appcfg.yml:2
      it decides where it is deployed, and as whom; affects 4 addresses

1 setting changes
  + /environments   ["dev"]  appcfg.yml:2

one/dev/A
  and 1 more with the same change: two/dev/A
  ~ /a   1 → 3  template/A.yml:1

Rollout of 2 addresses: about 2 min

Compared with the base: 2 addresses changed, 2 addresses unchanged.
`);
});

test('a tenant that moves to another Region is shown first, and a moved entry is no change', async () => {
  const world = createWorld({
    ...tree,
    'appcfg.yml':
      'project: acme/config\ntenants: [{ match: one, labels: { tier: gold } }, { match: "*", region: eu-west-1 }]\n',
  });
  commit(world);
  world.write(
    'appcfg.yml',
    'project: acme/config\ntenants: [{ match: "*", region: eu-central-1 }, { match: one, labels: { tier: silver } }]\n',
  );
  const { stdout } = await world.appcfg('diff', '--base', 'HEAD');
  expect(stdout).toContain(`1 setting is loosened
  ~ /tenants/0/region   "eu-west-1" → "eu-central-1"  appcfg.yml:2
      it decides where it is deployed, and as whom; affects 4 addresses

1 setting changes
  ~ /tenants/1/labels   {"tier":"gold"} → {"tier":"silver"}  appcfg.yml:2
      affects 2 addresses
`);
});

test('a schema whose file, or a file that it references, has another content is loosened', async () => {
  const world = createWorld({
    ...tree,
    'appcfg.yml': 'project: acme/config\nprofiles: { A: { schema: schemas/A.json }, B: { schema: schemas/B.json } }\n',
    'schemas/A.json': '{ "properties": { "a": { "$ref": "types/number.json" } } }',
    'schemas/types/number.json': '{ "type": "integer" }',
    'schemas/B.json': '{ "properties": {} }',
  });
  commit(world);
  world.write('schemas/B.json', '{\n  "properties": {}\n}\n');
  const spaced = await world.appcfg('diff', '--base', 'HEAD', '-o', 'json');
  expect(spaced.json.settingsChanges).toEqual([]);
  world.write('schemas/types/number.json', '{}');
  const { json } = await world.appcfg('diff', '--base', 'HEAD', '-o', 'json');
  expect(json.settingsChanges).toMatchObject([
    { path: '/profiles/A/schema', loosened: true, reason: 'its content is replaced', addresses: 2 },
  ]);
});

test('what one of the revisions redacts is not shown', async () => {
  const world = createWorld(tree);
  commit(world);
  world.write('appcfg.yml', 'project: acme/config\n');
  world.write('template/A.yml', 'a: 1\npassword: new\n');
  for (const format of ['text', 'json', 'markdown', 'jsonl']) {
    const { stdout } = await world.appcfg('diff', '--base', 'HEAD', '-o', format);
    expect(stdout).toContain('/password');
    expect(stdout).not.toMatch(/"old"|"new"|\\"old\\"|\\"new\\"/);
  }
});

test('a tree in a folder of the repository is found there, and a base without a tree is empty', async () => {
  const world = createWorld({ 'readme.txt': 'x' });
  const first = commit(world);
  mkdirSync(join(world.directory, 'config'));
  for (const [path, text] of Object.entries(tree)) world.write(`config/${path}`, text);
  commit(world);
  world.write('config/template/B.yml', 'b: 2\n');
  const changed = await world.appcfg('-C', 'config', 'diff', '--base', 'HEAD', '-o', 'tfplan');
  expect(changed.json).toEqual({ create: 0, update: 2, delete: 0 });
  const all = await world.appcfg('-C', 'config', 'diff', '--base', first, '-o', 'tfplan');
  expect(all.json).toEqual({ create: 2, update: 0, delete: 0 });
});

test.each([
  [['--adopt'], {}, '--base and --adopt cannot be combined'],
  [['--supersede'], {}, '--base and --supersede cannot be combined'],
  [['--retry-rolled-back'], {}, '--base and --retry-rolled-back cannot be combined'],
  [['--allow-older'], {}, '--base and --allow-older cannot be combined'],
  [['--allow-shrink'], {}, '--base and --allow-shrink cannot be combined'],
  [['--verify'], {}, '--base and --verify cannot be combined'],
  [['--wave', 'canary'], {}, '--base and --wave cannot be combined'],
  [[], { APPCFG_WAVE: 'canary' }, '--base and APPCFG_WAVE cannot be combined'],
])('flags that need what is live are refused: %j', async (args, env, message) => {
  const world = createWorld(tree);
  const outcome = await world.appcfgWith({ env }, 'diff', '--base', 'HEAD', ...args);
  expect(outcome).toMatchObject({ exitCode: 3, stdout: '' });
  expect(outcome.stderr).toContain(message);
});

test('where the environment names the base, it is named in the refusal', async () => {
  const outcome = await createWorld(tree).appcfgWith({ env: { APPCFG_BASE: 'HEAD' } }, 'diff', '--adopt', '-o', 'json');
  expect(outcome.json.problems[0].message).toBe('APPCFG_BASE and --adopt cannot be combined');
  const off = await createWorld(tree).appcfgWith({ env: { APPCFG_VERIFY: '0' } }, 'diff', '--base', 'HEAD');
  expect(off.stderr).toContain('needs a Git repository');
});

test('an error in the base is reported with its revision and position', async () => {
  const world = createWorld(tree);
  const outside = await world.appcfg('diff', '--base', 'main');
  expect(outside.exitCode).toBe(3);
  expect(outside.stderr).toContain('--base "main" needs a Git repository');
  world.write('template/A.yml', 'a: [1\n');
  commit(world);
  world.write('template/A.yml', 'a: 1\n');
  const broken = await world.appcfg('diff', '--base', 'HEAD');
  expect(broken.exitCode).toBe(3);
  expect(broken.stderr).toContain('HEAD:template/A.yml:1:6  invalid YAML');
  expect((await world.appcfg('diff', '--base', '--help')).stderr).toContain('is not a revision');
});

test.each([
  ['mian', 'did you mean "main"?'],
  ['v1.2.4', 'did you mean "v1.2.3"?'],
  ['release', 'did you mean "origin/release"?'],
  ['origin/relaese', 'did you mean "origin/release"?'],
])('a revision that is similar to a branch or a tag: %s', async (revision, hint) => {
  const world = createWorld(tree);
  commit(world);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: world.directory });
  git('branch', '--force', '--move', 'main');
  git('tag', 'v1.2.3');
  git('update-ref', 'refs/remotes/origin/release', 'HEAD');
  for (const args of [
    ['diff', '--base', revision],
    ['validate', '--settings-base', revision],
    ['rollback', '--commit', revision],
  ]) {
    const { exitCode, stderr } = await world.appcfg(...args);
    expect(stderr, args.join(' ')).toContain(hint);
    expect(exitCode).toBe(3);
  }
});

test('content of another application is named, and is no change of content', async () => {
  const world = createWorld(tree);
  commit(world);
  world.write('appcfg.yml', 'project: acme/config\nredact: [/password]\napplicationName: "x-{tenant}"\n');
  const { stdout } = await world.appcfg('diff', '--base', 'HEAD');
  expect(stdout).toBe(`No content changes; 1 setting loosened.

1 setting is loosened
  ~ /applicationName   "{tenant}" → "x-{tenant}"  appcfg.yml:3
      tenants get other applications

4 addresses of another application
  one/dev/A
  one/dev/B
  two/dev/A
  two/dev/B

Rollout of 4 addresses: about 4 min

Compared with the base: 4 addresses changed.
`);
  expect(await world.appcfg('diff', '--base', 'HEAD', '-o', 'json')).toMatchObject({
    json: { changeGroups: [], addresses: [{ changeGroup: null, reason: 'application "one" → "x-one"' }, {}, {}, {}] },
  });
});

test('a tenant that is removed or renamed can be selected by either name', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: p\n',
    'template/L.yml': 'a: 1\n',
    'tenants/acme/dev/L.yml': 'own: acme\n',
    'tenants/gone/dev/L.yml': 'own: gone\n',
    'tenants/stays/dev/.gitkeep': '',
  });
  commit(world);
  world.write('tenants/acme', undefined);
  world.write('tenants/gone', undefined);
  world.write('tenants/acme-corp/dev/L.yml', 'own: acme\n');
  for (const name of ['acme', 'acme-corp']) {
    const { exitCode, stdout, stderr } = await world.appcfg('diff', '--base', 'HEAD', '-t', name);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('acme → acme-corp  probably renamed: a new application');
  }
  const removed = await world.appcfg('diff', '--base', 'HEAD', '-t', 'gone');
  expect(removed.exitCode, removed.stderr).toBe(0);
  expect(removed.stdout).toContain('1 tenant removed');
  for (const [flag, name] of [
    ['-t', 'acm'],
    ['-e', 'prod'],
    ['-p', 'Other'],
  ] as const) {
    const wrong = await world.appcfg('diff', '--base', 'HEAD', flag, name);
    expect(wrong.exitCode).toBe(3);
    expect(wrong.stderr).toContain('matches nothing');
  }
});

test('own values, outliers and environments of a tenant are in the order of the settings', async () => {
  const world = createWorld({
    'appcfg.yml': 'project: p\nenvironments: { dev: {}, qa: {}, prod: {} }\n',
    'template/L.yml': 'a: 1\n',
    'tenants/keeps/L.yml': 'a: 7\n',
    ...Object.fromEntries(['dev', 'qa', 'prod'].map((each) => [`tenants/keeps/${each}/.gitkeep`, ''])),
    ...Object.fromEntries(['dev', 'qa', 'prod'].map((each) => [`tenants/odd/${each}/L.yml`, 'a: 3\n'])),
    'tenants/other/dev/.gitkeep': '',
  });
  commit(world);
  world.write('template/L.yml', 'a: 2\n');
  for (const each of ['dev', 'qa', 'prod']) {
    world.write(`tenants/odd/${each}/L.yml`, 'a: 4\n');
    world.write(`tenants/new/${each}/.gitkeep`, '');
  }
  const { json } = await world.appcfg('diff', '--base', 'HEAD', '-o', 'json');
  const { shielded, outliers, tenants } = json.review;
  expect(shielded[0].addresses).toEqual(['keeps/dev/L', 'keeps/qa/L', 'keeps/prod/L']);
  expect(outliers.map(({ address }: { address: string }) => address)).toEqual(['odd/dev/L', 'odd/qa/L', 'odd/prod/L']);
  expect(tenants.added[0].environments).toEqual(['dev', 'qa', 'prod']);
  const selected = await world.appcfg('diff', '--base', 'HEAD', '-t', 'o*');
  expect(selected.stdout).toMatch(/^1 of 2 selected tenants gets /);
});
