// GitLab's Code Quality report, as runs write it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commit, createWorld, inPipeline, type World } from '../support/world.ts';

interface Entry {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: string;
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

const settings = 'project: p\nprofiles: { Limits: { schema: schemas/Limits.json } }\n';
const schema = JSON.stringify({ type: 'object', properties: { requests: { type: 'integer' } } });
const tree = {
  'appcfg.yml': settings,
  'schemas/Limits.json': schema,
  'template/Limits.yml': 'requests: many\n',
  'tenants/acme/dev/.gitkeep': '',
  'tenants/globex/dev/.gitkeep': '',
};

async function entriesOf(world: World, ...args: string[]): Promise<readonly Entry[]> {
  await world.appcfg(...args, '-o', 'codequality=quality.json');
  return JSON.parse(readFileSync(join(world.directory, 'quality.json'), 'utf8'));
}

test('a line that is wrong for two addresses is one entry, with its hint', async () => {
  const [entry, ...others] = await entriesOf(createWorld(tree, inPipeline), 'validate');
  expect(others).toEqual([]);
  expect(entry).toMatchObject({
    check_name: 'content-invalid',
    severity: 'major',
    location: { path: 'template/Limits.yml', lines: { begin: 1 } },
  });
  expect(entry?.description).toContain('/requests must be integer (schemas/Limits.json), in 2 addresses');
  expect(entry?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
});

test('nothing wrong is an empty list', async () => {
  const world = createWorld({ ...tree, 'template/Limits.yml': 'requests: 1\n' }, inPipeline);
  expect(await entriesOf(world, 'validate')).toEqual([]);
  expect(await entriesOf(world, 'diff')).toEqual([]);
});

test('fingerprints stay when lines move, and two equal problems of a file have different ones', async () => {
  const text = 'a: yes\nb: { c: yes }\n';
  const world = createWorld({ ...tree, 'template/Limits.yml': text }, inPipeline);
  const before = await entriesOf(world, 'validate');
  expect(before.map(({ severity }) => severity)).toEqual(['minor', 'minor']);
  expect(new Set(before.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  world.write('template/Limits.yml', `# one\n\n${text}`);
  const after = await entriesOf(world, 'validate');
  expect(after.map(({ fingerprint }) => fingerprint)).toEqual(before.map(({ fingerprint }) => fingerprint));
  expect(after.map(({ location }) => location.lines.begin)).toEqual([3, 4]);
});

test('paths are those of the repository, wherever the tree is in it', async () => {
  const inFolder = Object.fromEntries(Object.entries(tree).map(([path, text]) => [`config/eu/${path}`, text]));
  const world = createWorld({ ...inFolder, 'README.md': 'x\n' });
  commit(world);
  const [entry] = await entriesOf(world, 'validate', '-C', 'config/eu');
  expect(entry?.location.path).toBe('config/eu/template/Limits.yml');
});

test("the job's token is in no path, also where a folder above the tree has its name", async () => {
  const token = 'glcbt-64_aXkq9VbZ3hPt7Lw';
  const inFolder = Object.fromEntries(Object.entries(tree).map(([path, text]) => [`builds/${token}/${path}`, text]));
  const world = createWorld(inFolder);
  commit(world);
  const flags = ['-C', `builds/${token}`, '-o', 'codequality=quality.json'];
  await world.appcfgWith({ env: { CI_JOB_TOKEN: token } }, 'validate', ...flags);
  const text = readFileSync(join(world.directory, 'quality.json'), 'utf8');
  expect(text).not.toContain(token);
  expect(JSON.parse(text)).toMatchObject([
    { location: { path: expect.stringMatching(/^builds\/.*\/template\/Limits\.yml$/) } },
  ]);
});

test('what is at no line of the tree is left out: another revision, a run', async () => {
  const world = createWorld({ ...tree, 'template/Limits.yml': 'requests: [\n' });
  commit(world);
  world.write('template/Limits.yml', 'requests: 1\n');
  commit(world);
  expect(await entriesOf(world, 'diff', '--base', 'HEAD~1')).toEqual([]);
  const refused = createWorld({ 'appcfg.yml': 'project: p\n', 'template/Limits.yml': 'a: 1\n' }, inPipeline);
  expect(await entriesOf(refused, 'validate')).toEqual([]);
});
