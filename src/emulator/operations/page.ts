// Pages of lists. A token names the entry that a page follows, so that creating or deleting entries does not shift it.

import { badRequest, invalid } from '../wire/service-error.ts';
import type { Call } from './call.ts';

const maxPageSize = 50;

/** A page of `entries`, which must be sorted by `key`, and the token of the next page. @throws ServiceError */
export function page<T>(
  call: Call,
  entries: Iterable<T>,
  order: { readonly key: (entry: T) => number; readonly descending?: boolean },
): { readonly entries: T[]; readonly nextToken: string | undefined } {
  const { query } = call.request;
  const size = pageSize(query.get('max_results'));
  const after = readToken(query.get('next_token'), call.operation);
  const chosen: T[] = [];
  for (const entry of entries) {
    const key = order.key(entry);
    if (after !== undefined && (order.descending ? key >= after : key <= after)) continue;
    if (chosen.length === size) {
      const last = chosen.at(-1);
      return { entries: chosen, nextToken: last && writeToken(order.key(last), call.operation) };
    }
    chosen.push(entry);
  }
  return { entries: chosen, nextToken: undefined };
}

function pageSize(value: string | null): number {
  if (value === null || value === '') return maxPageSize;
  const size = Number(value);
  if (!/^-?\d{1,9}$/.test(value)) throw badRequest(`Member 'maxResults' must be an integer, not '${value}'`);
  if (size < 1) throw invalid('maxResults', size, 'Member must have value greater than or equal to 1');
  if (size > maxPageSize)
    throw invalid('maxResults', size, `Member must have value less than or equal to ${maxPageSize}`);
  return size;
}

function writeToken(key: number, operation: string): string {
  return Buffer.from(`${operation} ${key}`).toString('base64url');
}

function readToken(token: string | null, operation: string): number | undefined {
  if (token === null || token === '') return undefined;
  const [of, key, ...rest] = Buffer.from(token, 'base64url').toString('latin1').split(' ');
  if (of !== operation || key === undefined || rest.length > 0 || !/^\d+$/.test(key)) {
    throw badRequest(`Invalid nextToken parameter ${token}.`);
  }
  return Number(key);
}
