// A step while it is carried out: what is known of it, and what stopped it.
import type { Step } from '../../core/plan/step.ts';
import { CallFailure } from '../client/call-failure.ts';
import { isAbandoning, type StopReason } from './stop-reason.ts';

export class ActiveStep {
  readonly step: Step;
  /** Number of the deployment that it has started or found. */
  deployment: number | undefined;
  /** Its start or stop of a deployment has reached AppConfig: it cannot be recalled. */
  isSent = false;
  /** Its deployment was last seen rolled back. */
  isRolledBack = false;
  #stopReason: StopReason | undefined;
  #abandonReason: StopReason | undefined;
  readonly #halt = new AbortController();
  readonly #abandon = new AbortController();

  constructor(step: Step) {
    this.step = step;
  }

  /** Aborts when the step must begin nothing new. */
  get halt(): AbortSignal {
    return this.#halt.signal;
  }

  /** Aborts when the step's deployment is left to AppConfig. */
  get abandon(): AbortSignal {
    return this.#abandon.signal;
  }

  /** The first reason for which it was stopped. */
  get stopReason(): StopReason | undefined {
    return this.#stopReason;
  }

  /** The first reason for which its deployment was left to AppConfig. */
  get abandonReason(): StopReason | undefined {
    return this.#abandonReason;
  }

  /** The step begins nothing new; what runs is left to AppConfig or followed to its end, as the reason decides. */
  stop(reason: StopReason): void {
    this.#stopReason ??= reason;
    this.#halt.abort(this);
    if (!isAbandoning(reason)) return;
    this.#abandonReason ??= reason;
    this.#abandon.abort(this);
  }

  /** The reason for the step's end, if the error comes from a stop. */
  stoppedBy(error: unknown): StopReason | undefined {
    const isStop = error === this || (error instanceof CallFailure && error.kind === 'aborted');
    if (!isStop) return undefined;
    return this.isSent || this.deployment !== undefined ? (this.#abandonReason ?? this.#stopReason) : this.#stopReason;
  }
}
