// The JSON Schemas of profiles. They are files of the tree: nothing is fetched from the network.
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseDocument } from '../core/document/parse-yaml.ts';
import { canonicalText } from '../core/document/write-json.ts';
import { longestValidator } from '../core/model/service-limits.ts';
import { formatSource } from '../core/model/source-position.ts';
import type { Value } from '../core/model/value.ts';
import type { Problem } from '../core/problem/problem.ts';
import type { SchemaCheck, SchemaResult } from '../core/render/check-content.ts';
import type { Settings } from '../core/settings/settings.ts';
import { type BoundedWorker, WorkLimitExceeded } from './bounded-worker.ts';
import { largeText } from './parse-in-worker.ts';
import type { TreeOptions } from './read-tree.ts';
import { FileTooLarge, isInternal, largestFile } from './tree-source.ts';

export interface ReadSchemas {
  /** Compiled, by profile name. */
  readonly schemas: ReadonlyMap<string, SchemaCheck>;
  /** Texts of those that are installed as validators, by profile name. */
  readonly validatorSchemas: ReadonlyMap<string, string>;
  /** One for each schema that cannot be used. */
  readonly problems: readonly Problem[];
}

/** Reads and compiles the schemas of all profiles. */
export async function readSchemas(
  directory: string,
  settings: Settings,
  { worker, parseLarge }: { readonly worker: BoundedWorker; readonly parseLarge: TreeOptions['parseLarge'] },
): Promise<ReadSchemas> {
  const schemas = new Map<string, SchemaCheck>();
  const validatorSchemas = new Map<string, string>();
  const problems: Problem[] = [];
  for (const [profile, { schema, installValidator: asValidator = false }] of settings.profiles) {
    if (schema === undefined) continue;
    try {
      const read = (path: string) => load(path, directory, parseLarge);
      const { check, text, mismatch } = await schemaCheck(schema, { worker, load: read, asValidator });
      schemas.set(profile, check);
      if (!asValidator) continue;
      const refusal = mismatch ?? lengthProblem(text);
      if (refusal === undefined) validatorSchemas.set(profile, text);
      else problems.push(notInstallable(profile, refusal, settings));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      problems.push({
        ...(error instanceof WorkLimitExceeded
          ? {
              code: 'check-timeout',
              message: `compiling the schema of profile "${profile}" takes ${error.message}`,
              hint: { text: 'make the schema simpler: references that multiply, or very long lists, take this long' },
            }
          : {
              code: 'schema-invalid',
              message: `the schema of profile "${profile}" is invalid: ${error.message}`,
              hint: { text: 'fix the schema; a schema and what it references with $ref must be files of the tree' },
            }),
        severity: 'error',
        source: settings.sourceOf('profiles', profile, 'schema'),
      });
    }
  }
  return { schemas, validatorSchemas, problems };
}

function lengthProblem(text: string): string | undefined {
  if (text.length <= longestValidator) return undefined;
  const length = text.length.toLocaleString('en');
  return `it has ${length} characters without white space, and AppConfig allows ${longestValidator.toLocaleString('en')}`;
}

function notInstallable(profile: string, why: string, settings: Settings): Problem {
  return {
    code: 'schema-invalid',
    severity: 'error',
    message: `the schema of profile "${profile}" cannot be installed as a validator: ${why}`,
    hint: { text: 'change the schema so that it means the same in draft-04, or delete installValidator' },
    source: settings.sourceOf('profiles', profile, 'installValidator'),
  };
}

/** @throws Error for a schema that cannot be used */
async function schemaCheck(
  schema: string,
  options: {
    readonly worker: BoundedWorker;
    readonly load: (path: string) => Promise<string>;
    readonly asValidator: boolean;
  },
): Promise<{ readonly check: SchemaCheck; readonly text: string; readonly mismatch: string | undefined }> {
  const { worker, load, asValidator } = options;
  const text = await load(schema);
  const files: Record<string, string> = { [schema]: text };
  let mismatch: string | undefined;
  for (;;) {
    const answer = await worker.run((known) => {
      known.add(schema);
      return { type: 'compile', schema, files, asValidator };
    });
    if (answer.type === 'compiled') {
      mismatch = answer.mismatch;
      break;
    }
    if (answer.type !== 'file-wanted') throw new Error(answer.type === 'failed' ? answer.message : answer.type);
    files[answer.path] = await load(answer.path);
  }
  const results = new WeakMap<object, Promise<SchemaResult>>();
  let isUsable = true;
  const check = async (value: Value): Promise<SchemaResult> => {
    if (!isUsable) return [];
    const json = canonicalText(value);
    try {
      const answer = await worker.run((known) => {
        const isKnown = known.has(schema);
        known.add(schema);
        return { type: 'check', schema, json, ...(isKnown ? {} : { files }) };
      });
      if (answer.type === 'checked') return answer.mismatches;
      if (!isUsable) return [];
      isUsable = false;
      const why = answer.type === 'failed' ? answer.message : answer.type;
      return { code: 'schema-invalid', message: `the schema cannot be applied: ${why}` };
    } catch (error) {
      if (!(error instanceof WorkLimitExceeded)) throw error;
      isUsable = false;
      return { code: 'check-timeout', message: `the check with the schema takes ${error.message}` };
    }
  };
  const checkOnce: SchemaCheck = (value) => {
    if (typeof value !== 'object' || value === null) return check(value);
    const known = results.get(value);
    if (known !== undefined) return known;
    const result = check(value);
    results.set(value, result);
    return result;
  };
  return { check: checkOnce, text, mismatch };
}

/** A schema file as JSON. @throws Error for a file that is missing, empty, outside of the tree or invalid YAML or JSON. */
async function load(path: string, directory: string, parseLarge: TreeOptions['parseLarge']): Promise<string> {
  const text = readInside(directory, path);
  const isLarge = text.length > largeText;
  const { value, problems } = isLarge ? await parseLarge(text, { path }) : parseDocument(text, { path });
  const problem = problems.find((p) => p.severity === 'error');
  if (problem !== undefined)
    throw new Error(`${problem.source === undefined ? path : formatSource(problem.source)}: ${problem.message}`);
  if (value === undefined) throw new Error(`${path} is empty`);
  return canonicalText(value);
}

class InternalFile extends Error {
  constructor(path: string) {
    super(`${path} is in a folder of Git or of appcfg`);
  }
}

/**
 * Follows symbolic links, but not out of the tree, and not into folders that hold credentials or local state.
 * @throws Error whose message has the path in the tree only, not that of the machine.
 */
function readInside(directory: string, path: string): string {
  try {
    const root = realpathSync(directory) + sep;
    const file = realpathSync(join(directory, path));
    if (file.startsWith(root)) {
      if ([path, file.slice(root.length)].some(isInternal)) throw new InternalFile(path);
      if (statSync(file).size > largestFile) throw new FileTooLarge(`${path} is too large`);
      return readFileSync(file, 'utf8');
    }
  } catch (error) {
    if (error instanceof FileTooLarge || error instanceof InternalFile) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new Error(code === 'ENOENT' ? `${path} not found` : `cannot read ${path} (${code})`, { cause: error });
  }
  throw new Error(`${path} is outside of the tree`);
}
