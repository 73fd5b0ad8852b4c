import { unknownStatus } from '../../core/assess/address-status.ts';
import { formatAddress } from '../../core/model/address.ts';
import { desiredAddresses, formattedAddresses } from '../../core/model/desired-state.ts';
import { unreachablePlan } from '../../core/plan/unreachable-plan.ts';
import { applicationsOf } from '../../core/settings/waves.ts';
import { inAccountRegions, withSession } from '../connect/session.ts';
import type { Context } from '../context.ts';
import { emitStart, prepare, sessionOptions } from '../load-project.ts';
import type { StatusOptions } from '../options.ts';
import { readAccountRegions } from './plan-run.ts';
import { Board } from './status-board.ts';

/** Shows every address: what is live, since when, from which commit, and whether that is what the tree wants. */
export async function status(options: StatusOptions, context: Context): Promise<void> {
  const prepared = await prepare(options, context);
  if (prepared === undefined) return;
  const wanted = { ...prepared, desired: applicationsOf(prepared, options.wave) };
  await withSession(sessionOptions(wanted, { options, access: 'read', context }), async (session) => {
    emitStart('status', session, context);
    const { read, unread } = await readAccountRegions(session, { prepared: wanted, options, context });
    const several = read.length + unread.length > 1;
    const { relationTo } = prepared;
    const { signal } = session;
    const { done: boards, failed } = await inAccountRegions(session, read, async (place) => {
      const board = new Board(place, { relationTo, signal, context, several });
      await board.read();
      return board;
    });
    const addresses = boards.flatMap((board) => board.statuses);
    for (const board of boards) board.tellFirstProblems();
    for (const { desired, accountRegion: planned, problem } of [...failed, ...unread]) {
      const { problems } = unreachablePlan(desired, problem, {
        project: prepared.project,
        kind: 'sync',
        accountRegion: planned,
      });
      for (const each of problems) context.emit({ type: 'problem-found', problem: each });
      addresses.push(...desiredAddresses(desired).map((address) => unknownStatus(address, planned.id, problem)));
    }
    const order = new Map(formattedAddresses(prepared.desired).map((address, index) => [address, index]));
    const sorted = addresses.toSorted(
      (a, b) => (order.get(formatAddress(a.address)) ?? 0) - (order.get(formatAddress(b.address)) ?? 0),
    );
    const environmentsInFlight = options.watch ? boards.reduce((sum, board) => sum + board.lanes.length, 0) : 0;
    context.emit({ type: 'status-read', addresses: sorted, environmentsInFlight });
    if (!options.watch) return;
    const watching = await inAccountRegions(session, boards, (board) => board.watch());
    for (const { problem } of watching.failed) context.emit({ type: 'problem-found', problem });
  });
}
