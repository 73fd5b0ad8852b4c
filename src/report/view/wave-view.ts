// How far each wave of a rollout is, as the row of a board or of the last table.
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

/** Times are milliseconds since 1970 by the service's clock. */
export type WaveState =
  | { readonly is: 'done' | 'running' | 'verifying' | 'stopped' }
  | { readonly is: 'soaking'; readonly until: number }
  /** @property wave the one before it that has to end first */
  | { readonly is: 'waiting'; readonly wave: string | undefined }
  /** `failed`: it has more failures than it allows. `blocked`: by guards, or because a wave before it failed. */
  | { readonly is: 'failed' | 'blocked'; readonly note: string };

export interface WaveRow {
  readonly name: string;
  readonly state: WaveState;
  /** Addresses whose desired content is live, of how many. */
  readonly done: number;
  readonly of: number;
  readonly failed: number;
  /** Addresses that a guard blocks. */
  readonly blocked: number;
  readonly inFlight: number;
}

const none: WaveCounts = { succeeded: 0, failed: 0, inFlight: 0 };
const notReported = { state: { is: 'waiting' }, noLongerLive: 0 } as const;

/**
 * @param changes the newest state of each wave; empty before the plan is applied
 * @param run.hasEnded nothing more of any wave will be started
 */
export function waveRows(
  waves: readonly PlannedWave[],
  changes: readonly WaveChange[],
  run: { readonly counts: ReadonlyMap<string, WaveCounts>; readonly hasEnded: boolean },
): readonly WaveRow[] {
  const changeOf = new Map(changes.map((change) => [change.wave, change]));
  const rows: WaveRow[] = [];
  for (const wave of waves) {
    const { succeeded, failed, inFlight } = run.counts.get(wave.name) ?? none;
    const { state: reported, noLongerLive } = changeOf.get(wave.name) ?? notReported;
    const row = {
      name: wave.name,
      done: wave.live + succeeded - noLongerLive,
      of: wave.addresses,
      failed,
      blocked: wave.blocked,
      inFlight,
    };
    const state = stateOf(reported, row, rows);
    // An interrupted wave is reported as a waiting one.
    const hasBegun =
      reported.is === 'running' ||
      reported.is === 'verifying' ||
      (state.is === 'waiting' && succeeded + failed + inFlight > 0);
    rows.push({ ...row, state: run.hasEnded && hasBegun ? { is: 'stopped' } : state });
  }
  return rows;
}

function stateOf(reported: ReportedWaveState, row: Omit<WaveRow, 'state'>, before: readonly WaveRow[]): WaveState {
  if (reported.is === 'soaking') return reported;
  if (reported.is === 'blocked') return { is: reported.by === 'guards' ? 'blocked' : 'failed', note: reported.note };
  if (reported.is === 'waiting') return waitingState(before);
  // A run that does not wait leaves its deployments in flight.
  return { is: reported.is === 'done' && row.inFlight > 0 ? 'running' : reported.is };
}

/** Of a wave that has not begun. @param before the waves before it */
function waitingState(before: readonly WaveRow[]): WaveState {
  const blocking = before.find(({ state }) => state.is === 'failed' || state.is === 'blocked');
  if (blocking === undefined) return { is: 'waiting', wave: before.findLast(({ state }) => state.is !== 'done')?.name };
  return { is: 'blocked', note: `wave "${blocking.name}" ${blocking.state.is === 'failed' ? 'failed' : 'is blocked'}` };
}

/**
 * Counts the deployments of each wave as their steps end: a step ends after what it waited for. A deployment that could
 * not be prepared has failed, as for `maxFailures`.
 */
export class WaveCounting {
  /** By wave. */
  readonly counts = new Map<string, WaveCounts>();
  /** Steps that failed, or were skipped because one failed. */
  readonly #lost = new Set<StepId>();

  add(result: StepResult, step: Step | undefined): void {
    const isRunning = result.status !== 'failed' && result.running !== undefined;
    const isLost =
      result.status === 'failed' ||
      (result.status === 'skipped' && result.note === undefined && this.#lost.has(result.blockedBy));
    if (isLost) this.#lost.add(result.step);
    if (step?.wave === undefined || !isDeployment(step)) return;
    const known = this.counts.get(step.wave) ?? none;
    this.counts.set(step.wave, {
      succeeded: known.succeeded + Number(result.status === 'succeeded' && !isRunning),
      failed: known.failed + Number(!isRunning && isLost),
      inFlight: known.inFlight + Number(isRunning),
    });
  }
}

/** Of the results of a plan's steps, in the order in which the steps ended. */
export function waveCounts(
  steps: ReadonlyMap<StepId, Step>,
  results: readonly StepResult[],
): ReadonlyMap<string, WaveCounts> {
  const counting = new WaveCounting();
  for (const result of results) counting.add(result, steps.get(result.step));
  return counting.counts;
}
