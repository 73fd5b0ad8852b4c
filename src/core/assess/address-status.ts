// The state of an address: what is live beside what the tree wants.
import { account } from '../guards/account.ts';
import { driftWarning } from '../guards/drift.ts';
import { owner } from '../guards/owner.ts';
import { rolledBack } from '../guards/rolled-back.ts';
import type { DeploymentDescription } from '../live/deployment-description.ts';
import type { Drift } from '../live/drifted-deployment.ts';
import type { LiveDeployment, LiveEnvironment } from '../live/live-state.ts';
import type { AccountRegionId } from '../model/account-region.ts';
import type { Address } from '../model/address.ts';
import { isInFlight } from '../model/resource.ts';
import type { Problem } from '../problem/problem.ts';
import type { Verdict } from './verdict.ts';

/** @param live.description of the live deployment */
export function statusOf(
  verdict: Verdict,
  environment: LiveEnvironment | undefined,
  {
    description,
    accountRegion,
  }: { readonly description: DeploymentDescription; readonly accountRegion: AccountRegionId },
): AddressStatus {
  const history = verdict.profile && environment?.histories.get(verdict.profile.id);
  const live = history?.completed;
  const state = stateOf(verdict, history?.newest);
  return {
    address: verdict.desired.address,
    accountRegion,
    state,
    versionNumber: live?.versionNumber,
    versionLabel: live?.versionLabel,
    deploymentNumber: live?.number,
    since: live?.completedAt,
    commit: description.commit,
    dirty: description.dirty ?? false,
    drift: verdict.drift,
    experiment: history?.managed !== undefined,
    problem: problemOf(verdict, state),
  };
}

/** Of an address in an account and Region that could not be read. */
export function unknownStatus(address: Address, accountRegion: AccountRegionId, problem: Problem): AddressStatus {
  return { ...emptyStatus(address, accountRegion), state: 'unknown', problem };
}

/** Of an address whose content may not be shown. */
export function blockedStatus(address: Address, accountRegion: AccountRegionId, problem: Problem): AddressStatus {
  return { ...emptyStatus(address, accountRegion), state: 'blocked', problem };
}

/** What keeps a sync from making it synced. A deployment in flight is waited for. */
function problemOf({ blockedBy, drift, desired, changes }: Verdict, state: AddressState): Problem | undefined {
  if (state === 'synced' || state === 'deploying') return undefined;
  // Other content without a change is none that can be read.
  return blockedBy ?? (drift && driftWarning(drift, desired.address, changes?.length !== 0));
}

/** Whether the run may not write there, whatever the content is. */
function isRefused({ blockedBy }: Verdict): boolean {
  return blockedBy?.code === owner.code || blockedBy?.code === account.code;
}

function emptyStatus(address: Address, accountRegion: AccountRegionId): Omit<AddressStatus, 'state' | 'problem'> {
  return {
    address,
    accountRegion,
    versionNumber: undefined,
    versionLabel: undefined,
    deploymentNumber: undefined,
    since: undefined,
    commit: undefined,
    dirty: false,
    drift: undefined,
    experiment: undefined,
  };
}

function stateOf(verdict: Verdict, newest: LiveDeployment | undefined): AddressStatus['state'] {
  if (isRefused(verdict)) return 'blocked';
  if (newest !== undefined && isInFlight(newest.state)) return 'deploying';
  if (verdict.blockedBy?.code === 'version-label-conflict') return 'drifted';
  if (verdict.isLive) return 'synced';
  if (verdict.drift !== undefined) return 'drifted';
  if (verdict.blockedBy?.code === rolledBack.code) return 'rolled-back';
  // A blocked address can be live with other content.
  return verdict.completed === undefined && newest?.state !== 'COMPLETE' ? 'missing' : 'out-of-sync';
}

/** What an address can be. The first one that applies is its state. */
export const addressStates = [
  'unknown',
  'blocked',
  'deploying',
  'drifted',
  'rolled-back',
  'missing',
  'out-of-sync',
  'synced',
] as const;

export type AddressState = (typeof addressStates)[number];

export interface AddressStatus {
  readonly address: Address;
  readonly accountRegion: AccountRegionId;
  /** `unknown`: its account and Region could not be read. `blocked`: a guard keeps the run from it. */
  readonly state: AddressState;
  readonly versionNumber: number | undefined;
  readonly versionLabel: string | undefined;
  readonly deploymentNumber: number | undefined;
  /** ISO 8601 in UTC: when the live deployment completed. */
  readonly since: string | undefined;
  readonly commit: string | undefined;
  /** The tree had changes that were not in the commit. */
  readonly dirty: boolean;
  /** What was deployed outside of appcfg. */
  readonly drift: Drift | undefined;
  /** Whether an experiment uses it; undefined where that is unknown. */
  readonly experiment: boolean | undefined;
  /** Why it is not synced, where more than a sync is needed: it cannot be read, has drifted, or a guard keeps a sync from it. */
  readonly problem: Problem | undefined;
}
