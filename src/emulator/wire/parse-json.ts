// JSON from clients, with limits that keep what walks over it safe.
import { badRequest } from './service-error.ts';

/** Recursive functions over deeper documents would overflow the stack. */
const maxDepth = 100;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses JSON.
 * @throws ServiceError for a document that is nested too deeply or is not well-formed UTF-8
 * @throws SyntaxError
 */
export function parseJson(bytes: Uint8Array): unknown {
  const value: unknown = JSON.parse(decoded(bytes));
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) throw badRequest(`A document must not be nested deeper than ${maxDepth} levels.`);
    if (level.some(hasLoneSurrogate)) throw badRequest('A document must not contain lone surrogates.');
    level = level.flatMap(namesAndValues);
  }
  return value;
}

function decoded(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw badRequest('A document must be UTF-8.');
  }
}

function namesAndValues(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value) ? value : Object.entries(value).flat();
}

/** JSON's escapes can express a lone surrogate, but UTF-8 cannot. */
function hasLoneSurrogate(value: unknown): boolean {
  return typeof value === 'string' && !value.isWellFormed();
}
