// Compiles a JSON Schema with ajv. A file of its own, so that ajv is loaded only where a profile has a schema: bundled, ajv's
// CommonJS modules have no named exports for an `import()` of each.
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import draft04 from 'ajv-draft-04';
import { toPlain } from '../core/model/value.ts';
import type { SchemaCheck } from '../core/render/check-content.ts';

/** Base of the schemas' URIs: `tree:///schemas/Limits.schema.json`. */
const base = 'tree:///';

/** By a part of `$schema`; any other dialect, or none, is read as draft-07. */
const dialects = [
  { names: 'draft-04', Validator: draft04.default },
  { names: '2019-09', Validator: Ajv2019 },
  { names: '2020-12', Validator: Ajv2020 },
] as const;

/**
 * Compiles the schema at a path of the tree.
 * @param load reads the schema at a path of the tree; also called for the schemas that it references.
 * @throws Error for an invalid schema, or a reference to a schema that is not in the tree.
 */
export async function compileSchema(path: string, load: (path: string) => unknown): Promise<SchemaCheck> {
  const root = schemaAt(path, load);
  const Validator = dialects.find(({ names }) => root.dialect.includes(names))?.Validator ?? Ajv;
  const pathsById = new Map([[root.id, path]]);
  const ajv = new Validator({
    strict: false,
    allErrors: true,
    logger: false,
    validateFormats: false,
    loadSchema: async (uri) => {
      const at = pathsById.get(uri) ?? (uri.startsWith(base) ? decodeURIComponent(uri.slice(base.length)) : undefined);
      if (at === undefined) throw new Error(`$ref to ${uri}, which is outside of the tree`);
      const { id, schema } = schemaAt(at, load);
      if (id !== '') pathsById.set(id, at);
      return schema;
    },
  });
  const own = root.dialect.includes('draft-04') ? 'id' : '$id';
  const check = await ajv.compileAsync({ ...root.schema, [own]: base + encodeURI(path) });
  return (value) => {
    check(toPlain(value));
    return (check.errors ?? []).map((error) => ({ pointer: error.instancePath, message: messageOf(error) }));
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
