// What a .gitignore keeps out of every clone is reported.
import { expect, test } from 'vitest';
import { commit, createWorld } from '../support/world.ts';

const files = {
  'template/L.yml': 'a: 1\n',
  'tenants/acme/dev/L.yml': 'a: 2\n',
  'tenants/globex/dev/x.tmp': '',
  'tenants/initech/dev/L.yml': 'a: 2\n',
};

async function ignoredIn(prefix: string, gitignore: string, env = {}, args: readonly string[] = []) {
  const world = createWorld(Object.fromEntries(Object.entries(files).map(([path, text]) => [prefix + path, text])));
  world.write('.gitignore', gitignore);
  commit(world);
  const at = prefix === '' ? [] : ['-C', prefix];
  const { json, exitCode } = await world.appcfgWith({ env }, 'validate', '-o', 'json', ...at, ...args);
  expect(exitCode).toBe(0);
  return json.problems
    .filter(({ code }: { code: string }) => code === 'ignored-by-git')
    .map(({ source }: { source: string }) => source);
}

test.each([
  ['by the only file of it', '*.tmp\n', ['tenants/globex']],
  ['by its name', 'tenants/initech/\n', ['tenants/initech']],
  ['below a folder', 'L.yml\n', ['template/L.yml', 'tenants/acme', 'tenants/initech']],
  ['not at all', 'node_modules/\n', []],
])('a tenant that Git ignores %s is a warning', async (_how, gitignore, sources) => {
  const withTree = (text: string) => (text.startsWith('tenants/') ? `conf/${text}` : text);
  const expected = sources.map((source) => (source === 'template/L.yml' ? 'template' : source));
  expect(await ignoredIn('', gitignore)).toEqual(expected);
  expect(await ignoredIn('conf/', withTree(gitignore))).toHaveLength(expected.length);
});

test('a file that Git tracks all the same is none, nor is anything in a pipeline or outside of the selection', async () => {
  expect(await ignoredIn('', '*.tmp\n', { CI: 'true' })).toEqual([]);
  expect(await ignoredIn('', '*.tmp\n', {}, ['-t', 'acme'])).toEqual([]);
  expect(await ignoredIn('', '*.tmp\n!x.tmp\n')).toEqual([]);
});
