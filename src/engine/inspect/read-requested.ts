// What AppConfig has of the addresses that a use case names, in every account and Region where some of them may be.
import { type RequestedApplication, readRequested } from '../../appconfig/read/read-requested.ts';
import {
  type FoundApplication,
  missingAddresses,
  type RequestedAddresses,
} from '../../core/assess/requested-addresses.ts';
import { account } from '../../core/guards/account.ts';
import type { Address, AddressGlob } from '../../core/model/address.ts';
import type { DesiredApplication } from '../../core/model/desired-state.ts';
import { AppcfgError } from '../../core/problem/problem.ts';
import { applicationNameOf } from '../../core/settings/application-name.ts';
import type { Policy } from '../../core/settings/policy.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { emitUnreached, inAccountRegions } from '../connect/each-account-region.ts';
import type { ReachedAccountRegion } from '../connect/reach.ts';
import { isOneOfSeveral, reachedAccountRegions, type Session, type SessionOptions } from '../connect/session.ts';
import type { Context } from '../context.ts';
import type { LoadedProject } from '../load-project.ts';
import type { CommonOptions } from '../options.ts';
import { makePolicy, type PolicyOptions } from './make-policy.ts';

export interface RequestedOfAccountRegion {
  readonly at: ReachedAccountRegion;
  readonly policy: Policy;
  readonly targets: readonly RequestedApplication[];
}

interface Run {
  readonly project: LoadedProject;
  readonly options: PolicyOptions & { readonly addresses: readonly AddressGlob[] };
  readonly context: Context;
}

/**
 * The session for addresses: the accounts and Regions that the settings give for them. A glob or a selection may match in
 * every one that the settings name.
 */
export function sessionForRequest(
  { settings, project }: LoadedProject,
  run: Pick<SessionOptions, 'access' | 'context'> & {
    readonly options: CommonOptions & { readonly addresses: readonly AddressGlob[] };
  },
): SessionOptions {
  const { addresses } = run.options;
  const areLiteral = addresses.length > 0 && addresses.every(({ isLiteral }) => isLiteral);
  const desired = areLiteral ? applicationsOf(addresses, settings) : [];
  return { ...run, settings, project, desired, everywhere: !areLiteral };
}

function applicationsOf(addresses: readonly Address[], settings: Settings): readonly DesiredApplication[] {
  return addresses.map(({ tenant, environment }) => {
    const name = applicationNameOf(settings, tenant);
    return { tenant, name, environments: [{ name: environment, configurations: [] }] };
  });
}

/**
 * Reads all accounts and Regions at once. Where one of several cannot be read, its problem is emitted and the others are
 * returned. @throws AppcfgError for addresses that AppConfig does not have; CallFailure
 */
export async function readRequestedEverywhere(
  session: Session,
  { project, options, context }: Run,
): Promise<readonly [RequestedOfAccountRegion, ...RequestedOfAccountRegion[]]> {
  const { settings } = project;
  const targets: RequestedAddresses = { addresses: options.addresses, selection: options.selection, settings };
  const { signal } = session;
  const several = isOneOfSeveral(session);
  const { done, failed } = await inAccountRegions(session, reachedAccountRegions(session), async ({ at }) => {
    const policy = makePolicy(project, at.accountRegion, options);
    // Of several, an environment is in one. In the only one, the guard reports that the environment belongs elsewhere.
    const isThere = (tenant: string, environment: string) =>
      !several || account.check({ tenant, environment, policy }) === undefined;
    const reading = { targets, names: settings, project: project.project, signal, isThere };
    return { at, policy, ...(await readRequested(at.connection, reading)) };
  });
  const unread = [...failed, ...session.unreached];
  emitUnreached(unread, context.emit);
  // Addresses that were not found may be in an account and Region that could not be read.
  if (unread.length === 0) refuseMissing(targets, done, settings);
  return done;
}

/** @throws AppcfgError */
function refuseMissing(
  targets: RequestedAddresses,
  read: readonly { readonly found: readonly FoundApplication[]; readonly tenants: readonly string[] }[],
  settings: Settings,
): void {
  const problems = missingAddresses(
    targets,
    read.flatMap(({ found }) => found),
    {
      applicationOf: (tenant) => applicationNameOf(settings, tenant),
      tenants: [...new Set(read.flatMap(({ tenants }) => tenants))],
    },
  );
  const [first, ...others] = problems;
  if (first !== undefined) throw new AppcfgError([first, ...others]);
}
