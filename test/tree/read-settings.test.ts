// appcfg.yml is found and read.
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DiskSource } from '../../src/tree/disk-source.ts';
import { readSettings } from '../../src/tree/read-settings.ts';
import { createWorld } from '../support/world.ts';

const tree = { 'template/A.yml': 'a: 1\n', 'tenants/one/dev/.gitkeep': '' };

async function problemsIn(directory: string): Promise<string[]> {
  const { problems } = await readSettings(new DiskSource(directory));
  return problems.map(({ source, message }) => `${source?.file}  ${message}`);
}

test('a tree without appcfg.yml has the default settings', async () => {
  const { directory } = createWorld({ 'template/A.yml': 'a: 1\n' });
  const { settings, problems } = await readSettings(new DiskSource(directory));
  expect(problems).toEqual([]);
  expect(settings.applicationName).toBe('{tenant}');
});

test('what can be understood of invalid settings is used to check the tree', async () => {
  const world = createWorld({
    ...tree,
    'appcfg.yml': 'projekt: x\nenvironments:\n  dev: {}\n',
    'tenants/one/pord/.gitkeep': '',
  });
  const { json } = await world.appcfg('validate', '-o', 'json');
  expect(json.problems.map(({ source, message }: Record<string, string>) => `${source}  ${message}`)).toEqual([
    'appcfg.yml:1:1  unknown key "projekt"',
    'tenants/one/pord  "pord" is not one of the environments in appcfg.yml',
  ]);
});

test('a symbolic link that leads out of the tree, or nowhere, is not followed', async () => {
  const { directory } = createWorld({ ...tree, 'inner/template/A.yml': 'a: 1\n' });
  writeFileSync(join(directory, 'outside.yml'), 'project: x\n');
  symlinkSync('../outside.yml', join(directory, 'inner/appcfg.yml'));
  expect(await problemsIn(join(directory, 'inner'))).toEqual([
    expect.stringContaining('appcfg.yml  the symbolic link leads out of the tree'),
  ]);
  symlinkSync('nowhere.yml', join(directory, 'appcfg.yml'));
  expect(await problemsIn(directory)).toEqual(['appcfg.yml  cannot be read (ENOENT)']);
});

test('a symbolic link inside the tree is followed', async () => {
  const { directory } = createWorld({ ...tree, 'settings.yml': 'project: linked\n' });
  symlinkSync('settings.yml', join(directory, 'appcfg.yml'));
  expect(await readSettings(new DiskSource(directory))).toMatchObject({
    settings: { project: 'linked' },
    problems: [],
  });
});

test('a file that is not UTF-8 is refused, and so are two files', async () => {
  const { directory } = createWorld({ ...tree });
  writeFileSync(join(directory, 'appcfg.yml'), Buffer.from([0x61, 0xff]));
  expect(await problemsIn(directory)).toEqual(['appcfg.yml  the file is not UTF-8']);
  writeFileSync(join(directory, 'appcfg.yaml'), '');
  expect(await problemsIn(directory)).toEqual(['appcfg.yaml  appcfg.yml and appcfg.yaml both exist']);
});

test.each(['appcfg.json', 'appcfg.YML', 'Appcfg.yml'])('%s is ignored, with a warning', async (name) => {
  const { directory } = createWorld({ ...tree, [name]: '{}' });
  expect(await problemsIn(directory)).toEqual([`${name}  ignored: the settings are in appcfg.yml`]);
});
