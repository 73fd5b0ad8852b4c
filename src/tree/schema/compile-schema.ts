// Compiles a JSON Schema with ajv. Runs in the worker: a schema can take any time and memory.
import { _, Ajv, type FuncKeywordDefinition } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import draft04 from 'ajv-draft-04';
import type { SchemaMismatch } from '../../core/render/check-content.ts';

/** Base of the schemas' URIs: `tree:///schemas/Limits.schema.json`. */
const base = 'tree:///';

/** By a part of `$schema`; any other dialect, or none, is read as draft-07. */
const dialects = [
  { names: 'draft-04', Validator: draft04.default },
  { names: '2019-09', Validator: Ajv2019 },
  { names: '2020-12', Validator: Ajv2020 },
] as const;

/** Of one content; more are counted. */
const mostMismatches = 1000;

/** Characters of a message: it quotes keys and allowed values. */
const longestMessage = 1000;

/**
 * Compiles the schema at a path of the tree.
 * @param load reads the schema at a path of the tree; also called for the schemas that it references.
 * @returns a check of a value, which is made of ordinary JavaScript data
 * @throws Error for an invalid schema, or a reference to a schema that is not in the tree; also what `load` throws
 */
export async function compileSchema(
  path: string,
  load: (path: string) => unknown,
): Promise<(value: unknown) => readonly SchemaMismatch[]> {
  const root = schemaAt(path, load);
  const Validator = dialects.find(({ names }) => root.dialect.includes(names))?.Validator ?? Ajv;
  const pathsById = new Map([[root.id, path]]);
  const ajv = new Validator({
    strict: false,
    allErrors: true,
    logger: false,
    validateFormats: false,
    // Keys such as "constructor" are not inherited from JavaScript's objects.
    ownProperties: true,
    loadSchema: async (uri) => {
      const at = pathsById.get(uri) ?? (uri.startsWith(base) ? decodeURIComponent(uri.slice(base.length)) : undefined);
      if (at === undefined) throw new Error(`$ref to ${uri}, which is outside of the tree`);
      const { id, schema } = schemaAt(at, load);
      if (id !== '') pathsById.set(id, at);
      return schema;
    },
  });
  for (const comparison of comparisons) {
    const { keyword } = comparison;
    // Draft-04 has no "const".
    if (ajv.getKeyword(keyword) !== false) ajv.removeKeyword(keyword).addKeyword(comparison);
  }
  const own = root.dialect.includes('draft-04') ? 'id' : '$id';
  const check = await ajv.compileAsync({ ...root.schema, [own]: base + encodeURI(path) });
  return (value) => {
    check(value);
    const errors = check.errors ?? [];
    const found = errors
      .slice(0, mostMismatches)
      .map((error) => ({ pointer: error.instancePath, message: messageOf(error).slice(0, longestMessage) }));
    const more = errors.length - found.length;
    return more === 0 ? found : [...found, { pointer: '', message: `has ${more} more mismatches` }];
  };
}

/** A schema without `$id` and `$schema`: ajv knows it by its path in the tree, and must fetch neither. */
function schemaAt(path: string, load: (path: string) => unknown) {
  const schema = load(path);
  if (schema === true) return { id: '', dialect: '', schema: {} };
  if (schema === false) return { id: '', dialect: '', schema: { not: {} } };
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    throw new Error(`${path} is not a schema: a schema is a map, true or false`);
  }
  const { $schema, $id, id, ...rest } = schema as Record<string, unknown>;
  const dialect = String($schema ?? '');
  const address = dialect.includes('draft-04') ? id : $id;
  return { id: typeof address === 'string' ? address.replace(/#$/, '') : '', dialect, schema: rest };
}

/**
 * The keywords that compare values. ajv's own call methods of the values, so that a key "valueOf" or "constructor" in a content
 * makes them fail, and compare each item of a list with each other one.
 */
const comparisons: readonly (FuncKeywordDefinition & { readonly keyword: string })[] = [
  {
    keyword: 'const',
    errors: false,
    error: { message: 'must be equal to constant' },
    validate: (allowed: unknown, value: unknown) => canonical(allowed) === canonical(value),
  },
  {
    keyword: 'enum',
    schemaType: 'array',
    errors: false,
    error: {
      message: 'must be equal to one of the allowed values',
      params: ({ schemaCode }) => _`{allowedValues: ${schemaCode}}`,
    },
    compile: (allowed: readonly unknown[]) => {
      const texts = new Set(allowed.map(canonical));
      return (value: unknown) => texts.has(canonical(value));
    },
  },
  {
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    errors: false,
    error: { message: 'must NOT have duplicate items' },
    validate: (isWanted: boolean, items: readonly unknown[]) =>
      !isWanted || new Set(items.map(canonical)).size === items.length,
  },
];

/** Two values are equal if they have the same text: JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

function messageOf(error: { readonly message?: string; readonly params: unknown }): string {
  const params = error.params as Record<string, unknown>;
  const detail =
    'additionalProperty' in params
      ? `: "${String(params.additionalProperty)}"`
      : 'allowedValues' in params
        ? `: ${JSON.stringify(params.allowedValues)}`
        : '';
  return `${error.message ?? 'does not match the schema'}${detail}`;
}
