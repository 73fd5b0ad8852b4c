// What the service makes of feature flags before it stores them.

import { canonicalJson } from '../wire/canonical-json.ts';
import { isObject, ownMember } from '../wire/check-members.ts';
import { parseJson } from '../wire/parse-json.ts';
import { withinTime } from '../wire/run-with-time-limit.ts';
import { badRequest, ServiceError } from '../wire/service-error.ts';
import { type FlagProblem, flagProblems, truthOf } from './find-flag-problems.ts';

type Entries = Record<string, Record<string, unknown>>;

/** The bytes that are stored for a feature-flag document. @throws ServiceError if it is none */
export function normalizeFlags(content: Uint8Array, previous: Uint8Array | undefined, now: number): Buffer {
  const document = checked(content);
  const before = previous === undefined ? {} : storedFlags(previous);
  const time = new Date(now).toISOString().replace(/\.?0*Z$/, 'Z');
  const flags = stamped(entriesOf(document.flags), entriesOf(before.flags), time);
  const values = stamped(mapEntries(entriesOf(document.values), withBoolean), entriesOf(before.values), time);
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
function checked(content: Uint8Array): Record<string, unknown> {
  let document: unknown;
  try {
    document = parseJson(content);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (!isObject(document)) {
    const start = Buffer.from(content).toString('utf8').slice(0, 256);
    throw wrong([{ Constraint: 'Json', Location: '', Type: 'NotSatisfied', Value: start }]);
  }
  const flags = document;
  const problems = withinTime(() => flagProblems(flags));
  if (problems.length > 0) throw wrong(problems);
  return document;
}

/** They were checked when they were stored. */
function storedFlags(content: Uint8Array): Record<string, unknown> {
  const document: unknown = JSON.parse(Buffer.from(content).toString('utf8'));
  return isObject(document) ? document : {};
}

/** The time an entry was made stays with it; the time it was changed moves only if it was. */
function stamped(entries: Entries, before: Entries, time: string): Entries {
  return mapEntries(entries, (entry, key) => {
    const old = ownMember(before, key);
    const created = old?._createdAt ?? entry._createdAt ?? time;
    for (const each of [created, entry._createdAt ?? created]) {
      if (typeof each === 'string' && !Number.isNaN(Date.parse(each))) continue;
      // AWS answers a time that is none with a bare internal error.
      throw new ServiceError(500, 'InternalServerException', '');
    }
    const same = old !== undefined && withoutTimes(old) === withoutTimes(entry);
    return { ...entry, _createdAt: created, _updatedAt: same ? old._updatedAt : time };
  });
}

/** A value that says nothing of being enabled is not. */
function withBoolean(entry: Record<string, unknown>): Record<string, unknown> {
  const { _variants: variants } = entry;
  if (!Array.isArray(variants)) return { ...entry, enabled: truthOf(entry.enabled) ?? false };
  const read = variants.map((variant: unknown) =>
    isObject(variant) ? { ...variant, enabled: truthOf(variant.enabled) ?? false } : variant,
  );
  return { ...entry, _variants: read };
}

function withoutTimes({ _createdAt: _made, _updatedAt: _changed, ...entry }: Record<string, unknown>): string {
  return canonicalJson(entry);
}

/** The document was checked: every entry is an object. */
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

function wrong(problems: readonly FlagProblem[]): ServiceError {
  return badRequest("Error invoking extension AppConfig Feature Flags Helper: Invalid 'Content' data", {
    Reason: 'InvalidConfiguration',
    Details: { InvalidConfiguration: problems },
  });
}
