// The state of an address: what is live beside what the tree wants.
import type { DeploymentDescription } from '../live/deployment-description.ts';
import type { Drift } from '../live/drifted-deployment.ts';
import type { LiveDeployment, LiveEnvironment } from '../live/live-state.ts';
import type { AccountRegionId } from '../model/account-region.ts';
import type { Address } from '../model/address.ts';
import { isInFlight, isRolledBack } from '../model/resource.ts';
import type { Problem } from '../problem/problem.ts';
import type { ProblemCode } from '../problem/problem-codes.ts';
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
  return {
    address: verdict.desired.address,
    accountRegion,
    state: stateOf(verdict, history?.newest),
    versionNumber: live?.versionNumber,
    versionLabel: live?.versionLabel,
    deploymentNumber: live?.number,
    since: live?.completedAt,
    commit: description.commit,
    dirty: description.dirty ?? false,
    drift: verdict.drift,
    experiment: history?.managed !== undefined,
  };
}

/** Of an address in an account and Region that could not be read. */
export function unknownStatus(address: Address, accountRegion: AccountRegionId, problem: Problem): AddressStatus {
  return {
    address,
    accountRegion,
    state: 'unknown',
    versionNumber: undefined,
    versionLabel: undefined,
    deploymentNumber: undefined,
    since: undefined,
    commit: undefined,
    dirty: false,
    drift: undefined,
    experiment: undefined,
    problem: problem.code,
  };
}

function stateOf(verdict: Verdict, newest: LiveDeployment | undefined): AddressStatus['state'] {
  if (newest !== undefined && isInFlight(newest.state)) return 'deploying';
  if (verdict.isLive) return 'synced';
  if (verdict.drift !== undefined) return 'drifted';
  if (newest !== undefined && isRolledBack(newest.state)) return 'rolled-back';
  // A blocked address can be live with other content.
  return verdict.completed === undefined && newest?.state !== 'COMPLETE' ? 'missing' : 'out-of-sync';
}

/** What an address can be. */
export const addressStates = [
  'unknown',
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
  /** `unknown`: its account and Region could not be read. */
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
  /** Why its state is unknown. */
  readonly problem?: ProblemCode;
}
