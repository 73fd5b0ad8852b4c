// A step that is being carried out: what is known of it meanwhile, and what ends it before its own end.
import type { Step, StepId } from '../../core/plan/step.ts';
import type { Answer } from '../../core/rollout/wave-gate.ts';
import { CallFailure } from '../client/call-failure.ts';

export class ActiveStep {
  readonly step: Step;
  /** The deployment that it has started or found. */
  deployment: number | undefined;
  /** Its start or stop has reached AppConfig: it cannot be taken back. */
  isSent = false;
  /** Its deployment was last seen to have been rolled back. */
  isRolledBack = false;
  /** What the gate says since it has taken its word back. */
  recalledFor: Exclude<Answer, { may: 'start' }> | undefined;
  /** Because of what its deployment is left to AppConfig. */
  leftFor: StepId | undefined;
  #haltedFor: StepId | undefined;
  readonly #halt = new AbortController();
  readonly #leave = new AbortController();

  constructor(step: Step) {
    this.step = step;
  }

  /** Aborts when it must begin nothing new. */
  get halt(): AbortSignal {
    return this.#halt.signal;
  }

  /** Aborts when its deployment is left to AppConfig. */
  get leave(): AbortSignal {
    return this.#leave.signal;
  }

  /** Nothing new is begun for it; what runs is followed to its end. Only the first reason counts. */
  haltFor(blockedBy: StepId): void {
    this.#haltedFor ??= blockedBy;
    this.#halt.abort(this);
  }

  /** Nothing new is begun for it, and what runs is left. */
  leaveFor(blockedBy: StepId): void {
    this.haltFor(blockedBy);
    this.leftFor ??= blockedBy;
    this.#leave.abort(this);
  }

  /** The gate takes its word back, as long as nothing was sent. */
  recallFor(answer: Exclude<Answer, { may: 'start' }>): void {
    this.recalledFor = answer;
    this.haltFor(answer.may === 'never' ? answer.blockedBy : 'order');
  }

  /** Because of what it ended early, if that is what an error comes from. */
  endedBy(error: unknown): StepId | undefined {
    const isEnd = error === this || (error instanceof CallFailure && error.kind === 'aborted');
    if (!isEnd) return undefined;
    return this.deployment === undefined ? this.#haltedFor : (this.leftFor ?? this.#haltedFor);
  }
}
