// The pages of a list. No response can make the reading endless.
import type { ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-appconfig';
import { largestPage } from '../../core/model/service-limits.ts';
import { describeFailure } from './call-failure.ts';
import { sizeOf, UnexpectedResponse } from './check-responses.ts';
import { type Command, type Connection, operationOf } from './connection.ts';

/** Pages of one list, at most. */
export const mostPages = 2_000;

/** Bytes of one list: of the responses with its pages together. */
const largestList = 64 * 1024 * 1024;

/** What selects a page; the first has no token. */
export interface PageRequest {
  readonly MaxResults: number;
  readonly NextToken?: string;
}

/** What all lists have. */
type Page<Item> = ServiceOutputTypes & { readonly Items?: Item[] | undefined; readonly NextToken?: string | undefined };

/**
 * Reads a page only when it is needed.
 * @param list the command for a page
 * @throws CallFailure; also for a page token that comes twice, and for a list that is too long or too large
 */
export async function* pagesOf<I extends ServiceInputTypes, Item>(
  connection: Connection,
  list: (page: PageRequest) => Command<I, Page<Item>>,
  { target, signal }: { readonly target: string; readonly signal: AbortSignal | undefined },
): AsyncGenerator<{ readonly items: readonly Item[]; readonly isLast: boolean }> {
  const tokens = new Set<string>();
  let token: string | undefined;
  let size = 0;
  for (;;) {
    const command = list({ MaxResults: largestPage, ...(token === undefined ? {} : { NextToken: token }) });
    const page = await connection.repeatable(command, target, signal);
    // An empty token would select the first page again.
    token = page.NextToken || undefined;
    const fail = (message: string) =>
      describeFailure(new UnexpectedResponse(message, 200), {
        operation: operationOf(command),
        target,
        awsProfile: undefined,
      });
    if (token !== undefined && tokens.has(token)) throw fail('it has the page token of an earlier page');
    if (token !== undefined && tokens.size + 1 >= mostPages) throw fail(`the list has more than ${mostPages} pages`);
    size += sizeOf(page);
    if (size > largestList) throw fail(`the list is larger than ${largestList / 1024 / 1024} MB`);
    yield { items: page.Items ?? [], isLast: token === undefined };
    if (token === undefined) return;
    tokens.add(token);
  }
}

/** Every item of a list. @throws CallFailure */
export async function allItems<I extends ServiceInputTypes, Item>(
  ...list: Parameters<typeof pagesOf<I, Item>>
): Promise<Item[]> {
  const all: Item[] = [];
  for await (const { items } of pagesOf(...list)) {
    // Not as arguments: a page that is not AWS's may have more items than a call can have.
    for (const item of items) all.push(item);
  }
  return all;
}
