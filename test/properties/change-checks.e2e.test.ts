// Everything that the checks on the change report must be worth a look: ordinary changes of a fleet raise nothing.
import { chunk } from 'es-toolkit/array/chunk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changesSince, codeAndLine } from '../support/checked-changes.ts';
import { seed } from '../support/properties.ts';
import { settingsFrom, type TreeTexts } from '../support/reviewed-trees.ts';

type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };
type PlainMap = { [key: string]: Plain };
type Files = Record<string, PlainMap>;

const numbers: PlainMap = {
  rps: 100,
  burst: 300,
  timeout: 30,
  retries: 3,
  ratio: 0.5,
  offset: -5,
  zero: 0,
  one: 1,
  big: 1_000_000,
};

const files: Files = {
  'template/Limits.yml': { limits: numbers, note: 'as agreed', nested: { deep: { max: 20, unit: 'ms' } } },
  'template/prod/Limits.yml': { limits: { rps: 400, burst: 600 } },
  'template/Service.yml': {
    search: true,
    beta: false,
    host: 'db.internal',
    networks: ['10.0.0.0/8', '192.168.0.0/16', '172.16.0.0/12'],
    ports: [80, 443, 8080],
    backends: [
      { name: 'a', weight: 5, zone: 'x' },
      { name: 'b', weight: 50, zone: 'y' },
      { name: 'c', weight: 500, zone: 'z' },
    ],
    options: { pool: 10, mode: 'fast', tags: ['p', 'q'] },
  },
  'template/Flags.yml': {
    version: '1',
    flags: {
      cart: { name: 'cart', attributes: { limit: { constraints: { type: 'number' } } } },
      beta: { name: 'beta' },
    },
    values: { cart: { enabled: true, limit: 40 }, beta: { enabled: false } },
  },
};

const names = Array.from({ length: 100 }, (_, index) => `t${String(index).padStart(3, '0')}`);
for (const [index, name] of names.entries()) {
  if (index % 3 === 0) files[`tenants/${name}/Limits.yml`] = { limits: { rps: 150 + index, retries: 5 } };
  if (index % 4 === 0)
    files[`tenants/${name}/prod/Service.yml`] = { host: `db-${index}.internal`, options: { pool: 25 } };
}
const fleet = Object.fromEntries(names.map((name, index) => [name, index % 10 === 0 ? ['dev', 'prod'] : ['prod']]));

/** A change, and what it picks. */
interface Draw {
  readonly pick: number;
  readonly which: number;
  readonly factor: number;
  readonly tenant: string;
  readonly how: (typeof changes)[number][0];
}

interface Tree {
  readonly files: Files;
  readonly tenants: Record<string, readonly string[]>;
}

type Change = (tree: Tree, draw: Draw) => void;

const at = <T>(items: readonly T[], pick: number): T => items[pick % items.length] as T;
const mapIn = (tree: Tree, path: string, ...keys: readonly string[]): PlainMap => {
  let map = tree.files[path] as PlainMap;
  for (const key of keys) map = map[key] as PlainMap;
  return map;
};
const limits = (tree: Tree) => mapIn(tree, 'template/Limits.yml', 'limits');
const service = (tree: Tree) => mapIn(tree, 'template/Service.yml');
const list = (tree: Tree, key: string) => (service(tree)[key] ?? []) as Plain[];

/** A number as people change it: by less than a factor of 3, with its sign. */
const nudged = (value: number, factor: number) =>
  Number.isInteger(value) ? Math.round(value * factor) || value : value * factor;

const changes: readonly (readonly [name: string, change: Change])[] = [
  [
    'a number',
    (tree, { pick, factor }) => {
      const key = at(['rps', 'burst', 'timeout', 'ratio', 'offset', 'big'], pick);
      limits(tree)[key] = nudged(limits(tree)[key] as number, factor);
    },
  ],
  [
    'a number that doubles',
    (tree, { pick }) => {
      const key = at(Object.keys(numbers), pick);
      limits(tree)[key] = nudged(limits(tree)[key] as number, 2);
    },
  ],
  [
    'a number from 0',
    (tree, { which }) => {
      limits(tree).zero = which * 100 + 1;
    },
  ],
  [
    'a small number that is switched off',
    (tree) => {
      limits(tree).retries = 0;
    },
  ],
  [
    '1 to 5',
    (tree) => {
      limits(tree).one = 5;
    },
  ],
  [
    '1 to 9',
    (tree) => {
      limits(tree).one = 9;
    },
  ],
  [
    'a nested number',
    (tree, { factor }) => {
      mapIn(tree, 'template/Limits.yml', 'nested', 'deep').max = nudged(20, factor);
    },
  ],
  [
    'a number of an environment',
    (tree, { factor }) => {
      mapIn(tree, 'template/prod/Limits.yml', 'limits').rps = nudged(400, factor);
    },
  ],
  [
    'a boolean',
    (tree, { pick }) => {
      const key = at(['search', 'beta'], pick);
      service(tree)[key] = service(tree)[key] !== true;
    },
  ],
  [
    'a text',
    (tree, { which }) => {
      service(tree).host = `db-${which}.example`;
    },
  ],
  [
    'a text that becomes empty',
    (tree) => {
      mapIn(tree, 'template/Limits.yml').note = '';
    },
  ],
  [
    'a new key',
    (tree, { pick }) => {
      limits(tree).added = at<Plain>([1, 'x', true, null, [], {}, [1], { a: 1 }], pick);
    },
  ],
  [
    'a key that leaves',
    (tree, { pick }) => {
      delete limits(tree)[at(Object.keys(numbers), pick)];
    },
  ],
  [
    'a map that leaves',
    (tree) => {
      delete service(tree).options;
    },
  ],
  [
    'a list that leaves',
    (tree) => {
      delete service(tree).networks;
    },
  ],
  [
    'an item that comes',
    (tree, { pick }) => {
      list(tree, 'networks').splice(pick % 4, 0, '10.1.0.0/16');
    },
  ],
  [
    'an item that leaves',
    (tree, { pick }) => {
      list(tree, 'networks').splice(pick % 3, 1);
    },
  ],
  [
    'an item that is another',
    (tree, { pick }) => {
      list(tree, 'networks')[pick % 3] = '10.2.0.0/16';
    },
  ],
  [
    'items in another order',
    (tree) => {
      list(tree, 'networks').reverse();
    },
  ],
  [
    'numbers in another order',
    (tree) => {
      list(tree, 'ports').reverse();
    },
  ],
  [
    'a number that comes first',
    (tree) => {
      list(tree, 'ports').unshift(9_000);
    },
  ],
  [
    'a number of a list that leaves',
    (tree) => {
      list(tree, 'ports').shift();
    },
  ],
  [
    'a backend that comes first',
    (tree) => {
      list(tree, 'backends').unshift({ name: 'new', weight: 1, zone: 'x' });
    },
  ],
  [
    'a backend that leaves',
    (tree, { pick }) => {
      list(tree, 'backends').splice(pick % 3, 1);
    },
  ],
  [
    'backends in another order',
    (tree) => {
      list(tree, 'backends').reverse();
    },
  ],
  [
    'a weight',
    (tree, { pick, factor }) => {
      const backend = at(list(tree, 'backends'), pick) as PlainMap;
      backend.weight = nudged(backend.weight as number, factor);
    },
  ],
  [
    'a backend that is replaced',
    (tree) => {
      list(tree, 'backends')[0] = { name: 'z', weight: 900, zone: 'x' };
    },
  ],
  [
    'a flag',
    (tree, { pick }) => {
      const value = mapIn(tree, 'template/Flags.yml', 'values', at(['cart', 'beta'], pick));
      value.enabled = value.enabled !== true;
    },
  ],
  [
    'an attribute of a flag',
    (tree, { factor }) => {
      mapIn(tree, 'template/Flags.yml', 'values', 'cart').limit = nudged(40, factor);
    },
  ],
  [
    'a new flag',
    (tree) => {
      mapIn(tree, 'template/Flags.yml', 'flags').fresh = { name: 'fresh' };
      mapIn(tree, 'template/Flags.yml', 'values').fresh = { enabled: false };
    },
  ],
  [
    'a tenant that comes',
    (tree) => {
      tree.tenants.fresh = ['dev', 'prod'];
      tree.files['tenants/fresh/Limits.yml'] = { limits: { rps: 9_000 } };
    },
  ],
  [
    'a tenant that leaves',
    (tree, { tenant }) => {
      delete tree.tenants[tenant];
    },
  ],
  [
    'an environment that comes',
    (tree, { tenant }) => {
      tree.tenants[tenant] = ['dev', 'prod', 'qa'];
    },
  ],
  [
    'an override',
    (tree, { tenant, factor }) => {
      tree.files[`tenants/${tenant}/prod/Limits.yml`] = { limits: { burst: nudged(600, factor) } };
    },
  ],
  [
    'an override of many values',
    (tree, { tenant, factor }) => {
      tree.files[`tenants/${tenant}/prod/Limits.yml`] = {
        limits: { burst: nudged(600, factor), timeout: 60 },
        note: 'own',
        extra: { a: [1] },
      };
    },
  ],
  [
    'an override of a list',
    (tree, { tenant }) => {
      tree.files[`tenants/${tenant}/prod/Service.yml`] = { networks: ['10.9.0.0/16'] };
    },
  ],
  [
    'a null that deletes a key',
    (tree, { tenant }) => {
      tree.files[`tenants/${tenant}/prod/Limits.yml`] = { limits: { burst: null }, note: null };
    },
  ],
  [
    'an override that leaves',
    (tree, { pick }) => {
      delete tree.files[
        at(
          Object.keys(tree.files).filter((path) => path.startsWith('tenants/')),
          pick,
        )
      ];
    },
  ],
  [
    'overrides of ten tenants',
    (tree, { pick, factor }) => {
      for (const name of names.slice(pick % 90, (pick % 90) + 10))
        tree.files[`tenants/${name}/prod/Limits.yml`] = { limits: { timeout: nudged(30, factor) } };
    },
  ],
];

const change = fc.record<Draw>({
  pick: fc.nat(999),
  which: fc.nat(9),
  factor: fc.double({ min: 0.3, max: 3, noNaN: true }),
  tenant: fc.constantFrom(...names),
  how: fc.constantFrom(...changes.map(([name]) => name)),
});

const textsOf = ({ files: of, tenants }: Tree, settings: NonNullable<TreeTexts['settings']>): TreeTexts => ({
  files: Object.fromEntries(Object.entries(of).map(([path, value]) => [path, JSON.stringify(value, null, 1)])),
  tenants,
  settings,
});

test('200 ordinary changes of a fleet of 100 tenants raise nothing', async () => {
  const settings = await settingsFrom('profiles: { Flags: { type: feature-flags } }\n');
  const compare = await changesSince(textsOf({ files, tenants: fleet }, settings));
  const raised: string[] = [];
  // Four at a time, because a tree takes longer to render than to change.
  for (const draws of chunk(fc.sample(change, { seed, numRuns: 200 }), 4)) {
    const tree: Tree = structuredClone({ files, tenants: fleet });
    for (const draw of draws) new Map(changes).get(draw.how)?.(tree, draw);
    const how = draws.map((draw) => draw.how).join(', ');
    for (const problem of await compare(textsOf(tree, settings))) {
      raised.push(`${how}: ${codeAndLine(problem)} ${problem.message}`);
    }
  }
  expect(raised).toEqual([]);
});
