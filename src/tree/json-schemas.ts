// The JSON Schemas of profiles. They are files of the tree: nothing is fetched from the network.
import { readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseDocument } from '../core/document/parse-yaml.ts';
import { formatSource } from '../core/model/source-position.ts';
import { toPlain } from '../core/model/value.ts';
import type { Problem } from '../core/problem/problem.ts';
import type { SchemaCheck } from '../core/render/check-content.ts';
import type { Settings } from '../core/settings/settings.ts';

/** Compiled schemas by profile name, and a problem for each schema that cannot be used. */
export async function readSchemas(
  directory: string,
  settings: Settings,
): Promise<{ readonly schemas: ReadonlyMap<string, SchemaCheck>; readonly problems: readonly Problem[] }> {
  // ajv takes long to load: it is loaded only if a profile has a schema.
  const schemas = new Map<string, SchemaCheck>();
  const problems: Problem[] = [];
  for (const [profile, { schema }] of settings.profiles) {
    if (schema === undefined) continue;
    try {
      const { compileSchema } = await import('./compile-schema.ts');
      schemas.set(profile, await compileSchema(schema, (path) => load(directory, path)));
    } catch (error) {
      problems.push({
        code: 'schema-invalid',
        severity: 'error',
        message: `the schema of profile "${profile}" is invalid: ${error instanceof Error ? error.message : String(error)}`,
        hint: { text: 'fix the schema; a schema and what it references with $ref must be files of the tree' },
        source: settings.sourceOf('profiles', profile, 'schema'),
      });
    }
  }
  return { schemas, problems };
}

/** A schema file as ordinary data. @throws Error for a file that is missing, empty, outside of the tree or invalid YAML or JSON. */
function load(directory: string, path: string): unknown {
  const { value, problems } = parseDocument(readInside(directory, path), { path });
  const problem = problems.find((p) => p.severity === 'error');
  if (problem !== undefined)
    throw new Error(`${problem.source === undefined ? path : formatSource(problem.source)}: ${problem.message}`);
  if (value === undefined) throw new Error(`${path} is empty`);
  return toPlain(value);
}

/**
 * Follows symbolic links, but not out of the tree.
 * @throws Error whose message has the path in the tree only, not that of the machine.
 */
function readInside(directory: string, path: string): string {
  try {
    const file = realpathSync(join(directory, path));
    if (file.startsWith(realpathSync(directory) + sep)) return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new Error(code === 'ENOENT' ? `${path} not found` : `cannot read ${path} (${code})`, { cause: error });
  }
  throw new Error(`${path} is outside of the tree`);
}
