import { readHistories } from '../../appconfig/read/read-history.ts';
import type { RequestedApplication } from '../../appconfig/read/read-requested.ts';
import { owner } from '../../core/guards/owner.ts';
import { ownerOf } from '../../core/live/ownership.ts';
import { formatAddress } from '../../core/model/address.ts';
import type { Problem } from '../../core/problem/problem.ts';
import { emitUnreached, inAccountRegions } from '../connect/each-account-region.ts';
import { runSession } from '../connect/run-session.ts';
import type { Context } from '../context.ts';
import { loadProjectWithoutTree } from '../load-project.ts';
import type { HistoryOptions } from '../options.ts';
import { readRequestedEverywhere, sessionForRequest } from './read-requested.ts';

/** Shows the deployments of addresses, newest first. Reads AppConfig and appcfg.yml: the tree may have errors. */
export async function history(options: HistoryOptions, context: Context): Promise<void> {
  const project = await loadProjectWithoutTree(context);
  if (project === undefined) return;
  const sessionOptions = sessionForRequest(project, { options, access: 'read', context });
  await runSession('history', sessionOptions, async (session) => {
    const { signal } = session;
    const { addresses, limit } = options;
    const read = await readRequestedEverywhere(session, { project, options, context });
    const named = (address: string) => addresses.some((glob) => glob.isLiteral && formatAddress(glob) === address);
    const { done: histories, failed } = await inAccountRegions(
      session,
      read,
      ({ at: { connection, accountRegion }, targets }) => {
        const managed = targets.filter((target) => {
          const problem = ownerProblem(target, project.project);
          if (problem !== undefined) context.emit({ type: 'problem-found', problem });
          return problem === undefined;
        });
        return readHistories(connection, managed, { limit, signal, accountRegion: accountRegion.id, named });
      },
    );
    emitUnreached(failed, context.emit);
    context.emit({ type: 'history-read', histories: histories.flat() });
  });
}

/** The history of an application that is not proven to be this project's is not shown. */
function ownerProblem({ application, tenant, tags }: RequestedApplication, project: string): Problem | undefined {
  const found = ownerOf(tags, project);
  const problem = owner.check({ application: application.name, tenant, owner: found, project, command: 'history' });
  return problem === 'pending' ? undefined : problem;
}
