import { expect, test } from 'vitest';
import { ignoredByGit, type SelectedNames } from '../../../src/tree/checks/ignored-by-git.ts';

const all: SelectedNames = { tenant: () => true, environment: () => true };
const found = (paths: readonly string[], selected = all) =>
  ignoredByGit(paths, selected).map(({ source, message }) => `${source?.file}: ${message}`);

test.each([
  [
    'a tenant',
    ['tenants/a/', 'tenants/a/dev/', 'tenants/a/dev/L.yml'],
    'tenants/a: Git ignores the tenant, with all of its files',
  ],
  [
    'an environment',
    ['tenants/a/dev/', 'tenants/a/dev/x.tmp'],
    'tenants/a/dev: Git ignores the environment, with all of its files',
  ],
  ['a file of an environment', ['tenants/a/dev/L.yml'], 'tenants/a/dev/L.yml: Git ignores the file'],
  ['a file of a tenant', ['tenants/a/L.json'], 'tenants/a/L.json: Git ignores the file'],
  ['a file of the template', ['template/L.yaml'], 'template/L.yaml: Git ignores the file'],
  [
    'an environment of the template',
    ['template/dev/'],
    'template/dev: Git ignores the environment, with all of its files',
  ],
  ['all tenants', ['tenants/', 'tenants/a/'], 'tenants: Git ignores the folder, with all that is in it'],
  ['the settings', ['appcfg.yml'], 'appcfg.yml: Git ignores the file'],
  ['a schema', ['schemas/s.json'], 'schemas/s.json: Git ignores the file'],
])('%s that is ignored is reported once', (_what, paths, problem) => {
  expect(found(paths)).toEqual([`${problem}: no clone has it`]);
});

test.each([
  ['a file that is no configuration', ['tenants/a/dev/x.tmp']],
  ['a name that the tree leaves out', ['tenants/a/dev/_L.yml', 'tenants/_a/', 'tenants/a/.idea/']],
  ['what is too deep', ['tenants/a/dev/more/', 'tenants/a/dev/more/L.yml']],
  ['a tree that is ignored as a whole', ['', 'tenants/']],
])('%s is not', (_what, paths) => {
  expect(found(paths)).toEqual([]);
});

test('what is not selected is not reported', () => {
  const selected = { tenant: (name: string) => name === 'a', environment: (name: string) => name === 'dev' };
  expect(found(['tenants/b/', 'tenants/b/L.yml', 'tenants/a/qa/', 'template/qa/L.yml'], selected)).toEqual([]);
  expect(found(['tenants/a/', 'tenants/a/dev/'], selected)).toHaveLength(1);
});
