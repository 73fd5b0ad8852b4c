// Redundant overrides are counted, and listed on request; the settings decide how serious warnings are.
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
  expect([tidy.exitCode, tidy.stdout]).toEqual([0, '2 redundant overrides\n']);
  expect(tidy.stderr).not.toMatch(/kind-changed|YAML 1.1/);
});

test('tidy lists nothing while the tree has errors, but these', async () => {
  const outcome = await createWorld({ ...tree, 'tenants/one/dev/A.yml': 'b:\n' }).appcfg('tidy');
  expect([outcome.exitCode, outcome.stdout]).toEqual([3, '']);
  expect(outcome.stderr).toContain('/b has no value');
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
