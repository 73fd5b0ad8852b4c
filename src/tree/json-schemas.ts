// JSON Schemas that the settings name: read from the tree, never fetched.
// JSON Schema to check, by ajv. Loaded only where a profile has a schema; imported as a whole, because a bundle of its own
// parts that are loaded one by one has no named exports.

import { readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import draft04 from 'ajv-draft-04';
import { parseDocument } from '../core/document/parse-yaml.ts';
import { toPlain } from '../core/document/value.ts';
import { formatSource } from '../core/model/source-position.ts';
import type { Problem } from '../core/problem/problem.ts';
import type { SchemaCheck } from '../core/render/layers.ts';
import type { Settings } from '../core/settings/settings.ts';

/** Checks by profile name; the validator is loaded only where some profile has a schema. */
export async function readSchemas(
  directory: string,
  settings: Settings,
): Promise<{ readonly schemas: ReadonlyMap<string, SchemaCheck>; readonly problems: readonly Problem[] }> {
  const schemas = new Map<string, SchemaCheck>();
  const problems: Problem[] = [];
  for (const [profile, { schema }] of settings.profiles) {
    if (schema === undefined) continue;
    try {
      const { compileSchema } = await import('./json-schemas.ts');
      schemas.set(profile, await compileSchema(schema, (path) => load(directory, path)));
    } catch (error) {
      problems.push({
        code: 'schema-invalid',
        severity: 'error',
        message: `the schema of "${profile}" cannot be used: ${error instanceof Error ? error.message : String(error)}`,
        hint: { text: 'schemas and what they refer to with $ref are files of the tree; nothing is fetched' },
        source: settings.sourceOf('profiles', profile, 'schema'),
      });
    }
  }
  return { schemas, problems };
}

/** @throws Error */
function load(directory: string, path: string): unknown {
  const { value, problems } = parseDocument(readInside(directory, path), { path });
  const problem = problems.find((p) => p.severity === 'error');
  if (problem !== undefined)
    throw new Error(`${problem.source === undefined ? path : formatSource(problem.source)}: ${problem.message}`);
  if (value === undefined) throw new Error(`${path} is empty`);
  return toPlain(value);
}

/** Links are followed as far as the tree goes. @throws Error whose message names the path in the tree alone. */
function readInside(directory: string, path: string): string {
  try {
    const file = realpathSync(join(directory, path));
    if (file.startsWith(realpathSync(directory) + sep)) return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new Error(code === 'ENOENT' ? `there is no ${path}` : `${path} cannot be read (${code})`, { cause: error });
  }
  throw new Error(`${path} leaves the tree`);
}

/** Base of the schemas' URIs: `tree:///schemas/Limits.schema.json`. */
const base = 'tree:///';

/** By what `$schema` holds; draft-07 where it names none of these. */
const dialects = [
  { names: 'draft-04', Validator: draft04.default },
  { names: '2019-09', Validator: Ajv2019 },
  { names: '2020-12', Validator: Ajv2020 },
] as const;

/**
 * Checks against the schema at a path of the tree. What it refers to is loaded the same way.
 * @throws Error for a schema that cannot be used, or that refers to what is not in the tree.
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
      if (at === undefined) throw new Error(`$ref to ${uri} leaves the tree`);
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

/** A schema without its own address and dialect: it is known by its path, and neither is fetched. */
function schemaAt(path: string, load: (path: string) => unknown) {
  const schema = load(path);
  if (schema === true) return { id: '', dialect: '', schema: {} };
  if (schema === false) return { id: '', dialect: '', schema: { not: {} } };
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    throw new Error(`${path} is no schema: that is a map, true or false`);
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
  return `${error.message ?? 'does not fit'}${detail}`;
}
