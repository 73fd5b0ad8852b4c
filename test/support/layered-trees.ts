// Random trees whose layers override each other, and how many values they have. They share no code with src/.
import fc from 'fast-check';

export type Plain = null | boolean | string | number | readonly Plain[] | PlainMap;
export interface PlainMap {
  readonly [key: string]: Plain;
}

/** The layers of one profile; undefined: no file. */
export interface LayeredProfile {
  readonly template: PlainMap | undefined;
  /** By environment. */
  readonly environments: ReadonlyMap<string, PlainMap | undefined>;
  readonly tenants: readonly {
    readonly own: PlainMap | undefined;
    readonly environments: ReadonlyMap<string, PlainMap | undefined>;
  }[];
}

export interface LayeredTree {
  readonly tenants: readonly string[];
  readonly environments: readonly string[];
  /** By name. */
  readonly profiles: ReadonlyMap<string, LayeredProfile>;
  /** By path. */
  readonly files: Readonly<Record<string, string>>;
  /** Of all layers. */
  readonly leaves: number;
}

const keys = ['rate', 'burst', 'hosts', 'limits', 'a', 'b', 'on', '1'] as const;
const scalars: readonly Plain[] = [0, 1, 2, 50, true, false, 'x', 'yes', '12', 'two words', 'line\nline\n'];

const scalar = fc.constantFrom(...scalars);
const list = fc.array(fc.constantFrom('a', 'b', 1), { maxLength: 3 });

function plainOf(depth: number): fc.Arbitrary<Plain> {
  const leaf = fc.oneof({ weight: 6, arbitrary: scalar }, { weight: 1, arbitrary: list }, fc.constant<Plain>({}));
  return depth === 0 ? leaf : fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 2, arbitrary: mapOf(depth - 1) });
}

function mapOf(depth: number, minKeys = 1): fc.Arbitrary<PlainMap> {
  return fc.dictionary(fc.constantFrom(...keys), plainOf(depth), { minKeys, maxKeys: 4, noNullPrototype: true });
}

/** Overrides some values of a map, deletes some, and may add one. */
function patchOf(base: PlainMap): fc.Arbitrary<PlainMap> {
  const members = Object.entries(base).map(([key, value]) => {
    const change = isMap(value)
      ? fc.oneof({ weight: 3, arbitrary: patchOf(value) }, plainOf(1), fc.constant(null))
      : fc.oneof({ weight: 3, arbitrary: plainOf(1) }, fc.constant(null));
    return fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      change.map((patch) => [[key, patch] as const]),
    );
  });
  const added = fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.tuple(fc.constantFrom('added', ...keys), plainOf(2)).map((entry) => [entry] as const),
  );
  return fc.tuple(added, ...members).map((parts) => Object.fromEntries(parts.flat()) as PlainMap);
}

/** @param chance in ten, of a file */
function perhaps(base: PlainMap, chance: number): fc.Arbitrary<PlainMap | undefined> {
  return fc.oneof(
    { weight: 10 - chance, arbitrary: fc.constant(undefined) },
    { weight: chance, arbitrary: patchOf(base) },
  );
}

function profileOf(tenants: number, environments: readonly string[]): fc.Arbitrary<LayeredProfile> {
  const layers = (base: PlainMap, chance: number) =>
    fc
      .tuple(...environments.map(() => perhaps(base, chance)))
      .map((files) => new Map(environments.map((name, index) => [name, files[index]])));
  return mapOf(2, 2).chain((template) =>
    fc.record({
      template: fc.constant(template),
      environments: layers(template, 5),
      tenants: fc.array(fc.record({ own: perhaps(template, 4), environments: layers(template, 2) }), {
        minLength: tenants,
        maxLength: tenants,
      }),
    }),
  );
}

/** Every profile has a file of the template. */
export const layeredTrees: fc.Arbitrary<LayeredTree> = fc
  .record({
    tenants: fc.integer({ min: 1, max: 6 }),
    environments: fc.subarray(['dev', 'prod', 'qa'], { minLength: 1 }),
    profiles: fc.subarray(['Limits', 'Hosts', 'Rules'], { minLength: 1 }),
  })
  .chain(({ tenants, environments, profiles }) =>
    fc.tuple(...profiles.map(() => profileOf(tenants, environments))).map((layered): LayeredTree => {
      const names = Array.from({ length: tenants }, (_, index) => `tenant${index}`);
      const all = new Map(profiles.map((name, index) => [name, layered[index] as LayeredProfile]));
      return { tenants: names, environments, profiles: all, ...filesOf(names, environments, all) };
    }),
  );

function filesOf(
  tenants: readonly string[],
  environments: readonly string[],
  profiles: LayeredTree['profiles'],
): Pick<LayeredTree, 'files' | 'leaves'> {
  const files: Record<string, string> = {};
  let leaves = 0;
  const add = (path: string, value: PlainMap | undefined) => {
    if (value === undefined) return;
    files[path] = JSON.stringify(value);
    leaves += leavesOf(value);
  };
  for (const tenant of tenants) for (const name of environments) files[`tenants/${tenant}/${name}/.gitkeep`] = '';
  for (const [profile, layers] of profiles) {
    add(`template/${profile}.yml`, layers.template);
    for (const [name, value] of layers.environments) add(`template/${name}/${profile}.yml`, value);
    for (const [index, { own, environments: ofTenant }] of layers.tenants.entries()) {
      add(`tenants/${tenants[index]}/${profile}.yml`, own);
      for (const [name, value] of ofTenant) add(`tenants/${tenants[index]}/${name}/${profile}.yml`, value);
    }
  }
  return { files, leaves };
}

/** Scalars, lists and empty maps. */
export function leavesOf(value: Plain): number {
  if (!isMap(value)) return 1;
  const members = Object.values(value);
  return members.length === 0 ? 1 : members.reduce<number>((sum, member) => sum + leavesOf(member), 0);
}

/** RFC 7396 over the layers of an address, least specific first; undefined where there is none. */
export function merged(layers: readonly (PlainMap | undefined)[]): PlainMap | undefined {
  return layers.reduce<PlainMap | undefined>((target, patch) => {
    if (patch === undefined) return target;
    return target === undefined ? patch : (patched(target, patch) as PlainMap);
  }, undefined);
}

function patched(target: Plain | undefined, patch: Plain): Plain {
  if (!isMap(patch)) return patch;
  const result: Record<string, Plain> = isMap(target) ? { ...target } : {};
  for (const [key, member] of Object.entries(patch)) {
    if (member === null) delete result[key];
    else result[key] = patched(result[key], member);
  }
  return result;
}

function isMap(value: Plain | undefined): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
