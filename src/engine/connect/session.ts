// The connections of a run, for as long as its use case lasts.
import { CallFailure } from '../../appconfig/client/call-failure.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import { AppcfgError } from '../../core/problem/problem.ts';
import { accountRegionsOf } from '../../core/settings/account-regions.ts';
import { Connections } from './connections.ts';
import type { UnreachedAccountRegion } from './each-account-region.ts';
import { type OpenOptions, openAppConfig, regionOf } from './open-appconfig.ts';
import { type ReachedAccountRegion, reachAccountRegions } from './reach.ts';
import { sessionName } from './session-name.ts';

export interface SessionOptions extends OpenOptions {
  readonly project: string;
  readonly desired: readonly DesiredApplication[];
  /** Also accounts and Regions that only the settings name, and no address of the tree is in. */
  readonly everywhere: boolean;
  /** Whether the number of the account is needed, whatever the settings have. */
  readonly needsAccount?: boolean;
}

export interface Session {
  /** The run's own account and Region first, where it is one of them. */
  readonly reached: readonly [ReachedAccountRegion, ...ReachedAccountRegion[]];
  /** Empty where there is only one: a run that reaches none throws. */
  readonly unreached: readonly UnreachedAccountRegion[];
  /** Aborts on an interrupt, and when the time of --timeout is over. */
  readonly signal: AbortSignal;
}

/**
 * Connects to every account and Region of the run, and disconnects at the end.
 * @returns undefined where the run was interrupted
 * @throws AppcfgError
 */
export async function withSession<T>(
  run: SessionOptions,
  use: (session: Session) => Promise<T>,
): Promise<T | undefined> {
  const { desired, settings, everywhere, options, context } = run;
  const region = regionOf(run);
  const wanted = accountRegionsOf(desired, settings, { region, everywhere });
  const regions = wanted.map((part) => part.region);
  const opened = await openAppConfig(run, region === undefined ? regions : [region, ...regions]);
  const connections = new Connections({
    connect: opened.connect,
    region,
    concurrency: options.concurrency,
    sessionName: sessionName(context, context.job.pipelineId, context.job.jobId),
  });
  const { signal } = context;
  try {
    return await use({ ...(await reachAccountRegions(wanted, connections, { ...run, region, signal })), signal });
  } catch (error) {
    if (signal.aborted && (error === signal.reason || isAborted(error))) return undefined;
    if (error instanceof CallFailure) throw new AppcfgError([error.problem], { cause: error });
    throw error;
  } finally {
    await connections.destroy();
    await opened.close();
  }
}

/** All that were reached, as `inAccountRegions` takes them. */
export function reachedAccountRegions({ reached }: Session): readonly { readonly at: ReachedAccountRegion }[] {
  return reached.map((at) => ({ at }));
}

/** Whether the run has more than one account and Region. */
export function isOneOfSeveral({ reached, unreached }: Pick<Session, 'reached' | 'unreached'>): boolean {
  return reached.length + unreached.length > 1;
}

function isAborted(error: unknown): boolean {
  return error instanceof CallFailure && error.kind === 'aborted';
}
