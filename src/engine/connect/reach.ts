// Who we are in each place that a run is about, and whether that is who we should be.
import type { Connection, Identity } from '../../appconfig/client/connection.ts';
import type { RunTarget } from '../../core/events/event.ts';
import { type AccountRegion, accountOf, accountRegionId } from '../../core/model/account-region.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import { AppcfgError, failure, type Problem } from '../../core/problem/problem.ts';
import { type AccountRegionPart, conflictingRolesProblem } from '../../core/settings/account-regions.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { Connections } from './connections.ts';
import { inEachAccountRegion } from './each-account-region.ts';
import { endpointOf, localSpeed, type OpenOptions } from './open-appconfig.ts';

/** One of the places that a run is about. */
export interface DesiredAccountRegion {
  readonly accountRegion: AccountRegion;
  /** Whether it is the run's own: that of its credentials and its Region. */
  readonly isOwn: boolean;
  /** What of the tree is in it. */
  readonly desired: readonly DesiredApplication[];
}

export interface ReachedAccountRegion extends DesiredAccountRegion {
  readonly connection: Connection;
  readonly target: RunTarget;
}

export interface UnreachedAccountRegion extends DesiredAccountRegion {
  readonly problem: Problem;
}

export interface ReachOptions extends OpenOptions {
  readonly project: string;
  /** The run's own. */
  readonly region: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Connects to all places at once, and asks who we are there: of several always, of the only one where the settings make it
 * matter. @throws AppcfgError
 */
export async function reachAccountRegions(
  wanted: readonly AccountRegionPart[],
  connections: Connections,
  about: ReachOptions,
): Promise<{
  readonly reached: readonly [ReachedAccountRegion, ...ReachedAccountRegion[]];
  readonly unreached: readonly UnreachedAccountRegion[];
}> {
  const { settings, signal } = about;
  refuseTwoWays(wanted);
  const asks = wanted.length > 1 || accountMatters(settings);
  const { done, failed } = await inEachAccountRegion(
    wanted,
    async (place): Promise<ReachedAccountRegion> => {
      const connection = connections.to(place);
      const account = asks ? allowedAccount(await connection.identity(), settings) : undefined;
      return { ...wantedPlace(place, account, about), connection, target: placeOf(connection, account, about) };
    },
    { others: [], signal },
  );
  refuseTwoWays(done.map(({ accountRegion: { account, ...to } }) => ({ ...to, ...(account && { account }) })));
  const unreached = failed.map(({ at, problem }) => {
    const planned = wantedPlace(at, accountOf(at), about);
    return { ...planned, problem: withAccountRegionName(problem, planned) };
  });
  return { reached: done, unreached };
}

/** @throws AppcfgError */
function refuseTwoWays(places: Parameters<typeof conflictingRolesProblem>[0]): void {
  const problem = conflictingRolesProblem(places);
  if (problem !== undefined) throw new AppcfgError([problem]);
}

function wantedPlace(
  { region = '', roleArn, desired }: AccountRegionPart,
  account: string | undefined,
  run: Pick<ReachOptions, 'region'>,
): DesiredAccountRegion {
  const planned = { id: accountRegionId({ account, region }), account, region, roleArn };
  return { accountRegion: planned, isOwn: roleArn === undefined && region === run.region, desired };
}

function placeOf(
  { region }: Connection,
  account: string | undefined,
  { options, context, project }: ReachOptions,
): RunTarget {
  const { local } = options;
  return {
    region,
    account,
    endpoint: local ? undefined : endpointOf(options, context),
    local,
    clockSpeed: local ? localSpeed(context) : 1,
    project,
  };
}

/** Credentials that are accepted elsewhere are refused by a place: by a Region that the account has not enabled. */
export function withAccountRegionName(problem: Problem, { accountRegion: planned }: DesiredAccountRegion): Problem {
  if (problem.code !== 'credentials-refused') return problem;
  return {
    ...problem,
    message: `${problem.message} in ${planned.region}, but it does elsewhere`,
    hint: { text: `check that the account has the Region ${planned.region} enabled` },
  };
}

function accountMatters({ aws, environments, tenants }: Settings): boolean {
  const places = [...(environments?.values() ?? []), ...tenants];
  return (
    aws.allowedAccounts !== undefined ||
    places.some(
      (e) => accountOf(e) !== undefined || e.monitors?.some((m) => /\{account\}/.test(m.alarmArn + m.alarmRoleArn)),
    )
  );
}

/** @throws AppcfgError */
function allowedAccount({ account, arn }: Identity, { aws: { allowedAccounts } }: Settings): string {
  if (allowedAccounts === undefined || allowedAccounts.includes(account)) return account;
  throw failure(
    'account-not-allowed',
    `these credentials are of account ${account} (${arn}), which is not in \`aws.allowedAccounts\``,
    {
      hint: { text: `use credentials of ${allowedAccounts.join(' or ')}` },
      source: { file: 'appcfg.yml' },
    },
  );
}
