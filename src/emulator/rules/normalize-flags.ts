// Checks a feature-flag document and rewrites it as the service does before it stores it.
import { canonicalJson } from '../wire/canonical-json.ts';
import { isObject, ownMember } from '../wire/is-object.ts';
import { parseJson } from '../wire/parse-json.ts';
import { badRequest, ServiceError } from '../wire/service-error.ts';
import type { TimeLimit } from '../wire/time-limit.ts';
import { type FlagProblem, findFlagProblems, readBoolean } from './find-flag-problems.ts';

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
  const flags = withTimes(entriesOf(document.flags), entriesOf(before.flags), time);
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
    for (const each of [created, entry._createdAt ?? created]) {
      if (typeof each === 'string' && !Number.isNaN(Date.parse(each))) continue;
      // AWS responds to an invalid time with an internal error without a message.
      throw new ServiceError(500, 'InternalServerException', '');
    }
    const same = old !== undefined && withoutTimes(old) === withoutTimes(entry);
    return { ...entry, _createdAt: created, _updatedAt: same ? old._updatedAt : time };
  });
}

/** `enabled` as a boolean; a value without it is disabled. */
function withBoolean(entry: Record<string, unknown>): Record<string, unknown> {
  const { _variants: variants } = entry;
  if (!Array.isArray(variants)) return { ...entry, enabled: readBoolean(entry.enabled) ?? false };
  const variantsRead = variants.map((variant: unknown) =>
    isObject(variant) ? { ...variant, enabled: readBoolean(variant.enabled) ?? false } : variant,
  );
  return { ...entry, _variants: variantsRead };
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
