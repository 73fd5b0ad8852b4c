// JSON from outside.
import { badRequest } from './service-error.ts';

/** Deeper documents are refused: what walks over them would run out of stack. */
const deepest = 100;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * What a JSON text means.
 * @throws ServiceError for one that is nested too deep, or not made of whole characters of UTF-8
 * @throws SyntaxError
 */
export function parseJson(bytes: Uint8Array): unknown {
  const value: unknown = JSON.parse(decoded(bytes));
  let layer = [value];
  for (let level = 0; layer.length > 0; level += 1) {
    if (level > deepest) throw badRequest(`A document must not be nested deeper than ${deepest} levels.`);
    if (layer.some(isHalfText)) throw badRequest('A document must not hold halves of characters (lone surrogates).');
    layer = layer.flatMap(partsOf);
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

/** Members, and their names. */
function partsOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value) ? value : Object.entries(value).flat();
}

/** Such text cannot be written as UTF-8; JSON's escapes can tell it all the same. */
function isHalfText(value: unknown): boolean {
  return typeof value === 'string' && !value.isWellFormed();
}
