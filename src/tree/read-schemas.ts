// JSON Schemas that the settings name: read from the tree, never fetched.
import { readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Problem } from '../core/errors.ts';
import { parseDocument } from '../core/parse.ts';
import type { Settings } from '../core/settings.ts';
import type { SchemaCheck } from '../core/tree.ts';
import { toPlain } from '../core/value.ts';

/** Base of the schemas' URIs: `tree:///schemas/Limits.schema.json`. */
const base = 'tree:///';

/** Checks by profile name; ajv is loaded only where some profile has a schema. */
export async function readSchemas(
  directory: string,
  settings: Settings,
): Promise<{ readonly schemas: ReadonlyMap<string, SchemaCheck>; readonly problems: readonly Problem[] }> {
  const schemas = new Map<string, SchemaCheck>();
  const problems: Problem[] = [];
  for (const [profile, { schema }] of settings.profiles) {
    if (schema === undefined) continue;
    try {
      schemas.set(profile, await compile(directory, schema));
    } catch (error) {
      problems.push({
        code: 'schema-invalid',
        severity: 'error',
        message: `the schema of "${profile}" cannot be used: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'schemas and what they refer to with $ref are files of the tree; nothing is fetched',
        source: schema,
      });
    }
  }
  return { schemas, problems };
}

async function compile(directory: string, path: string): Promise<SchemaCheck> {
  const schema = load(directory, path);
  const dialect = String((schema as { $schema?: unknown }).$schema ?? '');
  const { Ajv } = dialect.includes('2020-12')
    ? { Ajv: (await import('ajv/dist/2020.js')).Ajv2020 }
    : dialect.includes('2019-09')
      ? { Ajv: (await import('ajv/dist/2019.js')).Ajv2019 }
      : await import('ajv');
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    // AppConfig's own validators are draft-04; what its dialect shares with draft-07 is checked.
    validateFormats: false,
    loadSchema: async (uri) => {
      if (!uri.startsWith(base)) throw new Error(`$ref to ${uri} leaves the tree`);
      return load(directory, decodeURIComponent(uri.slice(base.length))) as object;
    },
  });
  const { $schema: _dialect, ...rest } = schema as Record<string, unknown>;
  const check = await ajv.compileAsync({ ...rest, $id: base + path });
  return (value) => {
    check(toPlain(value));
    return (check.errors ?? []).map((error) => ({
      pointer: error.instancePath,
      message: messageOf(error),
    }));
  };
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

function load(directory: string, path: string): unknown {
  const root = realpathSync(directory);
  const file = realpathSync(join(directory, path));
  if (!file.startsWith(root + sep)) throw new Error(`${path} leaves the tree`);
  const { value, problems } = parseDocument(readFileSync(file, 'utf8'), { path });
  const problem = problems.find((p) => p.severity === 'error');
  if (value === undefined || problem !== undefined) throw new Error(problem?.message ?? `${path} is empty`);
  return toPlain(value);
}
