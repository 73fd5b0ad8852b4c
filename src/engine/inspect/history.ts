import { readHistories } from '../../appconfig/read/read-history.ts';
import { runSession } from '../connect/run-session.ts';
import type { Context } from '../context.ts';
import { loadProjectWithoutTree } from '../load-project.ts';
import type { HistoryOptions } from '../options.ts';
import { inRequestedAccountRegions, readRequestedEverywhere, sessionForRequest } from './read-requested.ts';

/** Shows the deployments of addresses, newest first. Reads AppConfig only: the tree may have errors. */
export async function history(options: HistoryOptions, context: Context): Promise<void> {
  const project = await loadProjectWithoutTree(context);
  if (project === undefined) return;
  const sessionOptions = sessionForRequest(project, { options, access: 'read', context });
  await runSession('history', sessionOptions, async (session) => {
    const { signal } = session;
    const { addresses, limit } = options;
    const read = await readRequestedEverywhere(session, { project, options, context });
    const named = (address: string) => addresses.some(({ text }) => text === address);
    const histories = await inRequestedAccountRegions(session, read, {
      work: ({ at: { connection, accountRegion }, targets }) =>
        readHistories(connection, targets, { limit, signal, accountRegion: accountRegion.id, named }),
      context,
    });
    context.emit({ type: 'history-read', histories: histories.flat() });
  });
}
