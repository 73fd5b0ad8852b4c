// How far each wave of a rollout is, as the row of a board.
import type { StepResult } from '../../core/events/event.ts';
import { isDeployment } from '../../core/plan/operations.ts';
import type { PlannedWave } from '../../core/plan/plan.ts';
import type { Step, StepId } from '../../core/plan/step.ts';
import type { ReportedWaveState, WaveChange } from '../../core/rollout/wave-messages.ts';

/** What became of the deployments of a wave so far, each of one address. */
export interface WaveCounts {
  readonly succeeded: number;
  readonly failed: number;
  readonly inFlight: number;
}

export interface WaveRow {
  readonly name: string;
  readonly state: ReportedWaveState;
  /** Addresses whose desired content is live, of how many. */
  readonly done: number;
  readonly of: number;
  readonly failed: number;
  /** Addresses that a guard blocks. */
  readonly blocked: number;
  readonly inFlight: number;
  /** The wave before it that has to end first, or that is blocked. */
  readonly waitsFor: { readonly name: string; readonly isBlocked: boolean } | undefined;
}

const none: WaveCounts = { succeeded: 0, failed: 0, inFlight: 0 };

/** @param changes the newest state of each wave; empty before the plan is applied */
export function waveRows(
  waves: readonly PlannedWave[],
  changes: readonly WaveChange[],
  counts: ReadonlyMap<string, WaveCounts>,
): readonly WaveRow[] {
  const states = new Map(changes.map(({ wave, state }) => [wave, state]));
  const stateOf = ({ name }: PlannedWave): ReportedWaveState => states.get(name) ?? { is: 'waiting' };
  return waves.map((wave, index) => {
    const { succeeded, failed, inFlight } = counts.get(wave.name) ?? none;
    const before = waves.slice(0, index);
    const blocking = before.find((each) => stateOf(each).is === 'blocked');
    const awaited = blocking ?? before.findLast((each) => stateOf(each).is !== 'done');
    return {
      name: wave.name,
      state: stateOf(wave),
      done: wave.live + succeeded,
      of: wave.addresses,
      failed,
      blocked: wave.blocked,
      inFlight,
      waitsFor: awaited && { name: awaited.name, isBlocked: awaited === blocking },
    };
  });
}

/** Of the results of a plan's steps. */
export function waveCounts(
  steps: ReadonlyMap<StepId, Step>,
  results: readonly StepResult[],
): ReadonlyMap<string, WaveCounts> {
  const counts = new Map<string, WaveCounts>();
  for (const result of results) {
    const step = steps.get(result.step);
    if (step?.wave === undefined || !isDeployment(step)) continue;
    const known = counts.get(step.wave) ?? none;
    const isRunning = result.status !== 'failed' && result.running !== undefined;
    counts.set(step.wave, {
      succeeded: known.succeeded + Number(result.status === 'succeeded' && !isRunning),
      failed: known.failed + Number(result.status === 'failed'),
      inFlight: known.inFlight + Number(isRunning),
    });
  }
  return counts;
}
