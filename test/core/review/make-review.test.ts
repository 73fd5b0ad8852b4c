// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of configurations.
// The review of a change, from two trees as plain values.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatAddress } from '../../../src/core/model/address.ts';
import { formatSource } from '../../../src/core/model/source-position.ts';
import { holds } from '../../support/properties.ts';
import { reviewFrom, settingsFrom, type TreeTexts, treeFrom } from '../../support/reviewed-trees.ts';

const fleet = { t1: ['dev', 'prod'], t2: ['dev', 'prod'], t3: ['dev', 'prod'] };

test('an address that overrides one of two edited values is an outlier, with the line of its override', async () => {
  const base = { 'template/L.yml': 'a: 1\nb: 1\n', 'template/dev/L.yml': 'a: 5\n', 'tenants/t3/prod/L.yml': 'a: 7\n' };
  const head = { ...base, 'template/L.yml': 'a: 2\nb: 2\n' };
  const { review } = await reviewFrom({ files: base, tenants: fleet }, { files: head, tenants: fleet });
  expect(review.verdict).toBe('2 of 3 tenants get 2 values of template/L.yml; 1 ends up different.');
  expect(review.outliers).toEqual([
    {
      address: { tenant: 't3', environment: 'prod', configurationProfile: 'L' },
      file: 'template/L.yml',
      source: { file: 'tenants/t3/prod/L.yml', line: 1 },
      changes: [{ op: 'replace', path: '/b', before: '1', after: '2' }],
      expected: [
        { op: 'replace', path: '/a', before: '2', after: '7', source: { file: 'tenants/t3/prod/L.yml', line: 1 } },
      ],
    },
  ]);
  expect(review.edits).toMatchObject([{ concerned: 6, reached: 5, shielded: 0, outliers: 1, reachesNone: false }]);
});

test('a value that two edits change belongs to the more specific one', async () => {
  const base = { 'template/L.yml': 'a: 1\n', 'template/prod/L.yml': 'a: 5\n' };
  const head = { 'template/L.yml': 'a: 2\n', 'template/prod/L.yml': 'a: 6\n' };
  const { review } = await reviewFrom({ files: base, tenants: fleet }, { files: head, tenants: fleet });
  expect(review.edits).toMatchObject([
    { file: 'template/L.yml', concerned: 3, reached: 3 },
    { file: 'template/prod/L.yml', environment: 'prod', concerned: 3, reached: 3 },
  ]);
});

test('an override that deletes, or replaces what contains the value, shields from an edit', async () => {
  const base = {
    'template/L.yml': 'a: { b: 1 }\nc: 1\n',
    'tenants/t1/L.yml': 'x: 1\na:\n  b: null\n',
    'tenants/t2/L.yml': 'a: 5\n',
  };
  const head = { ...base, 'template/L.yml': 'a: { b: 2 }\nc: 1\n' };
  const { review } = await reviewFrom({ files: base, tenants: fleet }, { files: head, tenants: fleet });
  expect(review.shielded.map(({ source, addresses }) => [source && formatSource(source), addresses.length])).toEqual([
    ['tenants/t1/L.yml:3', 2],
    ['tenants/t2/L.yml:1', 2],
  ]);
  expect(review.verdict).toBe('1 of 3 tenants gets /a/b 1 → 2; 2 keep their own value.');
});

test('under a list rule the items that are added and removed count', async () => {
  const settings = await settingsFrom('project: p\nprofiles: { L: { lists: { /nets: union } } }\n');
  const base = {
    'template/L.yml': 'nets: [a, b]\n',
    'tenants/t1/L.yml': 'nets: [x]\n',
    'tenants/t2/L.yml': 'nets: [c]\n',
  };
  const head = { ...base, 'template/L.yml': 'nets: [a, b, c]\n' };
  const { review } = await reviewFrom(
    { files: base, tenants: fleet, settings },
    { files: head, tenants: fleet, settings },
  );
  // t2 has the item already.
  expect(review.edits).toMatchObject([{ concerned: 6, reached: 4, shielded: 2, outliers: 0 }]);
});

test('an edit that every address overrides reaches none, and so does an override that repeats the template', async () => {
  const base = { 'template/L.yml': 'a: 1\nb: 1\n', 'tenants/t1/L.yml': 'a: 5\n', 'template/prod/L.yml': 'b: 3\n' };
  const head = { ...base, 'template/L.yml': 'a: 1\nb: 1\n', 'tenants/t1/L.yml': 'a: 5\nb: 1\n' };
  const only = { t1: ['dev'] };
  const { review } = await reviewFrom({ files: base, tenants: only }, { files: head, tenants: only });
  expect(review.edits).toMatchObject([{ file: 'tenants/t1/L.yml', layer: 'tenant', reachesNone: true, paths: ['/b'] }]);
  expect(review.edits.map(({ source }) => formatSource(source))).toEqual(['tenants/t1/L.yml:2']);
  expect(review.verdict).toBe('No content changes.');
});

test('a new file that addresses come with reaches them', async () => {
  const base = { 'template/L.yml': 'a: 1\n' };
  const { review } = await reviewFrom(
    { files: base, tenants: fleet },
    { files: { ...base, 'template/M.yml': 'm: 1\n' }, tenants: fleet },
  );
  expect(review.edits).toMatchObject([{ file: 'template/M.yml', concerned: 0, reachesNone: false }]);
});

test('comments and the order of keys are no edits', async () => {
  const { review } = await reviewFrom(
    { files: { 'template/L.yml': 'a: 1\nb: 2\n' }, tenants: fleet },
    { files: { 'template/L.yml': '# why\nb: 2\na: 1\n' }, tenants: fleet },
  );
  expect(review).toMatchObject({ verdict: 'Nothing changes.', edits: [], totals: [] });
});

test('a tenant with equal contents under another name is renamed, unless two could be meant', async () => {
  const files = { 'template/L.yml': 'a: 1\n', 'tenants/old/L.yml': 'a: 2\n', 'tenants/new/L.yml': 'a: 2\n' };
  const renamed = await reviewFrom({ files, tenants: { old: ['dev'] } }, { files, tenants: { new: ['dev'] } });
  expect(renamed.review.tenants).toEqual({
    added: [],
    removed: [],
    renamed: [{ tenant: 'new', from: 'old', environments: ['dev'], configurations: 1 }],
  });
  const twice = { ...files, 'tenants/new2/L.yml': 'a: 2\n' };
  const { review } = await reviewFrom(
    { files, tenants: { old: ['dev'] } },
    { files: twice, tenants: { new: ['dev'], new2: ['dev'] } },
  );
  expect(review.tenants).toMatchObject({
    added: [{ tenant: 'new' }, { tenant: 'new2' }],
    removed: [{ tenant: 'old' }],
    renamed: [],
  });
});

test("contents with a tenant's own name are equal after a rename", async () => {
  const settings = await settingsFrom('project: p\nprofiles: { L: { variables: true } }\n');
  const files = { 'template/L.yml': 'url: "https://${tenant}.example"\n' };
  const { review } = await reviewFrom(
    { files, settings, tenants: { old: ['dev'] } },
    { files, settings, tenants: { new: ['dev'] } },
  );
  expect(review.tenants.renamed).toMatchObject([{ tenant: 'new', from: 'old' }]);
});

test('an environment that all tenants lose is one entry, one of a tenant names it', async () => {
  const files = { 'template/L.yml': 'a: 1\n', 'template/prod/L.yml': 'a: 2\n' };
  const all = await reviewFrom(
    { files, tenants: fleet },
    { files, tenants: { t1: ['dev'], t2: ['dev'], t3: ['dev'] } },
  );
  expect(all.review.environments.removed).toEqual([
    { environment: 'prod', tenant: undefined, from: undefined, configurations: 3 },
  ]);
  const one = await reviewFrom({ files, tenants: fleet }, { files, tenants: { ...fleet, t2: ['dev'] } });
  expect(one.review.environments.removed).toEqual([
    { environment: 'prod', tenant: 't2', from: undefined, configurations: 1 },
  ]);
  const other = await reviewFrom(
    { files: { 'template/L.yml': 'a: 1\n' }, tenants: fleet },
    { files: { 'template/L.yml': 'a: 1\n' }, tenants: { ...fleet, t2: ['dev', 'qa'] } },
  );
  expect(other.review.environments.renamed).toMatchObject([{ environment: 'qa', tenant: 't2', from: 'prod' }]);
});

test('new addresses are what they have besides the shared layers, by equal differences', async () => {
  const files = { 'template/L.yml': 'a: 1\nb: 1\n', 'tenants/n1/L.yml': 'a: 4\n', 'tenants/n2/L.yml': 'a: 4\n' };
  const { review } = await reviewFrom(
    { files, tenants: fleet },
    { files, tenants: { ...fleet, n1: ['dev'], n2: ['dev'], n3: ['dev'] } },
  );
  expect(review.newAddresses.map(({ addresses, changes }) => [addresses.map(formatAddress), changes])).toEqual([
    [
      ['n1/dev/L', 'n2/dev/L'],
      [{ op: 'replace', path: '/a', before: '1', after: '4', source: { file: 'tenants/n1/L.yml', line: 1 } }],
    ],
    [['n3/dev/L'], []],
  ]);
});

test('values that one of the trees redacts are in no part', async () => {
  const base = {
    settings: await settingsFrom('project: p\nredact: [/secret]\n'),
    files: { 'template/L.yml': 'secret: oldsecret\n', 'tenants/t1/L.yml': 'secret: ownsecret\n' },
    tenants: fleet,
  };
  const head = {
    settings: await settingsFrom('project: p\n'),
    files: {
      'template/L.yml': 'secret: newsecret\nb: 1\n',
      'tenants/t1/L.yml': 'secret: ownsecret\n',
      'tenants/n1/L.yml': 'secret: othersecret\n',
    },
    tenants: { ...fleet, n1: ['dev'] },
  };
  const made = await reviewFrom(base, head);
  expect(made.review.outliers.length + made.review.newAddresses.length).toBeGreaterThan(2);
  expect(JSON.stringify(made)).not.toMatch(/(?:old|own|new|other)secret/);
});

test('totals are in the order of the settings, of profiles that change', async () => {
  const settings = await settingsFrom('project: p\nenvironments: { dev: {}, qa: {}, prod: {} }\n');
  const tenants = { t1: ['dev', 'prod', 'qa'], t2: ['dev', 'prod', 'qa'] };
  const base = { 'template/L.yml': 'a: 1\n', 'template/M.yml': 'm: 1\n', 'tenants/t2/prod/L.yml': 'a: 9\n' };
  const { review } = await reviewFrom(
    { files: base, tenants, settings },
    { files: { ...base, 'template/L.yml': 'a: 2\n' }, tenants, settings },
  );
  expect(review.totals).toEqual([
    { configurationProfile: 'L', environment: 'dev', addresses: 2, changed: 2, shielded: 0, outliers: 0 },
    { configurationProfile: 'L', environment: 'qa', addresses: 2, changed: 2, shielded: 0, outliers: 0 },
    { configurationProfile: 'L', environment: 'prod', addresses: 2, changed: 1, shielded: 1, outliers: 0 },
  ]);
});

// The definitions again, in the most direct way, over plain JSON.

type Json = null | number | { [key: string]: Json };

const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json; map: Json }>((tie) => ({
  value: fc.oneof({ maxDepth: 2 }, fc.constantFrom<Json>(1, 2, 3, null), tie('map')),
  map: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3 }),
})).map;

const paths = [
  'template',
  'template/dev',
  'template/prod',
  'tenants/t1',
  'tenants/t1/dev',
  'tenants/t2',
  'tenants/t2/prod',
  'tenants/t3/dev',
];

const plainTrees = fc.record(Object.fromEntries(paths.map((path) => [path, fc.option(json, { nil: undefined })])));

type PlainTree = Record<string, Json | undefined>;

const isMap = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null;

function merged(layers: readonly (Json | undefined)[]): Json | undefined {
  const patch = (target: Json | undefined, by: Json): Json => {
    if (!isMap(by)) return by;
    const result: { [key: string]: Json } = isMap(target) ? { ...target } : {};
    for (const [key, value] of Object.entries(by)) {
      if (value === null) delete result[key];
      else result[key] = patch(result[key], value);
    }
    return result;
  };
  return layers.reduce<Json | undefined>((so, layer) => {
    if (layer === undefined) return so;
    return so === undefined ? layer : patch(so, layer);
  }, undefined);
}

const at = (value: Json | undefined, pointer: string): Json | undefined =>
  pointer
    .split('/')
    .slice(1)
    .reduce<Json | undefined>((here, key) => (isMap(here) && Object.hasOwn(here, key) ? here[key] : undefined), value);

const canonical = (value: Json | undefined): string =>
  isMap(value)
    ? `{${Object.keys(value)
        .sort()
        .map((key) => `${key}:${canonical(value[key])}`)}}`
    : String(value);

function leaves(value: Json | undefined, pointer = ''): string[] {
  if (value === undefined) return [];
  if (!isMap(value) || Object.keys(value).length === 0) return [pointer];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, `${pointer}/${key}`));
}

const differ = (a: Json | undefined, b: Json | undefined) =>
  new Set([...leaves(a), ...leaves(b)].filter((pointer) => canonical(at(a, pointer)) !== canonical(at(b, pointer))));

const chain = (tree: PlainTree, tenant: string, environment: string) =>
  ['template', `template/${environment}`, `tenants/${tenant}`, `tenants/${tenant}/${environment}`].map(
    (path) => tree[path],
  );

function textsOf(tree: PlainTree): TreeTexts {
  const files = Object.entries(tree).flatMap(([path, value]) =>
    value === undefined ? [] : [[`${path}/P.yml`, `${JSON.stringify(value)}\n`]],
  );
  return {
    files: Object.fromEntries(files),
    tenants: { t1: ['dev', 'prod'], t2: ['dev', 'prod'], t3: ['dev', 'prod'] },
  };
}

test('shielded, outliers and totals are those of the definitions, for any trees', async () => {
  await holds(
    fc.asyncProperty(plainTrees, plainTrees, fc.subarray(paths), async (base, other, changed) => {
      // Few files differ: so there are edits that others shield.
      const head: PlainTree = { ...base, ...Object.fromEntries(changed.map((path) => [path, other[path]])) };
      const { review } = await reviewFrom(textsOf(base), textsOf(head));
      const [has, wants] = [await treeFrom(textsOf(base)), await treeFrom(textsOf(head))].map(
        ({ desired }) =>
          new Map(
            desired.flatMap((application) =>
              application.environments.flatMap(({ configurations }) =>
                configurations.map(({ address, content }) => [formatAddress(address), content.text] as const),
              ),
            ),
          ),
      );
      const shielded: string[] = [];
      const outliers: string[] = [];
      for (const address of wants?.keys() ?? []) {
        if (!has?.has(address)) continue;
        const [tenant = '', environment = ''] = address.split('/');
        const [before, after] = [chain(base, tenant, environment), chain(head, tenant, environment)];
        const own = [0, 1].map((layer) => {
          const up = before.slice(0, layer + 1);
          return differ(merged(up), merged([...up.slice(0, layer), after[layer]]));
        });
        for (const pointer of own[1] ?? []) own[0]?.delete(pointer);
        for (const [layer, pointers] of own.entries()) {
          const file = `${layer === 0 ? 'template' : `template/${environment}`}/P.yml`;
          if (pointers.size === 0) continue;
          const [old, wanted, expected] = [merged(before), merged(after), merged(after.slice(0, 2))];
          const same = (a: Json | undefined, b: Json | undefined) =>
            [...pointers].every((pointer) => canonical(at(a, pointer)) === canonical(at(b, pointer)));
          if (same(old, wanted)) shielded.push(`${file} ${address}`);
          else if (!same(wanted, expected)) outliers.push(`${file} ${address}`);
        }
      }
      expect(
        review.shielded
          .flatMap(({ file, addresses }) => addresses.map((each) => `${file} ${formatAddress(each)}`))
          .sort(),
      ).toEqual(shielded.sort());
      expect(review.outliers.map(({ file, address }) => `${file} ${formatAddress(address)}`).sort()).toEqual(
        outliers.sort(),
      );
      const all = [...new Set([...(has?.keys() ?? []), ...(wants?.keys() ?? [])])];
      const sorted = (text: string | undefined) => (text === undefined ? '' : canonical(JSON.parse(text)));
      for (const environment of ['dev', 'prod']) {
        const there = all.filter((address) => address.includes(`/${environment}/`));
        const differing = there.filter((address) => sorted(has?.get(address)) !== sorted(wants?.get(address)));
        const total = review.totals.find((each) => each.environment === environment);
        if (review.totals.length > 0)
          expect(total ?? { addresses: 0, changed: 0 }).toMatchObject({
            addresses: there.length,
            changed: differing.length,
          });
        else expect(differing).toEqual([]);
      }
    }),
    60,
  );
});
