// What is wrong with the shape of appcfg.yml: zod's issues as problems. The schema itself has the words.
import { z } from 'zod';
import { mostGlobs } from '../model/globs.ts';
import type { Problem } from '../problem/problem.ts';
import { available, nearest, suggest } from '../problem/suggest.ts';
import { settingsSchema } from './settings-schema.ts';

/** Creates a problem at a path of the settings. */
export type ProblemAt = (path: readonly PropertyKey[], message: string, hint: string) => Problem;

type Schema = z.core.$ZodType;

export function problemsOfIssue(issue: z.core.$ZodIssue, problemAt: ProblemAt): readonly Problem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schemasAlong(path).at(-1));
    const parent = path.length === 0 ? '' : ` in ${nameOf(path)}`;
    return issue.keys.map((key) =>
      problemAt([...path, key], `unknown key "${key}"${parent}`, suggest(key, known).text),
    );
  }
  if (issue.code === 'invalid_key') {
    const expected = metaOf(keySchema(schemasAlong(path.slice(0, -1)).at(-1)));
    const message = `invalid key "${String(path.at(-1))}" in ${nameOf(path.slice(0, -1))}`;
    const [example] = Array.isArray(expected?.examples) ? expected.examples : [];
    const like = example === undefined ? '' : `, for example ${String(example)}`;
    return [problemAt(path, message, `expected: ${phrase(expected?.description)}${like}`)];
  }
  if (issue.code === 'too_big' && issue.maximum === mostGlobs) {
    const found = Array.isArray(issue.input) ? issue.input.length.toLocaleString('en') : 'more';
    const message = `${nameOf(path)} has ${found} entries; the limit is ${mostGlobs.toLocaleString('en')}`;
    return [problemAt(path, message, 'match several with one glob')];
  }
  const { expected, hint } = expectationOf(issue);
  const found = issue.input === undefined ? 'missing' : shown(issue.input);
  return [problemAt(path, `${nameOf(path)} is ${found}, expected: ${expected}`, hint)];
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the file' : `"${path.map(String).join('.')}"`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** From the allowed values, or from the nearest description on the way to the value. */
function expectationOf(issue: z.core.$ZodIssue): { readonly expected: string; readonly hint: string } {
  const { path } = issue;
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const near = nearest(String(issue.input), values);
    return {
      expected: values.map((value) => `"${value}"`).join(' or '),
      hint: near === undefined ? available(values) : `did you mean "${near}"?`,
    };
  }
  const metas = schemasAlong(path).map(metaOf);
  const depth = metas.findLastIndex((meta) => meta?.description !== undefined);
  const { description, examples } = metas[depth] ?? {};
  const key = path[depth - 1];
  const [example] = Array.isArray(examples) ? examples : [];
  return {
    expected: phrase(description),
    hint:
      example === undefined
        ? 'see node_modules/@appcfg/cli/docs/settings.md'
        : `for example: ${typeof key === 'string' ? `${key}: ` : ''}${flowYaml(example)}`,
  };
}

/** A description in the middle of a sentence: `Number of` becomes `number of`, `ARN of` stays. */
function phrase(description = 'something else'): string {
  return description.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}

/** YAML on one line. */
function flowYaml(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[ ${value.map(flowYaml).join(', ')} ]`;
  // JSON is YAML, too.
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${flowKey(key)}: ${flowYaml(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function flowKey(key: string): string {
  return /^[A-Za-z][\w-]*$/.test(key) ? key : JSON.stringify(key);
}

/** The schemas of the root, of the first member of the path, and so on, as far as there are any. */
function schemasAlong(path: readonly PropertyKey[]): readonly Schema[] {
  const schemas: Schema[] = [settingsSchema];
  for (const key of path) {
    const member = memberSchema(schemas.at(-1), String(key));
    if (member === undefined) break;
    schemas.push(member);
  }
  return schemas;
}

function memberSchema(schema: Schema | undefined, key: string): Schema | undefined {
  const def = definitionOf(schema);
  if (def?.type === 'object') return def.shape[key];
  if (def?.type === 'record') return def.valueType;
  if (def?.type === 'array') return def.element;
  if (def?.type !== 'union') return undefined;
  return def.options.map((option) => memberSchema(option, key)).find((member) => member !== undefined);
}

function keySchema(schema: Schema | undefined): Schema | undefined {
  const def = definitionOf(schema);
  return def?.type === 'record' ? def.keyType : undefined;
}

function knownKeys(schema: Schema | undefined): readonly string[] {
  const def = definitionOf(schema);
  if (def?.type === 'union') return def.options.flatMap(knownKeys);
  return def?.type === 'object' ? Object.keys(def.shape) : [];
}

/** What describes a schema: itself, or what it wraps. */
function metaOf(schema: Schema | undefined): z.core.GlobalMeta | undefined {
  if (schema === undefined) return undefined;
  return z.globalRegistry.get(schema) ?? metaOf(wrappedBy(schema));
}

/** Without `optional`, `nullable` and defaults. */
function definitionOf(schema: Schema | undefined): z.core.$ZodTypes['_zod']['def'] | undefined {
  if (schema === undefined) return undefined;
  const inner = wrappedBy(schema);
  // zod types a member of a schema as the base of all schemas; every schema is one of the union.
  return inner === undefined ? (schema as z.core.$ZodTypes)._zod.def : definitionOf(inner);
}

function wrappedBy(schema: Schema): Schema | undefined {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return 'innerType' in def ? def.innerType : undefined;
}
