// A comparison of two revisions is what both come to by themselves: every rendered byte, every effective setting, and whom an
// edit reaches. The definitions are here once more, over plain JSON.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatAddress } from '../../src/core/model/address.ts';
import { compareRevisions } from '../../src/core/planners/compare-revisions.ts';
import { holds } from '../support/properties.ts';
import { reviewFrom, settingsFrom, type TreeTexts, treeFrom } from '../support/reviewed-trees.ts';

type Json = null | number | readonly number[] | { readonly [key: string]: Json };

interface PlainSettings {
  readonly merge: 'merge' | 'replace';
  readonly null: 'delete' | 'keep';
  readonly list: 'append' | 'prepend' | undefined;
  readonly strategies: Readonly<Record<'dev' | 'prod', number>>;
  readonly redact: readonly string[];
  readonly keep: number | undefined;
}

interface PlainTree {
  readonly files: Readonly<Record<string, Json | undefined>>;
  /** By name: as the folder in `files` that it has. */
  readonly tenants: Readonly<Record<string, string>>;
  readonly settings: PlainSettings;
}

const member: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(1, 2, null),
  fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom<Json>(1, 2, null), { maxKeys: 2 }),
);
const document: fc.Arbitrary<Json> = fc
  .record(
    {
      a: member,
      b: member,
      l: fc.oneof(fc.uniqueArray(fc.constantFrom(1, 2, 3), { maxLength: 3 }), fc.constantFrom<Json>(1, null)),
    },
    { requiredKeys: [] },
  )
  .map((value) => value as Json);

const folders = ['one', 'two', 'three'] as const;
const paths = ['template', 'template/dev', 'template/prod'].concat(
  folders.flatMap((folder) => [`tenants/${folder}`, `tenants/${folder}/prod`]),
);
const files = fc.record(Object.fromEntries(paths.map((path) => [path, fc.option(document, { nil: undefined })])));
/** Of a file that is taken whole, nothing else has an effect. */
const settings: fc.Arbitrary<PlainSettings> = fc
  .record({
    merge: fc.constantFrom('merge' as const, 'merge' as const, 'replace' as const),
    null: fc.constantFrom('delete' as const, 'keep' as const),
    list: fc.constantFrom(undefined, 'append' as const, 'prepend' as const),
    strategies: fc.record({ dev: fc.constantFrom(1, 2), prod: fc.constantFrom(1, 2) }),
    redact: fc.subarray(['/a', '/b']),
    keep: fc.constantFrom(undefined, 3, 9),
  })
  .map((of) => (of.merge === 'merge' ? of : { ...of, null: 'delete', list: undefined }));

/** Two trees of which few files and settings differ, and whose tenants come, go and have another name. */
const histories = fc
  .record({
    files,
    others: files,
    changed: fc.subarray(paths),
    settings,
    otherSettings: settings,
    changesSettings: fc.boolean(),
    gone: fc.subarray([...folders]),
    renamed: fc.boolean(),
  })
  .map(({ files: own, others, changed, ...of }) => {
    const base: PlainTree = { files: own, tenants: { one: 'one', two: 'two', three: 'three' }, settings: of.settings };
    const stays = folders.filter((folder) => !of.gone.includes(folder));
    const tenants = Object.fromEntries(stays.map((folder) => [folder, folder]));
    const head: PlainTree = {
      files: { ...own, ...Object.fromEntries(changed.map((path) => [path, others[path]])) },
      tenants: of.renamed && of.gone[0] !== undefined ? { ...tenants, other: of.gone[0] } : tenants,
      settings: of.changesSettings ? of.otherSettings : of.settings,
    };
    return { base, head };
  });

const environments = ['dev', 'prod'] as const;

async function textsOf({ files: all, tenants, settings: of }: PlainTree): Promise<TreeTexts> {
  const entries = Object.entries(all).flatMap(([path, value]) => {
    if (value === undefined) return [];
    const [top = '', folder = '', ...rest] = path.split('/');
    const names = top === 'template' ? [path] : Object.keys(tenants).filter((name) => tenants[name] === folder);
    return names.map((name) => [
      `${top === 'template' ? name : [top, name, ...rest].join('/')}/P.yml`,
      `${JSON.stringify(value)}\n`,
    ]);
  });
  const profile = [
    `merge: ${of.merge}, null: ${of.null}`,
    ...(of.list === undefined ? [] : [`lists: { /l: ${of.list} }`]),
    ...(of.keep === undefined ? [] : [`versions: { keep: ${of.keep} }`]),
  ].join(', ');
  const strategies = [1, 2].map(
    (number) => `s${number}: { durationMinutes: ${number}, bakeMinutes: 0, growthFactor: 50, growthType: LINEAR }`,
  );
  const text = `project: p
redact: [${of.redact.join(', ')}]
environments: { dev: { deploymentStrategy: s${of.strategies.dev} }, prod: { deploymentStrategy: s${of.strategies.prod} } }
deploymentStrategies: { ${strategies.join(', ')} }
profiles: { P: { ${profile} } }
`;
  return {
    files: Object.fromEntries(entries),
    tenants: Object.fromEntries(Object.keys(tenants).map((name) => [name, [...environments]])),
    settings: await settingsFrom(text),
  };
}

async function contentsOf(texts: TreeTexts): Promise<ReadonlyMap<string, string>> {
  const { desired } = await treeFrom(texts);
  return new Map(
    desired.flatMap(({ environments: all }) =>
      all.flatMap(({ configurations }) =>
        configurations.map(({ address, content }) => [formatAddress(address), content.text] as const),
      ),
    ),
  );
}

test('the actions of a comparison are the differences of the rendered bytes, and its settings those that differ', async () => {
  await holds(
    fc.asyncProperty(histories, async ({ base, head }) => {
      const [before, after] = [await textsOf(base), await textsOf(head)];
      const [has, wants] = [await contentsOf(before), await contentsOf(after)];
      const [old, wanted] = [await treeFrom(before), await treeFrom(after)];
      const plan = compareRevisions(old, wanted, 'p');
      const actions = Object.fromEntries(plan.addresses.map(({ address, action }) => [formatAddress(address), action]));
      const sorted = (text: string | undefined) => text && canonical(JSON.parse(text));
      const expected = [...new Set([...has.keys(), ...wants.keys()])].map((address) => {
        const isSame = sorted(has.get(address)) === sorted(wants.get(address));
        return [
          address,
          !has.has(address) ? 'create' : !wants.has(address) ? 'delete' : isSame ? 'unchanged' : 'update',
        ];
      });
      expect(actions).toEqual(Object.fromEntries(expected));
      const { settingsChanges } = await reviewFrom(before, after);
      const pairs = [...has.keys()].filter((address) => wants.has(address));
      const differing = (key: 'merge' | 'null' | 'list' | 'keep') => base.settings[key] !== head.settings[key];
      const strategies = environments.filter(
        (name) => base.settings.strategies[name] !== head.settings.strategies[name],
      );
      expect(settingsChanges.map(({ path }) => path).sort()).toEqual(
        [
          ...(base.settings.redact.join() === head.settings.redact.join() ? [] : ['/redact']),
          ...(pairs.length === 0
            ? []
            : [
                ...(differing('merge') ? ['/profiles/P/merge'] : []),
                ...(differing('null') ? ['/profiles/P/null'] : []),
                ...(differing('list') ? ['/profiles/P/lists'] : []),
                ...(differing('keep') ? ['/profiles/P/versions/keep'] : []),
              ]),
          ...strategies
            .filter((name) => pairs.some((address) => address.includes(`/${name}/`)))
            .map((name) => `/environments/${name}/deploymentStrategy`),
        ].sort(),
      );
    }),
    60,
  );
});

test('whom an edit shields and who is an outlier are those of the definitions, under any merge rules', async () => {
  await holds(
    fc.asyncProperty(histories, async ({ base, head }) => {
      const { review } = await reviewFrom(await textsOf(base), await textsOf(head));
      const shielded: string[] = [];
      const outliers: string[] = [];
      for (const [tenant, folder] of Object.entries(head.tenants)) {
        if (base.tenants[tenant] === undefined) continue;
        for (const environment of environments) {
          const layers = [
            'template',
            `template/${environment}`,
            `tenants/${folder}`,
            `tenants/${folder}/${environment}`,
          ];
          const [before, after] = [layers.map((path) => base.files[path]), layers.map((path) => head.files[path])];
          const [old, wanted] = [merged(before, base.settings), merged(after, head.settings)];
          if (old === undefined || wanted === undefined) continue;
          const shared = [merged(before.slice(0, 2), base.settings), merged(after.slice(0, 2), head.settings)] as const;
          const own = [0, 1].map((layer) => {
            const up = before.slice(0, layer + 1);
            return differ(merged(up, base.settings), merged([...up.slice(0, layer), after[layer]], base.settings));
          });
          for (const pointer of own[1] ?? []) own[0]?.delete(pointer);
          for (const [layer, pointers] of own.entries()) {
            if (pointers.size === 0 || canonical(before[layer]) === canonical(after[layer])) continue;
            const line = `${layers[layer]}/P.yml ${tenant}/${environment}/P`;
            const all = [...pointers];
            if (all.every((pointer) => canonical(at(old, pointer)) === canonical(at(wanted, pointer))))
              shielded.push(line);
            else if (!all.every((pointer) => isExpected(pointer, { old, wanted, shared, list: head.settings.list }))) {
              outliers.push(line);
            }
          }
        }
      }
      const lines = review.shielded.flatMap(({ file, addresses }) =>
        addresses.map((each) => `${file} ${formatAddress(each)}`),
      );
      expect(lines.sort()).toEqual(shielded.sort());
      expect(review.outliers.map(({ file, address }) => `${file} ${formatAddress(address)}`).sort()).toEqual(
        outliers.sort(),
      );
    }),
    120,
  );
});

function isExpected(
  pointer: string,
  of: {
    readonly old: Json | undefined;
    readonly wanted: Json | undefined;
    readonly shared: readonly [Json | undefined, Json | undefined];
    readonly list: PlainSettings['list'];
  },
): boolean {
  const [own, expected] = [at(of.wanted, pointer), at(of.shared[1], pointer)];
  if (canonical(own) === canonical(expected)) return true;
  if (of.list === undefined || pointer !== '/l' || !Array.isArray(own) || !Array.isArray(expected)) return false;
  const changed = (from: Json | undefined, to: readonly number[]) => {
    const before = Array.isArray(from) ? (from as readonly number[]) : [];
    const times = (items: readonly number[], item: number) => items.filter((each) => each === item).length;
    return [1, 2, 3].map((item) => times(to, item) - times(before, item)).join();
  };
  return changed(at(of.old, pointer), own) === changed(at(of.shared[0], pointer), expected);
}

function isMap(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merged(layers: readonly (Json | undefined)[], of: PlainSettings): Json | undefined {
  const given = layers.filter((layer) => layer !== undefined);
  if (of.merge === 'replace') return given.at(-1);
  const patch = (target: Json | undefined, by: Json, pointer: string): Json => {
    if (Array.isArray(by) && Array.isArray(target) && pointer === '/l' && of.list !== undefined) {
      return of.list === 'append' ? [...target, ...by] : [...by, ...target];
    }
    if (!isMap(by)) return by;
    const result: { [key: string]: Json } = isMap(target) ? { ...target } : {};
    for (const [key, value] of Object.entries(by)) {
      if (value === null && of.null === 'delete') delete result[key];
      else result[key] = patch(result[key], value, `${pointer}/${key}`);
    }
    return result;
  };
  return given.reduce<Json | undefined>(
    (so, layer) => (so === undefined ? layer : patch(so, layer as Json, '')),
    undefined,
  );
}

function at(value: Json | undefined, pointer: string): Json | undefined {
  return pointer
    .split('/')
    .slice(1)
    .reduce<Json | undefined>((here, key) => (isMap(here) && Object.hasOwn(here, key) ? here[key] : undefined), value);
}

function canonical(value: Json | undefined): string {
  if (!isMap(value)) return JSON.stringify(value) ?? 'none';
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${key}:${canonical(value[key])}`)}}`;
}

function leaves(value: Json | undefined, pointer = ''): string[] {
  if (value === undefined) return [];
  if (!isMap(value) || Object.keys(value).length === 0) return [pointer];
  return Object.entries(value).flatMap(([key, each]) => leaves(each, `${pointer}/${key}`));
}

function differ(a: Json | undefined, b: Json | undefined): Set<string> {
  return new Set(
    [...leaves(a), ...leaves(b)].filter((pointer) => canonical(at(a, pointer)) !== canonical(at(b, pointer))),
  );
}
