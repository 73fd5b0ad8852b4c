import { type AddressStatus, unknownStatus } from '../../core/assess/address-status.ts';
import { liveContentLearner } from '../../core/events/learn-contents.ts';
import { desiredAddresses, inTreeOrder } from '../../core/model/desired-state.ts';
import { unreachableProblem } from '../../core/plan/unreachable-plan.ts';
import { applicationsOf } from '../../core/settings/waves.ts';
import { emitUnreached, inAccountRegions, type UnreachedAccountRegion } from '../connect/each-account-region.ts';
import { runSession, sessionForTree } from '../connect/run-session.ts';
import type { Context } from '../context.ts';
import { loadProject } from '../load-project.ts';
import type { StatusOptions } from '../options.ts';
import { readAccountRegions } from './read-account-regions.ts';
import { StatusBoard } from './status-board.ts';

/** Shows every address: what is live, since when, from which commit, and whether it matches the tree. */
export async function status(options: StatusOptions, context: Context): Promise<void> {
  const loaded = await loadProject(options, context);
  if (loaded === undefined) return;
  const project = { ...loaded, desired: applicationsOf(loaded, options.wave) };
  await runSession('status', sessionForTree(project, { options, access: 'read', context }), async (session) => {
    const { read, unread } = await readAccountRegions(session, { project, options, context });
    const { relationTo } = project;
    const { signal } = session;
    const onContent = liveContentLearner(context.scrubber, project.settings);
    const { done: boards, failed } = await inAccountRegions(session, read, async (each) => {
      const board = new StatusBoard(each, { relationTo, signal, emit: context.emit, onContent });
      await board.read();
      return board;
    });
    for (const board of boards) board.reportProblems();
    const unknown = [...failed, ...unread].flatMap((each) => reportUnread(each, context));
    const addresses = inTreeOrder([...boards.flatMap((board) => board.statuses), ...unknown], project.desired);
    const environmentsInFlight = options.watch ? boards.reduce((sum, board) => sum + board.lanes.length, 0) : 0;
    context.emit({ type: 'status-read', addresses, environmentsInFlight, failOn: options.failOn });
    if (!options.watch) return;
    const watching = await inAccountRegions(session, boards, (board) => board.watch());
    emitUnreached(watching.failed, context.emit);
  });
}

/** Emits why an account and Region could not be read. @returns the addresses there, with an unknown status */
function reportUnread(
  { desired, accountRegion, problem }: UnreachedAccountRegion,
  { emit }: Context,
): readonly AddressStatus[] {
  emit({ type: 'problem-found', problem: unreachableProblem(desired, problem) });
  return desiredAddresses(desired).map((address) => unknownStatus(address, accountRegion.id, problem));
}
