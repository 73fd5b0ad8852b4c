// Checks a feature-flag document and rewrites it as the service does before it stores it.
import { canonicalJson } from '../wire/canonical-json.ts';
import { isObject, ownMember } from '../wire/is-object.ts';
import { parseJson } from '../wire/parse-json.ts';
import { badRequest, ServiceError } from '../wire/service-error.ts';
import type { TimeLimit } from '../wire/time-limit.ts';
import { type FlagProblem, findFlagProblems, readBoolean } from './find-flag-problems.ts';

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

type Entries = Record<string, Record<string, unknown>>;

/**
 * The bytes to store for a feature-flag document.
 * @param previous the content of the profile's latest version
 * @throws ServiceError if it is not a valid feature-flag document
 */
export function normalizeFlags(
  content: Uint8Array,
  previous: Uint8Array | undefined,
  { now, timeLimit }: { readonly now: number; readonly timeLimit: TimeLimit },
): Buffer {
  const document = parseFlags(content, timeLimit);
  const before = previous === undefined ? {} : storedFlags(previous);
  const time = new Date(now).toISOString().replace(/\.?0*Z$/, 'Z');
  const flags = withTimes(mapEntries(entriesOf(document.flags), knownOfFlag), entriesOf(before.flags), time);
  const values = withTimes(mapEntries(entriesOf(document.values), withBoolean), entriesOf(before.values), time);
  const stored = {
    ...(Object.keys(flags).length === 0 ? {} : { flags }),
    ...(Object.keys(values).length === 0 ? {} : { values }),
    version: '1',
  };
  const escaped = canonicalJson(stored).replace(
    /[<>&]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
  return Buffer.from(escaped);
}

/** @throws ServiceError */
function parseFlags(content: Uint8Array, timeLimit: TimeLimit): Record<string, unknown> {
  let document: unknown;
  try {
    document = parseJson(content);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (!isObject(document)) {
    const start = Buffer.from(content).toString('utf8').slice(0, 256);
    throw invalidData([{ Constraint: 'Json', Location: '', Type: 'NotSatisfied', Value: start }]);
  }
  const flags = document;
  const problems = timeLimit.run(() => findFlagProblems(flags));
  if (problems.length > 0) throw invalidData(problems);
  return document;
}

/** Stored flags are valid: they were checked before they were stored. */
function storedFlags(content: Uint8Array): Record<string, unknown> {
  const document: unknown = JSON.parse(Buffer.from(content).toString('utf8'));
  return isObject(document) ? document : {};
}

/** Adds times: an entry keeps the time it was created, and the time of its last update unless it changed. */
function withTimes(entries: Entries, before: Entries, time: string): Entries {
  return mapEntries(entries, (entry, key) => {
    const old = ownMember(before, key);
    const created = old?._createdAt ?? entry._createdAt ?? time;
    for (const each of [entry._createdAt, entry._updatedAt]) {
      if (each === undefined) continue;
      if (typeof each === 'string' && timestamp.test(each) && !Number.isNaN(Date.parse(each))) continue;
      // AWS responds to an invalid time with an internal error without a message.
      throw new ServiceError(500, 'InternalServerException', '');
    }
    const same = old !== undefined && withoutTimes(old) === withoutTimes(entry);
    return { ...entry, _createdAt: created, _updatedAt: same ? old._updatedAt : time };
  });
}

/** `enabled` as a boolean; a value without it is disabled. Of an empty list of variants nothing is kept. */
function withBoolean(entry: Record<string, unknown>): Record<string, unknown> {
  const { _variants: variants, ...others } = entry;
  if (!Array.isArray(variants)) return { ...entry, enabled: readBoolean(entry.enabled) ?? false };
  if (variants.length === 0) return others;
  const variantsRead = variants.map((variant: unknown) => {
    const known = pick(variant, ['name', 'enabled', 'rule', 'attributeValues']);
    return { ...known, enabled: readBoolean(known.enabled) ?? false };
  });
  return { ...entry, _variants: variantsRead };
}

/** A flag's definition without the members that the service does not know: it drops them. */
function knownOfFlag(flag: Record<string, unknown>): Record<string, unknown> {
  const known = pick(flag, ['name', 'description', '_deprecation', 'attributes', '_createdAt', '_updatedAt']);
  if (!isObject(known.attributes)) return known;
  const attributes = mapEntries(entriesOf(known.attributes), (attribute) => {
    const { constraints, ...rest } = pick(attribute, ['description', 'constraints']);
    return constraints === undefined ? rest : { ...rest, constraints: knownConstraints(constraints) };
  });
  return { ...known, attributes };
}

function knownConstraints(constraints: unknown): Record<string, unknown> {
  const { elements, ...rest } = pick(constraints, [
    'type',
    'required',
    'pattern',
    'enum',
    'minimum',
    'maximum',
    'elements',
  ]);
  return elements === undefined ? rest : { ...rest, elements: knownConstraints(elements) };
}

function pick(value: unknown, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(isObject(value) ? value : {}).filter(([name]) => names.includes(name)));
}

function withoutTimes({ _createdAt: _made, _updatedAt: _changed, ...entry }: Record<string, unknown>): string {
  return canonicalJson(entry);
}

/** The document was checked, so every entry is an object. */
function entriesOf(value: unknown): Entries {
  const entries = Object.entries(isObject(value) ? value : {});
  return Object.fromEntries(entries.flatMap(([key, entry]) => (isObject(entry) ? [[key, entry]] : [])));
}

function mapEntries(
  entries: Entries,
  change: (entry: Record<string, unknown>, key: string) => Record<string, unknown>,
): Entries {
  return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, change(entry, key)]));
}

function invalidData(problems: readonly FlagProblem[]): ServiceError {
  return badRequest("Error invoking extension AppConfig Feature Flags Helper: Invalid 'Content' data", {
    Reason: 'InvalidConfiguration',
    Details: { InvalidConfiguration: problems },
  });
}
