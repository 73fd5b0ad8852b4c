// The validators of a configuration profile. The service's JSON Schema is that of draft 4, whatever a schema declares.

import type { Place, Profile } from '../model/store.ts';
import { isObject } from '../wire/check-members.ts';
import { parseJson } from '../wire/parse-json.ts';
import { withinTime } from '../wire/run-with-time-limit.ts';
import { badRequest } from '../wire/service-error.ts';

const load = async () => (await import('ajv-draft-04')).default.default;

let library: Awaited<ReturnType<typeof load>> | undefined;

/** Of later drafts; draft 4 does not know them, so they say nothing. */
const laterKeywords = ['const', 'contains', 'if', 'then', 'else', 'nullable', 'propertyNames'];

/** Whether a call may run JSON Schema validators, so that what they need has to be loaded first. */
export function needsSchemas(operation: string, place: Place, applicationId: string | undefined): boolean {
  if (library !== undefined || (operation !== 'StartDeployment' && operation !== 'ValidateConfiguration')) return false;
  const profiles = place.applications.get(applicationId ?? '')?.profiles.values() ?? [];
  return [...profiles].some(({ validators }) => validators.some(({ Type }) => Type === 'JSON_SCHEMA'));
}

/** Loads the JSON Schema library, which most who use the embedded AppConfig never need. */
export async function loadSchemas(): Promise<void> {
  library = await load();
}

/**
 * Runs the JSON Schema validators on a content; without content there is nothing to run them on.
 * @returns headers that tell which validators were not run: there is no Lambda here
 * @throws ServiceError
 */
export function runValidators(profile: Profile, content: Buffer | undefined): Readonly<Record<string, string>> {
  const notRun: string[] = [];
  for (const { Type, Content } of profile.validators) {
    if (Type === 'LAMBDA') notRun.push(`LAMBDA validator ${Content}`);
    else if (content !== undefined) checkSchema(Content, content);
  }
  // States of before may have other ARNs than are taken now.
  return notRun.length === 0 ? {} : { 'x-appcfg-not-run': notRun.join(', ').replace(/[^ -~]/g, '?') };
}

function checkSchema(schema: string, content: Buffer): void {
  const details = withinTime(() => problemsOf(schema, content));
  if (details.length === 0) return;
  // AWS says so of wrong schemas and of contents that do not fit alike.
  throw badRequest(
    `Could not build JSON schema from invalid input:\n ${schema}.\n Original error message:\n${details.join('\n')}`,
  );
}

function problemsOf(schema: string, content: Buffer): string[] {
  try {
    const document = parseJson(Buffer.from(schema));
    if (!isObject(document)) return ['A JSON Schema must be an object'];
    const { $schema: _declared, ...rest } = document;
    const validator = createValidator();
    // References to other documents cannot be followed: compiling throws then.
    const check = validator.compile(rest);
    if (check(parseJson(content))) return [];
    return (check.errors ?? []).map(({ instancePath, message = '' }) => `#${instancePath}: ${message}`);
  } catch (error) {
    // Documents are not deep enough to run out of stack.
    if (error instanceof RangeError) return ['The schema refers to itself without end.'];
    return [error instanceof Error ? error.message : String(error)];
  }
}

function createValidator() {
  if (library === undefined) throw new Error('the JSON Schema library is not loaded');
  const validator = new library({
    strict: false,
    allErrors: true,
    validateFormats: false,
    logger: false,
  });
  for (const keyword of laterKeywords) validator.removeKeyword(keyword);
  return validator;
}
