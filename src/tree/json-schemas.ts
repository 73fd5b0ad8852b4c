// The JSON Schemas of profiles. They are files of the tree: nothing is fetched from the network.
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseDocument } from '../core/document/parse-yaml.ts';
import { canonicalText } from '../core/document/write-json.ts';
import { longestValidator } from '../core/model/service-limits.ts';
import { formatSource } from '../core/model/source-position.ts';
import type { Value } from '../core/model/value.ts';
import { AppcfgError, type Problem } from '../core/problem/problem.ts';
import type { ProfileSchema, SchemaCheck, SchemaFailure, SchemaMismatch } from '../core/render/check-content.ts';
import { largeText } from '../core/render/layers.ts';
import type { Settings } from '../core/settings/settings.ts';
import { type BoundedWorker, WorkLimitExceeded } from './bounded-worker.ts';
import { checkOnce } from './check-once.ts';
import type { TreeOptions } from './read-tree.ts';
import { FileTooLarge, isInternal, largestFile } from './tree-source.ts';

export interface ReadSchemas {
  /** Those that can be used, by profile name. */
  readonly schemas: ReadonlyMap<string, ProfileSchema>;
  /** One for each schema that cannot be used. */
  readonly problems: readonly Problem[];
}

/** Reads and compiles the schemas of all profiles. */
export async function readSchemas(
  directory: string,
  settings: Settings,
  { worker, parseLarge }: { readonly worker: BoundedWorker; readonly parseLarge: TreeOptions['parseLarge'] },
): Promise<ReadSchemas> {
  const schemas = new Map<string, ProfileSchema>();
  const problems: Problem[] = [];
  for (const [profile, { schema: path, installValidator: asValidator = false }] of settings.profiles) {
    if (path === undefined) continue;
    try {
      const load = (file: string) => loadFile(file, directory, parseLarge);
      const { files, mismatch } = await compile(path, { worker, load, asValidator });
      const check = schemaCheck({ schema: path, files }, worker);
      const text = files[path] ?? '';
      const refusal = asValidator ? (mismatch ?? lengthProblem(text)) : undefined;
      if (refusal !== undefined) problems.push(notInstallable(profile, refusal, settings));
      schemas.set(profile, { check, validator: asValidator && refusal === undefined ? text : undefined });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error instanceof AppcfgError) {
        problems.push(...error.problems);
        continue;
      }
      problems.push({
        ...compileProblem(profile, error),
        severity: 'error',
        source: settings.sourceOf('profiles', profile, 'schema'),
      });
    }
  }
  return { schemas, problems };
}

function compileProblem(profile: string, error: Error): Pick<Problem, 'code' | 'message' | 'hint'> {
  if (error instanceof WorkLimitExceeded) {
    return {
      code: 'check-timeout',
      message: `compiling the schema of profile "${profile}" takes ${error.message}`,
      hint: { text: 'make the schema simpler: references that multiply, or very long lists, take this long' },
    };
  }
  return {
    code: 'schema-invalid',
    // ajv begins with the same words, and with the name that it gives the schema.
    message: `the schema of profile "${profile}" is invalid: ${error.message.replace(/^schema is invalid: (?:data)?/, '')}`,
    hint: { text: 'fix the schema; a schema and what it references with $ref must be files of the tree' },
  };
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

/** JSON texts by path in the tree: a schema, and what it references. */
type SchemaFiles = Readonly<Record<string, string>>;

/**
 * @returns also why it means something else as a validator, if it is to be one
 * @throws Error for a schema that cannot be used
 */
async function compile(
  schema: string,
  options: {
    readonly worker: BoundedWorker;
    readonly load: (path: string) => Promise<string>;
    readonly asValidator: boolean;
  },
): Promise<{ readonly files: SchemaFiles; readonly mismatch: string | undefined }> {
  const { worker, load, asValidator } = options;
  const files: Record<string, string> = { [schema]: await load(schema) };
  for (;;) {
    const answer = await worker.run((known) => {
      known.add(schema);
      return { type: 'compile', schema, files, asValidator };
    });
    if (answer.type === 'compiled') return { files, mismatch: answer.mismatch };
    if (answer.type !== 'file-wanted') throw new Error(answer.type === 'failed' ? answer.message : answer.type);
    files[answer.path] = await load(answer.path);
  }
}

function schemaCheck(
  { schema, files }: { readonly schema: string; readonly files: SchemaFiles },
  worker: BoundedWorker,
): SchemaCheck {
  return checkOnce<Value, SchemaMismatch, SchemaFailure>(
    async (value) => {
      const json = canonicalText(value);
      const answer = await worker.run((known) => {
        const isKnown = known.has(schema);
        known.add(schema);
        return { type: 'check', schema, json, ...(isKnown ? {} : { files }) };
      });
      if (answer.type === 'checked') return answer.mismatches;
      const why = answer.type === 'failed' ? answer.message : answer.type;
      return { code: 'schema-invalid', message: `the schema cannot be applied: ${why}` };
    },
    (message) => ({ code: 'check-timeout', message: `the check with the schema takes ${message}` }),
  );
}

/** A schema file as JSON. @throws Error for a file that is missing, empty, outside of the tree or invalid YAML or JSON. */
async function loadFile(path: string, directory: string, parseLarge: TreeOptions['parseLarge']): Promise<string> {
  const text = readInside(directory, path);
  const isLarge = text.length > largeText;
  const { value, problems } = isLarge ? await parseLarge(text, { path }) : parseDocument(text, { path });
  const problem = problems.find((p) => p.severity === 'error');
  // What is wrong with the file is nothing to change in a schema.
  if (problem?.code === 'lfs-pointer') throw new AppcfgError([problem]);
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
