// The connections of a run, for as long as its use case lasts.
import { CallFailure } from '../../appconfig/client/call-failure.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import { AppcfgError } from '../../core/problem/problem.ts';
import { type AccountRegionPart, accountRegionsOf } from '../../core/settings/account-regions.ts';
import { needsOwnAccount, partsElsewhere, selectAccountRegions } from '../../core/settings/select-account-regions.ts';
import { Connections } from './connections.ts';
import type { UnreachedAccountRegion } from './each-account-region.ts';
import { type OpenedAppConfig, type OpenOptions, openAppConfig, regionOf } from './open-appconfig.ts';
import { type ReachedAccountRegion, reachAccountRegions } from './reach.ts';
import { sessionName } from './session-name.ts';

export interface SessionOptions extends OpenOptions {
  readonly project: string;
  readonly desired: readonly DesiredApplication[];
  /** What is only read, where it is in an account and Region that is not selected. */
  readonly judged?: readonly DesiredApplication[];
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
  /** Whether --account-region leaves out something of the run. */
  readonly isRestricted: boolean;
  /** Aborts on an interrupt, and when the time of --timeout is over. */
  readonly signal: AbortSignal;
  /** The AppConfig of --local. */
  readonly local: OpenedAppConfig['local'];
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
    const { parts, isRestricted } = await selectParts(wanted, connections, { ...run, region });
    const needsAccount = run.needsAccount === true || isRestricted;
    const reached = await reachAccountRegions(parts, connections, { ...run, needsAccount, region, signal });
    return await use({ ...reached, isRestricted, signal, local: opened.local });
  } catch (error) {
    if (signal.aborted && (error === signal.reason || isAborted(error))) return undefined;
    if (error instanceof CallFailure) throw new AppcfgError([error.problem], { cause: error });
    throw error;
  } finally {
    await connections.destroy();
    await opened.close();
  }
}

/**
 * The selected accounts and Regions; and of the others, what has to be judged before a selected wave begins.
 * @throws AppcfgError, CallFailure
 */
async function selectParts(
  wanted: readonly AccountRegionPart[],
  connections: Connections,
  { settings, judged = [], region, options }: SessionOptions & { readonly region: string | undefined },
): Promise<Pick<Session, 'isRestricted'> & { readonly parts: readonly AccountRegionPart[] }> {
  const selecting = { settings, globs: options.accountRegions, region, ownAccount: undefined };
  const [first] = wanted;
  const own = wanted.find(({ roleArn }) => roleArn === undefined) ?? {
    region: region ?? first?.region,
    roleArn: undefined,
  };
  const ownAccount = needsOwnAccount(wanted, selecting) ? (await connections.to(own).identity()).account : undefined;
  const selected = selectAccountRegions(wanted, { ...selecting, ownAccount });
  if (selected.length === wanted.length) return { parts: wanted, isRestricted: false };
  const others = accountRegionsOf(judged, settings, { region, everywhere: false });
  return { parts: [...selected, ...partsElsewhere(selected, others)], isRestricted: true };
}

/** All that were reached, as `inAccountRegions` takes them. */
export function reachedAccountRegions({ reached }: Session): readonly { readonly at: ReachedAccountRegion }[] {
  return reached.map((at) => ({ at }));
}

/** Whether what the run works on is in more than one account and Region, also where it reaches only one of them. */
export function isOneOfSeveral({
  reached,
  unreached,
  isRestricted,
}: Pick<Session, 'reached' | 'unreached' | 'isRestricted'>): boolean {
  return isRestricted || reached.length + unreached.length > 1;
}

function isAborted(error: unknown): boolean {
  return error instanceof CallFailure && error.kind === 'aborted';
}
