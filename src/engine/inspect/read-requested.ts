// What AppConfig has of the addresses that a command means, in every place where some of them may be.
import { type RequestedApplication, readRequested } from '../../appconfig/read/read-requested.ts';
import { type Held, missingAddresses, type RequestedAddresses } from '../../core/assess/requested-addresses.ts';
import { account } from '../../core/guards/account.ts';
import { applicationNameOf } from '../../core/model/application-name.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import { isLiteralName } from '../../core/model/globs.ts';
import { AppcfgError, type Problem } from '../../core/problem/problem.ts';
import type { Policy } from '../../core/settings/policy.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { ReachedAccountRegion, UnreachedAccountRegion } from '../connect/reach.ts';
import {
  inAccountRegions,
  isOneOfSeveral,
  reachedAccountRegions,
  type Session,
  type SessionOptions,
} from '../connect/session.ts';
import type { Context } from '../context.ts';
import { type PolicyOptions, type Prepared, policyOf } from '../load-project.ts';
import type { CommonOptions } from '../options.ts';

export interface RequestedOfAccountRegion {
  readonly at: ReachedAccountRegion;
  readonly policy: Policy;
  readonly targets: readonly RequestedApplication[];
}

interface About {
  readonly prepared: Prepared;
  readonly options: PolicyOptions & { readonly addresses: readonly string[] };
  readonly context: Context;
}

/** What to open for addresses: where the settings put them; for a glob or a selection every place that they name. */
export function accountRegionsOfRequest(
  { settings, project }: Prepared,
  about: Pick<SessionOptions, 'access' | 'context'> & {
    readonly options: CommonOptions & { readonly addresses: readonly string[] };
  },
): SessionOptions {
  const { addresses } = about.options;
  const named = addresses.length > 0 && addresses.every(isLiteralName);
  return { ...about, settings, project, desired: named ? applicationsOf(addresses, settings) : [], everywhere: !named };
}

function applicationsOf(addresses: readonly string[], settings: Settings): readonly DesiredApplication[] {
  return addresses.map((address) => {
    const [tenant = '', environment = ''] = address.split('/');
    const name = applicationNameOf(settings.applicationName, tenant);
    return { tenant, name, environments: [{ name: environment, configurations: [] }] };
  });
}

/**
 * Reads all places at once; what is wrong with one of several was emitted, and keeps nobody from the others.
 * @throws AppcfgError for what AppConfig does not have; CallFailure
 */
export async function readRequestedEverywhere(
  session: Session,
  { prepared, options, context }: About,
): Promise<readonly [RequestedOfAccountRegion, ...RequestedOfAccountRegion[]]> {
  const { settings, project } = prepared;
  const targets: RequestedAddresses = { addresses: options.addresses, selection: options.selection, settings };
  const { applicationName } = settings;
  const { signal } = session;
  const several = isOneOfSeveral(session);
  const { done, failed } = await inAccountRegions(session, reachedAccountRegions(session), async ({ at }) => {
    const policy = policyOf(prepared, at.accountRegion, options);
    // Of several places an environment is in one; in the only one it is told that it is elsewhere.
    const isThere = (tenant: string, environment: string) =>
      !several || account.check({ tenant, environment, policy }) === undefined;
    return {
      at,
      policy,
      ...(await readRequested(at.connection, { targets, applicationName, project, signal, isThere })),
    };
  });
  const unread = [...failed, ...session.unreached];
  tellUnread(unread, context);
  // What is missing may be where nobody gets to.
  if (unread.length === 0) refuseMissing(targets, done, settings);
  return done;
}

/**
 * Goes on in all places that were read, at once; what is wrong with one of several was emitted, and keeps nobody from the
 * others. @throws AppcfgError or CallFailure where it could be done in none
 */
export async function inRequestedAccountRegions<Done>(
  session: Session,
  read: readonly RequestedOfAccountRegion[],
  about: { readonly work: (place: RequestedOfAccountRegion) => Promise<Done>; readonly context: Context },
): Promise<readonly [Done, ...Done[]]> {
  const { done, failed } = await inAccountRegions(session, read, about.work);
  tellUnread(failed, about.context);
  return done;
}

function tellUnread(unread: readonly UnreachedAccountRegion[], context: Context): void {
  for (const { accountRegion: planned, problem } of unread) {
    context.emit({ type: 'problem-found', problem: { accountRegion: planned.id, ...problem } });
  }
}

/** @throws AppcfgError */
function refuseMissing(
  targets: RequestedAddresses,
  read: readonly { readonly held: readonly Held[]; readonly tenants: readonly string[] }[],
  settings: Settings,
): void {
  const problems = missingAddresses(
    targets,
    read.flatMap(({ held }) => held),
    {
      applicationOf: (tenant) => applicationNameOf(settings.applicationName, tenant),
      tenants: [...new Set(read.flatMap(({ tenants }) => tenants))],
    },
  );
  if (problems.length > 0) throw failureOf(problems);
}

function failureOf([first, ...others]: readonly Problem[]): Error {
  return first === undefined ? new Error('a run without places') : new AppcfgError([first, ...others]);
}
