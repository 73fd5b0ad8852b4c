// No response can make the reading of a list endless.
import { ListApplicationsCommand } from '@aws-sdk/client-appconfig';
import { expect, test } from 'vitest';
import { Connection } from '../../../src/appconfig/client/connection.ts';
import { allItems, mostPages } from '../../../src/appconfig/client/pages.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** Reads a list whose pages have these tokens and items. */
async function read(tokenOf: (page: number) => string | undefined, items: readonly object[] = []) {
  let pages = 0;
  const connection = new Connection({
    region: 'us-east-1',
    clock: new VirtualClock(),
    credentials: { accessKeyId: 'AKIALOCAL', secretAccessKey: 'local' },
    signer: { sign: async (request) => request },
    publishedRates: false,
    trustClockHeaders: true,
    requestHandler: {
      handle: async () => {
        pages += 1;
        const body = Buffer.from(JSON.stringify({ Items: items, NextToken: tokenOf(pages) }));
        return { response: { statusCode: 200, headers: {}, body } };
      },
      // The SDK's type has more than it uses.
    } as never,
  });
  const list = { target: '', signal: undefined };
  const result = await allItems(connection, (page) => new ListApplicationsCommand(page), list).catch((error) => error);
  return { pages, message: result instanceof Error ? result.message : undefined };
}

test('a list has a last page, which has no token', async () => {
  expect(await read((page) => (page < 3 ? `token${page}` : undefined))).toEqual({ pages: 3, message: undefined });
  expect(await read(() => '')).toEqual({ pages: 1, message: undefined });
});

test('a token that comes twice ends it, also when others came in between', async () => {
  const message =
    'the response to ListApplications is not as AppConfig defines it: it has the page token of an earlier page';
  expect(await read(() => 'again')).toEqual({ pages: 2, message });
  expect(await read((page) => `token${page % 3}`)).toEqual({ pages: 4, message });
});

test('pages beyond the bound end it', async () => {
  const { pages, message } = await read((page) => `token${page}`);
  expect(pages).toBe(mostPages);
  expect(message).toContain('the list has more than 2000 pages');
});

test('pages of which each has a permitted size end it by their sum', async () => {
  const large = { Id: 'abc1234', Name: 'one', Description: 'x'.repeat(7 * 1024 * 1024) };
  const { pages, message } = await read((page) => `token${page}`, [large]);
  expect(message).toContain('the list is larger than 64 MB');
  expect(pages).toBe(10);
});

test('a page may have more items than a call can have arguments', async () => {
  const many = Array.from({ length: 130_000 }, () => ({ Id: 'abc1234', Name: 'other' }));
  expect(await read(() => undefined, many)).toEqual({ pages: 1, message: undefined });
});
