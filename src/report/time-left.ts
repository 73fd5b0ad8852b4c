// How long a run still takes: its estimate, moved by what came earlier or later than that said.

import type { Event, RunTarget } from '../core/events/event.ts';
import { publishedRate } from '../core/model/service-limits.ts';
import { isDeployment } from '../core/plan/operations.ts';
import type { Plan } from '../core/plan/plan.ts';
import type { Step, StepId } from '../core/plan/step.ts';
import { type Estimate, estimate } from '../core/rollout/simulate-plan.ts';

export class TimeLeft {
  readonly #now: () => number;
  #place: RunTarget | undefined;
  #plan: Plan | undefined;
  #steps: ReadonlyMap<StepId, Step> = new Map();
  #estimate: Estimate | undefined;
  #speed = 1;
  #begunAt = 0;
  /** The service's clock then. */
  #serviceThen = 0;
  readonly #unfinished = new Set<StepId>();
  /** By how much the newest end of a deployment came after its estimate; negative where it came before. */
  #slip = 0;

  /** @param now milliseconds since 1970, our clock */
  constructor(now: () => number) {
    this.#now = now;
  }

  handle(event: Event): void {
    switch (event.type) {
      case 'run-started':
        this.#place = event.place;
        return;
      case 'plan-made':
        this.#plan = event.plan;
        this.#steps = new Map(event.plan.steps.map((step) => [step.id, step]));
        for (const { id } of event.plan.steps) this.#unfinished.add(id);
        return;
      case 'phase-started':
        if (event.phase !== 'applying-plan') return;
        this.#begunAt = this.#now();
        this.#serviceThen = event.serviceNow ?? this.#begunAt;
        this.#workOut(this.#place?.clockSpeed ?? 1);
        return;
      case 'deployment-progressed':
        // Only its answers tell how fast the clock of an endpoint runs.
        if (event.clockSpeed !== this.#speed) this.#workOut(event.clockSpeed);
        return;
      case 'step-finished': {
        this.#unfinished.delete(event.step);
        const step = this.#steps.get(event.step);
        const expected = this.#estimate?.ends.get(event.step);
        if (event.status !== 'succeeded' || step === undefined || !isDeployment(step) || expected === undefined) return;
        this.#slip = this.#now() - this.#begunAt - expected;
        return;
      }
      default:
        return;
    }
  }

  /** Milliseconds; undefined where nobody knows a strategy's numbers. */
  get ms(): number | undefined {
    const ends = this.#estimate?.ends;
    if (ends === undefined) return undefined;
    let last = 0;
    for (const id of this.#unfinished) last = Math.max(last, ends.get(id) ?? 0);
    return Math.max(0, last + this.#slip - (this.#now() - this.#begunAt));
  }

  #workOut(speed: number): void {
    this.#speed = speed;
    const { local, endpoint } = this.#place ?? {};
    const atAws = local !== true && endpoint === undefined;
    const conditions = { rateOf: atAws ? publishedRate : () => undefined, speed, now: this.#serviceThen };
    this.#estimate = this.#plan === undefined ? undefined : estimate(this.#plan, conditions);
  }
}
