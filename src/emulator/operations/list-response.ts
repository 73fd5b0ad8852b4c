// Responses with a page of a list. A token names the entry that a page follows, so that creating or deleting entries does
// not shift it.
import { jsonResponse, type WireResponse } from '../wire/message.ts';
import { badRequest, invalid } from '../wire/service-error.ts';
import type { Call } from './call.ts';

const maxPageSize = 50;

/** How a list is sorted and shown. */
interface ListFormat<T> {
  /** The entries' sort key. */
  readonly key: (entry: T) => number;
  readonly descending?: boolean;
  /** An entry in the response. */
  readonly item: (entry: T) => unknown;
}

/** The page of `entries` that a call asks for. `entries` must be sorted by the key. @throws ServiceError */
export function listResponse<T>(call: Call, entries: Iterable<T>, format: ListFormat<T>): WireResponse {
  const { query } = call.request;
  const size = pageSize(query.get('max_results'));
  const after = readToken(query.get('next_token'), call.operation);
  const rest = [...entries].filter((entry) => {
    return after === undefined || (format.descending ? format.key(entry) < after : format.key(entry) > after);
  });
  const page = rest.slice(0, size);
  const last = rest.length > size ? page.at(-1) : undefined;
  const NextToken = last && writeToken(format.key(last), call.operation);
  return jsonResponse(200, { Items: page.map(format.item), NextToken });
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
