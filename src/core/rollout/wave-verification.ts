// The verification of a wave: which environments are read again, and whether what they hold is still as desired.

import type { LiveDeployment } from '../live/live-state.ts';
import { formatAddress, type Subject } from '../model/address.ts';
import { groupsBy } from '../model/groups-by.ts';
import { isRolledBack } from '../model/resource.ts';
import { isDeployment } from '../plan/operations.ts';
import { isLive, laneOf, type Plan, type PlannedAddress } from '../plan/plan.ts';
import type { StepId } from '../plan/step.ts';
import type { Problem } from '../problem/problem.ts';

/** An address whose desired content is live. */
export interface VerifiedAddress {
  readonly planned: PlannedAddress;
  /** The deployment that completed in this run; undefined where the content was live before. */
  readonly deployment: number | undefined;
}

/** The addresses of one environment. */
export type VerifiedLane = readonly [VerifiedAddress, ...VerifiedAddress[]];

/** An address whose desired content is not live any more. */
export interface WaveRegression {
  readonly address: Subject;
  /** The newest deployment of its profile; undefined where none is left. */
  readonly newest: LiveDeployment | undefined;
}

/** What a verification found in one environment. */
export interface LaneVerification {
  readonly regressions: readonly WaveRegression[];
  /**
   * When the newest of the content that is still live completed, milliseconds since 1970 by the service's clock; for a
   * deployment in flight, when it was read.
   */
  readonly liveSince: number;
}

/**
 * The environments of a wave to read again: those with an address whose desired content is live.
 * @param completed by step: its deployment, where that completed in this run; undefined where none was needed
 */
export function lanesToVerify(
  wave: string,
  plan: Plan,
  completed: ReadonlyMap<StepId, number | undefined>,
): readonly VerifiedLane[] {
  const steps = new Map(
    plan.steps.filter(isDeployment).map((step) => [keyOf(step.accountRegion, step.subject), step.id]),
  );
  const verified = plan.addresses.flatMap((planned): readonly VerifiedAddress[] => {
    if (planned.wave !== wave) return [];
    const step = steps.get(keyOf(planned.accountRegion, planned.address));
    if (step === undefined) return isLive(planned) ? [{ planned, deployment: undefined }] : [];
    return completed.has(step) ? [{ planned, deployment: completed.get(step) }] : [];
  });
  return groupsBy(verified, ({ planned }) => laneOf(planned));
}

function keyOf(accountRegion: string, subject: Subject): string {
  return `${accountRegion} ${formatAddress(subject)}`;
}

/**
 * Whether a deployment shows that an address still has its desired content; undefined where it does not, because it was
 * rolled back. A deployment in flight counts as live: an older version that is being deployed is not desired content.
 * @param version number of the desired version, where the run has seen it
 */
export function hasDesiredContent(
  { planned, deployment }: VerifiedAddress,
  row: LiveDeployment,
  version: number | undefined,
): boolean | undefined {
  if (isRolledBack(row.state)) return undefined;
  if (row.number === deployment || isOfVersion(row, planned.desired?.versionLabel, version)) return true;
  return isLive(planned) && row.versionNumber === planned.live?.versionNumber;
}

/** Whether a deployment is of the version with a label. @param version its number, where it is known */
export function isOfVersion(row: LiveDeployment, label: string | undefined, version: number | undefined): boolean {
  return row.versionNumber === version || (row.versionLabel !== undefined && row.versionLabel === label);
}

export function waveRegressionProblem({ address, newest }: WaveRegression, wave: string): Problem {
  const how = newest === undefined || isRolledBack(newest.state) ? 'rolled back' : 'replaced';
  const which = newest === undefined ? '' : `, deployment ${newest.number}`;
  return {
    code: 'deployment-stopped',
    severity: 'error',
    message: `the live version was ${how} during the rollout (wave "${wave}"${which})`,
    hint: { text: 'find out why', command: { run: 'history', args: [], selects: address } },
    subject: address,
  };
}
