import { type AddressStatus, unknownStatus } from '../../core/assess/address-status.ts';
import { liveContentLearner } from '../../core/events/learn-contents.ts';
import { desiredAddresses, inTreeOrder } from '../../core/model/desired-state.ts';
import { unreachableProblem } from '../../core/plan/unreachable-plan.ts';
import { withBlockedElsewhere } from '../../core/rollout/blocked-statuses.ts';
import { environmentsInOrder } from '../../core/settings/environment-order.ts';
import { applicationsOf } from '../../core/settings/waves.ts';
import { inAccountRegions, type UnreachedAccountRegion } from '../connect/each-account-region.ts';
import { runSession, sessionForTree } from '../connect/run-session.ts';
import type { Session } from '../connect/session.ts';
import type { Context } from '../context.ts';
import { loadProject } from '../load-project.ts';
import type { StatusOptions } from '../options.ts';
import { type Run, readAccountRegions } from './read-account-regions.ts';
import { KnownStatuses, StatusBoard } from './status-board.ts';
import { type ReadStatuses, watchUntilIdle, watchWithoutEnd } from './watch-status.ts';

/** Shows every address: what is live, since when, from which commit, and whether it matches the tree. */
export async function status(options: StatusOptions, context: Context): Promise<void> {
  const loaded = await loadProject(options, context);
  if (loaded === undefined) return;
  const project = { ...loaded, desired: applicationsOf(loaded, options.wave) };
  await runSession('status', sessionForTree(project, { options, access: 'read', context }), async (session) => {
    const known = new KnownStatuses(context.emit);
    const startedAt = context.clock.now();
    const read = () => readStatuses(session, { project, options, context }, known);
    const first = await read();
    known.add(first.addresses);
    const environments = environmentsInOrder(
      first.addresses.map(({ address }) => address.environment),
      project.settings,
    );
    const { watch: isFollowed, failOn } = options;
    context.emit({ type: 'status-read', addresses: first.addresses, environments, isFollowed, failOn });
    first.reportProblems();
    if (!isFollowed) return;
    // A CI job is not interrupted.
    if (context.job.isCi) await watchUntilIdle(session, first.boards, context);
    else await watchWithoutEnd(session, { first, read, known, tookMs: context.clock.now() - startedAt }, context);
  });
}

/** @throws CallFailure, AppcfgError where no account and Region can be read */
async function readStatuses(session: Session, run: Run, known: KnownStatuses): Promise<ReadStatuses> {
  const { project, context } = run;
  const { relationTo } = project;
  const { signal } = session;
  const { read, unread } = await readAccountRegions(session, run);
  const onContent = liveContentLearner(context.scrubber, project.settings);
  const { done: boards, failed } = await inAccountRegions(session, read, async (each) => {
    const board = new StatusBoard(each, { relationTo, signal, emit: context.emit, known, onContent });
    await board.read();
    return board;
  });
  const unknown = [...failed, ...unread].flatMap((each) => reportUnread(each, known));
  const judged = boards.flatMap((board) => board.statuses);
  return {
    boards,
    addresses: inTreeOrder([...withBlockedElsewhere(judged, project.settings), ...unknown], project.desired),
    reportProblems: () => {
      for (const board of boards) board.reportProblems();
    },
  };
}

/** Emits why an account and Region could not be read. @returns the addresses there, with an unknown status */
function reportUnread(
  { desired, accountRegion, problem }: UnreachedAccountRegion,
  known: KnownStatuses,
): readonly AddressStatus[] {
  known.report(unreachableProblem(desired, problem));
  return desiredAddresses(desired).map((address) => unknownStatus(address, accountRegion.id, problem));
}
