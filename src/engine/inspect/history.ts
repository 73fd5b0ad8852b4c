import { readHistories } from '../../appconfig/read/read-history.ts';
import type { AddressHistory } from '../../core/live/deployment-history.ts';
import { emitStart, withSession } from '../connect/session.ts';
import type { Context } from '../context.ts';
import { prepareSettings } from '../load-project.ts';
import type { HistoryOptions } from '../options.ts';
import {
  accountRegionsOfRequest,
  inRequestedAccountRegions,
  type RequestedOfAccountRegion,
  readRequestedEverywhere,
} from './read-requested.ts';

/** Shows the deployments of addresses, newest first. What AppConfig has is looked at; the tree may be in any state. */
export async function history(options: HistoryOptions, context: Context): Promise<void> {
  const prepared = await prepareSettings(context);
  if (prepared === undefined) return;
  await withSession(accountRegionsOfRequest(prepared, { options, access: 'read', context }), async (session) => {
    emitStart('history', session, context);
    const { signal } = session;
    const { addresses, limit } = options;
    const read = await readRequestedEverywhere(session, { prepared, options, context });
    const named = (address: string) => addresses.includes(address);
    const work = async ({ at, targets }: RequestedOfAccountRegion): Promise<readonly AddressHistory[]> => {
      return readHistories(at.connection, targets, { limit, signal, accountRegion: at.accountRegion.id, named });
    };
    const histories = await inRequestedAccountRegions(session, read, { work, context });
    context.emit({ type: 'history-read', histories: histories.flat() });
  });
}
