// Requests to GitLab's REST API: bounded in time and size, sent to one host alone. A failure never quotes what was sent or received:
// both can have the token.
import type { Clock } from '../core/model/clock.ts';

export interface GitlabAccess {
  /** `CI_API_V4_URL`: of instances with a path, too. */
  readonly url: string;
  /** `PRIVATE-TOKEN` or `JOB-TOKEN`. */
  readonly header: string;
  readonly token: string;
  readonly clock: Clock;
  /** Ends every request. */
  readonly signal: AbortSignal;
  /** Of one request, in milliseconds. */
  readonly timeoutMs?: number;
}

export type GitlabFailureKind =
  /** A status of HTTP that is no success. */
  | { readonly is: 'status'; readonly status: number }
  /** None is followed: the token would be sent there. */
  | { readonly is: 'redirect'; readonly to: string }
  /** No response within so many seconds. */
  | { readonly is: 'timeout'; readonly seconds: number }
  /** No connection; the code of the error, such as ECONNREFUSED. */
  | { readonly is: 'unreachable'; readonly code: string }
  /** A response of more than this size. */
  | { readonly is: 'too-large'; readonly megabytes: number }
  /** A response that the API does not send. */
  | { readonly is: 'unexpected'; readonly what: string }
  /** The run ended first. */
  | { readonly is: 'unfinished' }
  /** What the job or the user has set cannot be used. */
  | { readonly is: 'unusable'; readonly what: string; readonly advice?: string };

/** What went wrong, and at which request. */
export class GitlabFailure extends Error {
  readonly kind: GitlabFailureKind;
  /** `GET /user`; the path without its query. */
  readonly request: string;

  constructor(kind: GitlabFailureKind, request: string) {
    super(`${request}: ${kind.is}`);
    this.name = 'GitlabFailure';
    this.kind = kind;
    this.request = request;
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

interface Request {
  readonly method: Method;
  /** Below the API's URL. */
  readonly path: string;
  readonly query?: Query;
  readonly body?: Readonly<Record<string, unknown>>;
}

type Query = Readonly<Record<string, string>>;

/** What was picked of a page, and the query of the one after it. */
interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: Query | undefined;
}

/** A list that is read. */
interface List<Item> {
  readonly path: string;
  readonly pick: (json: unknown) => Item | undefined;
  /** How many more responses may be too large. */
  readonly tooLarge: { left: number };
}

interface Received {
  readonly json: unknown;
  readonly headers: Headers;
}

const defaultTimeoutMs = 5_000;

/** After so many milliseconds a request is sent again. */
const retryAfterMs = [500, 2_000];

const largestResponse = 8 * 1024 * 1024;

const mostPages = 2_000;
/** In one list: what sends more is not GitLab. */
const mostTooLarge = 40;
/** Notes are long, up to a megabyte: of a page that is too large, its parts are read, down to one item. */
const pageSizes = [50, 5, 1] as const;

export class GitlabApi {
  readonly #access: GitlabAccess;
  readonly #base: string;

  /** @throws GitlabFailure for an address or a token with which no request can be made */
  constructor(access: GitlabAccess) {
    const url = URL.canParse(access.url) ? new URL(access.url) : undefined;
    const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
    if (!isPlain) throw unusable('CI_API_V4_URL is not the URL of an API', 'do not set CI_API_V4_URL: GitLab sets it');
    // Node would quote the token in its error.
    if (!/^[\x21-\x7e]+$/.test(access.token)) throw unusable('the token has characters that no token has');
    this.#access = access;
    this.#base = url.origin + url.pathname.replace(/\/+$/, '');
  }

  /** @throws GitlabFailure, or the signal's reason */
  async get(path: string): Promise<unknown> {
    return (await this.#send({ method: 'GET', path })).json;
  }

  /** @throws GitlabFailure, or the signal's reason */
  async post(path: string, body: Readonly<Record<string, unknown>>): Promise<unknown> {
    return (await this.#send({ method: 'POST', path, body })).json;
  }

  /** @throws GitlabFailure, or the signal's reason */
  async put(path: string, body: Readonly<Record<string, unknown>>): Promise<unknown> {
    return (await this.#send({ method: 'PUT', path, body })).json;
  }

  /** @throws GitlabFailure, or the signal's reason */
  async delete(path: string): Promise<void> {
    await this.#send({ method: 'DELETE', path });
  }

  /**
   * What is picked of the items of a list. A page can have fewer than were asked for. An item that is too large by itself is left out.
   * @param filter parameters of its query
   * @throws GitlabFailure, or the signal's reason
   */
  async list<Item>(
    path: string,
    pick: (json: unknown) => Item | undefined,
    filter: Query = {},
  ): Promise<readonly Item[]> {
    const items: Item[] = [];
    const seen = new Set<string>();
    const tooLarge = { left: mostTooLarge };
    let query: Query | undefined = { ...filter, per_page: String(pageSizes[0]) };
    while (query !== undefined) {
      const page = JSON.stringify(query);
      if (seen.has(page) || seen.size >= mostPages)
        throw unexpected('a list without an end', { method: 'GET', path, query });
      seen.add(page);
      const read: Page<Item> = await this.#page({ path, pick, tooLarge }, query);
      items.push(...read.items);
      query = read.next;
    }
    return items;
  }

  async #page<Item>(list: List<Item>, query: Query): Promise<Page<Item>> {
    const { path, pick, tooLarge } = list;
    const request: Request = { method: 'GET', path, query };
    try {
      const { json, headers } = await this.#send(request);
      if (!Array.isArray(json)) throw unexpected('no list', request);
      const items = json.map(pick).filter((item) => item !== undefined);
      return { items, next: nextPage(query, headers) };
    } catch (error) {
      const number = Number(query.page ?? '1');
      const isTooLarge = error instanceof GitlabFailure && error.kind.is === 'too-large';
      tooLarge.left -= 1;
      if (!isTooLarge || !Number.isInteger(number) || tooLarge.left < 0) throw error;
      return this.#parts(list, { ...query, page: String(number) });
    }
  }

  /** The same items as on a page, in smaller pages. */
  async #parts<Item>(list: List<Item>, query: Query & { readonly page: string }): Promise<Page<Item>> {
    const [page, size] = [Number(query.page), Number(query.per_page)];
    const smaller = pageSizes.find((each) => each < size);
    const following = { ...query, page: String(page + 1) };
    if (smaller === undefined) return { items: [], next: following };
    const parts = size / smaller;
    const items: Item[] = [];
    let next: Query | undefined = { ...query, per_page: String(smaller), page: String((page - 1) * parts + 1) };
    for (let part = 0; part < parts && next !== undefined; part += 1) {
      const read: Page<Item> = await this.#page(list, next);
      items.push(...read.items);
      next = read.next;
    }
    return { items, next: next && following };
  }

  async #send(request: Request): Promise<Received> {
    for (const delay of retryAfterMs) {
      try {
        return await this.#once(request);
      } catch (error) {
        if (!(error instanceof GitlabFailure && isWorthRepeating(error.kind, request.method))) throw error;
        await this.#access.clock.sleep(delay, this.#access.signal);
      }
    }
    return this.#once(request);
  }

  async #once(request: Request): Promise<Received> {
    const { header, token, signal, timeoutMs = defaultTimeoutMs } = this.#access;
    const { method, path, query, body } = request;
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(
        `${this.#base}${path}${query === undefined ? '' : `?${new URLSearchParams(query)}`}`,
        {
          method,
          headers: {
            [header]: token,
            accept: 'application/json',
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          redirect: 'manual',
          signal: AbortSignal.any([signal, timeout]),
        },
      );
      return await received(response, request);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof GitlabFailure) throw error;
      if (timeout.aborted) throw new GitlabFailure({ is: 'timeout', seconds: timeoutMs / 1000 }, nameOf(request));
      throw new GitlabFailure({ is: 'unreachable', code: codeOf(error) }, nameOf(request));
    }
  }
}

async function received(response: Response, request: Request): Promise<Received> {
  const { status, headers } = response;
  if (status >= 300) {
    await response.body?.cancel();
    const location = headers.get('location') ?? '';
    const isRedirect = status < 400 && location !== '' && URL.canParse(location, response.url);
    const to = isRedirect ? new URL(location, response.url).origin : '';
    throw new GitlabFailure(isRedirect ? { is: 'redirect', to } : { is: 'status', status }, nameOf(request));
  }
  const text = await boundedText(response, request);
  if (status === 204 || request.method === 'DELETE') return { json: undefined, headers };
  try {
    return { json: JSON.parse(text), headers };
  } catch {
    throw unexpected('no JSON', request);
  }
}

async function boundedText(response: Response, request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop ends the connection.
    if (size > largestResponse) {
      throw new GitlabFailure({ is: 'too-large', megabytes: largestResponse / 1024 / 1024 }, nameOf(request));
    }
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** What a failure means for the request. */
interface FailureTraits {
  /** The same request can succeed later. */
  readonly isTemporary: boolean;
  /**
   * Whether the request was carried out. `maybe`: its response did not arrive; `hardly`: GitLab failed at it, but it may have
   * begun; `never`: it was refused, or not received.
   */
  readonly isDone: 'maybe' | 'hardly' | 'never';
}

const failureTraits: {
  readonly [Is in GitlabFailureKind['is']]: (kind: Extract<GitlabFailureKind, { is: Is }>) => FailureTraits;
} = {
  status: ({ status }) => ({
    isTemporary: status === 429 || status >= 500,
    isDone: status === 502 || status === 504 ? 'maybe' : status >= 500 ? 'hardly' : 'never',
  }),
  redirect: () => ({ isTemporary: false, isDone: 'never' }),
  timeout: () => ({ isTemporary: true, isDone: 'maybe' }),
  unreachable: ({ code }) => ({ isTemporary: true, isDone: neverSent.includes(code) ? 'never' : 'maybe' }),
  'too-large': () => ({ isTemporary: false, isDone: 'maybe' }),
  unexpected: () => ({ isTemporary: false, isDone: 'maybe' }),
  unfinished: () => ({ isTemporary: false, isDone: 'hardly' }),
  unusable: () => ({ isTemporary: false, isDone: 'never' }),
};

function traitsOf(kind: GitlabFailureKind): FailureTraits {
  return (failureTraits[kind.is] as (of: GitlabFailureKind) => FailureTraits)(kind);
}

/** Whether the same request can succeed. What may have been done already is not repeated, where that would do it twice. */
function isWorthRepeating(kind: GitlabFailureKind, method: Method): boolean {
  const { isTemporary, isDone } = traitsOf(kind);
  return isTemporary && (isDone === 'never' || method !== 'POST');
}

/** Whether a request that failed may have been carried out: its response did not arrive. */
export function mayBeDone(kind: GitlabFailureKind): boolean {
  return traitsOf(kind).isDone === 'maybe';
}

const neverSent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'];

/** By the number of the page, or else by the link to it, of which only the query is used: it names no other host. */
function nextPage(query: Query, headers: Headers): Query | undefined {
  const page = headers.get('x-next-page')?.trim();
  if (page !== undefined && page !== '') return { ...query, page };
  if (page === '') return undefined;
  const [, link = ''] = /<([^<>]*)>\s*;[^,<]*\brel="?next"?/.exec(headers.get('link') ?? '') ?? [];
  return URL.canParse(link) ? Object.fromEntries(new URL(link).searchParams) : undefined;
}

/** Of a connection's error; its message could quote the URL. */
function codeOf(error: unknown): string {
  for (let each = error; each instanceof Error; each = each.cause) {
    if ('code' in each && typeof each.code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(each.code)) return each.code;
  }
  return 'no connection';
}

function nameOf({ method, path }: Request): string {
  return `${method} ${path}`;
}

function unexpected(what: string, request: Request): GitlabFailure {
  return new GitlabFailure({ is: 'unexpected', what }, nameOf(request));
}

function unusable(what: string, advice?: string): GitlabFailure {
  return new GitlabFailure({ is: 'unusable', what, ...(advice && { advice }) }, 'the first request');
}
