// JSON Schemas that the settings name: read from the tree, never fetched.
import { readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseDocument } from '../core/document/parse-yaml.ts';
import { formatSource } from '../core/model/source-position.ts';
import { toPlain } from '../core/model/value.ts';
import type { Problem } from '../core/problem/problem.ts';
import type { SchemaCheck } from '../core/render/check-content.ts';
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
      const { compileSchema } = await import('./compile-schema.ts');
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
