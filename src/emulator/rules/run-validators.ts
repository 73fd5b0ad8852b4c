// Runs the validators of a configuration profile. The service reads every JSON Schema as draft 4, whatever it declares.
import type { AccountRegion, Profile } from '../model/resources.ts';
import { isObject } from '../wire/is-object.ts';
import { parseJson } from '../wire/parse-json.ts';
import { badRequest } from '../wire/service-error.ts';
import type { TimeLimit } from '../wire/time-limit.ts';

export type JsonSchemaLibrary = Awaited<ReturnType<typeof loadJsonSchema>>;

/** What validators are run with. */
export interface ValidatorTools {
  /** Undefined: not loaded, because no profile of the application has a JSON Schema. */
  readonly jsonSchema: JsonSchemaLibrary | undefined;
  readonly timeLimit: TimeLimit;
}

/** Keywords of later drafts that the library supports. Draft 4 does not know them, so they have no effect. */
const laterKeywords = ['const', 'contains', 'if', 'then', 'else', 'nullable', 'propertyNames'];

/** Whether an application has JSON Schema validators. */
export function hasJsonSchema(applicationId: string | undefined, { applications }: AccountRegion): boolean {
  const profiles = applications.get(applicationId ?? '')?.profiles.values() ?? [];
  return [...profiles].some(({ validators }) => validators.some(({ Type }) => Type === 'JSON_SCHEMA'));
}

/** Loads the JSON Schema library. Only when needed, because most users never do. */
export async function loadJsonSchema() {
  return (await import('ajv-draft-04')).default.default;
}

/**
 * Runs the JSON Schema validators on a content. Without a hosted content there is nothing to validate.
 * @returns a header that lists the validators that were not run, because there is no Lambda
 * @throws ServiceError
 */
export function runValidators(
  profile: Profile,
  content: Buffer | undefined,
  tools: ValidatorTools,
): Readonly<Record<string, string>> {
  const notRun: string[] = [];
  for (const { Type, Content } of profile.validators) {
    if (Type === 'LAMBDA') notRun.push(`LAMBDA validator ${Content}`);
    else if (content !== undefined) checkSchema(Content, content, tools);
  }
  // A state file may contain ARNs with characters that headers cannot carry.
  return notRun.length === 0 ? {} : { 'x-appcfg-not-run': notRun.join(', ').replace(/[^ -~]/g, '?') };
}

function checkSchema(schema: string, content: Buffer, { jsonSchema, timeLimit }: ValidatorTools): void {
  if (jsonSchema === undefined) throw new Error('the JSON Schema library is not loaded');
  const details = timeLimit.run(() => problemsOf(schema, content, jsonSchema));
  if (details.length === 0) return;
  // AWS uses this message both for invalid schemas and for content that violates the schema.
  throw badRequest(
    `Could not build JSON schema from invalid input:\n ${schema}.\n Original error message:\n${details.join('\n')}`,
  );
}

function problemsOf(schema: string, content: Buffer, library: JsonSchemaLibrary): string[] {
  try {
    const document = parseJson(Buffer.from(schema));
    if (!isObject(document)) return ['A JSON Schema must be an object'];
    if (hasExternalReference(document)) return ['External schema references are not supported.'];
    const { $schema: _declared, ...rest } = document;
    const validator = createValidator(library);
    const check = validator.compile(rest);
    if (check(parseJson(content))) return [];
    return (check.errors ?? []).map(({ instancePath, message = '' }) => `#${instancePath}: ${message}`);
  } catch (error) {
    // The depth of documents is limited, so only a recursive schema overflows the stack.
    if (error instanceof RangeError) return ['The schema refers to itself without end.'];
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Whether a schema refers to another document. Values that are compared, and names of properties, are no references. */
function hasExternalReference(schema: unknown, isSchema = true): boolean {
  if (Array.isArray(schema)) return schema.some((each) => hasExternalReference(each));
  if (!isObject(schema)) return false;
  const { $ref: reference } = schema;
  if (isSchema && typeof reference === 'string' && !reference.startsWith('#')) return true;
  return Object.entries(schema).some(([key, value]) => {
    if (isSchema && ['enum', 'default'].includes(key)) return false;
    return hasExternalReference(value, !(isSchema && namesSchemas.includes(key)));
  });
}

/** Keywords whose members are schemas with names of their own. */
const namesSchemas = ['properties', 'patternProperties', 'definitions', 'dependencies'];

function createValidator(Library: JsonSchemaLibrary) {
  const validator = new Library({
    strict: false,
    allErrors: true,
    validateFormats: false,
    logger: false,
  });
  for (const keyword of laterKeywords) validator.removeKeyword(keyword);
  return validator;
}
