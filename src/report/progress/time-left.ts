// How long a run still takes: its estimate, corrected by how late or early the newest deployment ended.

import type { Event, RunTarget } from '../../core/events/event.ts';
import { answerEvents, type EventHandlers, handleEvent, ignored } from '../../core/events/event-handlers.ts';
import { publishedRate } from '../../core/model/service-limits.ts';
import { isDeployment } from '../../core/plan/operations.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Step, StepId } from '../../core/plan/step.ts';
import { type Estimate, estimate } from '../../core/rollout/simulate-plan.ts';

export class TimeLeft {
  readonly #now: () => number;
  #target: RunTarget | undefined;
  #plan: Plan | undefined;
  #steps: ReadonlyMap<StepId, Step> = new Map();
  #estimate: Estimate | undefined;
  #speed = 1;
  #startedAt = 0;
  /** The start by the service's clock. */
  #serviceStartedAt = 0;
  readonly #unfinished = new Set<StepId>();
  /** How much later than estimated the newest deployment ended; negative if earlier. */
  #lateMs = 0;

  readonly #handlers: EventHandlers<void> = {
    'run-started': ({ targets: [target] }) => {
      this.#target = target;
    },
    'plan-made': ({ plan }) => {
      this.#plan = plan;
      this.#steps = new Map(plan.steps.map((step) => [step.id, step]));
      for (const { id } of plan.steps) this.#unfinished.add(id);
    },
    'phase-started': ({ phase, serviceNow }) => {
      if (phase !== 'applying-plan') return;
      this.#startedAt = this.#now();
      this.#serviceStartedAt = serviceNow ?? this.#startedAt;
      this.#estimateAt(this.#target?.clockSpeed ?? 1);
    },
    'deployment-progressed': ({ clockSpeed }) => {
      // How fast the clock of an endpoint runs is known from its responses only.
      if (clockSpeed !== this.#speed) this.#estimateAt(clockSpeed);
    },
    'step-finished': ({ step: id, status }) => {
      this.#unfinished.delete(id);
      const step = this.#steps.get(id);
      const expected = this.#estimate?.ends.get(id);
      if (status !== 'succeeded' || step === undefined || !isDeployment(step) || expected === undefined) return;
      this.#lateMs = this.#now() - this.#startedAt - expected;
    },
    ...ignored('reading-progressed', 'call-throttled', 'schedule-made', 'step-started', 'problem-found'),
    ...ignored(...answerEvents),
    ...ignored('status-read', 'status-changed', 'deployment-polled', 'server-started', 'note-kept'),
    ...ignored('prune-planned', 'wave-begun', 'wave-soaking', 'wave-changed', 'interrupted'),
  };

  /** @param now milliseconds since 1970 by this machine's clock */
  constructor(now: () => number) {
    this.#now = now;
  }

  handle(event: Event): void {
    handleEvent(this.#handlers, event);
  }

  /** Milliseconds; undefined if the numbers of a strategy are unknown. */
  get ms(): number | undefined {
    return this.#msUntil(() => true);
  }

  /** The same, until the deployments of a wave have ended. */
  msOf(wave: string): number | undefined {
    return this.#msUntil((id) => this.#steps.get(id)?.wave === wave);
  }

  #msUntil(counts: (step: StepId) => boolean): number | undefined {
    const ends = this.#estimate?.ends;
    if (ends === undefined) return undefined;
    let last = 0;
    for (const id of this.#unfinished) if (counts(id)) last = Math.max(last, ends.get(id) ?? 0);
    return Math.max(0, last + this.#lateMs - (this.#now() - this.#startedAt));
  }

  #estimateAt(speed: number): void {
    this.#speed = speed;
    const { local, endpoint } = this.#target ?? {};
    const isAws = local !== true && endpoint === undefined;
    const conditions = { rateOf: isAws ? publishedRate : () => undefined, speed, now: this.#serviceStartedAt };
    this.#estimate = this.#plan === undefined ? undefined : estimate(this.#plan, conditions);
  }
}
