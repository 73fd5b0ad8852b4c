import { readHistories, readTargets } from '../../appconfig/read-histories.ts';
import type { Context } from '../context.ts';
import type { HistoryOptions } from '../options.ts';
import { prepareSettings, readingProgress } from '../prepare.ts';
import { withSession } from '../session.ts';

/** Shows the deployments of addresses, newest first. What AppConfig has is looked at; the tree may be in any state. */
export async function history(options: HistoryOptions, context: Context): Promise<void> {
  const prepared = await prepareSettings(context);
  if (prepared === undefined) return;
  const { settings, project } = prepared;
  await withSession({ options, settings, project, access: 'read', context }, async ({ connection, place, signal }) => {
    context.emit({ type: 'run-started', command: 'history', place });
    context.emit({ type: 'phase-started', phase: 'reading-live-state' });
    const { addresses, selection, limit } = options;
    const targets = await readTargets(connection, {
      targets: { addresses, selection },
      applicationName: settings.applicationName,
      project,
      signal,
      onProgress: readingProgress(context),
    });
    const named = (address: string) => addresses.includes(address);
    const histories = await readHistories(connection, targets, { limit, signal, named });
    context.emit({ type: 'history-read', histories });
  });
}
