// Connects to the accounts and Regions of a run, and checks that they are those that the settings allow.
import type { Connection, Identity } from '../../appconfig/client/connection.ts';
import type { RunTarget } from '../../core/events/event.ts';
import { accountOf, accountRegionId } from '../../core/model/account-region.ts';
import { AppcfgError, failure } from '../../core/problem/problem.ts';
import { type AccountRegionPart, conflictingRolesProblem } from '../../core/settings/account-regions.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { Connections } from './connections.ts';
import { type DesiredAccountRegion, inAccountRegions, type UnreachedAccountRegion } from './each-account-region.ts';
import { endpointOf } from './endpoint.ts';
import { localSpeed, type OpenOptions } from './open-appconfig.ts';

export interface ReachedAccountRegion extends DesiredAccountRegion {
  readonly connection: Connection;
  readonly target: RunTarget;
}

export interface ReachOptions extends OpenOptions {
  readonly project: string;
  readonly needsAccount?: boolean;
  /** The run's own. */
  readonly region: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Connects to all of them at once. STS is asked for the account where the settings depend on it, and always where there are
 * several. @throws AppcfgError
 */
export async function reachAccountRegions(
  wanted: readonly AccountRegionPart[],
  connections: Connections,
  run: ReachOptions,
): Promise<{
  readonly reached: readonly [ReachedAccountRegion, ...ReachedAccountRegion[]];
  readonly unreached: readonly UnreachedAccountRegion[];
}> {
  const { settings, signal } = run;
  refuseConflictingRoles(wanted);
  const asksAccount = run.needsAccount === true || wanted.length > 1 || dependsOnAccount(settings);
  const parts = wanted.map((part) => ({ part, at: desiredAt(part, accountOf(part), run) }));
  const { done, failed } = await inAccountRegions(
    { unreached: [], signal },
    parts,
    async ({ part }): Promise<ReachedAccountRegion> => {
      const connection = connections.to(part);
      const identity = asksAccount ? await connection.identity() : undefined;
      // A local AppConfig has an account of its own.
      const account = run.options.local ? identity?.account : identity && allowedAccount(identity, settings);
      return { ...desiredAt(part, account, run), connection, target: targetOf(connection, account, run) };
    },
  );
  // Only STS knows the account of the run's own credentials.
  refuseConflictingRoles(
    done.map(({ accountRegion: { account, ...to } }) => ({ ...to, ...(account === undefined ? {} : { account }) })),
  );
  return { reached: done, unreached: failed };
}

/** @throws AppcfgError */
function refuseConflictingRoles(parts: Parameters<typeof conflictingRolesProblem>[0]): void {
  const problem = conflictingRolesProblem(parts);
  if (problem !== undefined) throw new AppcfgError([problem]);
}

function desiredAt(
  { region = '', roleArn, desired }: AccountRegionPart,
  account: string | undefined,
  run: Pick<ReachOptions, 'region'>,
): DesiredAccountRegion {
  const accountRegion = { id: accountRegionId({ account, region }), account, region, roleArn };
  return { accountRegion, isOwn: roleArn === undefined && region === run.region, desired };
}

function targetOf(
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

/** Whether something in the settings can only be checked, or written, with the number of the account. */
function dependsOnAccount(settings: Settings): boolean {
  const entries = [...(settings.environments?.values() ?? []), ...settings.tenants];
  return (
    settings.aws.allowedAccounts !== undefined ||
    entries.some((entry) => accountOf(entry) !== undefined) ||
    [...entries, ...settings.profiles.values()].some(namesAccount)
  );
}

/** Whether a text in it has the placeholder. */
function namesAccount(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('{account}');
  return typeof value === 'object' && value !== null && Object.values(value).some(namesAccount);
}

/** @throws AppcfgError */
function allowedAccount({ account, arn }: Identity, { aws: { allowedAccounts } }: Settings): string {
  if (allowedAccounts === undefined || allowedAccounts.includes(account)) return account;
  throw failure(
    'account-not-allowed',
    `the credentials (${arn}) are for account ${account}, which is not in \`aws.allowedAccounts\``,
    {
      hint: { text: `use credentials of account ${allowedAccounts.join(' or ')}` },
      source: { file: 'appcfg.yml' },
    },
  );
}
