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
  expect(review.verdict).toBe(
    '2 of 3 tenants get 2 values of template/L.yml (in dev: 1); 1 ends up different in prod.',
  );
  expect(review.outliers).toEqual([
    {
      address: { tenant: 't3', environment: 'prod', configurationProfile: 'L' },
      file: 'template/L.yml',
      source: { file: 'tenants/t3/prod/L.yml', line: 1 },
      changes: [{ op: 'replace', path: '/b', before: '1', after: '2', source: { file: 'template/L.yml', line: 2 } }],
      expected: [
        { op: 'replace', path: '/a', before: '2', after: '7', source: { file: 'tenants/t3/prod/L.yml', line: 1 } },
      ],
    },
  ]);
  expect(review.edits).toMatchObject([{ concerned: 6, reached: 5, shielded: 0, outliers: 1, reachesNone: false }]);
});

test('the values of an edit are counted by environment: the template can keep some of them', async () => {
  const fleetOf3 = { t1: ['dev', 'qa', 'prod'], t2: ['dev', 'qa', 'prod'], t3: ['prod'] };
  const reviewOf = async (base: TreeTexts['files'], head: TreeTexts['files'], tenants = fleetOf3) =>
    (await reviewFrom({ files: base, tenants }, { files: { ...base, ...head }, tenants })).review;
  const before = { 'template/L.yml': 'a: 1\nb: 1\nc: 1\n' };
  const edit = { 'template/L.yml': 'a: 2\nb: 2\nc: 2\n' };
  const inProd = await reviewOf({ ...before, 'template/prod/L.yml': '# why\nb: 5\nc: 5\n' }, edit);
  expect(inProd.verdict).toBe('3 of 3 tenants get 3 values of template/L.yml (in prod: 1).');
  expect(inProd.edits).toMatchObject([
    {
      paths: ['/a', '/b', '/c'],
      reached: 7,
      keptByTemplate: [{ environment: 'prod', paths: ['/b', '/c'], source: { file: 'template/prod/L.yml', line: 2 } }],
    },
  ]);
  const many = { ...before, 'template/prod/L.yml': 'b: 5\nc: 5\n', 'template/qa/L.yml': 'b: 5\n' };
  expect((await reviewOf(many, edit)).verdict).toBe(
    '3 of 3 tenants get 3 values of template/L.yml (in qa: 2; in prod: 1).',
  );
  // Nowhere all of them.
  const everywhere = { ...many, 'template/dev/L.yml': 'c: 5\n' };
  expect((await reviewOf(everywhere, edit)).verdict).toBe(
    '3 of 3 tenants get 2 of 3 values of template/L.yml (in prod: 1).',
  );
  // All of them in one environment: its addresses are listed.
  const whole = await reviewOf({ ...before, 'template/prod/L.yml': 'a: 5\nb: 5\nc: 5\n' }, edit);
  expect(whole.verdict).toBe(
    '2 of 3 tenants get 3 values of template/L.yml; in prod the template has its own value; 1 keeps its own value.',
  );
  expect(whole.edits).toMatchObject([{ keptByTemplate: [] }]);
  expect(whole.shielded).toMatchObject([{ paths: ['/a', '/b', '/c'] }]);
  // A tenant that drops its own value gets what the template had there before.
  const own = { 'template/L.yml': 'a: 1\n', 'template/prod/L.yml': 'a: 5\n', 'tenants/t1/prod/L.yml': 'a: 7\n' };
  const dropped = await reviewOf(own, { 'template/L.yml': 'a: 2\n', 'tenants/t1/prod/L.yml': '' });
  expect(dropped.verdict).toBe('2 of 3 tenants get /a 1 → 2 (not in prod); 1 keeps its own value.');
  const prodOnly = { t1: ['prod'], t2: ['prod'], t3: ['prod'] };
  const elsewhere = await reviewOf(own, { 'template/L.yml': 'a: 2\n', 'tenants/t1/prod/L.yml': '' }, prodOnly);
  expect(elsewhere.verdict).toBe('1 of 3 tenants changes, in 1 group.');
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

test('of values that the template and a tenant keep, the own ones are named, with their line', async () => {
  const base = { 'template/L.yml': 'a: 1\nb: 1\n', 'template/prod/L.yml': 'a: 5\n', 'tenants/t1/L.yml': 'b: 7\n' };
  const head = { ...base, 'template/L.yml': 'a: 2\nb: 2\n' };
  const { review } = await reviewFrom({ files: base, tenants: fleet }, { files: head, tenants: fleet });
  expect(review.shielded.map(({ paths, source, values }) => [paths, source && formatSource(source), values])).toEqual([
    [['/b'], 'tenants/t1/L.yml:1', [{ path: '/b', value: '7' }]],
  ]);
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
  expect(review.verdict).toBe('No content changes: 1 edit reaches no address.');
});

test('a new file that addresses come with reaches them', async () => {
  const base = { 'template/L.yml': 'a: 1\n' };
  const { review } = await reviewFrom(
    { files: base, tenants: fleet },
    { files: { ...base, 'template/M.yml': 'm: 1\n' }, tenants: fleet },
  );
  expect(review.edits).toMatchObject([{ file: 'template/M.yml', concerned: 0, reachesNone: false }]);
});

test('the templates of a first tree reach the tenants that come with them', async () => {
  const head = { files: { 'template/L.yml': 'a: 1\n', 'template/prod/L.yml': 'a: 2\n' }, tenants: fleet };
  const { review } = await reviewFrom({ files: {}, tenants: {} }, head);
  expect(review.edits.map(({ file, reachesNone }) => [file, reachesNone])).toEqual([
    ['template/L.yml', false],
    ['template/prod/L.yml', false],
  ]);
});

test('comments and the order of keys are no edits', async () => {
  const { review } = await reviewFrom(
    { files: { 'template/L.yml': 'a: 1\nb: 2\n' }, tenants: fleet },
    { files: { 'template/L.yml': '# why\nb: 2\na: 1\n' }, tenants: fleet },
  );
  expect(review).toMatchObject({ verdict: 'Nothing changes.', edits: [], totals: [] });
});

test('an edit that reaches no address, and tenants that come and go, do not spoil the verdict', async () => {
  const base = {
    'template/L.yml': 'a: 1\nb: 1\n',
    'template/M.yml': 'm: 1\n',
    'template/prod/M.yml': 'm: 2\n',
    'tenants/t1/prod/M.yml': 'm: 5\n',
    'tenants/t2/prod/M.yml': 'm: 5\n',
    'tenants/t3/prod/M.yml': 'm: 6\n',
    'tenants/t2/L.yml': 'a: 9\n',
    'tenants/t3/dev/L.yml': 'a: 4\n',
    'tenants/old/L.yml': 'b: 7\n',
  };
  const { 'tenants/old/L.yml': _gone, ...kept } = base;
  const head = {
    ...kept,
    'template/L.yml': 'a: 2\nb: 1\n',
    'template/prod/M.yml': 'm: 3\n',
    'tenants/t3/dev/L.yml': 'a: 5\n',
    'tenants/new/L.yml': 'b: 7\n',
    'tenants/fresh/L.yml': 'a: 8\n',
  };
  const { review } = await reviewFrom(
    { files: base, tenants: { ...fleet, old: ['dev'], gone: ['dev'] } },
    { files: head, tenants: { ...fleet, new: ['dev'], fresh: ['dev'] } },
  );
  expect(review.verdict).toBe(
    '1 of 5 tenants gets /a 1 → 2; 1 keeps its own value; 1 ends up different in dev; 1 tenant added, 1 removed, 1 renamed.',
  );
  expect(review.totals).toEqual([
    { configurationProfile: 'L', environment: 'dev', addresses: 3, changed: 2, shielded: 1, outliers: 1 },
    { configurationProfile: 'L', environment: 'prod', addresses: 3, changed: 2, shielded: 1, outliers: 0 },
  ]);
});

test('an environment for which the template has another value is named in the verdict, not each of its tenants', async () => {
  const base = { 'template/L.yml': 'a: 1\n', 'template/prod/L.yml': 'a: 5\n', 'tenants/t3/L.yml': 'a: 7\n' };
  const tenants = { ...fleet, t4: ['prod'] };
  const { review } = await reviewFrom(
    { files: base, tenants },
    { files: { ...base, 'template/L.yml': 'a: 2\n' }, tenants },
  );
  // t3 has its own value, and t4 has no other environment.
  expect(review.verdict).toBe(
    '2 of 4 tenants get /a 1 → 2; in prod the template has its own value; 2 keep their own value.',
  );
  const { 'tenants/t3/L.yml': _own, ...shared } = base;
  const without = await reviewFrom(
    { files: shared, tenants: fleet },
    { files: { ...shared, 'template/L.yml': 'a: 2\n' }, tenants: fleet },
  );
  expect(without.review.verdict).toBe('3 of 3 tenants get /a 1 → 2; in prod the template has its own value.');
});

test('a value that differs by environment is counted, and one that is deleted or added is shown', async () => {
  const verdictOf = async (base: TreeTexts['files'], head: TreeTexts['files']) =>
    (await reviewFrom({ files: base, tenants: fleet }, { files: head, tenants: fleet })).review.verdict;
  expect(await verdictOf({ 'template/L.yml': 'a: 1\nb: 1\n' }, { 'template/L.yml': 'b: 1\n' })).toBe(
    '3 of 3 tenants get /a 1 → none.',
  );
  expect(await verdictOf({ 'template/L.yml': 'b: 1\n' }, { 'template/L.yml': 'a: 1\nb: 1\n' })).toBe(
    '3 of 3 tenants get /a none → 1.',
  );
  const prod = { 'template/prod/L.yml': 'a: 5\n' };
  expect(
    await verdictOf(
      { ...prod, 'template/L.yml': 'a: 1\n', 'template/dev/L.yml': 'b: 1\n' },
      { 'template/L.yml': 'a: 1\n', 'template/dev/L.yml': 'b: 1\n', 'template/prod/L.yml': 'a: 6\n' },
    ),
  ).toBe('3 of 3 tenants get /a 5 → 6.');
  expect(
    await verdictOf({ 'template/L.yml': 'a: 1\n' }, { 'template/L.yml': 'a: 1\n', 'template/M.yml': 'm: 1\n' }),
  ).toBe('3 of 3 tenants change, in 1 group.');
  expect(
    await verdictOf(
      { 'template/L.yml': 'a: 1\n', 'template/M.yml': 'm: 1\n' },
      { 'template/L.yml': 'a: 2\n', 'template/M.yml': 'm: 2\n' },
    ),
  ).toBe('3 of 3 tenants change, in 2 groups.');
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

test('a tenant with equal files of its own is renamed although the template changes', async () => {
  const own = (name: string) => ({
    [`tenants/${name}/L.yml`]: 'host: db-7\n',
    [`tenants/${name}/dev/L.yml`]: 'size: 4\n',
  });
  const renamedFrom = async (base: TreeTexts['files'], head: TreeTexts['files']) => {
    const tenantsOf = (files: TreeTexts['files']) =>
      Object.fromEntries(Object.keys(files).map((path) => [path.split('/')[1] ?? '', ['dev', 'prod']]));
    const { review } = await reviewFrom(
      { files: { ...base, 'template/L.yml': 'a: 1\nsize: 1\n' }, tenants: tenantsOf(base) },
      { files: { ...head, 'template/L.yml': 'a: 2\nsize: 1\n' }, tenants: tenantsOf(head) },
    );
    return review.tenants.renamed.map(({ from, tenant }) => `${from} ${tenant}`);
  };
  expect(await renamedFrom(own('old'), own('new'))).toEqual(['old new']);
  // Comments and the order of keys do not matter.
  const commented = { ...own('new'), 'tenants/new/L.yml': '# ours\nhost: db-7\n' };
  expect(await renamedFrom(own('old'), commented)).toEqual(['old new']);
  expect(await renamedFrom(own('old'), { ...own('new'), ...own('new2') })).toEqual([]);
  expect(await renamedFrom({ ...own('old'), ...own('old2') }, own('new'))).toEqual([]);
  expect(await renamedFrom({ ...own('old'), ...own('old2') }, { ...own('new'), ...own('new2') })).toEqual([]);
  expect(await renamedFrom(own('old'), { ...own('new'), 'tenants/new/L.yml': 'host: db-8\n' })).toEqual([]);
  // In another layer it is another file, and in one more there is more.
  expect(await renamedFrom(own('old'), { ...own('new'), 'tenants/new/prod/L.yml': 'size: 4\n' })).toEqual([]);
  // One that stays has the same: it is no candidate.
  expect(await renamedFrom({ ...own('stays'), ...own('old') }, { ...own('stays'), ...own('new') })).toEqual([
    'old new',
  ]);
});

test('tenants without files of their own are not renamed where the template changes', async () => {
  const { review } = await reviewFrom(
    { files: { 'template/L.yml': 'a: 1\n' }, tenants: { old: ['dev'] } },
    { files: { 'template/L.yml': 'a: 2\n', 'tenants/new/L.yml': '# nothing\n' }, tenants: { new: ['dev'] } },
  );
  expect(review.tenants).toMatchObject({ added: [{ tenant: 'new' }], removed: [{ tenant: 'old' }], renamed: [] });
});

test('equal files of tenants with other environments are no new name', async () => {
  const files = { 'tenants/old/L.yml': 'a: 2\n', 'tenants/new/L.yml': 'a: 2\n' };
  const { review } = await reviewFrom(
    { files: { ...files, 'template/L.yml': 'b: 1\n' }, tenants: { old: ['dev'] } },
    { files: { ...files, 'template/L.yml': 'b: 2\n' }, tenants: { new: ['dev', 'prod'] } },
  );
  expect(review.tenants.renamed).toEqual([]);
});

test('an environment with equal files is renamed although the template changes', async () => {
  const { review } = await reviewFrom(
    {
      files: { 'template/L.yml': 'a: 1\n', 'template/qa/L.yml': 'b: 1\n', 'tenants/t2/qa/L.yml': 'c: 1\n' },
      tenants: { t1: ['dev', 'qa'], t2: ['dev', 'qa'] },
    },
    {
      files: { 'template/L.yml': 'a: 2\n', 'template/prod/L.yml': 'b: 1\n', 'tenants/t2/prod/L.yml': 'c: 1\n' },
      tenants: { t1: ['dev', 'prod'], t2: ['dev', 'prod'] },
    },
  );
  expect(review.environments).toEqual({
    added: [],
    removed: [],
    renamed: [{ environment: 'prod', tenant: undefined, from: 'qa', configurations: 2 }],
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
      [
        {
          op: 'replace',
          path: '/a',
          before: '1',
          after: '4',
          source: { file: 'tenants/n1/L.yml', line: 1 },
          sourceFiles: 2,
        },
      ],
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
