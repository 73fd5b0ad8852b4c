// Redundant overrides are counted, and listed on request; the settings decide how serious warnings are.
import { chmodSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

const tree = {
  'template/A.yml': 'a: 1\nb: 2\nhosts: [x]\n',
  'tenants/one/A.yml': 'a: 1\nb: 3\n',
  'tenants/one/dev/A.yml': 'b: 3\nhosts: z\n',
  'tenants/two/dev/A.yml': 'a: 1 # appcfg: keep\nb: yes\n',
};

const settingsWith = (severities: string) => ({ ...tree, 'appcfg.yml': `severities: ${severities}\n` });

test('validate counts redundant overrides in one line; with -v, and by tidy, they are listed', async () => {
  const world = createWorld(tree);
  const listed = ['tenants/one/dev/A.yml:1:1', 'tenants/one/A.yml:1:1'];
  const sourcesOf = (outcome: { readonly json: unknown }) =>
    (outcome.json as { problems: { code: string; source: string | null; count?: number }[] }).problems
      .filter(({ code }) => code === 'override-redundant')
      .map(({ source, count }) => source ?? count);
  const counted = await world.appcfg('validate', '-o', 'json');
  expect([counted.exitCode, ...sourcesOf(counted)]).toEqual([0, 2]);
  expect(sourcesOf(await world.appcfg('validate', '-v', '-o', 'json'))).toEqual(listed);
  expect(sourcesOf(await world.appcfg('tidy', '-o', 'json'))).toEqual(listed);
  const tidy = await world.appcfg('tidy');
  expect([tidy.exitCode, tidy.stdout.split('\n')[0]]).toEqual([0, '2 redundant overrides can be removed']);
  expect(tidy.stderr).not.toMatch(/kind-changed|YAML 1.1/);
});

test('tidy lists nothing while the tree has errors, but these', async () => {
  const outcome = await createWorld({ ...tree, 'tenants/one/dev/A.yml': 'b:\n' }).appcfg('tidy');
  expect([outcome.exitCode, outcome.stdout]).toEqual([3, '']);
  expect(outcome.stderr).toContain('/b has no value');
});

/** Tidies, and gives the text of a file afterwards: undefined of one that does not exist. */
async function tidied(files: Readonly<Record<string, string>>, ...args: string[]) {
  const world = createWorld(files);
  const before = await world.appcfg('render', '-o', 'json');
  const outcome = await world.appcfg('tidy', '--write', '-o', 'json', ...args);
  const after = await world.appcfg('render', '-o', 'json');
  expect(after.json.configurations).toEqual(before.json.configurations);
  const text = (path: string) => {
    const file = join(world.directory, path);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  };
  return { world, outcome, json: outcome.json, text };
}

const repeated = {
  'template/A.yml': '# everyone\na: 1 # one\nb: 2\n',
  'tenants/one/dev/A.yml': '# one\nb: 3 # three\n\n# its own\nc:   [ 1,2 ]\n',
  'tenants/two/dev/A.yml': 'b: 3\na: 1 # appcfg: keep\n',
  'tenants/three/dev/A.json': '{\n    "b": 3, "d": 1.0\n}\n',
  'tenants/four/dev/.gitkeep': '',
};

test('what most tenants repeat is moved, who has another value keeps it, and comments and formatting elsewhere stay', async () => {
  const { json, text } = await tidied(repeated);
  expect(json).toMatchObject({
    moves: [{ pointer: '/b', to: 'template/A.yml', kept: ['tenants/four/dev/A.yml'] }],
    removals: [],
    proof: { addresses: 4, leavesBefore: 8, leavesAfter: 6 },
    written: true,
  });
  expect(text('template/A.yml')).toBe('# everyone\na: 1 # one\nb: 3\n');
  expect(text('tenants/one/dev/A.yml')).toBe('# one\n\n# its own\nc:   [ 1,2 ]\n');
  expect(text('tenants/two/dev/A.yml')).toBe('a: 1 # appcfg: keep\n');
  expect(text('tenants/three/dev/A.json')).toBe('{\n    "d": 1.0\n}\n');
  expect(text('tenants/four/dev/A.yml')).toBe('b: 2\n');
});

test('without --write nothing is written, and the files, pointers and the proof are shown', async () => {
  const world = createWorld(repeated);
  const { exitCode, stdout } = await world.appcfg('tidy');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('/b  from 3 files to template/A.yml; 1 file keeps another value');
  expect(stdout).toContain('To move:');
  expect(stdout).toContain('4 addresses rendered before and after, every byte equal; 8 values before, 6 after');
  expect(stdout).toContain('~ template/A.yml');
  expect(stdout).toContain('appcfg tidy --write');
  expect(readFileSync(join(world.directory, 'template/A.yml'), 'utf8')).toBe(repeated['template/A.yml']);
});

test.each([
  [[], 'To remove:', 'To move:'],
  [['--write'], 'Removed:', 'Moved:'],
])('with %j the text has %s and %s', async (flags, removed, moved) => {
  const world = createWorld({ ...repeated, 'tenants/two/dev/A.yml': 'b: 3\na: 1\n' });
  const { stdout } = await world.appcfg('tidy', ...flags);
  expect(stdout.match(/^.*(?:remove|move)d?:$/gim)).toEqual([removed, moved]);
  const again = await world.appcfg('tidy', ...flags);
  if (flags.length > 0) expect(again.stdout).toContain('Nothing to tidy: 4 addresses rendered, 5 values');
});

test('an environment keeps its folder, and a file its leading comments, where nothing else is left', async () => {
  const { json, text } = await tidied({
    'template/A.yml': 'a: 1\n',
    'tenants/one/dev/A.yml': 'a: 1\n',
    'tenants/two/dev/A.yml': '# why\n\na: 1\n',
  });
  expect(json.files).toEqual([
    { file: 'tenants/one/dev/A.yml', change: 'removed' },
    { file: 'tenants/two/dev/A.yml', change: 'changed' },
    { file: 'tenants/one/dev/.gitkeep', change: 'created' },
  ]);
  expect([text('tenants/one/dev/A.yml'), text('tenants/one/dev/.gitkeep'), text('tenants/two/dev/A.yml')]).toEqual([
    undefined,
    '',
    '# why\n',
  ]);
});

test('an address limits which files are changed: those that apply to nothing else', async () => {
  const files = { ...repeated, 'tenants/five/A.yml': 'a: 1\n', 'tenants/five/dev/A.yml': 'a: 1\nb: 9\n' };
  const whole = { ...files, 'tenants/five/prod/.gitkeep': '' };
  const { json } = await tidied(whole, 'five/dev/A');
  expect(json.files).toEqual([{ file: 'tenants/five/dev/A.yml', change: 'changed' }]);
  const tenant = await tidied(whole, '--tenant', 'five');
  expect(tenant.json.files.map(({ file }: { file: string }) => file).sort()).toEqual([
    'tenants/five/A.yml',
    'tenants/five/dev/A.yml',
  ]);
  const unknown = await createWorld(files).appcfg('tidy', 'six/dev/A');
  expect([unknown.exitCode, unknown.stderr]).toEqual([3, expect.stringContaining('no address "six/dev/A"')]);
});

test('while the tree has errors, also where it is not selected, nothing is written', async () => {
  const world = createWorld({ ...repeated, 'tenants/two/dev/B.yml': 'b:\n  - [\n' });
  const outcome = await world.appcfg('tidy', 'one/dev/A', '--write');
  expect([outcome.exitCode, outcome.stdout]).toEqual([3, '']);
});

test('if one file is read-only, none is written', async () => {
  const world = createWorld(repeated);
  chmodSync(join(world.directory, 'tenants/two/dev/A.yml'), 0o444);
  const outcome = await world.appcfg('tidy', '--write');
  expect(outcome.exitCode).toBe(3);
  expect(outcome.stderr).toContain('tenants/two/dev/A.yml  the file is read-only');
  // Nothing is reported as done.
  expect(outcome.stdout).toBe('');
  expect(readFileSync(join(world.directory, 'template/A.yml'), 'utf8')).toBe(repeated['template/A.yml']);
  expect(existsSync(join(world.directory, 'tenants/four/dev/A.yml'))).toBe(false);
});

test('a file that a symbolic link leads to stays as it is, and so does the link', async () => {
  const world = createWorld({
    'template/A.yml': 'a: 1\n',
    'tenants/one/dev/A.yml': 'a: 1\n',
    'tenants/two/dev/.gitkeep': '',
  });
  symlinkSync('../../one/dev/A.yml', join(world.directory, 'tenants/two/dev/A.yml'));
  expect((await world.appcfg('tidy', '--write', '-o', 'json')).json.files).toEqual([]);
});

test('a folder that a symbolic link leads to is not written into', async () => {
  const repeating = {
    'tenants/one/dev/A.yml': 'a: 2\n',
    'tenants/two/dev/A.yml': 'a: 2\n',
    'tenants/four/dev/A.yml': 'a: 2\n',
  };
  const world = createWorld({ 'template/A.yml': 'a: 1\n', ...repeating, 'tenants/three/dev/.gitkeep': '' });
  symlinkSync('three', join(world.directory, 'tenants/five'));
  const outcome = await world.appcfg('tidy', '--write', '-o', 'json');
  expect([outcome.exitCode, existsSync(join(world.directory, 'tenants/three/dev/A.yml'))]).toEqual([0, false]);
});

test('feature flags are tidied like other documents', async () => {
  const flags = (enabled: boolean) =>
    `{ "version": "1", "flags": { "a": { "name": "a" } }, "values": { "a": { "enabled": ${enabled} } } }\n`;
  const { json, text } = await tidied({
    'appcfg.yml': 'project: p\nprofiles: { A: { type: feature-flags } }\n',
    'template/A.json': flags(false),
    'tenants/one/dev/A.yml': 'values: { a: { enabled: true } }\n',
    'tenants/two/dev/A.json': '{ "values": { "a": { "enabled": true } } }\n',
  });
  expect(json.moves).toMatchObject([{ pointer: '/values/a/enabled', to: 'template/A.json' }]);
  expect(text('template/A.json')).toBe(flags(true));
});

test('values with anchors and aliases stay as they are', async () => {
  const anchored = 'x: &x { c: 1 }\ny: *x\n';
  const { json } = await tidied({
    'template/A.yml': 'x: { c: 1 }\nz: 1\n',
    'tenants/one/dev/A.yml': anchored,
    'tenants/two/dev/A.yml': anchored,
  });
  expect(json.files).toEqual([]);
});

test('severities silence warnings, or make them errors', async () => {
  const codesWith = async (severities: string) => {
    const { exitCode, json } = await createWorld(settingsWith(severities)).appcfg('validate', '-o', 'json');
    const { problems } = json as { problems: { code: string; severity: string }[] };
    return [exitCode, ...problems.map(({ code, severity }) => `${severity} ${code}`)];
  };
  const { problems } = (await createWorld(tree).appcfg('validate', '-o', 'json')).json as {
    problems: { code: string }[];
  };
  const codes = problems.map(({ code }) => code);
  expect(codes).toEqual(['kind-changed', 'scalar-ambiguous', 'override-redundant']);
  const off = codes.map((code) => `${code}: off`).join(', ');
  expect(await codesWith(`{ ${off} }`)).toEqual([0]);
  expect(await codesWith('{ kind-changed: error, scalar-ambiguous: off, override-redundant: warn }')).toEqual([
    3,
    'error kind-changed',
    'warning override-redundant',
  ]);
  expect(await codesWith('{ override-redundant: error, kind-changed: off, scalar-ambiguous: off }')).toEqual([
    3,
    'error override-redundant',
  ]);
});

test('severities silence no error', async () => {
  const files = { ...settingsWith('{ kind-changed: off }'), 'tenants/two/dev/A.yml': '[1]\n' };
  const outcome = await createWorld(files).appcfg('validate');
  expect(outcome.exitCode).toBe(3);
  expect(outcome.stderr).toContain('the whole configuration is a map');
});

test.each(['diff', 'sync', 'render', 'status'])(
  '%s counts redundant overrides, and refuses what severities raise to an error',
  async (command) => {
    const counted = await createWorld(tree).appcfg(command);
    expect(counted.stderr.match(/2 overrides are redundant, in 2 files/g)).toHaveLength(1);
    const refused = await createWorld(settingsWith('{ kind-changed: error }')).appcfg(command);
    expect(refused.exitCode).toBe(3);
  },
);

test('what has to stay is not listed as redundant: it is counted, and -v lists it with the reason', async () => {
  const world = createWorld({
    'template/A.yml': 'a: 1\nb: 2\n',
    'tenants/one/A.yml': 'a: 1\nc: 1\n',
    'tenants/one/dev/A.yml': 'b: 2\nd: 1\n',
    'tenants/one/prod/.gitkeep': '',
    'tenants/two/prod/A.yml': 'b: 2\n',
    'tenants/three/prod/.gitkeep': '',
  });
  symlinkSync('../../two/prod/A.yml', join(world.directory, 'tenants/three/prod/A.yml'));
  await world.appcfg('tidy', '--write', '-e', 'dev');
  const again = await world.appcfg('tidy', '-e', 'dev', '-o', 'json');
  expect(again.json).toMatchObject({ problems: [], files: [], summary: { redundantOverrides: 0, left: 1 } });
  const reasons = async (...args: string[]) => {
    const { json } = await world.appcfg('tidy', '-v', '-o', 'json', ...args);
    return json.problems.map((problem: { source: string; hint: { text: string } }) => [
      problem.source,
      problem.hint.text,
    ]);
  };
  const unselected = 'not removed: the file applies to other addresses, too; select them';
  expect(await reasons('-e', 'dev')).toEqual([['tenants/one/A.yml:1:1', unselected]]);
  expect((await world.appcfg('tidy', '-e', 'dev')).stdout).toContain(
    '0 redundant overrides can be removed; 1 cannot be (-v shows why)',
  );
  await world.appcfg('tidy', '--write');
  const linked = 'not removed: a symbolic link leads to the file; edit the file';
  expect((await reasons()).map(([, text]: [string, string]) => text)).toEqual([linked, linked]);
  // The command of the count lists what it counts.
  expect((await world.appcfg('validate')).stderr).toMatch(
    /2 overrides are redundant, [^\n]*\n *list them: appcfg tidy -v\n/,
  );
});

test('a redundant file goes with its anchors, and many members of a JSON file go at once', async () => {
  const members = (of: (index: number) => unknown) =>
    Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, of(index)]));
  const { text, json } = await tidied({
    'template/A.yml': 'a: 1\nb: 1\n',
    'tenants/one/dev/A.yml': 'a: &x 1\nb: *x\n',
    'template/B.json': JSON.stringify(members((index) => ({ a: index, b: index }))),
    'tenants/one/dev/B.json': JSON.stringify(
      members((index) => ({ a: index, b: index + 1 })),
      null,
      1,
    ),
  });
  expect(json.summary).toEqual({ redundantOverrides: 301, left: 0 });
  expect(text('tenants/one/dev/A.yml')).toBeUndefined();
  expect(text('tenants/one/dev/B.json')).toBe(
    JSON.stringify(
      members((index) => ({ b: index + 1 })),
      null,
      1,
    ),
  );
});

test('a file that repeats all of its values and cannot be changed ends the search, too', async () => {
  // Text that no edit keeps as it is: a comment in what has to go.
  const world = createWorld({
    'appcfg.yml': 'project: t\n',
    'template/P.yml': 'm: { p: 1, q: 2 }\n',
    'tenants/c/dev/P.yml': '\uFEFFm: {p: 1,\n  # why\n  q: 2}\n',
  });
  const { exitCode } = await world.appcfg('tidy', '--write');
  expect(exitCode).toBe(0);
  expect((await world.appcfg('tidy')).stdout).toContain('Nothing to tidy');
});
