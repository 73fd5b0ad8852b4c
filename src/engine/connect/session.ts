// Connections to the places of a run for the length of a command.
import { CallFailure } from '../../appconfig/client/call-failure.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import { AppcfgError } from '../../core/problem/problem.ts';
import { accountRegionsOf } from '../../core/settings/account-regions.ts';
import { Connections } from './connections.ts';
import { openDeadline } from './deadline.ts';
import { inEachAccountRegion } from './each-account-region.ts';
import { type OpenOptions, openAppConfig, regionOf } from './open-appconfig.ts';
import {
  type ReachedAccountRegion,
  reachAccountRegions,
  type UnreachedAccountRegion,
  withAccountRegionName,
} from './reach.ts';

export interface SessionOptions extends OpenOptions {
  readonly project: string;
  readonly desired: readonly DesiredApplication[];
  /** Also places that the settings name, and nothing of the tree is in. */
  readonly everywhere: boolean;
}

export interface Session {
  /** The run's own place first, where it is among them. */
  readonly reached: readonly [ReachedAccountRegion, ...ReachedAccountRegion[]];
  /** Only where there are several: whoever gets nowhere has an error. */
  readonly unreached: readonly UnreachedAccountRegion[];
  /** Aborts on an interrupt, and when the time of --timeout is over. */
  readonly signal: AbortSignal;
}

/**
 * Opens every place that the tree, by the settings, is in, and closes them whatever happens.
 * @returns undefined where the run was interrupted
 * @throws AppcfgError
 */
export async function withSession<T>(
  about: SessionOptions,
  use: (session: Session) => Promise<T>,
): Promise<T | undefined> {
  const { desired, settings, everywhere, options, context } = about;
  const region = regionOf(about);
  const wanted = accountRegionsOf(desired, settings, { region, everywhere });
  const regions = wanted.map((place) => place.region);
  const opened = await openAppConfig(about, region === undefined ? regions : [region, ...regions]);
  const connections = new Connections(opened.connect, { region, concurrency: options.concurrency, context });
  const deadline = openDeadline(options.timeoutMs, context);
  const { signal } = deadline;
  try {
    return await use({ ...(await reachAccountRegions(wanted, connections, { ...about, region, signal })), signal });
  } catch (error) {
    if (signal.aborted && (error === signal.reason || isAborted(error))) return undefined;
    if (error instanceof CallFailure) throw new AppcfgError([error.problem], { cause: error });
    throw error;
  } finally {
    deadline.close();
    await connections.destroy();
    await opened.close();
  }
}

/**
 * Does the same in all places that were reached, or in those of them where the step before succeeded, at once. One in which
 * it fails, of several, keeps nobody from the others.
 * @throws AppcfgError or CallFailure where it could be done in none
 */
export async function inAccountRegions<Of extends { readonly at: ReachedAccountRegion }, Done>(
  { unreached, signal }: Session,
  places: readonly Of[],
  work: (place: Of) => Promise<Done>,
): Promise<{ readonly done: readonly [Done, ...Done[]]; readonly failed: readonly UnreachedAccountRegion[] }> {
  const others = unreached.map(({ problem }) => problem);
  const { done, failed } = await inEachAccountRegion(places, work, { others, signal });
  return {
    done,
    failed: failed.map(({ at: { at }, problem }) => ({ ...at, problem: withAccountRegionName(problem, at) })),
  };
}

/** All of them. */
export function reachedAccountRegions({ reached }: Session): readonly { readonly at: ReachedAccountRegion }[] {
  return reached.map((at) => ({ at }));
}

/** Whether the run is about other places, too. */
export function isOneOfSeveral({ reached, unreached }: Pick<Session, 'reached' | 'unreached'>): boolean {
  return reached.length + unreached.length > 1;
}

function isAborted(error: unknown): boolean {
  return error instanceof CallFailure && error.kind === 'aborted';
}
