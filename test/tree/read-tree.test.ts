import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseDocument } from '../../src/core/document/parse-yaml.ts';
import { everything } from '../../src/core/model/selection.ts';
import { formatSource } from '../../src/core/model/source-position.ts';
import { mapOf } from '../../src/core/model/value.ts';
import { RenderCache } from '../../src/core/render/render-cache.ts';
import { defaultSettings } from '../../src/core/settings/settings.ts';
import { DiskSource } from '../../src/tree/disk-source.ts';
import { type OpenTree, openTree, type TreeOptions } from '../../src/tree/read-tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'appcfg-tree-'));
afterAll(() => rmSync(folder, { recursive: true }));

function treeOf(name: string, files: Record<string, string>, options: Pick<TreeOptions, 'isInRepository'> = {}) {
  const directory = join(folder, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return openTree(new DiskSource(directory), {
    settings: defaultSettings,
    selection: everything,
    cache: new RenderCache(),
    parseLarge: async (text, options) => parseDocument(text, options),
    breathe: async () => {},
    ...options,
  });
}

async function tenantsOf(tree: OpenTree) {
  const read = [];
  for await (const each of tree.readTenants()) read.push(each);
  return read;
}

test('equal files share one value from the second on, and each has its own path', async () => {
  const tenants = ['a', 'b', 'c', 'd'];
  const tree = await treeOf(
    'equal',
    Object.fromEntries(tenants.map((name) => [`tenants/${name}/dev/P.yml`, 'key: 1\n'])),
  );
  const read = [];
  for (const name of tenants) read.push(await tree.readTenant(name));
  const documents = read.map(({ environments }) => environments.get('dev')?.get('P'));
  expect(documents.map((document) => document?.path)).toEqual(tenants.map((name) => `tenants/${name}/dev/P.yml`));
  expect(documents[1]?.value).toEqual(documents[0]?.value);
  expect(documents[2]?.value).toBe(documents[1]?.value);
  expect(documents[3]?.value).toBe(documents[1]?.value);
  expect(tree.takeProblems()).toEqual([]);
});

test('a warning in equal files has the position in each file', async () => {
  const tenants = ['a', 'b', 'c', 'd'];
  const tree = await treeOf(
    'suspicious',
    Object.fromEntries(tenants.map((name) => [`tenants/${name}/dev/P.yml`, 'key: yes\n'])),
  );
  for (const name of tenants) await tree.readTenant(name);
  expect(tree.takeProblems().map(({ code, source }) => `${code} ${source && formatSource(source)}`)).toEqual(
    tenants.map((name) => `scalar-ambiguous tenants/${name}/dev/P.yml:1:6`),
  );
});

test('a text that was read as YAML before is still checked as JSON', async () => {
  const names = ['a', 'b', 'c', 'd'];
  const files = names.flatMap((name) =>
    ['P.yml', 'Q.json'].map((file) => [`tenants/${name}/dev/${file}`, '{key: 1}\n']),
  );
  const tree = await treeOf('formats', Object.fromEntries(files));
  for (const name of names) await tree.readTenant(name);
  expect(tree.takeProblems().map(({ code, source }) => `${code} ${source && formatSource(source)}`)).toEqual(
    names.map((name) => `syntax-invalid tenants/${name}/dev/Q.json:1:2`),
  );
});

test('reading ahead changes neither tenants nor problems', async () => {
  const names = Array.from({ length: 120 }, (_, index) => `t${String(index).padStart(3, '0')}`);
  const files = names.flatMap((name, index) => [
    [`tenants/${name}/P.yml`, `key: ${index}\n`],
    [`tenants/${name}/dev/P.yml`, index % 7 === 0 ? 'key: yes\n' : index % 11 === 0 ? '{' : `own: ${index}\n`],
    [`tenants/${name}/dev/_notes.yml`, 'not read'],
    [`tenants/${name}/qa/${index % 5 === 0 ? 'README.md' : 'Q.yml'}`, 'a: 1\n'],
  ]);
  const tree = await treeOf('many', Object.fromEntries(files));
  symlinkSync(join(folder, 'many/tenants/t001/dev/P.yml'), join(folder, 'many/tenants/t002/qa/Linked.yml'));
  symlinkSync(tmpdir(), join(folder, 'many/tenants/t003/out'));
  const ahead = await tenantsOf(tree);
  const alone = await treeOf('many', {});
  const oneByOne = [];
  for (const name of names) {
    const tenant = await alone.readTenant(name);
    oneByOne.push({ tenant, problems: alone.takeProblems() });
  }
  expect(ahead).toEqual(oneByOne);
  expect(ahead.flatMap(({ problems }) => problems).length).toBeGreaterThan(40);
});

test('files that are too large to be read ahead are read one by one', async () => {
  const names = ['a', 'b', 'c', 'd'];
  const text = `key: ${'x'.repeat(400_000)}\n`;
  const tree = await treeOf('large', Object.fromEntries(names.map((name) => [`tenants/${name}/dev/P.yml`, text])));
  const read = (await tenantsOf(tree)).map(({ tenant }) => tenant.environments.get('dev')?.get('P')?.value);
  expect(read).toEqual(names.map(() => mapOf([['key', 'x'.repeat(400_000)]])));
});

test('a file instead of the folder template is an error', async () => {
  const tree = await treeOf('file', { template: 'hi', 'tenants/one/dev/A.yml': 'a: 1\n' });
  expect(tree.takeProblems().map(({ message }) => message)).toEqual(['"template" is not a folder']);
});

test('a profile that differs from one of the template by a typo is suspicious; by case it is an error', async () => {
  const tree = await treeOf('profiles', {
    'template/Limits.yml': 'a: 1',
    'template/dev/Allow_List.yml': 'a: 1',
    'tenants/one/Limit.yml': 'a: 1',
    'tenants/one/dev/Allow-List.json': '{}',
    'tenants/one/dev/limits.yml': 'a: 1',
    'tenants/one/Branding.yml': 'a: 1',
    'tenants/two/dev/Limits.yml': 'a: 1',
  });
  const read = await tenantsOf(tree);
  expect(
    read.flatMap(({ problems }) => problems.map((p) => `${p.severity} ${p.code} ${p.source?.file} ${p.hint?.text}`)),
  ).toEqual([
    'error name-collision tenants/one/dev/limits.yml rename one of them',
    'warning name-suspicious tenants/one/Limit.yml did you mean "Limits"? Then rename the file',
    'warning name-suspicious tenants/one/dev/Allow-List.json did you mean "Allow_List"? Then rename the file',
  ]);
  expect(read[0]?.problems[1]?.hint?.command).toEqual({
    program: ['git', 'mv'],
    paths: ['tenants/one/Limit.yml', 'tenants/one/Limits.yml'],
    from: 'tree',
  });
});

test('in a repository, a folder of an environment without any file is reported, also if it has folders', async () => {
  const files = {
    'template/Limits.yml': 'a: 1',
    'tenants/one/kept/.gitkeep': '',
    'tenants/one/ignored/_notes.txt': '',
    'tenants/one/used/Limits.yml': '',
  };
  const tree = await treeOf('empty-folders', files, { isInRepository: true });
  mkdirSync(join(folder, 'empty-folders/tenants/one/empty'));
  mkdirSync(join(folder, 'empty-folders/tenants/one/nested/.a/b'), { recursive: true });
  const read = await tenantsOf(tree);
  expect(read.flatMap(({ problems }) => problems.map((p) => `${p.severity} ${p.code} ${p.source?.file}`))).toEqual([
    'warning environment-folder-empty tenants/one/empty',
    'warning environment-folder-empty tenants/one/nested',
  ]);
});

test.each([
  ['tenants/one/A.yml', '\ufeff\ufeffa: 1\n'],
  ['tenants/one/A.json', '\ufeff\ufeff{"a": 1}'],
])('only one byte-order mark of %s is read over', async (path, text) => {
  const tree = await treeOf(`marks-${path.slice(-4)}`, { [path]: text, 'tenants/one/dev/B.yml': 'b: 1\n' });
  const [problem] = (await tenantsOf(tree)).flatMap(({ problems }) => problems);
  expect(problem).toMatchObject({ severity: 'error', source: { file: path, line: 1 } });
});
