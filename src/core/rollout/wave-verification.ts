// A wave that is watched: what is live in it, and whether that still is what the tree wants.

import type { LiveDeployment } from '../live/live-state.ts';
import { formatAddress, type Subject } from '../model/address.ts';
import { isRolledBack } from '../model/resource.ts';
import { isDeployment } from '../plan/operations.ts';
import { isLive, type Plan, type PlannedAddress } from '../plan/plan.ts';
import type { StepId } from '../plan/step.ts';
import type { Problem } from '../problem/problem.ts';

/** An address that clients receive as the tree has it. */
export interface VerifiedAddress {
  readonly planned: PlannedAddress;
  /** The deployment that this run has seen complete; undefined: it was live before. */
  readonly deployment: number | undefined;
}

/** What is live of one environment. */
export type VerifiedLane = readonly [VerifiedAddress, ...VerifiedAddress[]];

/** An address that has no more what the tree wants. */
export interface WaveRegression {
  readonly address: Subject;
  /** The newest deployment of its profile; undefined where there is none any more. */
  readonly newest: LiveDeployment | undefined;
}

/** @param completed by step, the deployments that this run has seen complete; undefined where none had to be started */
export function lanesToVerify(
  wave: string,
  plan: Plan,
  completed: ReadonlyMap<StepId, number | undefined>,
): readonly VerifiedLane[] {
  const steps = new Map(
    plan.steps.filter(isDeployment).map((step) => [`${step.accountRegion} ${formatAddress(step.subject)}`, step.id]),
  );
  const lanes = new Map<string, [VerifiedAddress, ...VerifiedAddress[]]>();
  for (const planned of plan.addresses) {
    if (planned.wave !== wave) continue;
    const step = steps.get(`${planned.accountRegion} ${formatAddress(planned.address)}`);
    if (step === undefined ? !isLive(planned) : !completed.has(step)) continue;
    const watched = { planned, deployment: step === undefined ? undefined : completed.get(step) };
    const name = `${planned.accountRegion} ${planned.application}/${planned.environment}`;
    const lane = lanes.get(name);
    if (lane === undefined) lanes.set(name, [watched]);
    else lane.push(watched);
  }
  return [...lanes.values()];
}

/** What an environment holds of what was live in it. */
export interface LaneFound {
  readonly takenBack: readonly WaveRegression[];
  /** When the newest of the rest completed, milliseconds since 1970; of what is in flight once more, the time of the look. */
  readonly liveSince: number;
}

/**
 * Whether a deployment says that an address still has what the tree wants; undefined where it says nothing, because it
 * came to nothing. What is in flight counts as if it were live: an older version on its way back is not what the tree wants.
 * @param version what the wanted version may be named by besides its label: its number
 */
export function hasDesiredContent(
  { planned, deployment }: VerifiedAddress,
  row: LiveDeployment,
  version: string,
): boolean | undefined {
  if (isRolledBack(row.state)) return undefined;
  if (row.number === deployment || String(row.versionNumber) === version) return true;
  if (row.versionLabel !== undefined && row.versionLabel === planned.desired?.versionLabel) return true;
  return isLive(planned) && row.versionNumber === planned.live?.versionNumber;
}

export function waveRegressionProblem({ address, newest }: WaveRegression, wave: string): Problem {
  const how =
    newest === undefined || isRolledBack(newest.state) ? 'was taken back' : 'has made room for something else';
  const which = newest === undefined ? '' : ` (deployment ${newest.number})`;
  return {
    code: 'deployment-stopped',
    severity: 'error',
    message: `what was live ${how} while wave "${wave}" was watched${which}`,
    hint: { text: `find out who and why`, command: { run: 'history', args: [formatAddress(address)] } },
    subject: address,
  };
}
