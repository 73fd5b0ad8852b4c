// What the service makes of feature flags before it stores them.
import { isObject } from './checks.ts';
import { badRequest, ServiceError } from './errors.ts';

type Entries = Record<string, Record<string, unknown>>;

/** The bytes that are stored for a feature-flag document. @throws ServiceError if it is none */
export function normalizeFlags(content: Uint8Array, previous: Uint8Array | undefined, now: number): Buffer {
  const document = parse(content);
  const before = previous === undefined ? {} : parse(previous);
  const time = new Date(now).toISOString().replace(/\.?0*Z$/, 'Z');
  const flags = stamped(entriesOf(document.flags, '$.flags'), entriesOf(before.flags, '$.flags'), time);
  const values = stamped(
    mapEntries(entriesOf(document.values, '$.values'), withBoolean),
    entriesOf(before.values, '$.values'),
    time,
  );
  const stored = {
    ...(Object.keys(flags).length === 0 ? {} : { flags }),
    ...(Object.keys(values).length === 0 ? {} : { values }),
    version: '1',
  };
  const escaped = JSON.stringify(sorted(stored)).replace(
    /[<>&]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
  return Buffer.from(escaped);
}

function parse(content: Uint8Array): Record<string, unknown> {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(content).toString('utf8'));
  } catch {
    throw wrong('$', 'The content is not JSON');
  }
  if (!isObject(document)) throw wrong('$', 'The content is not an object');
  if (document.version !== '1') throw wrong('$.version', 'must be "1"');
  for (const key of Object.keys(document)) {
    if (!['version', 'flags', 'values'].includes(key)) throw wrong(`$.${key}`, 'is not defined in the schema');
  }
  return document;
}

function entriesOf(value: unknown, location: string): Entries {
  if (value === undefined) return {};
  if (!isObject(value)) throw wrong(location, 'must be an object');
  const entries: Entries = {};
  for (const [key, entry] of Object.entries(value)) {
    if (!/^[a-z][a-zA-Z\d_-]{0,63}$/.test(key)) throw wrong(`${location}.${key}`, 'is not a valid key');
    if (!isObject(entry)) throw wrong(`${location}.${key}`, 'must be an object');
    entries[key] = entry;
  }
  return entries;
}

/** The time an entry was made stays with it; the time it was changed moves only if it was. */
function stamped(entries: Entries, before: Entries, time: string): Entries {
  return mapEntries(entries, (entry, key) => {
    const old = before[key];
    const created = old?._createdAt ?? entry._createdAt ?? time;
    if (typeof created !== 'string' || Number.isNaN(Date.parse(created))) {
      // AWS answers a time that is none with a bare internal error.
      throw new ServiceError(500, 'InternalServerException', '');
    }
    const same = old !== undefined && canonical(old) === canonical(entry);
    return { ...entry, _createdAt: created, _updatedAt: same ? old._updatedAt : time };
  });
}

function withBoolean(entry: Record<string, unknown>): Record<string, unknown> {
  const { enabled } = entry;
  if (typeof enabled !== 'string') return entry;
  if (/^(1|t|true)$/i.test(enabled)) return { ...entry, enabled: true };
  return /^(0|f|false)$/i.test(enabled) ? { ...entry, enabled: false } : entry;
}

function canonical({ _createdAt: _made, _updatedAt: _changed, ...entry }: Record<string, unknown>): string {
  return JSON.stringify(sorted(entry));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}

function mapEntries(
  entries: Entries,
  change: (entry: Record<string, unknown>, key: string) => Record<string, unknown>,
): Entries {
  return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, change(entry, key)]));
}

function wrong(location: string, constraint: string): ServiceError {
  return badRequest("Error invoking extension AppConfig Feature Flags Helper: Invalid 'Content' data", {
    Reason: 'InvalidConfiguration',
    Details: { InvalidConfiguration: [{ Constraint: constraint, Location: location, Type: 'SCHEMA' }] },
  });
}
