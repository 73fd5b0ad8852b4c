// JSON from outside.
import { badRequest } from './errors.ts';

/** Deeper documents are refused: what walks over them would run out of stack. */
const deepest = 100;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What a JSON text means. @throws ServiceError for one that is nested too deep, or not UTF-8 @throws SyntaxError */
export function parseJson(bytes: Uint8Array): unknown {
  const value: unknown = JSON.parse(decoded(bytes));
  if (isDeeperThan(value, deepest)) throw badRequest(`A document must not be nested deeper than ${deepest} levels.`);
  return value;
}

function decoded(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw badRequest('A document must be UTF-8.');
  }
}

function isDeeperThan(value: unknown, levels: number): boolean {
  let layer = [value];
  for (let level = 0; level <= levels; level += 1) {
    layer = layer.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
    if (layer.length === 0) return false;
  }
  return true;
}
