// Which deployments may start when: by the waves of a plan, and by what became of the same change at other addresses.
// A state machine: it starts nothing and waits for nothing. The run and its estimate ask the same one.
import { formatAddress } from '../model/address.ts';
import { isDeployment } from '../plan/operations.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step, StepId } from '../plan/step.ts';
import { waveOrder } from '../settings/waves.ts';
import { changeBlockedProblem, limitNote, type WaveChange, type WaveNotice, WaveNotices } from './wave-messages.ts';
import {
  type Ending,
  type ExceededLimit,
  initialWaves,
  mayRetry,
  type VerifiedWave,
  type WaveProgress,
  type WaveState,
  waveStates,
  withEnding,
  withNoLongerLive,
  withNotVerified,
  withRetry,
  withRollback,
  withStart,
  withVerification,
} from './wave-state.ts';

/** What of a plan decides which of its steps may begin. */
export type GatedPlan = Pick<Plan, 'steps' | 'waves'>;

export type GateDecision =
  | { readonly may: 'start' }
  /** Ask again when a step has ended, a wave was verified, or at `wakeAt`. */
  | { readonly may: 'wait' }
  | Refusal;

/** The step will not be started in this run. */
export interface Refusal {
  readonly may: 'never';
  readonly because: 'wave-blocked' | 'change-rolled-back';
  /** A step, or `wave <name>`. */
  readonly blockedBy: StepId;
  readonly note: string;
}

/** Reading a wave's environments again: is what was live in it still live? */
export interface Verification {
  readonly wave: string;
  /** Waves before it that are verified with it: after the soak all of them. */
  readonly earlier: readonly string[];
  /** The wave has soaked: what follows may begin after it. */
  readonly isAfterSoak: boolean;
}

export interface VerificationResult {
  /** By wave; nothing is lost in a wave that is not named. */
  readonly waves: ReadonlyMap<string, VerifiedWave>;
  /** When the newest of the content that is live in the wave itself completed; undefined where none is. */
  readonly liveSince: number | undefined;
  /** What could not be read met an outage: another attempt may be able to. */
  readonly mayPass: boolean;
  /** When the verification began. */
  readonly at: number;
}

/**
 * A wave begins when all before it have ended, stayed within their limits (addresses that a guard blocks count), soaked,
 * and were verified. Once more deployments of a wave have failed than it allows, nothing more of it is started. A change
 * that AppConfig rolled back more often in a wave than it allows is started at no other address.
 * Times are milliseconds since 1970 by the service's clock, which must not go back.
 */
export class WaveGate {
  #waves: readonly WaveProgress[];
  readonly #indexes: ReadonlyMap<string, number>;
  /** Deployments that were neither started nor given up. */
  readonly #toStart: Map<StepId, Step>;
  /** Deployments that AppConfig is rolling back. */
  readonly #rollingBack = new Map<StepId, Step>();
  /** By change group and wave: how many deployments AppConfig rolled back. */
  readonly #rollbacks = new Map<string, number>();
  /** By change group: the step with whose rollback there were more in a wave than it allows. */
  readonly #rolledBack = new Map<string, Step>();
  readonly #notices = new WaveNotices();
  readonly #changeNotices: WaveNotice[] = [];

  /** @param readAt when the live state of the plan was read */
  constructor(plan: GatedPlan, readAt: number) {
    this.#waves = initialWaves(plan, readAt);
    this.#indexes = waveOrder(plan.waves);
    const starts = plan.steps.filter(({ operation }) => operation === 'StartDeployment');
    this.#toStart = new Map(starts.map((step) => [step.id, step]));
  }

  /** Whether a step may begin now. Only the start and the stop of a deployment ever wait. */
  ask(step: Step, now: number): GateDecision {
    if (step.operation !== 'StartDeployment' && step.operation !== 'StopDeployment') return { may: 'start' };
    const { changeGroup } = step;
    const rolledBack = changeGroup === undefined ? undefined : this.#rolledBack.get(changeGroup);
    if (rolledBack !== undefined) {
      return {
        may: 'never',
        because: 'change-rolled-back',
        blockedBy: rolledBack.id,
        note: `AppConfig rolled back the same change at ${formatAddress(rolledBack.subject)}`,
      };
    }
    // Only the end of the rollback shows whether it counts: the deployment may have been superseded.
    if (changeGroup !== undefined && [...this.#rollingBack.values()].some((each) => each.changeGroup === changeGroup)) {
      return { may: 'wait' };
    }
    return this.#askWave(step, now);
  }

  #askWave(step: Step, now: number): GateDecision {
    const index = this.#indexOf(step);
    const own = index === undefined ? undefined : this.#waves[index];
    if (index === undefined || own === undefined) return { may: 'start' };
    const reason = this.#limitExceededFor(index);
    if (reason !== undefined) {
      return {
        may: 'never',
        because: 'wave-blocked',
        blockedBy: reason.cause ?? `wave ${reason.wave.name}`,
        note: limitNote(reason),
      };
    }
    if (own.losses.failed + own.rollingBack > own.wave.maxFailures) return { may: 'wait' };
    return index <= this.#currentIndex(this.#states(now)) ? { may: 'start' } : { may: 'wait' };
  }

  /** A value that stays the same as long as the decisions about waiting steps do. */
  phase(now: number): string {
    const blocked = this.#waves.findIndex((each) => each.blocked !== undefined);
    const stopped = this.#waves.filter(
      ({ wave, losses, rollingBack }) => losses.failed + rollingBack > wave.maxFailures,
    );
    const rollbacks = `${this.#rolledBack.size} ${[...this.#rollingBack.keys()].join()}`;
    return `${this.#currentIndex(this.#states(now))} ${blocked} ${stopped.length} ${rollbacks}`;
  }

  /** A step has begun. May be called again for the same step. */
  started(step: Step): void {
    if (this.#toStart.delete(step.id)) this.#update(step, withStart);
  }

  /** AppConfig is rolling the step's deployment back. What its end may block waits until then. */
  rollingBack(step: Step): void {
    if (this.#rollingBack.has(step.id)) return;
    this.#rollingBack.set(step.id, step);
    this.#update(step, withRollback);
  }

  /** To be called once for every step. @param cause the step because of which it was not begun, if that is one */
  ended(step: Step, ending: Ending, cause: StepId = step.id): void {
    if (!isDeployment(step)) return;
    const isRefused = ending.how === 'not started' && this.#isRefusedByWave(step);
    const wasToStart = this.#toStart.delete(step.id);
    const wasRollingBack = this.#rollingBack.delete(step.id);
    this.#update(step, (wave) => withEnding(wave, ending, { cause, wasToStart, wasRollingBack, isRefused }));
    const { changeGroup } = step;
    if (ending.how !== 'rolled back' || changeGroup === undefined || this.#rolledBack.has(changeGroup)) return;
    if (this.#countRollback(step) <= (this.#waves[this.#indexOf(step) ?? -1]?.wave.maxFailures ?? 0)) return;
    this.#rolledBack.set(changeGroup, step);
    const others = [...this.#toStart.values()].filter((each) => each.changeGroup === changeGroup).length;
    if (others > 0) this.#changeNotices.push({ kind: 'problem', problem: changeBlockedProblem(step, others) });
  }

  /** @returns how often the change was rolled back in the wave, this time included */
  #countRollback({ changeGroup, wave }: Step): number {
    const key = JSON.stringify([changeGroup, wave]);
    const rollbacks = (this.#rollbacks.get(key) ?? 0) + 1;
    this.#rollbacks.set(key, rollbacks);
    return rollbacks;
  }

  #isRefusedByWave(step: Step): boolean {
    const index = this.#indexOf(step);
    if (index === undefined || this.#rolledBack.has(step.changeGroup ?? '')) return false;
    return this.#limitExceededFor(index) !== undefined;
  }

  /** The verification that is due now, if the start of a later wave waits for it. */
  dueVerification(now: number): Verification | undefined {
    const { index, state } = this.#awaited(now);
    const wave = this.#waves[index]?.wave.name;
    if (state === undefined || wave === undefined || state.verifyAt > now) return undefined;
    const isAfterSoak = state.is === 'verifying';
    return { wave, earlier: isAfterSoak ? this.#waves.slice(0, index).map((each) => each.wave.name) : [], isAfterSoak };
  }

  /** When time alone changes something next: then a verification is due. Undefined where only the end of a step does. */
  wakeAt(now: number): number | undefined {
    return this.#awaited(now).state?.verifyAt;
  }

  /** The end of the soak for which the start of a later wave waits; undefined where none does. */
  soakEndsAt(now: number): number | undefined {
    const state = this.#states(now).find(({ is }) => is !== 'done');
    return state?.is === 'soaking' ? state.until : undefined;
  }

  /** @returns whether the result is final: false where the verification is repeated in a minute */
  verified({ wave: name, earlier, isAfterSoak }: Verification, result: VerificationResult): boolean {
    const { waves, liveSince, mayPass, at } = result;
    const names = new Set([...earlier, name]);
    const updateEach = (change: (progress: WaveProgress, found: VerifiedWave) => WaveProgress) => {
      const nothing = { noLongerLive: 0, notVerified: 0 };
      this.#waves = this.#waves.map((each) =>
        names.has(each.wave.name) ? change(each, waves.get(each.wave.name) ?? nothing) : each,
      );
    };
    updateEach((progress, { noLongerLive }) => withNoLongerLive(progress, noLongerLive));
    const isIncomplete = [...waves.values()].some(({ notVerified }) => notVerified > 0);
    const own = this.#waves.find((each) => each.wave.name === name);
    if (own === undefined) throw new Error(`no wave "${name}"`);
    if (isIncomplete && mayPass && mayRetry(own, isAfterSoak)) {
      this.#replace(name, (progress) => withRetry(progress, at, isAfterSoak));
      return false;
    }
    updateEach((progress, { notVerified }) => withNotVerified(progress, notVerified));
    this.#replace(name, (progress) => withVerification(progress, { at, liveSince, isAfterSoak }));
    return true;
  }

  /** What has happened since the last call. */
  takeNotices(now: number): readonly WaveNotice[] {
    return [...this.#changeNotices.splice(0), ...this.#notices.take(this.#waves, this.#states(now))];
  }

  /** The waves that are in another state than at the last call; at first all. */
  takeChanges(now: number): readonly WaveChange[] {
    return this.#notices.takeChanges(this.#waves, this.#states(now));
  }

  /** The wave that keeps a later one with something to start from beginning, where only time and a verification are missing. */
  #awaited(now: number): { readonly index: number; readonly state: Timed | undefined } {
    const states = this.#states(now);
    const index = this.#currentIndex(states);
    const state = states[index];
    const isTimed = state?.is === 'soaking' || state?.is === 'verifying';
    const isAwaited = isTimed && this.#waves.slice(index + 1).some(({ toStart }) => toStart > 0);
    return { index, state: isAwaited ? state : undefined };
  }

  /** Why nothing more of the wave at the index is started; undefined where its deployments start sooner or later. */
  #limitExceededFor(index: number): ExceededLimit | undefined {
    const before = this.#waves.slice(0, index).find(({ blocked }) => blocked !== undefined);
    return before?.blocked ?? this.#waves[index]?.stopped;
  }

  #states(now: number): readonly WaveState[] {
    return waveStates(this.#waves, now);
  }

  /** Index of the last wave that may begin; the number of waves when all are done. */
  #currentIndex(states: readonly WaveState[]): number {
    const index = states.findIndex(({ is }) => is !== 'done');
    return index === -1 ? states.length : index;
  }

  #update(step: Step, change: (progress: WaveProgress) => WaveProgress): void {
    if (step.wave !== undefined) this.#replace(step.wave, change);
  }

  #replace(name: string, change: (progress: WaveProgress) => WaveProgress): void {
    const index = this.#indexes.get(name);
    const progress = index === undefined ? undefined : this.#waves[index];
    if (index !== undefined && progress !== undefined) this.#waves = this.#waves.with(index, change(progress));
  }

  #indexOf({ wave }: Step): number | undefined {
    return wave === undefined ? undefined : this.#indexes.get(wave);
  }
}

type Timed = Extract<WaveState, { verifyAt: number }>;
