import { expect, test } from 'vitest';
import { parseDocument } from '../../../src/core/document/parse-yaml.ts';
import { everything } from '../../../src/core/model/selection.ts';
import { formatSource } from '../../../src/core/model/source-position.ts';
import { type Layers, SourceDocument } from '../../../src/core/render/layers.ts';
import { RenderCache } from '../../../src/core/render/render-cache.ts';
import { TenantResolver } from '../../../src/core/render/resolve-tenant.ts';
import { defaultProfileSettings, defaultSettings, type ProfileSettings } from '../../../src/core/settings/settings.ts';

const layers = (
  everywhere: readonly SourceDocument[],
  environments: Record<string, readonly SourceDocument[]> = {},
): Layers => ({
  everywhere: new Map(everywhere.map((document) => ['A', document])),
  environments: new Map(
    Object.entries(environments).map(([name, documents]) => [name, new Map(documents.map((d) => ['A', d]))]),
  ),
});

/** Files with the same text, as the reader returns them: different documents that share one value. */
const sameText = (paths: readonly string[], text: string): readonly SourceDocument[] => {
  const parsed = parseDocument(text, { path: '' });
  return paths.map((path) => new SourceDocument(path, text, parsed));
};

const resolverOf = (
  template: Layers,
  profiles: readonly (readonly [string, Partial<ProfileSettings>])[] = [],
  { listsRedundant = true } = {},
) =>
  new TenantResolver(template, {
    settings: {
      ...defaultSettings,
      profiles: new Map(profiles.map(([name, settings]) => [name, { ...defaultProfileSettings, ...settings }])),
    },
    selection: everything,
    schemas: new Map(),
    matchPatterns: async () => [],
    listsRedundant,
    cache: new RenderCache(),
    breathe: async () => {},
  });

const only = (document: SourceDocument | undefined) => (document === undefined ? [] : [document]);

test('redundant overrides are counted in one problem where they are not listed', async () => {
  const template = layers(sameText(['template/A.yml'], 'a: 1\nb: 2\n'), {
    dev: sameText(['template/dev/A.yml'], 'b: 2'),
  });
  const resolver = resolverOf(template, [], { listsRedundant: false });
  await resolver.templateProblems();
  expect(resolver.countedProblems()).toMatchObject([{ count: 1, message: '1 override is redundant, in 1 file' }]);
  const [one] = sameText(['tenants/one/A.yml'], 'a: 1\nb: 2\nc: {x: null}\n');
  const [dev] = sameText(['tenants/one/dev/A.yml'], 'a: 1 # appcfg: keep\nb: 2');
  const { problems } = await resolver.resolve({ name: 'one', ...layers(only(one), { dev: only(dev), qa: [] }) });
  expect(problems).toEqual([]);
  expect(resolver.countedProblems()).toEqual([
    {
      code: 'override-redundant',
      severity: 'warning',
      message: '5 overrides are redundant, in 3 files',
      count: 5,
      hint: { text: 'list them', command: { run: 'tidy', args: ['-v'] } },
    },
  ]);
});

test('a redundant override is reported for each tenant that has it; equal contents are one object', async () => {
  const resolver = resolverOf(layers(sameText(['template/A.yml'], 'a: 1\nb: 2\n'), { dev: [] }));
  const [one, two] = sameText(['tenants/one/A.yml', 'tenants/two/A.yml'], 'a: 1\nb: 3\n');
  const first = await resolver.resolve({ name: 'one', ...layers(only(one), { dev: [], qa: [] }) });
  const second = await resolver.resolve({ name: 'two', ...layers(only(two), { dev: [], qa: [] }) });
  const sources = [first, second].map((resolved) =>
    resolved.problems.map(({ code, source }) => `${code} ${source && formatSource(source)}`),
  );
  expect(sources).toEqual([['override-redundant tenants/one/A.yml:1:1'], ['override-redundant tenants/two/A.yml:1:1']]);
  const contents = [first, second].flatMap(
    (resolved) => resolved.application.environments.map(({ configurations }) => configurations[0]?.content) ?? [],
  );
  expect(contents).toHaveLength(4);
  expect(new Set(contents).size).toBe(1);
});

test('a mismatch is reported for each tenant that has it, once for all its environments', async () => {
  const resolver = resolverOf(layers(sameText(['template/A.yml'], 'list: [1]\n'), { dev: [] }), [
    ['A', { lists: new Map([['/list', 'union']]) }],
  ]);
  const documents = sameText(['tenants/one/A.yml', 'tenants/two/A.yml'], 'list: 2\n');
  const resolved = await Promise.all(
    documents.map((document, index) =>
      resolver.resolve({ name: `${index}`, ...layers([document], { dev: [], qa: [] }) }),
    ),
  );
  const sources = resolved.map(({ problems }) =>
    problems.map(({ code, source }) => `${code} ${source && formatSource(source)}`),
  );
  expect(sources).toEqual([
    ['list-strategy-mismatch tenants/one/A.yml:1:1'],
    ['list-strategy-mismatch tenants/two/A.yml:1:1'],
  ]);
});

test('a value in two profiles is merged and rendered by the settings of each', async () => {
  const [templateA, templateB] = sameText(['template/A.yml', 'template/B.yml'], 'list: [1]\n');
  const [ownA, ownB] = sameText(['tenants/one/A.yml', 'tenants/one/B.yml'], 'list: [2]\n');
  const profiles = (a: SourceDocument | undefined, b: SourceDocument | undefined) =>
    new Map([...only(a).map((d) => ['A', d] as const), ...only(b).map((d) => ['B', d] as const)]);
  const resolver = resolverOf({ everywhere: profiles(templateA, templateB), environments: new Map() }, [
    ['B', { format: 'yaml', lists: new Map([['/list', 'append']]) }],
  ]);
  const environments = new Map([['dev', new Map()]]);
  const { application } = await resolver.resolve({ name: 'one', everywhere: profiles(ownA, ownB), environments });
  const texts = application.environments[0]?.configurations.map(({ content }) => content.text);
  expect(texts).toEqual(['{\n  "list": [\n    2\n  ]\n}\n', 'list:\n  - 1\n  - 2\n']);
});

test('a part of the template that occurs at several depths is indented at each of them', async () => {
  const text = 'a: &part { k: [1, { x: 2 }] }\nb: { c: *part }\nd: [*part]\n';
  const resolver = resolverOf(layers(sameText(['template/A.yml'], text), {}));
  const resolve = async (own: readonly SourceDocument[]) => {
    const { application } = await resolver.resolve({ name: 'one', ...layers([], { dev: own }) });
    return application.environments[0]?.configurations[0];
  };
  const part = { k: [1, { x: 2 }] };
  const expected = { a: part, b: { c: part }, d: [part] };
  expect((await resolve([]))?.content.text).toBe(`${JSON.stringify(expected, undefined, 2)}\n`);
  expect((await resolve(sameText(['tenants/one/dev/A.yml'], 'e: 1\n')))?.content.text).toBe(
    `${JSON.stringify({ ...expected, e: 1 }, undefined, 2)}\n`,
  );
});
