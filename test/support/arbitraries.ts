// Generators for property tests, and small models of the expected results. They share no code with src/.
import fc from 'fast-check';

/** A JSON value: maps keep every key and the order of keys, numbers their digits. */
export type Json = null | boolean | string | Digits | readonly Json[] | ReadonlyMap<string, Json>;

export interface Digits {
  readonly digits: string;
}

export function isJsonMap(json: Json | undefined): json is ReadonlyMap<string, Json> {
  return json instanceof Map;
}

const keys = fc.constantFrom(
  'a',
  'b',
  'c',
  'rate',
  '1',
  '0',
  '',
  '__proto__',
  'constructor',
  'x/y',
  '~',
  'a b',
  'é',
  'on',
);
const scalars = fc.constantFrom<Json>(
  null,
  true,
  false,
  ...['0', '1', '-5', '1.0', '0.1', '1e3', '9007199254740993'].map((digits) => ({ digits })),
  ...[
    '',
    'text',
    'two words',
    'yes',
    '12',
    'null',
    "it's",
    '"',
    'a: b',
    '# none',
    ' spaced ',
    'line\nline\n',
    'Zürich',
    '{',
  ],
);

export const jsons: fc.Arbitrary<Json> = fc.letrec<{ json: Json; map: Json }>((tie) => ({
  json: fc.oneof({ maxDepth: 3, depthSize: 'small' }, scalars, fc.array(tie('json'), { maxLength: 3 }), tie('map')),
  map: fc.array(fc.tuple(keys, tie('json')), { maxLength: 4 }).map((entries) => new Map(entries)),
})).json;

export const jsonMaps = fc
  .array(fc.tuple(keys, jsons), { maxLength: 4 })
  .map((entries): ReadonlyMap<string, Json> => new Map(entries));

/** One text for all ways to write a value: sorted keys, no white space, unchanged digits, exponents as YAML 1.1 needs them. */
export function canonical(json: Json): string {
  if (isJsonMap(json)) {
    const entries = [...json].sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
  }
  if (Array.isArray(json)) return `[${json.map(canonical).join(',')}]`;
  return scalarText(json as Exclude<Json, readonly Json[] | ReadonlyMap<string, Json>>).replace(
    /^(\d+)e(\d+)$/,
    '$1.0e+$2',
  );
}

/** RFC 7396, section 2. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isJsonMap(patch)) return patch;
  const result = new Map(isJsonMap(target) ? target : []);
  for (const [key, member] of patch) {
    if (member === null) result.delete(key);
    else result.set(key, mergePatch(result.get(key), member));
  }
  return result;
}

/** The choices that do not change the meaning of a file, such as quoting. The same whims give the same text. */
export type Whims = readonly number[];
export const whims: fc.Arbitrary<Whims> = fc.array(fc.nat(99), { minLength: 1, maxLength: 30 });

/** A value in one of the many ways to write it: comments, quoting, flow or block style, keys in any order. */
export function written(json: Json, hand: Whims): string {
  let next = 0;
  const whim = (choices: number) => (hand[next++ % hand.length] ?? 0) % choices;
  const comment = (indent: string) => (whim(4) === 0 ? [`${indent}# ${'why '.repeat(whim(3))}`] : []);
  const shuffled = <T>(items: readonly T[]): T[] => {
    const left = [...items];
    return items.flatMap(() => left.splice(whim(left.length), 1));
  };
  const text = (value: string): string => {
    const style = whim(3);
    if (style === 0 && /^[a-z]{2,}( [a-z]+)*$/.test(value) && !/^(?:yes|no|on|off|true|false|null)$/.test(value))
      return value;
    if (style === 1 && /^[^\n]*$/.test(value)) return `'${value.replaceAll("'", "''")}'`;
    return JSON.stringify(value);
  };
  const flow = (value: Json): string => {
    if (isJsonMap(value)) {
      return `{${shuffled([...value])
        .map(([key, member]) => `${text(key)}: ${flow(member)}`)
        .join(', ')}}`;
    }
    if (Array.isArray(value)) return `[${value.map(flow).join(whim(2) === 0 ? ', ' : ' , ')}]`;
    return typeof value === 'string' ? text(value) : scalarText(value as null | boolean | Digits);
  };
  const block = (value: Json, indent: string): string[] => {
    if (isJsonMap(value) && value.size > 0) {
      return shuffled([...value]).flatMap(([key, member]) => [
        ...comment(indent),
        ...(isNested(member) && whim(2) === 0
          ? [`${indent}${text(key)}:`, ...block(member, `${indent}  `)]
          : [`${indent}${text(key)}: ${flow(member)}${whim(5) === 0 ? ' # so' : ''}`]),
      ]);
    }
    if (Array.isArray(value) && value.length > 0) {
      return value.flatMap((item) => [...comment(indent), `${indent}- ${flow(item)}`]);
    }
    return [`${indent}${flow(value)}`];
  };
  return `${[...comment(''), ...block(json, '')].join('\n')}\n`;
}

function isNested(json: Json): boolean {
  return (isJsonMap(json) && json.size > 0) || (Array.isArray(json) && json.length > 0);
}

function scalarText(scalar: null | boolean | string | Digits): string {
  return typeof scalar === 'object' && scalar !== null ? scalar.digits : JSON.stringify(scalar);
}

export interface SmallTree {
  /** Files by path, `appcfg.yml` among them. */
  readonly files: Readonly<Record<string, string>>;
  readonly tenants: readonly string[];
  readonly environments: readonly string[];
  readonly profiles: readonly string[];
}

/** Few contents, so that environments share them, and a change may restore an earlier one. */
const smallContents = fc.constantFrom('{a: 1}', '{a: 2}', '{a: 1, b: 1}', '{b: null, c: 0}');
const smallLayer = fc.option(smallContents, { nil: undefined, freq: 1 });

/** One or two tenants with one to three environments and profiles each. Contents may shrink without limit. */
export const smallTrees: fc.Arbitrary<SmallTree> = fc
  .record({
    tenants: fc.subarray(['one', 'two'], { minLength: 1 }),
    environments: fc.subarray(['dev', 'prod', 'qa'], { minLength: 1 }),
    profiles: fc.subarray(['A', 'B', 'C'], { minLength: 1 }),
    layers: fc.array(smallLayer, { minLength: 24, maxLength: 24 }),
    settings: fc.constantFrom(
      '',
      'deploymentStrategy: AppConfig.AllAtOnce\n',
      'deploymentStrategy: own\ndeploymentStrategies: { own: { durationMinutes: 0, growthFactor: 100 } }\n',
      'profiles: { A: { format: yaml }, B: { merge: replace } }\n',
    ),
  })
  .map(({ tenants, environments, profiles, layers, settings }) => {
    const files: Record<string, string> = {
      'appcfg.yml': `project: acme/config\nguards: { maxShrink: 100% }\n${settings}`,
    };
    let next = 0;
    const add = (folder: string, profile: string) => {
      const content = layers[next++ % layers.length];
      if (content !== undefined) files[`${folder}/${profile}.yml`] = content;
    };
    for (const profile of profiles) {
      files[`template/${profile}.yml`] = `{a: 0, b: 0, of: ${profile}}`;
      for (const environment of environments) add(`template/${environment}`, profile);
      for (const tenant of tenants) {
        add(`tenants/${tenant}`, profile);
        for (const environment of environments) {
          files[`tenants/${tenant}/${environment}/.gitkeep`] = '';
          add(`tenants/${tenant}/${environment}`, profile);
        }
      }
    }
    return { files, tenants, environments, profiles };
  });

/** The same tree after a commit: some files of its tenants have other contents. */
export function edited(tree: SmallTree, contents: readonly string[]): Record<string, string> {
  const files: Record<string, string> = { ...tree.files };
  let next = 0;
  for (const tenant of tree.tenants) {
    for (const environment of tree.environments) {
      for (const profile of tree.profiles) {
        const content = contents[next++ % contents.length] ?? '';
        if (content !== '') files[`tenants/${tenant}/${environment}/${profile}.yml`] = content;
      }
    }
  }
  return files;
}

/** For `edited`: an empty content leaves a file as it is. */
export const edits = fc.array(fc.oneof(fc.constant(''), smallContents), { minLength: 1, maxLength: 6 });
